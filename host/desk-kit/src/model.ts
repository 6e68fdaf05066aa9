// A document while it is being edited: what it was, what it is, what the host said about it.
import { store } from './store'
import type { Doc, DocMeta, Field, Row, Value } from './types'

export interface Editing {
  base: Doc | null
  value: Row
  /** What the host refused, by path. */
  errors: Record<string, string>
  /** What was typed and cannot be read, by path: the value is still the one before. */
  unread: Record<string, string>
}

/** What a new document starts with. */
export function startOf(meta: DocMeta): Row {
  const row: Row = {}
  for (const f of meta.fields) {
    if (f.kind === 'list' && f.required) row[f.name] = [{}]
    if (f.default === undefined || f.read_only) continue
    row[f.name] = f.kind === 'bool' ? f.default === 'true' : f.kind === 'int' ? Number(f.default) : f.default
  }
  return row
}

const nothing = (v: Value): boolean =>
  v === null ||
  v === undefined ||
  v === '' ||
  (typeof v === 'object' && (Array.isArray(v) ? v : Object.values(v)).every(nothing))

export const same = (a: Value, b: Value): boolean =>
  (nothing(a) && nothing(b)) || JSON.stringify(a) === JSON.stringify(b)

/** A row without what only the host may write; the id of a line stays, so that it is the same line. */
function writableRow(fields: Field[], row: Row, create: boolean): Row {
  const out: Row = {}
  if (typeof row.id === 'string') out.id = row.id
  for (const f of fields) {
    if (f.read_only || !(f.name in row)) continue
    const v = row[f.name]
    if (create && nothing(v)) continue
    out[f.name] = writable(f, v, create)
  }
  return out
}

/** Empty lines at the end were never meant; one in between is, and is refused at its place. */
function withoutLast(rows: Row[]): Row[] {
  const n = rows.findLastIndex((r) => !nothing(r))
  return rows.slice(0, n + 1)
}

function writable(f: Field, v: Value, create: boolean): Value {
  if (f.kind === 'list') return withoutLast((v as Row[] | null) ?? []).map((r) => writableRow(f.fields ?? [], r, true))
  if (f.kind === 'struct') return writableRow(f.fields ?? [], (v as Row | null) ?? {}, create)
  if (v === '' && f.kind !== 'str' && f.kind !== 'text' && f.kind !== 'enum') return null
  return v ?? null
}

const off = (v: Value): boolean => nothing(v) || v === false || /^-?0(\.0*)?$/.test(String(v))

/** Whether the field has to do with this record: what it depends on says so, or it has a value. */
export function applies(f: Field, row: Row): boolean {
  if (!f.depends_on || !off(row[f.name])) return true
  const [name, choices] = f.depends_on.split('=')
  return choices === undefined ? !off(row[name]) : choices.split(',').includes(String(row[name] ?? ''))
}

/** The fields by their sections, in the order in which these come; '' is the first part. */
export function bySection(fields: Field[]): [heading: string, fields: Field[]][] {
  const parts = new Map<string, Field[]>([['', []]])
  for (const f of fields) {
    const part = parts.get(f.section ?? '') ?? []
    part.push(f)
    parts.set(f.section ?? '', part)
  }
  return [...parts]
}

/** The body that creates the document, or that changes what was changed. */
export function bodyOf(meta: DocMeta, e: Editing): Row {
  const out: Row = {}
  for (const f of meta.fields) {
    if (f.read_only) continue
    const v = e.value[f.name]
    if (!e.base) {
      if (!nothing(v)) out[f.name] = writable(f, v, true)
    } else if (!same(v, e.base[f.name])) out[f.name] = writable(f, v, false)
  }
  return out
}

export const changedFields = (meta: DocMeta, base: Row, value: Row): Field[] =>
  meta.fields.filter((f) => !f.read_only && !f.hidden && !same(base[f.name], value[f.name]))

export function isDirty(meta: DocMeta, e: Editing): boolean {
  if (Object.keys(e.unread).length > 0) return true
  if (e.base) return changedFields(meta, e.base, e.value).length > 0
  const start = startOf(meta)
  return meta.fields.some((f) => !f.read_only && !same(e.value[f.name], start[f.name]))
}

/** A new document like this one: what people filled in, without what the host gave it. */
export function copyOf(meta: DocMeta, doc: Row): Row {
  const bare = (fields: Field[], row: Row): Row => {
    const out: Row = {}
    for (const f of fields) {
      const v = row[f.name]
      if (f.read_only || f.hidden || f.unique || nothing(v)) continue
      if (f.kind === 'list') out[f.name] = (v as Row[]).map((r) => bare(f.fields ?? [], r))
      else out[f.name] = f.kind === 'struct' ? bare(f.fields ?? [], v as Row) : v
    }
    return out
  }
  return bare(meta.fields, doc)
}

/** Puts a value at "address.city" or "due_date". */
export function put(row: Row, path: string, value: Value): Row {
  const [head, ...rest] = path.split('.')
  if (rest.length === 0) return { ...row, [head]: value }
  return { ...row, [head]: put((row[head] as Row | null) ?? {}, rest.join('.'), value) }
}
export function get(row: Row | null | undefined, path: string): Value {
  let at: Value = row
  for (const part of path.split('.')) at = (at as Row | null | undefined)?.[part]
  return at
}

const without = (errors: Record<string, string>, gone: (path: string) => boolean) =>
  Object.fromEntries(Object.entries(errors).filter(([p]) => !gone(p)))

export function editing(base: Doc | null, value: Row) {
  const s = store<Editing>({ base, value, errors: {}, unread: {} })
  const take = (value: Row, gone: (path: string) => boolean) => {
    const { base, errors, unread } = s.get()
    s.set({ base, value, errors: without(errors, gone), unread: without(unread, gone) })
  }
  return {
    ...s,
    put: (path: string, value: Value) => take(put(s.get().value, path, value), (p) => p === path),
    /** The rows of a table; cell: only this one changes, so what is said about the others stands. */
    rows: (name: string, next: (rows: Row[]) => Row[], cell?: string) => {
      const { value } = s.get()
      const gone = (p: string) => (cell ? p === cell : p === name || p.startsWith(`${name}[`))
      take({ ...value, [name]: next((value[name] as Row[] | null) ?? []) }, gone)
    },
    refuse: (errors: Record<string, string>) => s.set({ ...s.get(), errors }),
    /** Text at this path could not be read; null: it is taken back. */
    unread: (path: string, why: string | null) => {
      const now = s.get()
      const others = without(now.unread, (p) => p === path)
      const errors = without(now.errors, (p) => p === path)
      s.set({ ...now, errors, unread: why === null ? others : { ...others, [path]: why } })
    },
  }
}
export type EditingStore = ReturnType<typeof editing>
