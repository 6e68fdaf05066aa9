// A collection: what the metadata names as columns, filtered and sorted by the host, page after page.
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type React from 'react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ActionInput, inputOf } from './action'
import { type ApiError, api } from './api'
import { ColumnChoice } from './childtable'
import { may, titleOf, useMe, useMeta } from './data'
import { download, toCsv } from './export'
import { useFocusOnError } from './fields'
import { FilterBar, readFilter, writeFilter } from './filters'
import { pageActions } from './flows'
import { DataGrid } from './grid'
import { t, words } from './i18n'
import { Icons } from './icons'
import { get } from './model'
import { Link, useRoute } from './router'
import { SavedViews } from './saved'
import { plainText } from './shown'
import { kept } from './store'
import { toast } from './toast'
import type { Action, Doc, DocMeta, Field, Row } from './types'
import { Button, Dialog, Empty, H1, PageHeader, Skeleton, Tabs, Trouble } from './ui'

/** The first page is soon there, the others hold as much as the host gives. */
const FIRST = 100
const PAGE = 200
const OWN = new Set(['sort', 'q', 'cols'])

/** "address.city" → that field inside the group. */
export function fieldOf(meta: DocMeta, path: string): Field | undefined {
  let fields: Field[] | undefined = meta.fields
  let found: Field | undefined
  const labels: string[] = []
  for (const part of path.split('.')) {
    found = fields?.find((f) => f.name === part)
    if (!found) return undefined
    labels.push(found.label)
    fields = found.fields
  }
  return found && { ...found, name: path, label: labels.at(-1) ?? path }
}

const listable = (f: Field) =>
  !f.secret && f.kind !== 'list' && f.kind !== 'struct' && f.kind !== 'id' && f.name !== 'version'

export function ListView({ module, collection }: { module: string; collection: string }) {
  const meta = useMeta({ module, collection })
  if (meta.error) return <Trouble error={meta.error} again={() => meta.refetch()} />
  return meta.data ? <List key={meta.data.name} meta={meta.data} /> : <Skeleton />
}

function List({ meta }: { meta: DocMeta }) {
  const { query, go } = useRoute()
  const client = useQueryClient()
  const roles = useMe().data?.roles
  const base = `/${meta.module}/${meta.collection}`
  const [selected, setSelected] = useState<Set<string>>(new Set())
  const [choosing, setChoosing] = useState(false)
  const [adding, setAdding] = useState(false)
  const [bulk, setBulk] = useState<Action | null>(null)
  const search = useRef<HTMLInputElement>(null)
  const grid = useRef<HTMLDivElement>(null)

  const text = query.toString()
  const filters = useMemo(
    () => [...new URLSearchParams(text)].filter(([k]) => !OWN.has(k)).flatMap(([k, v]) => readFilter(k, v) ?? []),
    [text],
  )
  const sort = query.get('sort') ?? ''
  const q = query.get('q') ?? ''
  const names = useMemo(() => {
    const wanted = (
      new URLSearchParams(text).get('cols')?.split(',') ??
      kept.read<string[] | null>(`list.${meta.name}`, null) ??
      meta.list_columns
    ).filter((n) => fieldOf(meta, n))
    return meta.has_life_cycle || !wanted.includes('state') ? wanted : wanted.filter((n) => n !== 'state')
  }, [text, meta])
  const columns = useMemo(() => names.flatMap((n) => fieldOf(meta, n) ?? []), [names, meta])
  const fields = useMemo(
    () =>
      meta.fields
        .filter((f) => listable(f) && (!f.hidden || f.kind === 'time'))
        .concat(meta.list_columns.filter((n) => n.includes('.')).flatMap((n) => fieldOf(meta, n) ?? [])),
    [meta],
  )

  const to = useCallback(
    (change: (q: URLSearchParams) => void) => {
      const next = new URLSearchParams(text)
      change(next)
      const now = next.toString()
      go(base + (now ? `?${now}` : ''), true)
    },
    [text, base, go],
  )
  const asked = useMemo(
    () => ({
      ...Object.fromEntries(filters.map(writeFilter)),
      ...(sort ? { sort } : {}),
      ...(q ? { q } : {}),
      fields: [
        ...new Set([
          ...names.map((n) => n.split('.')[0]),
          'number',
          'state',
          ...(meta.title_field ? [meta.title_field] : []),
        ]),
      ].join(','),
    }),
    [filters, sort, q, names, meta],
  )
  const list = useInfiniteQuery({
    queryKey: ['list', meta.module, meta.collection, asked],
    queryFn: ({ pageParam, signal }) =>
      api.list(
        meta,
        { ...asked, ...(pageParam ? { limit: String(PAGE), cursor: pageParam } : { limit: String(FIRST) }) },
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    staleTime: 3_000,
    structuralSharing: false, // a page would cost as much as all before it
  })
  const { fetchNextPage } = list
  const rows = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data])
  const more = useCallback(() => {
    fetchNextPage({ cancelRefetch: false }) // what is on its way comes first
  }, [fetchNextPage])

  const canMake = may(meta, roles, 'create')
  const states = meta.has_life_cycle && meta.states.length > 1 ? meta.states.map((s) => s.name) : []
  const state = filters.find((f) => f.name === 'state' && f.op === 'eq')?.value ?? ''
  const setFilters = (next: typeof filters) =>
    to((u) => {
      for (const k of [...u.keys()]) if (!OWN.has(k)) u.delete(k)
      for (const f of next) u.append(...writeFilter(f))
    })

  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const on = e.target as HTMLElement
      if (e.ctrlKey || e.metaKey || e.altKey || on.closest('input:not([type=checkbox]),textarea,select,dialog')) return
      if (e.key === 'n' && canMake) go(`${base}/new`)
      else if (e.key === 'f') setAdding(true)
      else if (e.key === '/') search.current?.focus()
      else if ((e.key === 'j' || e.key === 'k') && !on.closest('[role=grid]'))
        grid.current?.querySelector<HTMLElement>('[role=grid]')?.focus()
      else return
      e.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [base, canMake, go])
  const isReady = !!list.data
  useEffect(() => {
    if (isReady && (document.activeElement === document.body || document.activeElement?.id === 'main'))
      grid.current?.querySelector<HTMLElement>('[role=grid]')?.focus()
  }, [isReady])

  const exportAll = async () => {
    const found: Doc[] = []
    let cursor = ''
    try {
      do {
        const page = await api.list(meta, { ...asked, limit: '200', ...(cursor ? { cursor } : {}) })
        found.push(...page.items)
        cursor = page.next_cursor ?? ''
      } while (cursor && found.length < 100_000)
    } catch (e) {
      return toast((e as ApiError).message, 'danger')
    }
    download(
      `${meta.collection}.csv`,
      toCsv(
        columns.map((c) => c.label),
        found.map((d) => columns.map((c) => plainText(c, get(d, c.name)))),
      ),
    )
    toast(t('{n} rows are exported', { n: found.length }))
  }
  useEffect(() => {
    pageActions.set([
      ...(canMake
        ? [{ label: t('New {label}', { label: meta.label.toLowerCase() }), keys: 'N', run: () => go(`${base}/new`) }]
        : []),
      { label: t('Add filter'), keys: 'F', run: () => setAdding(true) },
      { label: t('Columns'), run: () => setChoosing(true) },
    ])
    return () => pageActions.set([])
  }, [meta, canMake, base, go])

  const chosen = rows.filter((r) => selected.has(r.id))
  const bulkActions = meta.actions.filter(
    (a) => !a.input?.some((f) => f.kind === 'list') && chosen.some((d) => a.from.includes(d.state)),
  )
  return (
    <section className="page" aria-label={meta.label_plural}>
      <PageHeader
        title={<H1>{meta.label_plural}</H1>}
        actions={
          <>
            <Button tone="ghost" label={t('Export')} icon={<Icons.Download size={15} />} onPress={exportAll} />
            <Button
              tone="ghost"
              label={t('Columns')}
              icon={<Icons.Columns3 size={15} />}
              onPress={() => setChoosing(true)}
            />
            {canMake && (
              <Button tone="primary" keys="N" icon={<Icons.Plus size={15} />} onPress={() => go(`${base}/new`)}>
                {t('New {label}', { label: meta.label.toLowerCase() })}
              </Button>
            )}
          </>
        }
        below={
          states.length > 0 ? (
            <Tabs
              label={t('State')}
              value={state}
              items={[{ value: '', label: t('All') }, ...states.map((s) => ({ value: s, label: words(s) }))]}
              onChange={(s) =>
                setFilters([
                  ...filters.filter((f) => f.name !== 'state'),
                  ...(s ? [{ name: 'state', op: 'eq', value: s }] : []),
                ])
              }
            />
          ) : undefined
        }
      />
      <div className="filterbar">
        {chosen.length > 0 ? (
          <>
            <b>{t('{n} selected', { n: chosen.length })}</b>
            {bulkActions.map((a) => (
              <Button key={a.action} onPress={() => setBulk(a)}>
                {a.label}
              </Button>
            ))}
            <button type="button" className="lnk quiet" onClick={() => setSelected(new Set())}>
              {t('Clear all')}
            </button>
          </>
        ) : (
          <>
            {meta.search_fields.length > 0 && (
              <SearchBox
                key={base}
                box={search}
                value={q}
                onSearch={(v) => to((u) => (v ? u.set('q', v) : u.delete('q')))}
              />
            )}
            <FilterBar
              fields={fields}
              filters={filters.filter((f) => !(f.name === 'state' && f.op === 'eq' && states.length > 0))}
              adding={adding}
              setAdding={setAdding}
              onChange={(next) =>
                setFilters([
                  ...next,
                  ...filters.filter((f) => f.name === 'state' && f.op === 'eq' && states.length > 0),
                ])
              }
            />
            <SavedViews type={meta.name} query={text} onOpen={(view) => go(`${base}${view ? `?${view}` : ''}`, true)} />
          </>
        )}
      </div>
      {list.error ? (
        <Trouble error={list.error} again={() => list.refetch()} />
      ) : !list.data ? (
        <Skeleton />
      ) : rows.length === 0 ? (
        <Empty title={filters.length || q ? t('Nothing fits these filters') : t('Nothing here yet')}>
          {filters.length || q ? (
            <Button onPress={() => go(base, true)}>{t('Clear all')}</Button>
          ) : (
            canMake && (
              <Button tone="primary" onPress={() => go(`${base}/new`)}>
                {t('New {label}', { label: meta.label.toLowerCase() })}
              </Button>
            )
          )}
        </Empty>
      ) : (
        <div ref={grid} className="grid-host" aria-busy={list.isPlaceholderData || undefined}>
          <DataGrid
            label={meta.label_plural}
            question={`${base}?${text}`}
            columns={columns}
            rows={rows}
            more={!!list.hasNextPage}
            onMore={more}
            sort={sort}
            onSort={(n) =>
              to((u) => (sort === n ? u.set('sort', `-${n}`) : sort === `-${n}` ? u.delete('sort') : u.set('sort', n)))
            }
            selected={selected}
            onSelect={setSelected}
            onOpen={(d) => go(`${base}/${d.id}`)}
          />
        </div>
      )}
      {choosing && (
        <ColumnChoice
          fields={fields}
          chosen={names}
          onClose={() => setChoosing(false)}
          onChange={(next) => {
            const ordered = next && [
              ...names.filter((n) => next.includes(n)),
              ...next.filter((n) => !names.includes(n)),
            ]
            kept.write(`list.${meta.name}`, ordered)
            to((u) => (ordered ? u.set('cols', ordered.join(',')) : u.delete('cols')))
          }}
        />
      )}
      {bulk && (
        <Bulk
          meta={meta}
          action={bulk}
          docs={chosen}
          onClose={() => {
            setBulk(null)
            setSelected(new Set())
            client.invalidateQueries({ queryKey: ['list'] })
          }}
        />
      )}
    </section>
  )
}

function SearchBox({
  box,
  value,
  onSearch,
}: {
  box: React.RefObject<HTMLInputElement | null>
  value: string
  onSearch: (v: string) => void
}) {
  const [typed, setTyped] = useState(value)
  const search = useRef(onSearch)
  search.current = onSearch
  useEffect(() => {
    if (typed === value) return
    const wait = setTimeout(() => search.current(typed), 200)
    return () => clearTimeout(wait)
  }, [typed, value])
  return (
    <span className="find">
      <Icons.Search size={13} />
      <input
        ref={box}
        type="search"
        aria-label={t('Search in this list')}
        placeholder={t('Search')}
        value={typed}
        onChange={(e) => setTyped(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Escape') {
            setTyped('')
            e.currentTarget.blur()
          }
        }}
      />
      <kbd className="kbd" aria-hidden>
        /
      </kbd>
    </span>
  )
}

type Outcome = { doc: Doc; text: string; good: boolean }

/** One action on many documents, one after the other; every answer is shown. */
function Bulk({ meta, action, docs, onClose }: { meta: DocMeta; action: Action; docs: Doc[]; onClose: () => void }) {
  const [outcomes, setOutcomes] = useState<Outcome[] | null>(null)
  const [busy, setBusy] = useState(false)
  const [errors, setErrors] = useState<Record<string, string>>({})
  const [value, setValue] = useState<Row>({})
  const latest = useRef(value)
  latest.current = value
  const stopped = useRef(false)
  const input = inputOf(action)
  useFocusOnError(errors)
  const start = async () => {
    ;(document.activeElement as HTMLElement | null)?.blur() // what is typed is taken when the field is left
    await new Promise((soon) => setTimeout(soon))
    const missing = input.filter((f) => f.required && !latest.current[f.name])
    setErrors(Object.fromEntries(missing.map((f) => [f.name, t('This field is required.')])))
    if (missing.length) return
    setBusy(true)
    const done: Outcome[] = []
    for (const doc of docs) {
      if (stopped.current) break
      try {
        const after = await api.act(meta, doc.id, action.action, action.input && latest.current)
        done.push({ doc: after, text: words(after.state), good: true })
      } catch (e) {
        done.push({ doc, text: `${(e as ApiError).message} ${(e as ApiError).hint ?? ''}`, good: false })
      }
      setOutcomes([...done])
    }
    setBusy(false)
  }
  const close = () => {
    stopped.current = true
    onClose()
  }
  return (
    <Dialog
      title={`${action.label}: ${t('{n} documents', { n: docs.length })}`}
      width={640}
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{outcomes && !busy ? t('Close') : t('Back')}</Button>
          {!outcomes && (
            <Button tone="primary" disabled={busy} onPress={start}>
              {action.label}
            </Button>
          )}
        </>
      }
    >
      <div className="dialog-body">
        {!outcomes && <p>{docs.map((d) => titleOf(d, meta)).join(', ')}</p>}
        {!outcomes && input.length > 0 && (
          <div className="fields">
            <ActionInput action={action} value={value} setValue={setValue} errors={errors} />
          </div>
        )}
        {outcomes && (
          <ul className="outcomes" role="status">
            {outcomes.map((o) => (
              <li key={o.doc.id} className={o.good ? 'good' : 'bad'}>
                {o.good ? <Icons.CircleCheck size={14} /> : <Icons.AlertTriangle size={14} />}
                <Link to={`/${meta.module}/${meta.collection}/${o.doc.id}`} onClick={close}>
                  {titleOf(o.doc, meta)}
                </Link>
                <span>{o.text}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  )
}
