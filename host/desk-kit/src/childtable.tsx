// The lines of a document: a spreadsheet in small. One cell is an editor at a time, so that a hundred lines cost little.
import { type ClipboardEvent, type KeyboardEvent, memo, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { api } from './api'
import { keepLabel, pickOne, placeOf, useTypes } from './data'
import { readDay } from './dates'
import { evaluate, fromUnits, sum } from './decimal'
import { FieldEditor, isNumeric } from './fields'
import { t } from './i18n'
import { Icons } from './icons'
import { Shown } from './shown'
import { kept } from './store'
import type { Field, Row, TypeEntry, Value } from './types'
import { Button, Dialog } from './ui'

const COLUMNS = 7
const FAULTS = 5

const isColumn = (f: Field) => !f.hidden && !f.secret && f.kind !== 'id' && f.kind !== 'list' && f.kind !== 'struct'
const empty = (v: Value) => v === null || v === undefined || v === '' || v === false || /^-?0(\.0*)?$/.test(String(v))

/** What must be filled in, what has something in it, the amount, and as much else as is easy to read. */
export function usualColumns(fields: Field[], rows: Row[]): string[] {
  const all = fields.filter(isColumn)
  const wanted = new Set(all.filter((f) => f.required).map((f) => f.name))
  const add = (some: Field[]) => {
    for (const f of some) if (wanted.size < COLUMNS) wanted.add(f.name)
  }
  add(all.filter((f) => f.kind === 'link' && f.name === 'item'))
  add(all.filter((f) => f.name === 'amount' || f.name === 'debit' || f.name === 'credit'))
  add(all.filter((f) => rows.some((r) => !empty(r[f.name]))))
  add(all.filter((f) => !f.read_only && f.kind !== 'text'))
  return all.filter((f) => wanted.has(f.name)).map((f) => f.name)
}

const width = (f: Field): string => {
  if (f.kind === 'link') return f.name === 'item' || f.required ? 'minmax(150px,2fr)' : 'minmax(92px,1fr)'
  if (f.kind === 'bool') return '72px'
  if (isNumeric(f)) return f.kind === 'money' || f.kind === 'sum' ? 'minmax(100px,124px)' : 'minmax(80px,100px)'
  if (f.kind === 'date') return '116px'
  return 'minmax(110px,1.4fr)'
}

type Found = Map<string, string | null>

async function findLink(f: Field, typed: string, types: TypeEntry[] | undefined, found: Found) {
  const key = `${f.link}/${typed.toLowerCase()}`
  if (!found.has(key)) {
    const place = placeOf(types, f.link)
    const hit = place && pickOne((await api.list(place, { q: typed, limit: '8' })).items, typed)
    if (hit) keepLabel(f.link ?? '', hit)
    found.set(key, hit?.id ?? null)
  }
  return found.get(key) ?? null
}

/** A pasted cell by the kind of its column, links by code or name; null: it cannot be read. */
async function readCell(f: Field, typed: string, types: TypeEntry[] | undefined, found: Found): Promise<Value> {
  if (f.kind === 'link') return findLink(f, typed, types, found).catch(() => null)
  if (f.kind === 'date') return readDay(typed)
  if (f.kind === 'bool') return /^(1|y|yes|true|x)$/i.test(typed)
  if (!isNumeric(f)) return typed
  const read = evaluate(typed, f.kind === 'int' ? 0 : (f.places ?? 6))
  return read !== null && f.kind === 'int' ? Number(read) : read
}

interface CellProps {
  field: Field
  row: number
  value: Value
  active: boolean
  error?: string
  readOnly: boolean
  onActivate: (row: number, name: string) => void
  onChange: (row: number, name: string, value: Value) => void
  onUnread: (row: number, name: string, why: string | null) => void
}

const Cell = memo(function Cell({ field, row, value, active, error, readOnly, onActivate, ...p }: CellProps) {
  const numeric = isNumeric(field)
  const locked = readOnly || field.read_only
  const name = `${field.label}, ${t('line')} ${row + 1}`
  if (active && !locked)
    return (
      <div role="gridcell" className="ctc on" data-col={field.name} data-invalid={error ? true : undefined}>
        <FieldEditor
          bare
          autoFocus
          field={field}
          label={name}
          value={value}
          error={error}
          onChange={(v) => p.onChange(row, field.name, v)}
          onUnread={(why) => p.onUnread(row, field.name, why)}
        />
      </div>
    )
  return (
    <div
      role="gridcell"
      className={`ctc${numeric ? ' r' : ''}${locked ? ' locked' : ''}`}
      data-col={field.name}
      data-invalid={error ? true : undefined}
      title={error}
      tabIndex={locked ? undefined : 0}
      aria-readonly={locked || undefined}
      onFocus={locked ? undefined : () => onActivate(row, field.name)}
    >
      {!locked && <span className="sr">{name} </span>}
      <Shown field={field} value={value} zero={!locked} />
    </div>
  )
})

interface LineProps {
  columns: Field[]
  row: Row
  index: number
  active: string | null
  errors: Record<string, string>
  path: string
  readOnly: boolean
  onActivate: CellProps['onActivate']
  onChange: CellProps['onChange']
  onUnread: CellProps['onUnread']
  onRemove: (row: number) => void
}

const Line = memo(function Line(p: LineProps) {
  return (
    <div role="row" className="ctr" data-row={p.index}>
      <span role="rowheader" className="ctn num">
        {p.index + 1}
      </span>
      {p.columns.map((f) => (
        <Cell
          key={f.name}
          field={f}
          row={p.index}
          value={p.row[f.name]}
          active={p.active === f.name}
          error={p.errors[`${p.path}[${p.index}].${f.name}`]}
          readOnly={p.readOnly || (f.immutable === true && typeof p.row.id === 'string')}
          onActivate={p.onActivate}
          onChange={p.onChange}
          onUnread={p.onUnread}
        />
      ))}
      {!p.readOnly && (
        <span role="gridcell" className="ctx">
          <button
            type="button"
            className="rowx"
            tabIndex={-1}
            aria-label={t('Remove line {n}', { n: p.index + 1 })}
            onClick={() => p.onRemove(p.index)}
          >
            <Icons.Trash2 size={14} />
          </button>
        </span>
      )}
    </div>
  )
})

export type NextRows = (rows: Row[]) => Row[]
export interface ChildTableProps {
  field: Field
  rows: Row[]
  /** Gets the next rows from the rows as they are then; cell: the path of what changes, when it is one cell. */
  onChange: (next: NextRows, cell?: string) => void
  /** Text at this path, as "lines[0].qty", cannot be read, and why; null: it is taken back. */
  onUnread?: (path: string, why: string | null) => void
  errors: Record<string, string>
  readOnly: boolean
  /** What column choices are remembered under. */
  keep: string
}

const noErrors: Record<string, string> = {}

export function ChildTable({ field, rows, onChange, onUnread, errors, readOnly, keep }: ChildTableProps) {
  const types = useTypes().data
  const fields = field.fields ?? []
  const [active, setActive] = useState<{ row: number; name: string } | null>(null)
  const [chosen, setChosen] = useState<string[] | null>(() => kept.read<string[] | null>(`columns.${keep}`, null))
  const [choosing, setChoosing] = useState(false)
  const [busy, setBusy] = useState('')
  const box = useRef<HTMLDivElement>(null)
  const first = useRef(rows)
  const usual = useMemo(() => usualColumns(fields, first.current), [fields])
  const faults = Object.entries(errors).filter(([p]) => p.startsWith(`${field.name}[`))
  const wrong = faults.map(([p]) => p.replace(/^.*\]\./, ''))
  const nameOfCell = (path: string) => {
    const [, line, name] = /\[(\d+)\]\.?(.*)$/.exec(path) ?? []
    return `${t('line')} ${Number(line) + 1}, ${fields.find((f) => f.name === name)?.label ?? name}`
  }
  const shown = new Set([...(chosen ?? usual), ...wrong])
  const key = fields
    .filter((f) => isColumn(f) && shown.has(f.name))
    .map((f) => f.name)
    .join(',')
  const columns = useMemo(() => key.split(',').flatMap((n) => fields.find((f) => f.name === n) ?? []), [key, fields])
  const editable = columns.filter((f) => !f.read_only)

  const activate = useCallback((row: number, name: string) => setActive({ row, name }), [])
  const pathOf = useCallback((row: number, name: string) => `${field.name}[${row}].${name}`, [field.name])
  const change = useCallback(
    (row: number, name: string, value: Value) =>
      onChange((old) => old.map((r, i) => (i === row ? { ...r, [name]: value } : r)), pathOf(row, name)),
    [onChange, pathOf],
  )
  const unread = useCallback(
    (row: number, name: string, why: string | null) => onUnread?.(pathOf(row, name), why),
    [onUnread, pathOf],
  )
  const remove = useCallback((row: number) => onChange((old) => old.filter((_, i) => i !== row)), [onChange])
  const focusCell = (row: number, name: string) =>
    setTimeout(() => {
      const cell = box.current?.querySelector<HTMLElement>(`[data-row="${row}"] [data-col="${name}"]`)
      ;(cell?.tabIndex === 0 ? cell : cell?.querySelector<HTMLElement>('input,select,textarea'))?.focus()
    })
  const add = (name = editable[0]?.name) => {
    onChange((old) => [...old, {}])
    if (name) focusCell(rows.length, name)
  }
  useEffect(() => {
    if (active && active.row >= rows.length) setActive(null)
  }, [active, rows.length])

  const onKeyDown = (e: KeyboardEvent) => {
    if (!active || readOnly) return
    const ctrl = e.ctrlKey || e.metaKey
    const list = (e.target as HTMLElement).getAttribute('aria-expanded') === 'true'
    if (ctrl && e.key === 'Enter') {
      e.preventDefault()
      add()
    } else if (ctrl && e.key.toLowerCase() === 'd' && active.row > 0) {
      e.preventDefault()
      change(active.row, active.name, rows[active.row - 1][active.name])
    } else if (ctrl && e.key === 'Backspace') {
      e.preventDefault()
      remove(active.row)
      focusCell(Math.max(0, active.row - 1), active.name)
    } else if (e.key === 'Enter' && !list && !e.shiftKey) {
      e.preventDefault()
      const { row, name } = active
      if (row + 1 < rows.length) focusCell(row + 1, name)
      else add(name)
    }
  }
  const onPaste = async (e: ClipboardEvent) => {
    const text = e.clipboardData.getData('text/plain').replace(/\r/g, '').replace(/\n$/, '')
    if (readOnly || !active || !/[\t\n]/.test(text)) return
    e.preventDefault()
    ;(document.activeElement as HTMLElement | null)?.blur()
    const from = columns.findIndex((f) => f.name === active.name)
    const at = active.row
    const lines = text.split('\n').map((l) => l.split('\t'))
    const found: Found = new Map()
    setActive(null)
    const read: Row[] = []
    const wrong: [row: number, name: string, typed: string][] = []
    for (const [i, cells] of lines.entries()) {
      setBusy(t('Reading line {n} of {all}…', { n: i + 1, all: lines.length }))
      read[i] = {}
      for (const [k, text] of cells.entries()) {
        const f = columns[from + k]
        const typed = text.trim()
        if (!f || f.read_only || !typed) continue
        const value = await readCell(f, typed, types, found)
        if (value === null) wrong.push([at + i, f.name, typed])
        else read[i][f.name] = value
      }
    }
    setBusy('')
    onChange((old) => {
      const next = [...old]
      read.forEach((row, i) => {
        next[at + i] = { ...(next[at + i] ?? {}), ...row }
      })
      return next
    })
    for (const [row, name, typed] of wrong) unread(row, name, t('“{text}” cannot be read here.', { text: typed }))
  }
  const totals = columns.map((f) =>
    (f.kind === 'money' || f.kind === 'sum' || f.kind === 'qty') && rows.length > 1
      ? fromUnits(sum(rows.map((r) => r[f.name] as string)), f.kind === 'qty' ? 0 : 2)
      : null,
  )
  if (readOnly && rows.length === 0)
    return (
      <div className="ct">
        <p className="ct-none">{t('No lines.')}</p>
      </div>
    )
  return (
    <div
      className="ct"
      data-readonly={readOnly || undefined}
      ref={box}
      style={{ ['--tpl' as string]: `40px ${columns.map(width).join(' ')}${readOnly ? '' : ' 36px'}` }}
    >
      <div
        className="ct-scroll"
        tabIndex={readOnly || rows.length === 0 ? 0 : undefined}
        role="group"
        aria-label={field.label}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onBlur={(e) => {
          const to = e.relatedTarget as Element | null
          if (to && !e.currentTarget.contains(to) && !to.closest('.pop') && !to.closest('dialog')) setActive(null)
        }}
      >
        <div role="grid" aria-label={field.label} aria-rowcount={rows.length + 1}>
          <div role="row" className="ctr cth">
            <span role="columnheader" className="ctn">
              <span aria-hidden>#</span>
              <span className="sr">{t('Line')}</span>
            </span>
            {columns.map((f) => (
              <span
                key={f.name}
                role="columnheader"
                className={`${isNumeric(f) ? 'r' : ''}${f.required && !readOnly ? ' must' : ''}`}
                title={f.help ?? f.label}
              >
                {f.label}
              </span>
            ))}
            {!readOnly && (
              <span role="columnheader">
                <span className="sr">{t('Actions')}</span>
              </span>
            )}
          </div>
          {rows.map((row, i) => (
            <Line
              key={typeof row.id === 'string' ? row.id : `new-${i}`}
              columns={columns}
              row={row}
              index={i}
              active={active?.row === i ? active.name : null}
              errors={wrong.length ? errors : noErrors}
              path={field.name}
              readOnly={readOnly}
              onActivate={activate}
              onChange={change}
              onUnread={unread}
              onRemove={remove}
            />
          ))}
          {totals.some(Boolean) && (
            <div role="row" className="ctr ctt">
              <span role="rowheader" className="ctn">
                <span aria-hidden>Σ</span>
                <span className="sr">{t('Total')}</span>
              </span>
              {columns.map((f, i) => (
                <div role="gridcell" key={f.name} className="ctc r locked">
                  {totals[i] && <Shown field={f} value={totals[i]} zero />}
                </div>
              ))}
              {!readOnly && <span role="gridcell" />}
            </div>
          )}
        </div>
        {rows.length === 0 && <p className="ct-none">{t('No lines yet: add one, or paste from a spreadsheet.')}</p>}
      </div>
      {faults.length > 0 && (
        <ul className="ct-wrong">
          {faults.slice(0, FAULTS).map(([path, why]) => (
            <li key={path} className="fld-error">
              <Icons.AlertTriangle size={12} /> {nameOfCell(path)}: {why}
            </li>
          ))}
          {faults.length > FAULTS && <li className="fld-error">{t('and {n} more', { n: faults.length - FAULTS })}</li>}
        </ul>
      )}
      <div className="ct-foot">
        {!readOnly && (
          <button type="button" className="lnk" onClick={() => add()}>
            <Icons.Plus size={13} /> {t('Add row')}
            <kbd className="kbd" aria-hidden>
              Ctrl ↵
            </kbd>
          </button>
        )}
        <span className="muted grow" role="status">
          {busy}
        </span>
        <button type="button" className="lnk quiet" onClick={() => setChoosing(true)}>
          <Icons.Columns3 size={13} /> {t('Columns')}
        </button>
      </div>
      {choosing && (
        <ColumnChoice
          fields={fields.filter(isColumn)}
          chosen={columns.map((f) => f.name)}
          onClose={() => setChoosing(false)}
          onChange={(names) => {
            setChosen(names)
            kept.write(`columns.${keep}`, names)
          }}
        />
      )}
    </div>
  )
}

export function ColumnChoice(props: {
  fields: Field[]
  chosen: string[]
  onChange: (names: string[] | null) => void
  onClose: () => void
}) {
  const { fields, chosen } = props
  return (
    <Dialog
      title={t('Columns')}
      width={380}
      onClose={props.onClose}
      footer={
        <>
          <Button onPress={() => props.onChange(null)}>{t('As usual')}</Button>
          <Button tone="primary" onPress={props.onClose}>
            {t('Close')}
          </Button>
        </>
      }
    >
      <div className="dialog-body choice">
        {fields.map((f) => (
          <label key={f.name}>
            <input
              type="checkbox"
              checked={chosen.includes(f.name)}
              onChange={(e) => {
                const next = fields
                  .map((x) => x.name)
                  .filter((n) => (n === f.name ? e.target.checked : chosen.includes(n)))
                if (next.length) props.onChange(next)
              }}
            />
            {f.label}
          </label>
        ))}
      </div>
    </Dialog>
  )
}
