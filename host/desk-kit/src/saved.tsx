// Views one comes back to: a name for filters, order and columns. The address holds the view itself.
import { useRef, useState } from 'react'
import { session } from './api'
import { Labelled } from './fields'
import { t } from './i18n'
import { Icons } from './icons'
import { kept, store, useStore } from './store'
import { Button, Dialog } from './ui'

export interface SavedView {
  name: string
  query: string
}
const changed = store(0)
const keyOf = (type: string) => `views.${session.get()?.tenant}.${type}`

export function useSavedViews(type: string) {
  useStore(changed)
  const views = kept.read<SavedView[]>(keyOf(type), [])
  const write = (next: SavedView[]) => {
    kept.write(keyOf(type), next.length ? next : null)
    changed.set(changed.get() + 1)
  }
  return {
    views,
    save: (view: SavedView) => write([...views.filter((v) => v.name !== view.name), view]),
    drop: (name: string) => write(views.filter((v) => v.name !== name)),
  }
}

export function SavedViews(props: { type: string; query: string; onOpen: (query: string) => void }) {
  const { views, save, drop } = useSavedViews(props.type)
  const [naming, setNaming] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const here = views.find((v) => v.query === props.query)
  const add = () => {
    const name = input.current?.value.trim()
    if (!name) return
    save({ name, query: props.query })
    setNaming(false)
  }
  return (
    <>
      {views.map((v) => (
        <span key={v.name} className="chip" data-on={v === here || undefined}>
          <button type="button" className="chip-name" aria-pressed={v === here} onClick={() => props.onOpen(v.query)}>
            {v.name}
          </button>
          <button type="button" aria-label={t('Forget the view {name}', { name: v.name })} onClick={() => drop(v.name)}>
            <Icons.X size={12} />
          </button>
        </span>
      ))}
      {props.query && !here && (
        <button type="button" className="lnk quiet" onClick={() => setNaming(true)}>
          <Icons.Save size={13} /> {t('Keep this view')}
        </button>
      )}
      {naming && (
        <Dialog
          title={t('Keep this view')}
          width={380}
          onClose={() => setNaming(false)}
          footer={
            <>
              <Button onPress={() => setNaming(false)}>{t('Back')}</Button>
              <Button tone="primary" onPress={add}>
                {t('Save')}
              </Button>
            </>
          }
        >
          <div className="dialog-body fields">
            <Labelled id="view-name" label={t('Name')}>
              <input
                id="view-name"
                className="inp"
                ref={input}
                autoFocus
                onKeyDown={(e) => e.key === 'Enter' && add()}
              />
            </Labelled>
          </div>
        </Dialog>
      )}
    </>
  )
}
