// Chrome: buttons, cards, badges, dialogs. Tamagui draws them from tokens; dense parts are plain DOM elsewhere.
import { styled, Text, View } from '@tamagui/core'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import { ApiError } from './api'
import { t, words } from './i18n'
import { Icons } from './icons'

const Frame = styled(View, {
  render: 'button',
  flexDirection: 'row',
  alignItems: 'center',
  justifyContent: 'center',
  gap: 6,
  height: 32,
  paddingHorizontal: 12,
  borderRadius: '$2',
  borderWidth: 1,
  borderStyle: 'solid',
  cursor: 'pointer',
  backgroundColor: '$surface',
  borderColor: '$border',
  flexShrink: 0,
  hoverStyle: { backgroundColor: '$hover', borderColor: '$borderStrong' },
  pressStyle: { backgroundColor: '$press' },
  focusVisibleStyle: { outlineWidth: 2, outlineStyle: 'solid', outlineColor: '$accent', outlineOffset: 1 },
  variants: {
    tone: {
      primary: {
        backgroundColor: '$accent',
        borderColor: '$accent',
        hoverStyle: { backgroundColor: '$accentHover', borderColor: '$accentHover' },
        pressStyle: { backgroundColor: '$accentHover' },
      },
      ghost: {
        backgroundColor: 'transparent',
        borderColor: 'transparent',
        hoverStyle: { backgroundColor: '$hover', borderColor: 'transparent' },
      },
      danger: { borderColor: '$border', hoverStyle: { backgroundColor: '$dangerSoft', borderColor: '$danger' } },
    },
    square: { true: { width: 32, paddingHorizontal: 0 } },
    off: { true: { opacity: 0.55, cursor: 'default' } },
  } as const,
})

export interface ButtonProps {
  children?: ReactNode
  tone?: 'primary' | 'ghost' | 'danger'
  /** What it does, when it shows an icon only. */
  label?: string
  icon?: ReactNode
  /** The key that does the same. */
  keys?: string
  disabled?: boolean
  submit?: boolean
  onPress?: () => void
  id?: string
  pressed?: boolean
  expanded?: boolean
  autoFocus?: boolean
}

export function Button({
  children,
  tone,
  label,
  icon,
  keys,
  disabled,
  submit,
  onPress,
  id,
  pressed,
  expanded,
  autoFocus,
}: ButtonProps) {
  const color = tone === 'primary' ? '$onAccent' : tone === 'danger' ? '$danger' : '$color'
  const dom = {
    type: submit ? 'submit' : 'button',
    title: label,
    'aria-label': label,
    'aria-disabled': disabled || undefined,
    'aria-pressed': pressed,
    'aria-expanded': expanded,
    autoFocus,
    onClick: disabled ? (e: Event) => e.preventDefault() : onPress,
  }
  return (
    <Frame id={id} tone={tone} square={!children} off={disabled} {...(dom as object)}>
      {icon && (
        <Text color={color} style={{ display: 'inline-flex' }}>
          {icon}
        </Text>
      )}
      {children && (
        <Text color={color} fontSize="$3" fontWeight="500" whiteSpace="nowrap">
          {children}
        </Text>
      )}
      {keys && (
        <kbd className="kbd" data-on={tone} aria-hidden>
          {keys}
        </kbd>
      )}
    </Frame>
  )
}

export const H1 = ({ children }: { children: ReactNode }) => <h1 className="h1">{children}</h1>
export const H2 = ({ children, id }: { children: ReactNode; id?: string }) => (
  <h2 className="h2" id={id}>
    {children}
  </h2>
)
export const Muted = ({ children }: { children: ReactNode }) => <span className="muted">{children}</span>

export type Tone = 'neutral' | 'success' | 'warning' | 'danger' | 'info' | 'violet'
const tones: Record<string, Tone> = {
  draft: 'neutral',
  active: 'success',
  submitted: 'info',
  cancelled: 'danger',
  closed: 'neutral',
  on_hold: 'warning',
  received: 'success',
  partially_received: 'warning',
  paid: 'success',
  suspended: 'warning',
  blacklisted: 'danger',
  rejected: 'danger',
  approved: 'success',
  completed: 'success',
  open: 'info',
  in_transit: 'violet',
}
export const Badge = ({ children, tone = 'neutral' }: { children: ReactNode; tone?: Tone }) => (
  <span className={`badge badge-${tone}`}>
    <i aria-hidden />
    {children}
  </span>
)
export const State = ({ name }: { name: string }) => <Badge tone={tones[name] ?? 'neutral'}>{words(name)}</Badge>

export function Avatar({ name, size = 22 }: { name: string; size?: number }) {
  const hue = [...name].reduce((a, c) => a + c.charCodeAt(0), 0) % 360
  const initials = name
    .split(/\s+/)
    .map((s) => s[0])
    .slice(0, 2)
    .join('')
    .toUpperCase()
  return (
    <span
      className="avatar"
      aria-hidden
      style={{ width: size, height: size, fontSize: size * 0.42, ['--h' as string]: hue }}
    >
      {initials}
    </span>
  )
}

export function PageHeader(props: { title: ReactNode; sub?: ReactNode; actions?: ReactNode; below?: ReactNode }) {
  return (
    <header className={`page-head${props.below ? ' with-below' : ''}`}>
      <div className="page-head-row">
        <div className="page-head-title">
          <div className="page-head-name">{props.title}</div>
          {props.sub}
        </div>
        <div className="page-head-actions">{props.actions}</div>
      </div>
      {props.below}
    </header>
  )
}

export function Tabs(props: {
  label: string
  value: string
  items: { value: string; label: string }[]
  onChange: (value: string) => void
}) {
  const { items, value, onChange } = props
  const step = (e: KeyboardEvent, by: number) => {
    e.preventDefault()
    const i = items.findIndex((x) => x.value === value)
    const next = items[(i + by + items.length) % items.length]
    onChange(next.value)
    const tab = e.currentTarget.querySelector<HTMLElement>(`[data-value="${next.value}"]`)
    tab?.focus()
  }
  return (
    <div
      role="radiogroup"
      aria-label={props.label}
      className="tabs"
      onKeyDown={(e) => {
        if (e.key === 'ArrowRight') step(e, 1)
        if (e.key === 'ArrowLeft') step(e, -1)
      }}
    >
      {items.map((x) => (
        <button
          key={x.value}
          type="button"
          role="radio"
          data-value={x.value}
          aria-checked={x.value === value}
          tabIndex={x.value === value ? 0 : -1}
          onClick={() => onChange(x.value)}
        >
          {x.label}
        </button>
      ))}
    </div>
  )
}

/** A modal window in the browser's own dialog: focus stays inside, Escape closes, what is behind is inert. */
export function Dialog(props: {
  title: string
  onClose: () => void
  children: ReactNode
  footer?: ReactNode
  width?: number
  plain?: boolean
}) {
  const ref = useRef<HTMLDialogElement>(null)
  const close = useRef(props.onClose)
  close.current = props.onClose
  useEffect(() => {
    const d = ref.current as HTMLDialogElement
    const before = document.activeElement as HTMLElement | null
    if (!d.open) d.showModal()
    const cancelled = (e: Event) => {
      e.preventDefault()
      close.current()
    }
    d.addEventListener('cancel', cancelled)
    return () => {
      d.removeEventListener('cancel', cancelled)
      d.close()
      before?.focus?.()
    }
  }, [])
  return (
    <dialog
      ref={ref}
      className={`dialog${props.plain ? ' plain' : ''}`}
      aria-label={props.title}
      style={{ width: `min(${props.width ?? 520}px, calc(100vw - 24px))` }}
      onClick={(e) => {
        if (e.target === ref.current) props.onClose()
      }}
    >
      <div className="dialog-in">
        {!props.plain && (
          <div className="dialog-head">
            <H2>{props.title}</H2>
            <Button tone="ghost" label={t('Close')} icon={<Icons.X size={16} />} onPress={props.onClose} />
          </div>
        )}
        {props.children}
        {props.footer && <div className="dialog-foot">{props.footer}</div>}
      </div>
    </dialog>
  )
}

export function Skeleton({ rows = 12 }: { rows?: number }) {
  return (
    <div className="skels" role="status" aria-label={t('Loading…')}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="skel" style={{ opacity: 1 - i / (rows + 2) }} />
      ))}
    </div>
  )
}

export function Empty({ title, children, icon }: { title: string; children?: ReactNode; icon?: ReactNode }) {
  return (
    <div className="empty">
      <span className="empty-icon" aria-hidden>
        {icon ?? <Icons.Inbox size={26} />}
      </span>
      <p className="empty-title">{title}</p>
      {children}
    </div>
  )
}

/** What was refused, beside what was tried. */
export function Alert({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="alert">
      <Icons.AlertTriangle size={15} />
      <span>{children}</span>
    </p>
  )
}

/** What went wrong, what to do, and a way to try again. */
export function Trouble({ error, again }: { error: unknown; again?: () => void }) {
  const e = error instanceof ApiError ? error : null
  return (
    <div className="empty" role="alert">
      <span className="empty-icon danger" aria-hidden>
        <Icons.AlertTriangle size={26} />
      </span>
      <p className="empty-title">{e?.message ?? 'This could not be shown.'}</p>
      <Muted>{e?.hint || String((error as Error)?.message ?? '')}</Muted>
      {e?.requestId && <code className="muted">{e.requestId}</code>}
      {again && <Button onPress={again}>{t('Try again')}</Button>}
    </div>
  )
}
