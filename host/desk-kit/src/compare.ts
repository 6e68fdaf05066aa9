// Reports that compare: each row carries a list of amounts, by month, by period or by cost center. They become columns.
import { fromUnits, toUnits } from './decimal'
import { t } from './i18n'
import { showDay, showMonth } from './prefs'
import type { Field, ReportMeta, Row } from './types'

/** "columns.2": the third amount of the row's list. */
const PREFIX = 'columns.'
const CHANGE = 'change'

const compared = (row: Row | undefined) => ((row?.columns as Row[]) ?? []) as Row[]

/** "2026-10" → "Oct 2026", a day as people write it; everything else as it is. */
export function columnLabel(label: string): string {
  if (/^\d{4}-\d\d$/.test(label)) return `${showMonth(`${label}-01`)} ${label.slice(0, 4)}`
  return label.replace(/\d{4}-\d\d-\d\d/g, (day) => showDay(day))
}

/** The amount that is compared: the list of its columns stands right after it. */
function comparedField(meta: ReportMeta): Field | undefined {
  const at = meta.columns.findIndex((c) => c.name === 'columns')
  const amounts = meta.columns.slice(0, Math.max(at, 0)).filter((c) => c.kind === 'sum' || c.kind === 'money')
  return amounts.at(-1)
}

type Spread = { columns: Field[]; rows: Row[]; totals: Record<string, string> }

/** Columns, rows and totals with the amounts side by side; of two, what changed as well. */
export function spread(meta: ReportMeta, rows: Row[], totals: Record<string, string> = {}): Spread {
  const plain = meta.columns.filter((c) => c.name !== 'columns')
  const sides = compared(rows[0])
  const amount = comparedField(meta)
  if (!amount || sides.length < 2) return { columns: plain, rows, totals }
  const two = sides.length === 2
  const dynamic = sides.map((s, i) => ({ ...amount, name: PREFIX + i, label: columnLabel(String(s.label)) }))
  if (two) dynamic.push({ ...amount, name: CHANGE, label: t('Change') })
  const wide = rows.map((row) => {
    const values = compared(row).map((s) => String(s.amount ?? '0'))
    const by = Object.fromEntries(values.map((v, i) => [PREFIX + i, v]))
    if (two) by[CHANGE] = fromUnits((toUnits(values[0]) ?? 0n) - (toUnits(values[1]) ?? 0n), 2)
    return { ...row, ...by } as Row
  })
  const sum = (name: string) => wide.reduce((all, row) => all + (toUnits(row[name] as string) ?? 0n), 0n)
  const sums = totals[amount.name] === undefined ? [] : dynamic.map((c) => [c.name, fromUnits(sum(c.name), 2)])
  return {
    columns: plain.flatMap((c) => (c === amount ? dynamic : [c])),
    rows: wide,
    totals: { ...totals, ...Object.fromEntries(sums) },
  }
}

/** The questions of the side a column shows, for the way down. */
export function askedOf(column: Field, row: Row, asked: Row): Row {
  if (!column.name.startsWith(PREFIX)) return asked
  const side = compared(row)[Number(column.name.slice(PREFIX.length))]
  const center = side?.cost_center ? { cost_center: side.cost_center } : {}
  return side ? { ...asked, as_of: null, from: side.from, to: side.to, ...center } : asked
}
