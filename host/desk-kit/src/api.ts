// Speaks to the host. Access tokens live in memory; the refresh token is a cookie that no script can read.
import { learn, t } from './i18n'
import { prefs } from './prefs'
import { kept, store } from './store'
import type {
  Attachment,
  AttachmentList,
  Doc,
  DocMeta,
  HistoryEntry,
  Page,
  Remote,
  Report,
  ReportMeta,
  TypeEntry,
} from './types'

export interface FieldError {
  path: string
  code: string
  message: string
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint = '',
    readonly fields: FieldError[] = [],
    readonly requestId = '',
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

export interface Session {
  tenant: string
  user: string
  name: string
}
interface Grant extends Session {
  access_token: string
  expires_in: number
}

/** null: nobody is signed in; undefined: not known yet. */
export const session = store<Session | null | undefined>(undefined)
let access = ''
let accessEnds = 0

function take(grant: Grant | null) {
  access = grant?.access_token ?? ''
  accessEnds = grant ? Date.now() + (grant.expires_in - 30) * 1000 : 0
  kept.write('signed-in', grant ? true : undefined) // else there is no cookie worth asking about
  session.set(grant ? { tenant: grant.tenant, user: grant.user, name: grant.name } : null)
}

async function answer<T>(response: Response): Promise<T> {
  const text = await response.text()
  let body: unknown = null
  try {
    body = text ? JSON.parse(text) : null
  } catch {
    throw new ApiError(response.status, 'desk.answer', t('The answer of the server could not be read.'))
  }
  if (response.ok) return body as T
  const e = (body as { error?: Partial<ApiError> & { request_id?: string } } | null)?.error
  throw new ApiError(
    response.status,
    e?.code ?? 'desk.answer',
    e?.message ?? t('The server answered {status}.', { status: response.status }),
    e?.hint ?? '',
    e?.fields ?? [],
    e?.request_id ?? '',
  )
}

const offline = (message: string, hint: string) => new ApiError(0, 'desk.offline', message, hint)

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, headers: { ...init.headers, 'accept-language': prefs.get().language } })
  } catch {
    throw offline(t('The server cannot be reached.'), t('Your input is kept. Try again in a moment.'))
  }
}

const post = (path: string, body: unknown) =>
  send(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

export async function signIn(tenant: string, email: string, password: string) {
  take(
    await answer<Grant>(
      await post('/api/v1/auth/token', { ...(tenant ? { tenant } : {}), email, password, cookie: true }),
    ),
  )
}

/** Signs in to another company; the page that begins anew there finds the cookie. Who is here stays until then. */
export async function signInElsewhere(tenant: string, email: string, password: string) {
  await answer<Grant>(await post('/api/v1/auth/token', { tenant, email, password, cookie: true }))
  kept.write('signed-in', true)
}

export async function signOut() {
  take(null)
  await post('/api/v1/auth/sign-out', { cookie: true }).catch(() => {})
}

let refreshing: Promise<void> | null = null
/** A new access token. Tabs take turns: a refresh token is good once. */
export function refresh(): Promise<void> {
  const once = async () => {
    if (!kept.read('signed-in', false)) return take(null)
    const response = await post('/api/v1/auth/refresh', { cookie: true })
    if (response.status >= 500 || response.status === 429) await answer(response)
    take(response.ok ? await answer<Grant>(response) : null)
  }
  refreshing ??= (navigator.locks ? navigator.locks.request('bm.refresh', once) : once()).finally(() => {
    refreshing = null
  })
  return refreshing
}

export interface Ask {
  body?: unknown
  /** Instead of a body: the text of a file. */
  csv?: string
  version?: number
  key?: string
  signal?: AbortSignal
}

export async function call<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
  const headers: Record<string, string> = {}
  if (ask.body !== undefined) headers['content-type'] = 'application/json'
  if (ask.csv !== undefined) headers['content-type'] = 'text/csv'
  if (ask.version !== undefined) headers['if-match'] = `"${ask.version}"`
  if (method !== 'GET') headers['idempotency-key'] = ask.key ?? crypto.randomUUID()
  const body = ask.csv ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body))
  return answer<T>(
    await withAccess(() => {
      headers.authorization = `Bearer ${access}`
      return send(path, { method, headers, body, signal: ask.signal })
    }),
  )
}

/** Once more with a new token when the one at hand is refused: the server may have changed its keys. */
async function withAccess(once: () => Promise<Response>): Promise<Response> {
  if (Date.now() > accessEnds) await refresh()
  const used = access
  const response = await once()
  if (response.status !== 401) return response
  if (access === used) await refresh()
  const again = access ? await once() : response
  if (again.status === 401) take(null)
  return again
}

/** As fetch, which cannot tell how much of a file has gone out. */
function sendFile(path: string, file: Blob, key: string, told: (done: number, total: number) => void) {
  return new Promise<Response>((done, failed) => {
    const x = new XMLHttpRequest()
    x.open('POST', path)
    x.setRequestHeader('authorization', `Bearer ${access}`)
    x.setRequestHeader('accept-language', prefs.get().language)
    x.setRequestHeader('content-type', 'application/octet-stream')
    x.setRequestHeader('idempotency-key', key)
    x.upload.onprogress = (e) => told(e.loaded, e.total)
    x.onload = () => done(new Response(x.responseText, { status: x.status }))
    x.onerror = () =>
      failed(offline(t('The server cannot be reached, or it does not take the file.'), t('Try again in a moment.')))
    x.send(file)
  })
}

export const query = (pairs: Record<string, string>) => {
  const text = new URLSearchParams(pairs).toString()
  return text ? `?${text}` : ''
}
const at = (module: string, collection: string, id?: string) =>
  `/api/v1/${module}/${collection}${id ? `/${encodeURIComponent(id)}` : ''}`

export interface Place {
  module: string
  collection: string
}

export const api = {
  remotes: async () => answer<Record<string, Remote>>(await send('/api/gateway/remotes', {})),
  me: () => call<{ tenant: string; user: string; name: string; roles: string[] }>('GET', '/api/v1/auth/me'),
  types: () => call<{ items: TypeEntry[] }>('GET', '/api/v1/meta').then((r) => r.items),
  meta: (p: Place) => call<DocMeta>('GET', `/api/v1/meta/${p.module}/${p.collection}`).then(learn),
  reportMeta: (module: string, name: string) =>
    call<ReportMeta>('GET', `/api/v1/meta/${module}/reports/${name}`).then(learn),
  list: (p: Place, q: Record<string, string> = {}, signal?: AbortSignal) =>
    call<Page>('GET', at(p.module, p.collection) + query(q), { signal }),
  get: (p: Place, id: string) => call<Doc>('GET', at(p.module, p.collection, id)),
  history: (p: Place, id: string) =>
    call<{ items: HistoryEntry[] }>('GET', `${at(p.module, p.collection, id)}/history`).then((r) => r.items),
  create: (p: Place, body: unknown, action?: string, key?: string) =>
    call<Doc>('POST', at(p.module, p.collection) + query(action ? { action } : {}), { body, key }),
  update: (p: Place, id: string, version: number, body: unknown, key?: string) =>
    call<Doc>('PATCH', at(p.module, p.collection, id), { body, version, key }),
  remove: (p: Place, id: string, version: number) => call<null>('DELETE', at(p.module, p.collection, id), { version }),
  act: (p: Place, id: string, action: string, body?: unknown, key?: string) =>
    call<Doc>('POST', `${at(p.module, p.collection, id)}/${action}`, { body, key }),
  attachments: (p: Place, id: string) => call<AttachmentList>('GET', `${at(p.module, p.collection, id)}/attachments`),
  attach: async (p: Place, id: string, file: File, told: (done: number, total: number) => void) => {
    const path = `${at(p.module, p.collection, id)}/attachments${query({ name: file.name })}`
    const key = crypto.randomUUID()
    return answer<Attachment>(await withAccess(() => sendFile(path, file, key, told)))
  },
  attachment: async (p: Place, id: string, file: string) => {
    const path = `${at(p.module, p.collection, id)}/attachments/${file}`
    const response = await withAccess(() => send(path, { headers: { authorization: `Bearer ${access}` } }))
    return response.ok ? response.blob() : answer<never>(response)
  },
  detach: (p: Place, id: string, file: string) =>
    call<null>('DELETE', `${at(p.module, p.collection, id)}/attachments/${file}`),
  report: (module: string, name: string, q: Record<string, string>) =>
    call<Report>('GET', at(module, 'reports', name) + query(q)),
}
