// One editor per kind of field. Values are what the API takes: decimal strings, ISO days, ids. Clerks may type "12*4", "t",
// "+5", "3", a code or a part of a name.
import {
  type KeyboardEvent,
  type ReactNode,
  type SelectHTMLAttributes,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { addDays, daysIn, isoDay, monthName, readDay, today } from './dates'
import { evaluate } from './decimal'
import { t, words } from './i18n'
import { Icons } from './icons'
import { LinkInput } from './link'
import { Popup } from './popup'
import { locale, showDay, showDecimal, showTime } from './prefs'
import type { Field as Meta, Value } from './types'

export interface FieldProps {
  field: Meta
  value: Value
  onChange: (value: Value) => void
  /** What was typed cannot be read, and why; null: it is taken back. */
  onUnread?: (why: string | null) => void
  /** Why the value is not taken. */
  error?: string
  readOnly?: boolean
  /** In a table: the column header is the label. */
  bare?: boolean
  label?: string
  autoFocus?: boolean
}

export interface InputProps extends FieldProps {
  id: string
  describedBy?: string
}

export const decimalKinds = ['dec', 'qty', 'money', 'sum']
export const isNumeric = (f: Meta) => decimalKinds.includes(f.kind) || f.kind === 'int'
/** How many decimals are always shown. */
export const placesShown = (f: Meta) => (f.kind === 'money' || f.kind === 'sum' ? 2 : 0)

const common = (p: InputProps) => ({
  id: p.id,
  readOnly: p.readOnly,
  required: p.field.required || undefined,
  autoFocus: p.autoFocus,
  'aria-label': p.bare ? (p.label ?? p.field.label) : undefined,
  'aria-invalid': p.error ? true : undefined,
  'aria-describedby': p.describedBy,
  'data-field': p.field.name,
})

function TextBox(p: InputProps) {
  return (
    <input
      {...common(p)}
      className="inp"
      type={p.field.secret ? 'password' : 'text'}
      autoComplete="off"
      maxLength={typeof p.field.max === 'number' ? p.field.max : undefined}
      value={String(p.value ?? '')}
      onChange={(e) => p.onChange(e.target.value)}
    />
  )
}

function LongText(p: InputProps) {
  return (
    <textarea
      {...common(p)}
      className="inp area"
      rows={p.bare ? 1 : 3}
      value={String(p.value ?? '')}
      onChange={(e) => p.onChange(e.target.value)}
    />
  )
}

/** Keeps what is typed until the field is left or Enter is pressed; then reads it: take says why it cannot. */
function useTyped(p: InputProps, shown: string, raw: string, take: (text: string) => string | null) {
  const [typed, setTyped] = useState<string | null>(null)
  const [inside, setInside] = useState(false)
  const [bad, setBad] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const clicked = useRef(false)
  // Before the next key arrives: what is typed replaces what was there.
  useLayoutEffect(() => {
    if (inside) input.current?.select()
  }, [inside])
  const reset = () => {
    setTyped(null)
    setBad(false)
    if (bad) p.onUnread?.(null)
  }
  const commit = () => {
    if (typed === null) return
    const why = typed === raw ? null : take(typed.trim())
    if (why === null) return reset()
    setBad(true)
    p.onUnread?.(why)
  }
  return {
    bad,
    commit,
    reset,
    bind: {
      ref: input,
      value: typed ?? (inside ? raw : shown),
      onFocus: () => {
        clicked.current = true
        setInside(!p.readOnly)
      },
      onMouseUp: () => {
        // the click that came in has put the caret somewhere
        if (clicked.current && input.current?.selectionStart === input.current?.selectionEnd) input.current?.select()
        clicked.current = false
      },
      onChange: (e: { currentTarget: HTMLInputElement }) => setTyped(e.currentTarget.value),
      onBlur: () => {
        setInside(false)
        commit()
      },
    },
  }
}

export function NumberInput(p: InputProps) {
  const places = p.field.kind === 'int' ? 0 : (p.field.places ?? 6)
  const raw = p.value === null || p.value === undefined ? '' : String(p.value)
  const typed = useTyped(p, raw && showDecimal(raw, placesShown(p.field)), raw, (text) => {
    const read = text ? evaluate(text, places) : null
    if (text && read === null) return t('“{text}” is not a number.', { text })
    p.onChange(read !== null && p.field.kind === 'int' ? Number(read) : read)
    return null
  })
  return (
    <input
      {...common(p)}
      {...typed.bind}
      className="inp num r"
      inputMode="decimal"
      autoComplete="off"
      aria-invalid={typed.bad || p.error ? true : undefined}
      onKeyDown={(e) => {
        if (e.key === 'Enter') typed.commit()
        if (e.key === 'Escape') typed.reset()
      }}
    />
  )
}

export function DateInput(p: InputProps) {
  const raw = typeof p.value === 'string' ? p.value : ''
  const box = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  const typed = useTyped(p, showDay(raw), showDay(raw), (text) => {
    const read = text ? readDay(text) : null
    if (text && !read) return t('“{text}” is not a day.', { text })
    p.onChange(read)
    return null
  })
  const step = (e: KeyboardEvent, by: number) => {
    e.preventDefault()
    typed.reset()
    p.onChange(addDays(raw || today(), raw ? by : 0))
  }
  return (
    <div
      className="in-row"
      ref={box}
      onBlur={(e) => {
        if (!e.currentTarget.contains(e.relatedTarget) && !(e.relatedTarget as Element | null)?.closest('.pop'))
          setOpen(false)
      }}
    >
      <input
        {...common(p)}
        {...typed.bind}
        className="inp num"
        autoComplete="off"
        placeholder={p.bare || p.readOnly ? undefined : 't, +5, 3, 3.4'}
        aria-invalid={typed.bad || p.error ? true : undefined}
        onKeyDown={(e) => {
          if (e.key === 'Enter') typed.commit()
          if (e.key === 'Escape') typed.reset()
          if (p.readOnly) return
          if (e.key === 'ArrowDown' && e.altKey) setOpen(true)
          else if (e.key === 'ArrowUp') step(e, 1)
          else if (e.key === 'ArrowDown') step(e, -1)
        }}
      />
      {!p.readOnly && (
        <button
          type="button"
          className="in-btn"
          tabIndex={-1}
          aria-label={`${t('Calendar')}: ${p.label ?? p.field.label}`}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          <Icons.Calendar size={14} />
        </button>
      )}
      {open && (
        <Popup anchor={box}>
          <Calendar
            value={raw || today()}
            onClose={() => setOpen(false)}
            onPick={(day) => {
              typed.reset()
              p.onChange(day)
              setOpen(false)
              document.getElementById(p.id)?.focus()
            }}
          />
        </Popup>
      )}
    </div>
  )
}

function Calendar({ value, onPick, onClose }: { value: string; onPick: (day: string) => void; onClose: () => void }) {
  const [at, setAt] = useState(value)
  const [year, month] = at.split('-').map(Number)
  const first = isoDay(year, month, 1) as string
  const lead = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7
  const days = Array.from({ length: daysIn(year, month) }, (_, i) => isoDay(year, month, i + 1) as string)
  const move = (months: number) => {
    const to = month - 1 + months
    const y = year + Math.floor(to / 12)
    const m = (((to % 12) + 12) % 12) + 1
    setAt(isoDay(y, m, Math.min(Number(at.slice(8)), daysIn(y, m))) ?? at)
  }
  const steps: Record<string, () => void> = {
    ArrowLeft: () => setAt(addDays(at, -1)),
    ArrowRight: () => setAt(addDays(at, 1)),
    ArrowUp: () => setAt(addDays(at, -7)),
    ArrowDown: () => setAt(addDays(at, 7)),
    PageUp: () => move(-1),
    PageDown: () => move(1),
    Enter: () => onPick(at),
    Escape: onClose,
  }
  return (
    <div className="cal">
      <div className="cal-head">
        <button type="button" className="in-btn" aria-label={t('Month before')} onClick={() => move(-1)}>
          ‹
        </button>
        <b aria-live="polite">{monthName(year, month, locale())}</b>
        <button type="button" className="in-btn" aria-label={t('Month after')} onClick={() => move(1)}>
          ›
        </button>
      </div>
      <div
        className="cal-days"
        role="group"
        aria-label={monthName(year, month, locale())}
        onKeyDown={(e) => {
          const step = steps[e.key]
          if (!step) return
          e.preventDefault()
          step()
        }}
      >
        {['M', 'T', 'W', 'T', 'F', 'S', 'S'].map((d, i) => (
          <span key={i} aria-hidden className="cal-week">
            {d}
          </span>
        ))}
        {days.map((day, i) => (
          <button
            key={day}
            type="button"
            className="cal-day"
            style={i === 0 ? { gridColumnStart: lead + 1 } : undefined}
            aria-label={showDay(day)}
            aria-pressed={day === value}
            data-today={day === today() || undefined}
            tabIndex={day === at ? 0 : -1}
            ref={(el) => {
              if (el && day === at && el.closest('.pop')?.contains(document.activeElement)) el.focus()
            }}
            onClick={() => onPick(day)}
          >
            {i + 1}
          </button>
        ))}
      </div>
    </div>
  )
}

/** A control under its label, with what is wrong or worth knowing below: describedBy is `${id}-note` then. */
export function Labelled(p: {
  id: string
  label: ReactNode
  children: ReactNode
  kind?: string
  must?: boolean
  readOnly?: boolean
  error?: string
  help?: string
}) {
  const note = p.error || p.help
  return (
    <div
      className="fld"
      data-kind={p.kind}
      data-invalid={p.error ? true : undefined}
      data-readonly={p.readOnly || undefined}
    >
      <label className={`fld-label${p.must ? ' must' : ''}`} htmlFor={p.id}>
        {p.label}
      </label>
      <div className={`ctl${p.kind === 'bool' ? ' free' : ''}`}>{p.children}</div>
      {note && (
        <span id={`${p.id}-note`} className={p.error ? 'fld-error' : 'fld-help'}>
          {p.error && <Icons.AlertTriangle size={12} />}
          {note}
        </span>
      )}
    </div>
  )
}

/** The browser's own list of choices. */
export function Select(p: SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <div className="in-row">
      <select {...p} className="inp" />
      <Icons.ChevronDown size={14} className="in-mark" />
    </div>
  )
}

function Choice(p: InputProps) {
  const choices = p.field.choices ?? []
  const { readOnly, ...selectable } = common(p)
  if (readOnly) return <input {...common(p)} className="inp" value={words(String(p.value ?? ''))} />
  return (
    <Select {...selectable} value={String(p.value ?? '')} onChange={(e) => p.onChange(e.target.value)}>
      {!choices.includes(String(p.value ?? '')) && <option value="" />}
      {choices.map((c) => (
        <option key={c} value={c}>
          {c ? words(c) : '—'}
        </option>
      ))}
    </Select>
  )
}

function Check(p: InputProps) {
  return (
    <span className="check">
      <input
        id={p.id}
        type="checkbox"
        checked={p.value === true || p.value === 'true'}
        disabled={p.readOnly}
        autoFocus={p.autoFocus}
        aria-label={p.bare ? (p.label ?? p.field.label) : undefined}
        aria-describedby={p.describedBy}
        data-field={p.field.name}
        onChange={(e) => p.onChange(e.target.checked)}
      />
    </span>
  )
}

function editor(p: InputProps): ReactNode {
  const { kind } = p.field
  if (kind === 'link') return <LinkInput {...p} />
  if (kind === 'date') return <DateInput {...p} />
  if (kind === 'enum') return <Choice {...p} />
  if (kind === 'bool') return <Check {...p} />
  if (kind === 'text') return <LongText {...p} />
  if (isNumeric(p.field)) return <NumberInput {...p} />
  if (kind === 'time') return <TextBox {...p} value={showTime(p.value as string)} readOnly />
  return <TextBox {...p} />
}

export function FieldEditor(p: FieldProps) {
  const id = useId()
  const { field, error } = p
  const readOnly = p.readOnly || field.read_only
  const note = error || (!p.bare && !readOnly && field.help) || undefined
  const input = editor({ ...p, readOnly, id, describedBy: note ? `${id}-note` : undefined })
  if (p.bare)
    return (
      <div className="fld bare" data-invalid={error ? true : undefined} data-path={p.label} title={error}>
        {input}
        {error && (
          <span className="sr" id={`${id}-note`}>
            {error}
          </span>
        )}
      </div>
    )
  return (
    <Labelled
      id={id}
      kind={field.kind}
      must={field.required && !readOnly}
      readOnly={readOnly}
      error={error}
      help={note}
      label={
        <>
          {field.label}
          {field.contributed && <span className="tag">{t('regional')}</span>}
        </>
      }
    >
      {input}
    </Labelled>
  )
}

/** Focuses the first field that is wrong. */
export function useFocusOnError(errors: Record<string, string>) {
  const last = useRef(errors)
  useEffect(() => {
    if (errors === last.current) return
    last.current = errors
    if (Object.keys(errors).length === 0) return
    setTimeout(() => {
      const wrong = document.querySelector<HTMLElement>(
        '[data-invalid] input, [data-invalid] select, [data-invalid] textarea',
      )
      wrong?.focus()
      wrong?.scrollIntoView?.({ block: 'center' })
    })
  }, [errors])
}
