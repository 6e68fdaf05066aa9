// How far something is; for work of which nobody knows how long it takes, too.
import { t } from './i18n'

export function Progress({ done, total, label }: { done: number; total: number; label: string }) {
  const share = total > 0 ? Math.min(100, Math.round((done / total) * 100)) : 0
  return (
    <div className="progress">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={total > 0 ? share : undefined}
        data-unknown={total > 0 ? undefined : true}
      >
        <i style={{ width: total > 0 ? `${share}%` : undefined }} />
      </div>
      <span className="muted num" aria-hidden>
        {total > 0 ? `${share} %` : t('waiting')}
      </span>
    </div>
  )
}
