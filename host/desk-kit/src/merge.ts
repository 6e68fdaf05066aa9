// Two versions of one document: where they differ, line by line, and one of both.
import { t } from './i18n'
import { get, put, same } from './model'
import type { DocMeta, Field, Row, Value } from './types'

export type Side = 'mine' | 'theirs'

/** One question: whose is to stand. */
export interface Choice {
  key: string
  label: string
  /** undefined: it is about the whole line; a side that has none is undefined as well. */
  field?: Field
  mine: Value
  theirs: Value
  /** What stands when nobody chooses: what was changed by one only, else mine. */
  start: Side
}

/** The fields of the document, or one line of a table. */
export interface Part {
  key: string
  /** '' for the document itself. */
  label: string
  /** What happened to the line. */
  about: string
  /** Both have touched it. */
  clash: boolean
  /** The table it is a line of, and a row to call it by. */
  table?: Field
  row?: Row
  choices: Choice[]
}

const writable = (fields: Field[]) => fields.filter((f) => !f.read_only && !f.hidden && f.kind !== 'id')
const idOf = (r: Row) => (typeof r.id === 'string' ? r.id : '')
const rowsOf = (doc: Row, f: Field) => ((doc[f.name] as Row[] | null) ?? []).filter((r) => !same(r, null))
const byId = (rows: Row[]) => new Map(rows.map((r) => [idOf(r), r]))

const start = (base: Value, mine: Value): Side => (same(mine, base) ? 'theirs' : 'mine')

function choose(fields: Field[], base: Row | undefined, mine: Row, theirs: Row, prefix: string): Choice[] {
  return writable(fields)
    .filter((f) => !same(mine[f.name], theirs[f.name]))
    .map((f) => ({
      key: prefix + f.name,
      label: f.label,
      field: f,
      mine: mine[f.name],
      theirs: theirs[f.name],
      start: start(base?.[f.name], mine[f.name]),
    }))
}

/** Whether what people may write in the line differs. */
const changed = (f: Field, a: Row, b: Row) => writable(f.fields ?? []).some((x) => !same(a[x.name], b[x.name]))

interface Line {
  key: string
  /** Counted as people see it. */
  number: number
  base?: Row
  mine?: Row
  theirs?: Row
}

/** The lines of all versions: theirs in their order, then what only the others have. */
function linesOf(f: Field, base: Row, mine: Row, theirs: Row): Line[] {
  const [was, own, other] = [base, mine, theirs].map((doc) => rowsOf(doc, f))
  const [baseIds, ownIds, otherIds] = [was, own, other].map(byId)
  const key = (id: string) => `${f.name}/${id}`
  const lines: Line[] = other.map((r, i) => {
    const id = idOf(r)
    return { key: key(id), number: i + 1, base: baseIds.get(id), mine: ownIds.get(id), theirs: r }
  })
  own.forEach((r, i) => {
    const id = idOf(r)
    if (id && otherIds.has(id)) return
    lines.push({ key: key(id || `new${i}`), number: i + 1, base: id ? baseIds.get(id) : undefined, mine: r })
  })
  return lines
}

function partOf(f: Field, l: Line): Part | null {
  const part = { key: l.key, label: `${f.label}, ${t('line')} ${l.number}`, table: f, row: l.mine ?? l.theirs }
  const whole = (about: string, start: Side, clash = false): Part => ({
    ...part,
    about,
    clash,
    choices: [{ key: l.key, label: t('The line'), mine: l.mine, theirs: l.theirs, start }],
  })
  if (l.mine && l.theirs) {
    const choices = choose(f.fields ?? [], l.base, l.mine, l.theirs, `${l.key}.`)
    if (choices.length === 0) return null
    const clash = !!l.base && changed(f, l.base, l.mine) && changed(f, l.base, l.theirs)
    const about = clash
      ? t('changed by both')
      : choices.some((c) => c.start === 'mine')
        ? t('changed by you')
        : t('changed by them')
    return { ...part, about, clash, choices }
  }
  if (l.mine) {
    if (!l.base) return whole(t('added by you'), 'mine')
    return changed(f, l.base, l.mine)
      ? whole(t('removed by them, changed by you'), 'mine', true)
      : whole(t('removed by them'), 'theirs')
  }
  if (!l.base) return whole(t('added by them'), 'theirs')
  return changed(f, l.base, l.theirs as Row)
    ? whole(t('removed by you, changed by them'), 'theirs', true)
    : whole(t('removed by you'), 'mine')
}

/** Where mine and theirs differ. */
export function differences(meta: DocMeta, base: Row, mine: Row, theirs: Row): Part[] {
  const fields = writable(meta.fields)
  const plain = fields.filter((f) => f.kind !== 'list' && f.kind !== 'struct')
  const own = [
    ...choose(plain, base, mine, theirs, ''),
    ...fields
      .filter((f) => f.kind === 'struct')
      .flatMap((f) => {
        const [b, m, o] = [base, mine, theirs].map((doc) => (doc[f.name] as Row | null) ?? {})
        return choose(f.fields ?? [], b, m, o, `${f.name}.`).map((c) => ({ ...c, label: `${f.label}, ${c.label}` }))
      }),
  ]
  const lines = fields
    .filter((f) => f.kind === 'list')
    .flatMap((f) => linesOf(f, base, mine, theirs).flatMap((l) => partOf(f, l) ?? []))
  return own.length ? [{ key: '', label: '', about: '', clash: false, choices: own }, ...lines] : lines
}

/** A line with what of it is mine; what nobody was asked about is whose change it is. */
function mergedLine(f: Field, l: Line, taken: (key: string, start: Side) => Side): Row | null {
  const part = partOf(f, l)
  if (!l.mine || !l.theirs) {
    const side = part ? taken(part.key, part.choices[0].start) : 'theirs'
    const row = side === 'mine' ? l.mine : l.theirs
    if (!row) return null
    const { id: _, ...bare } = row
    return l.theirs ? row : bare // a line that is no longer there is a new one
  }
  const row: Row = { ...l.theirs }
  for (const x of f.fields ?? []) {
    if (x.read_only || x.kind === 'id') continue
    const own = start(l.base?.[x.name], l.mine[x.name])
    const side = part?.choices.some((c) => c.field === x) ? taken(`${l.key}.${x.name}`, own) : own
    if (side === 'mine') row[x.name] = l.mine[x.name]
  }
  return row
}

/** The document as it was chosen; `take` has what was decided, by the keys of the choices. */
export function merged(meta: DocMeta, base: Row, mine: Row, theirs: Row, take: Record<string, Side>): Row {
  const taken = (key: string, start: Side) => take[key] ?? start
  let value: Row = { ...theirs }
  for (const part of differences(meta, base, mine, theirs))
    for (const c of part.choices)
      if (!part.table && taken(c.key, c.start) === 'mine') value = put(value, c.key, get(mine, c.key))
  for (const f of writable(meta.fields).filter((x) => x.kind === 'list'))
    value[f.name] = linesOf(f, base, mine, theirs)
      .map((l) => mergedLine(f, l, taken))
      .filter((row) => row !== null)
  return value
}
