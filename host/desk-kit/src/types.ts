// What the host tells about itself. Documents stay data: their fields are described by DocMeta, not by TypeScript.
import type { components } from '../gen/openapi'

/** The error envelope, as the API describes it. */
export type ErrorBody = components['schemas']['error']

export type Kind =
  | 'bool'
  | 'int'
  | 'str'
  | 'text'
  | 'id'
  | 'link'
  | 'date'
  | 'time'
  | 'dec'
  | 'qty'
  | 'money'
  | 'sum'
  | 'enum'
  | 'bytes'
  | 'struct'
  | 'list'

export interface Field {
  name: string
  label: string
  kind: Kind
  help?: string
  link?: string
  choices?: string[]
  min?: number | string
  max?: number | string
  places?: number
  pattern?: string
  default?: string
  required?: boolean
  read_only?: boolean
  unique?: boolean
  positive?: boolean
  non_negative?: boolean
  secret?: boolean
  hidden?: boolean
  immutable?: boolean
  contributed?: boolean
  /** Heading of the part of the form it stands in. */
  section?: string
  /** "currency", "type=refund,return": shown only when that field is filled, or one of these. */
  depends_on?: string
  fields?: Field[]
}

export interface Action {
  action: string
  label: string
  from: string[]
  to?: string
  needs: string[]
  primary?: boolean
  input?: Field[]
}

export interface Permission {
  role: string
  can: string[]
}

export interface DocMeta {
  name: string
  module: string
  collection: string
  label: string
  label_plural: string
  group?: string
  title_field?: string
  code_field?: string
  series?: string
  list_columns: string[]
  search_fields: string[]
  has_life_cycle: boolean
  states: { name: string; editable: boolean }[]
  actions: Action[]
  permissions: Permission[]
  fields: Field[]
  /** What names of states, actions and choices are in the reader's language; none in English. */
  words?: Record<string, string>
}

export interface ReportMeta {
  name: string
  module: string
  label: string
  group?: string
  params: Field[]
  columns: Field[]
  drill: string[]
  totals: string[]
  words?: Record<string, string>
}

export interface TypeEntry {
  kind: 'document' | 'report'
  name: string
  module: string
  collection?: string
  label: string
  label_plural?: string
  group: string
}

export type Value = string | number | boolean | null | undefined | Row | Row[]
export interface Row {
  [name: string]: Value
}
export interface Doc extends Row {
  id: string
  version: number
  number: string
  state: string
  _actions?: string[] & Value
}
export interface Page {
  items: Doc[]
  next_cursor: string | null
}
export interface Report {
  report: string
  params: Row
  rows: Row[]
  totals: Record<string, string>
}
export interface HistoryEntry {
  id: string
  at: string
  actor_name: string
  version: number
  action: string
  changes: { path?: string; field?: string; from?: Value; to?: Value; before?: Value; after?: Value }[]
}
/** A file of a document. */
export interface Attachment {
  id: string
  name: string
  media_type: string
  size: number
  hash: string
  at: string
  actor_name: string
}
export interface AttachmentList {
  items: Attachment[]
  /** What this person may do: "attach", "detach". */
  _actions: string[]
  max_bytes: number
  /** Endings of names that are taken. */
  kinds: string[]
}
export interface Remote {
  label: string
  apiUrl: string
  metaUrl: string
  url?: string
  health?: string
}
