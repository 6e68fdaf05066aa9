// Views one comes back to: a name for filters, order and columns. The address holds the view itself; the host keeps the
// names, for one person or for everybody who sees the list.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ApiError, api, session } from './api'
import { Labelled } from './fields'
import { t } from './i18n'
import { Icons } from './icons'
import { kept } from './store'
import { toast } from './toast'
import type { Doc } from './types'
import { Button, Dialog } from './ui'

const place = { module: 'core', collection: 'saved-views' }
const PAGE = { limit: '100', fields: 'id,version,name,query,shared,preferred,created_by' }

export interface SavedView {
  name: string
  query: string
  shared: boolean
  preferred: boolean
}
export type KeptView = Doc & SavedView & { created_by: string }

const isOwn = (v: KeptView) => v.created_by === session.get()?.user
const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
const order = (a: KeptView, b: KeptView) => Number(isOwn(b)) - Number(isOwn(a)) || a.name.localeCompare(b.name)

/** Views that earlier versions kept on this machine go to the host, once. */
async function bringOver(type: string, own: KeptView[]) {
  const key = `views.${session.get()?.tenant}.${type}`
  const old = kept.read<{ name: string; query: string }[]>(key, [])
  kept.write(key, null)
  for (const { name, query } of old)
    if (!own.some((v) => same(v.name, name))) await api.create(place, { list: type, name, query })
  return old.length > 0
}

async function fetchViews(type: string): Promise<KeptView[]> {
  const ask = (more: Record<string, string>) =>
    api.list(place, { list: type, ...PAGE, ...more }).then((p) => p.items as KeptView[])
  let own = await ask({})
  if (await bringOver(type, own)) own = await ask({})
  const shared = await ask({ shared: 'true' })
  return [...own, ...shared.filter((v) => !own.some((o) => o.id === v.id))].sort(order)
}

export function useSavedViews(type: string) {
  const client = useQueryClient()
  const key = ['views', type]
  const found = useQuery({ queryKey: key, queryFn: () => fetchViews(type), staleTime: 60_000 })
  const views = found.data ?? []
  const then = async (work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (e) {
      toast(e instanceof ApiError ? `${e.fields[0]?.message ?? e.message} ${e.hint}` : String(e), 'danger')
    }
    await client.invalidateQueries({ queryKey: key })
  }
  const change = (v: KeptView, body: Partial<SavedView>) => api.update(place, v.id, v.version, body)
  return {
    views,
    known: found.isSuccess,
    /** A name stands once; what is shown first is one view. */
    save: (view: SavedView) =>
      then(async () => {
        const own = views.filter(isOwn)
        const there = own.find((v) => same(v.name, view.name))
        if (view.preferred) for (const v of own) if (v.preferred && v !== there) await change(v, { preferred: false })
        await (there ? change(there, view) : api.create(place, { list: type, ...view }))
      }),
    drop: (v: KeptView) => then(() => api.remove(place, v.id, v.version)),
  }
}

export function SavedViews(props: { type: string; query: string; onOpen: (query: string) => void }) {
  const { views, known, save, drop } = useSavedViews(props.type)
  const [naming, setNaming] = useState(false)
  const here = views.find((v) => v.query === props.query)
  // The list opens with the view that is shown first, unless the address asks for another one.
  const opened = useRef(props.query !== '')
  useEffect(() => {
    if (!known || opened.current) return
    opened.current = true
    const first = views.find((v) => v.preferred && isOwn(v))
    if (first && props.query === '') props.onOpen(first.query)
  }, [known, views, props])
  return (
    <>
      {views.map((v) => (
        <span key={v.id} className="chip" data-on={v === here || undefined}>
          <button type="button" className="chip-name" aria-pressed={v === here} onClick={() => props.onOpen(v.query)}>
            {v.name}
          </button>
          {v.preferred && isOwn(v) && (
            <span title={t('The list opens with it')}>
              <Icons.Pin size={12} aria-label={t('The list opens with it')} />
            </span>
          )}
          {v.shared && (
            <span title={t('Everybody may use it')}>
              <Icons.Users size={12} aria-label={t('Everybody may use it')} />
            </span>
          )}
          {isOwn(v) && (
            <button type="button" aria-label={t('Forget the view {name}', { name: v.name })} onClick={() => drop(v)}>
              <Icons.X size={12} />
            </button>
          )}
        </span>
      ))}
      {((props.query && !here) || (here && isOwn(here))) && (
        <button type="button" className="lnk quiet" onClick={() => setNaming(true)}>
          <Icons.Save size={13} /> {here ? t('Change this view') : t('Keep this view')}
        </button>
      )}
      {naming && (
        <Naming
          view={here}
          onClose={() => setNaming(false)}
          onSave={(view) => {
            setNaming(false)
            save({ ...view, query: props.query })
          }}
        />
      )}
    </>
  )
}

/** How a view is called, who may use it, and whether the list opens with it. */
function Naming(props: {
  view: KeptView | undefined
  onClose: () => void
  onSave: (view: Omit<SavedView, 'query'>) => void
}) {
  const [name, setName] = useState(props.view?.name ?? '')
  const [shared, setShared] = useState(props.view?.shared ?? false)
  const [preferred, setPreferred] = useState(props.view?.preferred ?? false)
  const save = () => name.trim() && props.onSave({ name: name.trim(), shared, preferred })
  return (
    <Dialog
      title={props.view ? t('Change this view') : t('Keep this view')}
      width={380}
      onClose={props.onClose}
      footer={
        <>
          <Button onPress={props.onClose}>{t('Back')}</Button>
          <Button tone="primary" disabled={!name.trim()} onPress={save}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <div className="dialog-body stack">
        <Labelled id="view-name" label={t('Name')}>
          <input
            id="view-name"
            className="inp"
            maxLength={60}
            readOnly={!!props.view}
            autoFocus
            value={name}
            onChange={(e) => setName(e.target.value)}
            onKeyDown={(e) => e.key === 'Enter' && save()}
          />
        </Labelled>
        <label className="tick">
          <input type="checkbox" checked={preferred} onChange={(e) => setPreferred(e.target.checked)} />
          {t('Open the list with it')}
        </label>
        <label className="tick">
          <input type="checkbox" checked={shared} onChange={(e) => setShared(e.target.checked)} />
          {t('Everybody may use it')}
        </label>
      </div>
    </Dialog>
  )
}
