// Filters as chips; the address holds them, the host applies them.
import { useRef, useState } from 'react'
import { useLabel } from './data'
import { FieldEditor, isNumeric, Labelled, Select } from './fields'
import { t, words } from './i18n'
import { Icons } from './icons'
import { showDay, showDecimal } from './prefs'
import type { Field, Value } from './types'
import { Button, Dialog } from './ui'

export interface Filter {
  name: string
  op: string
  value: string
}

/** "total[gt]" → what it means; null when it is no filter. */
export function readFilter(key: string, value: string): Filter | null {
  const m = /^([\w.]+)(?:\[(\w+)\])?$/.exec(key)
  return m ? { name: m[1], op: m[2] ?? 'eq', value } : null
}
export const writeFilter = (f: Filter): [string, string] => [f.op === 'eq' ? f.name : `${f.name}[${f.op}]`, f.value]

const said: Record<string, string> = {
  eq: 'is',
  ne: 'is not',
  lt: 'below',
  le: 'up to',
  gt: 'above',
  ge: 'from',
  in: 'one of',
  prefix: 'begins with',
  contains: 'contains',
  empty: 'is empty',
}
export function opsFor(f: Field): string[] {
  if (isNumeric(f) || f.kind === 'date' || f.kind === 'time') return ['ge', 'le', 'eq', 'gt', 'lt']
  if (f.kind === 'str' || f.kind === 'text') return ['contains', 'prefix', 'eq', 'ne']
  return f.kind === 'bool' ? ['eq'] : ['eq', 'ne']
}

function Words({ field, value }: { field: Field; value: string }) {
  const label = useLabel(field.kind === 'link' ? field.link : undefined, value)
  if (field.kind === 'link') return <>{label?.text ?? '…'}</>
  if (field.kind === 'date') return <>{showDay(value)}</>
  if (field.kind === 'bool') return <>{value === 'true' ? t('yes') : t('no')}</>
  if (field.kind === 'enum') return <>{value.split(',').map(words).join(', ')}</>
  return <>{isNumeric(field) ? showDecimal(value, 0) : value}</>
}

export function FilterBar(props: {
  fields: Field[]
  filters: Filter[]
  onChange: (filters: Filter[]) => void
  adding: boolean
  setAdding: (on: boolean) => void
}) {
  const { fields, filters } = props
  const find = (name: string) => fields.find((f) => f.name === name) ?? { name, label: name, kind: 'str' as const }
  return (
    <>
      {filters.map((f, i) => (
        <span key={writeFilter(f).join()} className="chip">
          <b>{find(f.name).label}</b> {t(said[f.op] ?? f.op)}{' '}
          {f.op !== 'empty' && <Words field={find(f.name)} value={f.value} />}
          <button
            type="button"
            aria-label={t('Remove the filter {label}', { label: find(f.name).label })}
            onClick={() => props.onChange(filters.filter((_, k) => k !== i))}
          >
            <Icons.X size={12} />
          </button>
        </span>
      ))}
      <button type="button" className="chip add" onClick={() => props.setAdding(true)}>
        <Icons.Filter size={12} /> {t('Add filter')}
        <kbd className="kbd" aria-hidden>
          F
        </kbd>
      </button>
      {filters.length > 1 && (
        <button type="button" className="lnk quiet" onClick={() => props.onChange([])}>
          {t('Clear all')}
        </button>
      )}
      {props.adding && (
        <AddFilter
          fields={fields}
          onClose={() => props.setAdding(false)}
          onAdd={(f) => {
            props.setAdding(false)
            props.onChange([...filters.filter((x) => writeFilter(x)[0] !== writeFilter(f)[0]), f])
          }}
        />
      )}
    </>
  )
}

function AddFilter(props: { fields: Field[]; onAdd: (f: Filter) => void; onClose: () => void }) {
  const [name, setName] = useState(props.fields[0]?.name ?? '')
  const field = props.fields.find((f) => f.name === name) ?? props.fields[0]
  const ops = opsFor(field)
  const [op, setOp] = useState(ops[0])
  const [value, setValue] = useState<Value>(field.kind === 'bool' ? true : null)
  const latest = useRef<Value>(value)
  latest.current = value
  const add = () => {
    ;(document.activeElement as HTMLElement | null)?.blur()
    setTimeout(() => {
      const v = latest.current
      if (v !== null && v !== undefined && v !== '')
        props.onAdd({ name, op: ops.includes(op) ? op : ops[0], value: String(v) })
    })
  }
  return (
    <Dialog
      title={t('Add filter')}
      width={460}
      onClose={props.onClose}
      footer={
        <>
          <Button onPress={props.onClose}>{t('Back')}</Button>
          <Button tone="primary" onPress={add}>
            {t('Add filter')}
          </Button>
        </>
      }
    >
      <div
        className="dialog-body fields"
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.target as HTMLElement).getAttribute('aria-expanded') !== 'true') add()
        }}
      >
        <Labelled id="filter-field" label={t('Field')}>
          <Select
            id="filter-field"
            autoFocus
            value={name}
            onChange={(e) => {
              const next = props.fields.find((f) => f.name === e.target.value) ?? field
              setName(next.name)
              setOp(opsFor(next)[0])
              setValue(next.kind === 'bool' ? true : null)
            }}
          >
            {props.fields.map((f) => (
              <option key={f.name} value={f.name}>
                {f.label}
              </option>
            ))}
          </Select>
        </Labelled>
        <Labelled id="filter-op" label={t('Is')}>
          <Select id="filter-op" value={op} onChange={(e) => setOp(e.target.value)}>
            {ops.map((o) => (
              <option key={o} value={o}>
                {t(said[o])}
              </option>
            ))}
          </Select>
        </Labelled>
        <FieldEditor
          key={name}
          field={{
            ...field,
            label: t('Value'),
            required: false,
            read_only: false,
            help: undefined,
            default: undefined,
          }}
          value={value}
          onChange={setValue}
        />
      </div>
    </Dialog>
  )
}
