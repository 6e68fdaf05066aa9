// A host of a few documents in memory, behind fetch.
import { vi } from 'vitest'
import type { Attachment, Doc, DocMeta, Field, ReportMeta, Row } from '../src'

const id = (name: string, more: Partial<Field> = {}): Field => ({
  name,
  label: name,
  kind: 'id',
  hidden: true,
  read_only: true,
  ...more,
})
const f = (name: string, kind: Field['kind'], more: Partial<Field> = {}): Field => ({
  name,
  label: name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' '),
  kind,
  ...more,
})
const common = (states: string[]): Field[] => [
  id('id'),
  f('version', 'int', { hidden: true, read_only: true }),
  f('number', 'str', { read_only: true }),
  f('state', 'enum', { read_only: true, choices: states }),
  f('modified_at', 'time', { hidden: true, read_only: true }),
]
const manager = [{ role: 'Manager', can: ['read', 'create', 'write', 'delete', 'submit', 'cancel'] }]

export const order: DocMeta = {
  name: 'wms.order',
  module: 'wms',
  collection: 'orders',
  label: 'Order',
  label_plural: 'Orders',
  title_field: 'number',
  list_columns: ['number', 'supplier', 'day', 'total', 'state'],
  search_fields: ['number'],
  has_life_cycle: true,
  states: [
    { name: 'draft', editable: true },
    { name: 'submitted', editable: false },
    { name: 'cancelled', editable: false },
  ],
  actions: [
    { action: 'submit', label: 'Submit', from: ['draft'], to: 'submitted', needs: ['submit'], primary: true },
    {
      action: 'cancel',
      label: 'Cancel',
      from: ['submitted'],
      to: 'cancelled',
      needs: ['cancel'],
      input: [f('reason', 'str', { required: true })],
    },
  ],
  permissions: manager,
  fields: [
    ...common(['draft', 'submitted', 'cancelled']),
    f('supplier', 'link', { link: 'core.supplier', required: true }),
    f('day', 'date', { help: 'Today when left out.' }),
    f('urgent', 'bool'),
    f('kind', 'enum', { choices: ['goods', 'services'] }),
    f('days', 'int', { default: '3' }),
    f('gstin', 'str', { contributed: true, max: 15, section: 'Terms' }),
    f('reason', 'str', { section: 'Service', depends_on: 'kind=services' }),
    f('surcharge', 'dec', { section: 'Terms', depends_on: 'urgent' }),
    f('pin', 'str', { secret: true }),
    f('lines', 'list', {
      required: true,
      fields: [
        id('id'),
        f('item', 'link', { link: 'core.item', required: true }),
        f('qty', 'qty', { places: 6, required: true }),
        f('rate', 'dec', { places: 6 }),
        f('due', 'date'),
        f('free', 'bool'),
        f('count', 'int'),
        f('note', 'str'),
        f('amount', 'money', { places: 2, read_only: true }),
        f('remark', 'text'),
      ],
    }),
    f('address', 'struct', { fields: [f('city', 'str'), f('code', 'str')] }),
    f('total', 'money', { places: 2, read_only: true }),
    f('approved_on', 'time', { read_only: true }),
    f('notes', 'text'),
  ],
}
export const supplier: DocMeta = {
  name: 'core.supplier',
  module: 'core',
  collection: 'suppliers',
  label: 'Supplier',
  label_plural: 'Suppliers',
  title_field: 'name',
  code_field: 'code',
  list_columns: ['code', 'name', 'address.city', 'state'],
  search_fields: ['name'],
  has_life_cycle: false,
  states: [{ name: 'active', editable: true }],
  actions: [],
  permissions: manager,
  fields: [
    ...common(['active']),
    f('code', 'str', { required: true }),
    f('name', 'str', { required: true }),
    f('address', 'struct', { fields: [f('city', 'str')] }),
  ],
}
export const item: DocMeta = {
  ...supplier,
  name: 'core.item',
  collection: 'items',
  label: 'Item',
  label_plural: 'Items',
  list_columns: ['code', 'name'],
}

export const balance: ReportMeta = {
  name: 'balance',
  module: 'finance',
  label: 'Balance',
  params: [f('as_of', 'date'), f('all', 'bool'), f('known_at', 'str')],
  columns: [
    f('account', 'link', { link: 'finance.account', hidden: true }),
    f('code', 'str'),
    f('name', 'str'),
    f('level', 'int', { hidden: true }),
    f('is_group', 'bool', { hidden: true }),
    f('closing', 'sum', { places: 6 }),
    f('currency', 'link', { link: 'core.currency' }),
  ],
  drill: ['account:general-ledger'],
  totals: ['closing'],
}
export const ledger: ReportMeta = {
  ...balance,
  name: 'general-ledger',
  label: 'General ledger',
  params: [f('account', 'link', { link: 'core.supplier', required: true })],
  columns: [
    f('voucher_no', 'str'),
    f('voucher_type', 'str'),
    f('source_type', 'str', { hidden: true }),
    id('source_id'),
    id('voucher_id'),
    f('debit', 'money'),
  ],
  drill: ['source_id:document', 'voucher_id:voucher'],
  totals: [],
}

const metas = [order, supplier, item]
const reports = [balance, ledger]

export interface FakeHost {
  docs: Record<string, Doc[]>
  asked: { method: string; path: string; query: URLSearchParams; body: Row | null; headers: Record<string, string> }[]
  /** Answers once instead of the host: status and error. */
  next: { status: number; error: Record<string, unknown> } | 'offline' | null
  roles: string[]
  /** Lists are answered when this is over. */
  hold?: Promise<unknown>
  /** Files by document. */
  files: Record<string, Attachment[]>
  fileActions: string[]
  /** Domains that do not answer. */
  down: string[]
  rows: Record<string, { rows: Row[]; totals: Record<string, string> }>
}

export function doc(meta: DocMeta, id: string, more: Row = {}): Doc {
  const state = meta.states[0].name
  return { id, version: 1, number: '', state, modified_at: '2026-11-21T10:00:00Z', ...more } as Doc
}

export function startHost(): FakeHost {
  const host: FakeHost = {
    docs: {
      'wms/orders': [
        doc(order, 'o1', {
          number: 'PO-1',
          supplier: 's1',
          day: '2026-11-20',
          total: '1200.00',
          urgent: true,
          state: 'submitted',
          lines: [{ id: 'l1', item: 'i1', qty: '4', rate: '300', amount: '1200.00' }],
          address: { city: 'Pune', code: '' },
        }),
        doc(order, 'o2', {
          supplier: 's2',
          day: '2026-11-21',
          total: '0.00',
          lines: [
            { id: 'l2', item: 'i1', qty: '1', rate: '5', amount: '5.00' },
            { id: 'l3', item: 'i2', qty: '2', rate: '5', amount: '10.00' },
          ],
          address: { city: '', code: '' },
          days: 3,
        }),
      ],
      'core/suppliers': [
        doc(supplier, 's1', { code: 'KAV', name: 'Kaveri', address: { city: 'Mysuru' } }),
        doc(supplier, 's2', { code: 'NIL', name: 'Nilgiri', address: { city: '' } }),
      ],
      'core/saved-views': [],
      'core/items': [doc(item, 'i1', { code: 'TEA', name: 'Tea' }), doc(item, 'i2', { code: 'SALT', name: 'Salt' })],
    },
    asked: [],
    next: null,
    roles: ['Manager'],
    files: {},
    fileActions: ['attach', 'detach'],
    down: [],
    rows: {},
  }
  const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
  const refuse = (status: number, code: string, message: string) =>
    json(status, { error: { code, message, hint: 'Look again.', fields: [], request_id: 'r1' } })
  const actions = (d: Doc): Doc => ({
    ...d,
    _actions: (d.state === 'draft'
      ? ['submit', 'update', 'delete']
      : d.state === 'submitted'
        ? ['cancel']
        : d.state === 'active'
          ? ['update', 'delete']
          : []) as string[] & undefined,
  })
  const grant = { access_token: 'a', expires_in: 900, tenant: 't1', user: 'u1', name: 'Meera' }
  const attachments = (d: Doc, method: string, query: URLSearchParams, size: number, one?: string) => {
    host.files[d.id] ??= []
    const files = host.files[d.id]
    if (one && method === 'DELETE') host.files[d.id] = files.filter((a) => a.id !== one)
    if (one) return method === 'DELETE' ? new Response(null, { status: 200 }) : new Response('what is in it')
    if (method === 'GET')
      return json(200, {
        items: files,
        _actions: host.fileActions,
        max_bytes: 5 * 1024 * 1024,
        kinds: ['pdf', 'png', 'txt'],
      })
    const name = query.get('name') ?? ''
    const there = files.find((a) => a.size === size)
    const at = '2026-11-21T10:00:00Z'
    const made = { id: `f${files.length}`, name, media_type: 'text/plain', size, hash: 'h', at, actor_name: 'Meera' }
    if (!there) files.push(made)
    return json(201, there ?? made)
  }
  const documents = (
    parts: string[],
    method: string,
    query: URLSearchParams,
    body: Row | null,
    headers: Record<string, string>,
  ) => {
    const [module, collection, one, action] = parts
    const list = host.docs[`${module}/${collection}`]
    if (!list) return refuse(404, 'http.route', 'There is nothing at this address.')
    if (!one && method === 'GET') {
      let found = list
      const ids = query.get('id[in]')?.split(',')
      if (ids) found = found.filter((d) => ids.includes(d.id))
      if (query.get('q'))
        found = found.filter((d) =>
          JSON.stringify([d.code, d.name, d.number])
            .toLowerCase()
            .includes(String(query.get('q')).toLowerCase()),
        )
      for (const [k, v] of query) if (k === 'state' || k === 'supplier') found = found.filter((d) => d[k] === v)
      if (collection === 'saved-views')
        found = found.filter((d) => (query.get('shared') ? d.shared : d.created_by === grant.user))
      const from = Number(query.get('cursor') ?? 0)
      const n = Number(query.get('limit') ?? 50)
      return json(200, {
        items: found.slice(from, from + n),
        next_cursor: from + n < found.length ? String(from + n) : null,
      })
    }
    if (!one) {
      const made = {
        ...doc(order, `n${list.length}`),
        ...body,
        ...(query.get('action') ? { state: 'submitted', number: 'PO-9' } : {}),
      } as Doc
      if (module === 'core') Object.assign(made, { state: 'active', created_by: grant.user })
      list.push(made)
      return json(201, actions(made))
    }
    const d = list.find((x) => x.id === one)
    if (!d) return refuse(404, 'core.not_found', 'This does not exist.')
    if (action === 'attachments') return attachments(d, method, query, Number(headers['x-size']), parts[4])
    if (action === 'history')
      return json(200, {
        items: [
          {
            id: 'h2',
            at: '2026-11-21T10:00:00Z',
            actor_name: 'Meera Nair',
            version: 2,
            action: 'update',
            changes: [
              { path: 'lines[0].qty', before: '1', after: '4' },
              { path: 'day', before: null, after: '2026-11-20' },
              { path: 'id', before: 'x', after: 'y' },
              ...Array.from({ length: 8 }, (_, i) => ({ path: 'address.city', before: `c${i}`, after: `d${i}` })),
            ],
          },
          { id: 'h1', at: '2026-11-20T10:00:00Z', actor_name: '', version: 1, action: 'create', changes: [] },
        ],
      })
    if (method === 'GET') return json(200, actions(d))
    if (method === 'DELETE') {
      list.splice(list.indexOf(d), 1)
      return new Response(null, { status: 200 })
    }
    if (action) {
      Object.assign(d, {
        state: action === 'submit' ? 'submitted' : 'cancelled',
        version: d.version + 1,
        number: d.number || 'PO-7',
      })
      return json(200, actions(d))
    }
    if (headers['if-match'] !== `"${d.version}"`)
      return refuse(409, 'core.version.stale', 'Somebody else changed this document in the meantime.')
    Object.assign(d, body, { version: d.version + 1 })
    return json(200, actions(d))
  }
  vi.stubGlobal('fetch', async (target: string, init: RequestInit = {}) => {
    const url = new URL(target, 'http://desk')
    const method = init.method ?? 'GET'
    const body = init.body ? (JSON.parse(String(init.body)) as Row) : null
    const headers = (init.headers ?? {}) as Record<string, string>
    host.asked.push({ method, path: url.pathname, query: url.searchParams, body, headers })
    const parts = url.pathname.split('/').slice(3)
    if (url.pathname === '/api/v1/auth/refresh' || url.pathname === '/api/v1/auth/token')
      return body?.password === 'wrong' ? refuse(401, 'core.sign_in', 'This is not right.') : json(200, grant)
    if (url.pathname === '/api/v1/auth/sign-out') return json(200, {})
    if (url.pathname === '/api/v1/auth/me') return json(200, { ...grant, roles: host.roles })
    if (url.pathname === '/api/gateway/remotes')
      return json(200, {
        wms: { label: 'Warehouse', apiUrl: '', metaUrl: '' },
        finance: { label: 'Finance', apiUrl: '', metaUrl: '', health: host.down.includes('finance') ? 'down' : 'ok' },
      })
    if (host.next && (method !== 'GET' || parts[1] === 'broken' || host.next !== 'offline')) {
      const next = host.next
      host.next = null
      if (next === 'offline') throw new TypeError('network')
      return json(next.status, { error: next.error })
    }
    if (url.pathname === '/api/v1/meta')
      return json(200, {
        items: [
          ...metas.map((m) => ({
            kind: 'document',
            name: m.name,
            module: m.module,
            collection: m.collection,
            label: m.label,
            label_plural: m.label_plural,
            group: 'G',
          })),
          ...reports.map((r) => ({ kind: 'report', name: r.name, module: r.module, label: r.label, group: 'G' })),
        ],
      })
    if (parts[0] === 'meta') {
      const found =
        parts[2] === 'reports'
          ? reports.find((r) => r.name === parts[3])
          : metas.find((m) => m.module === parts[1] && m.collection === parts[2])
      return found
        ? json(200, headers['accept-language'] === 'hi' ? inHindi(found) : found)
        : refuse(404, 'http.route', 'There is nothing at this address.')
    }
    if (parts[1] === 'reports')
      return json(200, {
        report: parts[2],
        params: Object.fromEntries(url.searchParams),
        ...(host.rows[parts[2]] ?? { rows: [], totals: {} }),
      })
    if (host.hold && !parts[2] && method === 'GET') await host.hold
    return documents(parts, method, url.searchParams, body, headers)
  })
  vi.stubGlobal('XMLHttpRequest', FakeRequest)
  localStorage.setItem('bm.signed-in', 'true')
  return host
}

/** What metadata says, in the language of the reader. */
const hindi: Record<string, string> = {
  Order: 'आदेश',
  Orders: 'आदेश',
  Submit: 'प्रस्तुत करें',
  Day: 'दिन',
  Kind: 'प्रकार',
  Balance: 'तलपट',
  Amount: 'राशि',
  'Today when left out.': 'खाली छोड़ने पर आज।',
}
const inHindi = (meta: DocMeta | ReportMeta) => ({
  ...JSON.parse(JSON.stringify(meta), (key, value) =>
    /^(label|label_plural|help)$/.test(key) ? (hindi[value] ?? value) : value,
  ),
  words: { draft: 'मसौदा', submitted: 'प्रस्तुत', goods: 'माल', services: 'सेवाएँ' },
})

/** An upload as the browser makes it; what it sends arrives at the same host. */
class FakeRequest {
  upload: { onprogress?: (e: { loaded: number; total: number }) => void } = {}
  status = 0
  responseText = ''
  onload?: () => void
  onerror?: () => void
  private asked = ['', '']
  private headers: Record<string, string> = {}
  open(method: string, path: string) {
    this.asked = [method, path]
  }
  setRequestHeader(name: string, value: string) {
    this.headers[name] = value
  }
  async send(file: Blob) {
    this.upload.onprogress?.({ loaded: file.size / 2, total: file.size })
    try {
      const [method, path] = this.asked
      const response = await fetch(path, { method, headers: { ...this.headers, 'x-size': String(file.size) } })
      this.status = response.status
      this.responseText = await response.text()
      this.onload?.()
    } catch {
      this.onerror?.()
    }
  }
}
