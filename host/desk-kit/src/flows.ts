// What the domains contribute to one another's documents. A remote exports `about`; the shell gathers them.

import type { Picture } from './charts'
import { store, useStore } from './store'
import type { Doc, Report, Row } from './types'

export interface Flow {
  /** The type of document the button stands on, and in which states. */
  from: string
  states: string[]
  label: string
  /** Where the new document is made: "finance/purchase-invoices". */
  to: string
  /** What the new document starts with; may ask the host. */
  make(doc: Doc): Promise<Row> | Row
}

/** Documents of `type` that name this one in `field`. */
export interface Connection {
  of: string
  type: string
  field: string
}

/** A report that tells more about one document. */
export interface ReportOf {
  of: string[]
  states?: string[]
  module: string
  report: string
  param: string
  label: string
}

export interface Figure {
  module: string
  report: string
  /** The total, or the column added up over the rows. */
  sum: string
  label: string
  tone?: 'danger' | 'neutral'
}

export interface Todo {
  type: string
  label: string
  filter: Record<string, string> | ((today: string, user: string) => Record<string, string>)
  /** Somebody has to decide: only for those who may do one of these actions; counted by the bell. */
  decide?: string[]
}

/** Rows of a report that wait for somebody. */
export interface Watch {
  module: string
  report: string
  label: string
  ask?: Record<string, string>
  /** Columns shown; the first one is the way to the record that `link` names. */
  columns: string[]
  link?: string
}

/** A picture of a report for the home page; `asks`: one question per point, or one for all. */
export interface ChartOf {
  module: string
  report: string
  label: string
  asks(today: string): Record<string, string>[]
  picture(answers: Report[], today: string): Picture
}

export interface About {
  flows?: Flow[]
  connections?: Connection[]
  reports?: ReportOf[]
  /** Types the palette looks for records in. */
  search?: string[]
  figures?: Figure[]
  todos?: Todo[]
  watches?: Watch[]
  charts?: ChartOf[]
}

const gathered = store<Record<string, About>>({})
export function contribute(domain: string, about: About) {
  gathered.set({ ...gathered.get(), [domain]: about })
}
const collect = <K extends keyof About>(all: Record<string, About>, key: K) =>
  Object.values(all).flatMap((a) => (a[key] ?? []) as NonNullable<About[K]>[number][])
export const useAbout = <K extends keyof About>(key: K) => collect(useStore(gathered), key)

/** What a new document starts with, on its way from one view to the next. */
let prepared: { to: string; value: Row } | null = null
export function prepare(to: string, value: Row) {
  prepared = { to, value }
}
export function takePrepared(to: string): Row | null {
  const found = prepared?.to === to ? prepared.value : null
  if (found) prepared = null
  return found
}

/** Actions of the open page, for the palette. */
export interface PageAction {
  label: string
  keys?: string
  run: () => void
}
export const pageActions = store<PageAction[]>([])
