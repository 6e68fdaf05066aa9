// A value as people read it; used in lists, tables and reports.
import { memo } from 'react'
import { useLabel } from './data'
import { decimalKinds, placesShown } from './fields'
import { t, words } from './i18n'
import { Icons } from './icons'
import { showDay, showDecimal, showTime } from './prefs'
import type { Field, Row, Value } from './types'
import { State } from './ui'

export function LinkName({ type, id }: { type: string | undefined; id: string }) {
  const label = useLabel(type, id)
  return label ? (
    <span title={label.code ? `${label.code} · ${label.text}` : label.text}>{label.text}</span>
  ) : (
    <span className="skel-text" />
  )
}

/** The same as text, where no component can stand (exports, titles). Links come as their id. */
export function plainText(field: Field, value: Value): string {
  if (value === null || value === undefined || value === '') return ''
  if (decimalKinds.includes(field.kind)) return String(value)
  if (field.kind === 'bool') return value ? 'yes' : 'no'
  if (field.kind === 'list') return String((value as Row[]).length)
  if (field.kind === 'struct')
    return Object.values(value as Row)
      .filter(Boolean)
      .join(', ')
  return String(value)
}

export const Shown = memo(function Shown({ field, value, zero }: { field: Field; value: Value; zero?: boolean }) {
  if (value === null || value === undefined || value === '') return null
  if (decimalKinds.includes(field.kind)) {
    const text = String(value)
    if (!zero && /^-?0(\.0*)?$/.test(text)) return <span className="zero">{field.kind === 'qty' ? '0' : '–'}</span>
    return <span className={text.startsWith('-') ? 'num neg' : 'num'}>{showDecimal(text, placesShown(field))}</span>
  }
  switch (field.kind) {
    case 'link':
      return <LinkName type={field.link} id={String(value)} />
    case 'date':
      return <span className="num">{showDay(String(value))}</span>
    case 'time':
      return <span className="num">{showTime(String(value))}</span>
    case 'bool':
      return value ? <Icons.Check size={15} aria-label={t('yes')} /> : null
    case 'enum':
      return field.name === 'state' ? <State name={String(value)} /> : <span>{words(String(value))}</span>
    case 'int':
      return <span className="num">{String(value)}</span>
    default:
      return (
        <span title={plainText(field, value)}>
          {field.name === 'state' ? words(String(value)) : plainText(field, value)}
        </span>
      )
  }
})
