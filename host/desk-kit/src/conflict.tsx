// Two people changed one document: both versions side by side, field by field, nothing lost silently.
import { useState } from 'react'
import { t } from './i18n'
import { same } from './model'
import { Shown } from './shown'
import type { Doc, DocMeta, Field, Row, Value } from './types'
import { Button, Dialog } from './ui'

function Side({ field, value }: { field: Field; value: Value }) {
  if (field.kind === 'list') return <span>{t('{n} lines', { n: ((value as Row[] | null) ?? []).length })}</span>
  if (field.kind === 'struct')
    return (
      <span>
        {Object.values((value as Row | null) ?? {})
          .filter(Boolean)
          .join(', ') || '—'}
      </span>
    )
  return value === null || value === undefined || value === '' ? (
    <span className="muted">—</span>
  ) : (
    <Shown field={field} value={value} zero />
  )
}

export function Conflict(props: {
  meta: DocMeta
  base: Doc
  mine: Row
  theirs: Doc
  onMerged: (value: Row) => void
  onClose: () => void
}) {
  const { meta, base, mine, theirs } = props
  const open = meta.fields.filter((f) => !f.read_only && !f.hidden && !same(mine[f.name], theirs[f.name]))
  const [take, setTake] = useState<Record<string, 'mine' | 'theirs'>>(() =>
    Object.fromEntries(open.map((f) => [f.name, same(mine[f.name], base[f.name]) ? 'theirs' : 'mine'])),
  )
  const merge = () => {
    const value: Row = { ...theirs }
    for (const f of open) if (take[f.name] === 'mine') value[f.name] = mine[f.name]
    props.onMerged(value)
  }
  return (
    <Dialog
      title={t('Somebody else changed this in the meantime')}
      width={760}
      onClose={props.onClose}
      footer={
        <>
          <Button onPress={props.onClose}>{t('Back to my version')}</Button>
          <Button tone="primary" onPress={merge}>
            {t('Go on with this')}
          </Button>
        </>
      }
    >
      <div className="dialog-body">
        <p className="muted">{t('Choose field by field what is to stand. Nothing is saved before you save.')}</p>
        {open.length === 0 && <p>{t('The fields are equal in both versions.')}</p>}
        <table className="rpt conflict">
          <thead>
            <tr>
              <th scope="col">{t('Field')}</th>
              <th scope="col">{t('Yours')}</th>
              <th scope="col">{t('Theirs, version {n}', { n: theirs.version })}</th>
            </tr>
          </thead>
          <tbody>
            {open.map((f) => (
              <tr key={f.name}>
                <th scope="row">{f.label}</th>
                {(['mine', 'theirs'] as const).map((who) => (
                  <td key={who}>
                    <label>
                      <input
                        type="radio"
                        name={`take-${f.name}`}
                        checked={take[f.name] === who}
                        onChange={() => setTake((old) => ({ ...old, [f.name]: who }))}
                      />
                      <Side field={f} value={(who === 'mine' ? mine : theirs)[f.name]} />
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Dialog>
  )
}
