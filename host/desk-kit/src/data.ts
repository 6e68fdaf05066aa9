// What is read from the host and shared by all views: types, metadata, names of linked records.
import { QueryCache, QueryClient, QueryObserver, queryOptions, useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import { ApiError, api, type Place } from './api'
import { t } from './i18n'
import { prefs } from './prefs'
import { store } from './store'
import type { Doc, DocMeta, Field, Remote, TypeEntry } from './types'

export const queries = new QueryClient({
  queryCache: new QueryCache({
    // a part of the system may be away: the gateway knows which
    onError: (error, q) => {
      if (q.queryKey[0] !== 'remotes' && error instanceof ApiError && error.status >= 503)
        queries.invalidateQueries({ queryKey: ['remotes'] })
    },
  }),
  defaultOptions: {
    queries: {
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
    mutations: { retry: false },
  },
})

export const useMe = () => useQuery({ queryKey: ['me'], queryFn: api.me, staleTime: Number.POSITIVE_INFINITY })

export const healthy = (r: Remote) => (r.health ?? 'ok') === 'ok'
const downOf = (remotes: Record<string, Remote> | undefined) =>
  Object.entries(remotes ?? {})
    .filter(([, r]) => !healthy(r))
    .map(([name]) => name)
    .join()

const LOOK_MS = 5_000
const lookAtRemotes = queryOptions({
  queryKey: ['remotes'],
  queryFn: api.remotes,
  staleTime: LOOK_MS,
  refetchInterval: (q) => (downOf(q.state.data) ? LOOK_MS / 5 : LOOK_MS),
})
/** The domains and how they are; looked at again and again, sooner while one is away. */
export const useRemotes = () => useQuery(lookAtRemotes)

const readTypes = () =>
  queryOptions({
    queryKey: ['types', prefs.get().language],
    queryFn: api.types,
    staleTime: Number.POSITIVE_INFINITY,
  })

const without = (all: TypeEntry[], down: string) =>
  down ? all.filter((x) => !down.split(',').includes(x.module)) : all

/** What there is; nothing is asked of a domain that is away, so it offers nothing meanwhile. */
export function useTypes() {
  const down = downOf(useRemotes().data)
  const here = useCallback((all: TypeEntry[]) => without(all, down), [down])
  return useQuery({ ...readTypes(), select: here })
}

/** What useTypes says, for the many names in a list: one looks for all of them. */
const offered = store<TypeEntry[] | undefined>(undefined)
let watchers = 0
let stopWatching = () => {}
function startWatching() {
  const types = new QueryObserver(queries, readTypes())
  const remotes = new QueryObserver(queries, lookAtRemotes)
  let seen: unknown[] = []
  const look = () => {
    const all = types.getCurrentResult().data
    const down = downOf(remotes.getCurrentResult().data)
    if (seen[0] === all && seen[1] === down) return
    seen = [all, down]
    offered.set(all && without(all, down))
  }
  const leave = [types.subscribe(look), remotes.subscribe(look)]
  look()
  stopWatching = () => {
    for (const off of leave) off()
  }
}
function watchTypes(listener: () => void) {
  const off = offered.subscribe(listener)
  if (watchers++ === 0) startWatching()
  return () => {
    off()
    if (--watchers === 0) stopWatching()
  }
}

/** A domain has come back: what could not be read is read again. For the shell. */
export function useRecovery() {
  const down = downOf(useRemotes().data)
  const before = useRef(down)
  useEffect(() => {
    const back = before.current.split(',').some((name) => name && !down.split(',').includes(name))
    before.current = down
    if (!back) return
    forgetLabels()
    queries.invalidateQueries({ predicate: (q) => q.queryKey[0] === 'types' || q.state.status === 'error' })
  }, [down])
}

/** What is said of a document type, once per language. */
export const metaQuery = (p: Place | undefined) => ({
  queryKey: ['meta', p?.module, p?.collection, prefs.get().language],
  queryFn: () => api.meta(p as Place),
  staleTime: Number.POSITIVE_INFINITY,
})
export const useMeta = (p: Place | undefined) =>
  useQuery({
    ...metaQuery(p),
    enabled: !!p,
  })
export const useReportMeta = (module: string, name: string, enabled = true) =>
  useQuery({
    enabled,
    queryKey: ['report-meta', module, name, prefs.get().language],
    queryFn: () => api.reportMeta(module, name),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** "core.supplier" → its place in the API; undefined when this person may not read it or the domain is not there. */
export function placeOf(types: TypeEntry[] | undefined, name: string | undefined): Place | undefined {
  const t = types?.find((x) => x.kind === 'document' && x.name === name)
  return t?.collection ? { module: t.module, collection: t.collection } : undefined
}
export const usePlace = (name: string | undefined): Place | undefined => placeOf(useTypes().data, name)

/** Whether one of the roles carries the right. */
export function may(meta: Pick<DocMeta, 'permissions'>, roles: string[] | undefined, right: string): boolean {
  if (!roles) return false
  return (
    roles.includes('Administrator') || meta.permissions.some((p) => roles.includes(p.role) && p.can.includes(right))
  )
}

export const visible = (fields: Field[]) => fields.filter((f) => !f.hidden && !f.secret)

/** How a record is called: "Kalyani Packaging", "PO-2026-00008", or "Draft". */
export function titleOf(doc: Doc, meta?: Pick<DocMeta, 'title_field'>): string {
  const title = meta?.title_field ? doc[meta.title_field] : undefined
  const name = typeof doc.name === 'string' ? doc.name : ''
  return (typeof title === 'string' && title) || name || doc.number || t('Draft')
}

/** The one that is called like this, by code, number or title; or the only one there is. */
export function pickOne(docs: Doc[], text: string): Doc | undefined {
  const like = text.toLowerCase()
  const called = (d: Doc) => [d.code, d.number, titleOf(d)].some((x) => String(x ?? '').toLowerCase() === like)
  return docs.find(called) ?? (docs.length === 1 ? docs[0] : undefined)
}

// ---- names of linked records: asked for together, kept until somebody changes one ----

export interface Label {
  text: string
  code: string
}
const MISSING: Label = { text: '—', code: '' }
const known = new Map<string, Label>()
const wanted = new Map<string, { place: Place; ids: Map<string, number> }>()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setTimeout> | undefined
const BATCH = 100
/** What scrolls by is not asked for: names are read when no new one was wanted for a moment. */
const REST_MS = 25
const REST_MAX_MS = 150
let since = 0

const tell = () => {
  for (const l of [...listeners]) l()
}

export function keepLabel(type: string, doc: Doc) {
  const code = typeof doc.code === 'string' ? doc.code : doc.number
  known.set(`${type}/${doc.id}`, { text: titleOf(doc), code: code || '' })
}

async function fetchLabels() {
  timer = undefined
  since = 0
  const work = [...wanted]
  wanted.clear()
  for (const [type, { place, ids }] of work) {
    const all = [...ids.keys()]
    for (let i = 0; i < all.length; i += BATCH) {
      const some = all.slice(i, i + BATCH)
      try {
        const page = await api.list(place, { 'id[in]': some.join(','), limit: String(BATCH) })
        for (const doc of page.items) keepLabel(type, doc)
        for (const id of some) if (!known.has(`${type}/${id}`)) known.set(`${type}/${id}`, MISSING)
      } catch {
        for (const id of some) known.set(`${type}/${id}`, { text: id.slice(-6), code: '' })
      }
    }
  }
  tell()
}

/** The answer takes the wish back, when nobody shows the name any more. */
export function wantLabel(type: string, place: Place, id: string) {
  if (known.has(`${type}/${id}`)) return
  const entry = wanted.get(type) ?? { place, ids: new Map<string, number>() }
  entry.ids.set(id, (entry.ids.get(id) ?? 0) + 1)
  wanted.set(type, entry)
  since ||= Date.now()
  clearTimeout(timer)
  timer = setTimeout(fetchLabels, Math.max(0, Math.min(REST_MS, since + REST_MAX_MS - Date.now())))
  return () => {
    const left = (entry.ids.get(id) ?? 0) - 1
    if (left > 0) entry.ids.set(id, left)
    else entry.ids.delete(id)
  }
}

export function forgetLabels() {
  known.clear()
  tell()
}

function watchLabels(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The name of a linked record; undefined while it is on its way. */
export function useLabel(type: string | undefined, id: string | null | undefined): Label | undefined {
  const types = useSyncExternalStore(watchTypes, offered.get)
  const place = placeOf(types, type)
  const label = useSyncExternalStore(watchLabels, () => (type && id ? known.get(`${type}/${id}`) : undefined))
  useEffect(() => {
    if (type && id && place && !label) return wantLabel(type, place, id)
  }, [type, id, place, label])
  const unknown = types && type && id && !place // not for this person, or its domain is away
  return label ?? (unknown ? MISSING : undefined)
}
