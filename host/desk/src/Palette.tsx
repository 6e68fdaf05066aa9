// Ctrl+K: go to a page, find a record, make a new one, do what the open page offers. One list, arrows and Enter.
import {
  api,
  Dialog,
  type Doc,
  Icons,
  pageActions,
  placeOf,
  prefs,
  recent,
  setPrefs,
  signOut,
  t,
  titleOf,
  useAbout,
  useRoute,
  useStore,
  useTypes,
} from '@bm/desk-kit'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'

interface Entry {
  id: string
  group: string
  label: string
  hint: string
  icon: keyof typeof Icons
  keys?: string
  run: () => void
}
interface Section {
  label: string
  groups: { label: string; items: { to: string; label: string; icon: string }[] }[]
}

const PER_GROUP = 7

/** Every word of what is typed occurs; the nearer the start, the higher. */
export function score(text: string, typed: string): number {
  const hay = text.toLowerCase()
  let total = 0
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = hay.indexOf(word)
    if (at < 0) return -1
    total += at === 0 ? 100 : /\W/.test(hay[at - 1]) ? 50 : 10
  }
  return total - text.length / 100
}

export function Palette({ list, onClose, onHelp }: { list: Section[]; onClose: () => void; onHelp: () => void }) {
  const { go } = useRoute()
  const types = useTypes().data
  const searchable = useAbout('search')
  const open = useStore(pageActions)
  const last = useStore(recent)
  const [typed, setTyped] = useState('')
  const [records, setRecords] = useState<{ typed: string; entries: Entry[] }>({ typed: '', entries: [] })
  const [at, setAt] = useState(0)
  const listRef = useRef<HTMLDivElement>(null)

  const fixed = useMemo<Entry[]>(() => {
    const to = (path: string) => () => go(path)
    const pages = list.flatMap((s) =>
      s.groups.flatMap((g) =>
        g.items.map((i) => ({
          id: `page:${i.to}`,
          group: t('Go to'),
          label: i.label,
          hint: `${t(s.label)} · ${g.label}`,
          icon: i.icon as keyof typeof Icons,
          run: to(i.to),
        })),
      ),
    )
    const makes = (types ?? [])
      .filter((x) => x.kind === 'document')
      .map((x) => ({
        id: `new:${x.name}`,
        group: t('New'),
        label: t('New {label}', { label: x.label.toLowerCase() }),
        hint: x.group,
        icon: 'Plus' as const,
        run: to(`/${x.module}/${x.collection}/new`),
      }))
    return [
      ...open.map((a, i) => ({
        id: `act:${i}`,
        group: t('This page'),
        label: a.label,
        hint: '',
        icon: 'Send' as const,
        keys: a.keys,
        run: a.run,
      })),
      ...last.map((r) => ({
        id: `last:${r.to}`,
        group: t('Recent'),
        label: r.label,
        hint: r.kind,
        icon: 'History' as const,
        run: to(r.to),
      })),
      { id: 'home', group: t('Go to'), label: t('Home'), hint: '', icon: 'House' as const, run: to('/') },
      ...pages,
      ...makes,
      {
        id: 'theme',
        group: t('Commands'),
        label: t('Light or dark'),
        hint: '',
        icon: 'Moon' as const,
        keys: 'Alt T',
        run: () => setPrefs({ scheme: prefs.get().scheme === 'light' ? 'dark' : 'light' }),
      },
      {
        id: 'density',
        group: t('Commands'),
        label: t('Compact or cozy rows'),
        hint: '',
        icon: 'Rows3' as const,
        run: () => setPrefs({ density: prefs.get().density === 'cozy' ? 'compact' : 'cozy' }),
      },
      {
        id: 'help',
        group: t('Commands'),
        label: t('Keyboard shortcuts'),
        hint: '',
        icon: 'CircleHelp' as const,
        keys: '?',
        run: onHelp,
      },
      {
        id: 'sign-out',
        group: t('Commands'),
        label: t('Sign out'),
        hint: '',
        icon: 'LogOut' as const,
        run: () => void signOut(),
      },
    ]
  }, [list, types, open, last, go, onHelp])

  useEffect(() => {
    const text = typed.trim()
    if (text.length < 2) return
    const abort = new AbortController()
    const wait = setTimeout(async () => {
      const found = await Promise.all(
        searchable.map(async (name) => {
          const place = placeOf(types, name)
          const label = types?.find((x) => x.name === name)?.label ?? ''
          if (!place) return []
          const page = await api.list(place, { q: text, limit: '4' }, abort.signal).catch(() => null)
          return (page?.items ?? []).map((d: Doc) => ({
            id: `doc:${d.id}`,
            group: t('Records'),
            label: titleOf(d) === t('Draft') ? `${label} (${t('Draft')})` : titleOf(d),
            hint: d.number && d.number !== titleOf(d) ? `${label} · ${d.number}` : label,
            icon: 'FileText' as const,
            run: () => go(`/${place.module}/${place.collection}/${d.id}`),
          }))
        }),
      )
      if (!abort.signal.aborted) setRecords({ typed: text, entries: found.flat().slice(0, 12) })
    }, 180)
    return () => {
      clearTimeout(wait)
      abort.abort()
    }
  }, [typed, types, searchable.join(), go])

  const shown = useMemo(() => {
    const text = typed.trim()
    const ranked = fixed
      .map((e) => ({ e, s: score(`${e.label} ${e.hint} ${e.id.replace(/[^a-z]/g, ' ')}`, text) }))
      .filter((x) => x.s >= 0)
    if (text) ranked.sort((a, b) => b.s - a.s)
    const groups = new Map<string, Entry[]>()
    for (const { e } of ranked) {
      const g = groups.get(e.group) ?? []
      if (g.length < (text ? 5 : e.group === t('New') || e.group === t('Go to') ? 4 : PER_GROUP)) g.push(e)
      groups.set(e.group, g)
    }
    if (text.length >= 2 && records.entries.length) groups.set(t('Records'), records.entries)
    return [...groups].filter(([, g]) => g.length)
  }, [fixed, typed, records])
  const flat = shown.flatMap(([, g]) => g)
  const choose = (e: Entry | undefined) => {
    if (!e) return
    onClose()
    setTimeout(e.run)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    const step = e.key === 'ArrowDown' ? 1 : e.key === 'ArrowUp' ? -1 : 0
    if (step) {
      e.preventDefault()
      const next = (at + step + flat.length) % Math.max(1, flat.length)
      setAt(next)
      document.getElementById(`pal-${next}`)?.scrollIntoView({ block: 'nearest' })
    } else if (e.key === 'Enter') {
      e.preventDefault()
      choose(flat[at])
    }
  }
  let n = -1
  return (
    <Dialog plain title={t('Search or jump to…')} width={620} onClose={onClose}>
      <div className="pal-in">
        <Icons.Search size={16} />
        <input
          role="combobox"
          aria-label={t('Search or jump to…')}
          aria-expanded
          aria-controls="pal-list"
          aria-activedescendant={flat[at] ? `pal-${at}` : undefined}
          autoFocus
          placeholder={t('Search or jump to…')}
          value={typed}
          onChange={(e) => {
            setTyped(e.target.value)
            setAt(0)
          }}
          onKeyDown={onKeyDown}
        />
        <kbd className="kbd" aria-hidden>
          Esc
        </kbd>
      </div>
      <div role="listbox" id="pal-list" className="pal-list" ref={listRef} aria-label={t('Search or jump to…')}>
        {shown.map(([group, entries]) => (
          <div role="group" aria-label={group} key={group}>
            <div className="pal-group" aria-hidden>
              {group}
            </div>
            {entries.map((e) => {
              n++
              const index = n
              const Icon = Icons[e.icon] ?? Icons.FileText
              return (
                <div
                  key={e.id}
                  id={`pal-${index}`}
                  role="option"
                  aria-selected={index === at}
                  className="li"
                  onMouseMove={() => setAt(index)}
                  onClick={() => choose(e)}
                >
                  <Icon size={15} />
                  <span className="li-t">{e.label}</span>
                  <span className="li-s">{e.hint}</span>
                  {e.keys && (
                    <kbd className="kbd" aria-hidden>
                      {e.keys}
                    </kbd>
                  )}
                </div>
              )
            })}
          </div>
        ))}
      </div>
      {flat.length === 0 && <p className="li-none">{t('Nothing is called “{text}”.', { text: typed })}</p>}
    </Dialog>
  )
}
