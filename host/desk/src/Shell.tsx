import {
  Avatar,
  Bell,
  Button,
  DomainPages,
  Empty,
  healthy,
  Icons,
  ImportPage,
  Link,
  ProvePage,
  type Remote,
  Skeleton,
  SwitchCompany,
  session,
  setPrefs,
  signOut,
  Trouble,
  type TypeEntry,
  t,
  titleOf,
  useMe,
  usePrefs,
  useQuery,
  useRecovery,
  useRemotes,
  useRoute,
  useStore,
  useTypes,
} from '@bm/desk-kit'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Help } from './Help'
import { Home } from './Home'
import { iconOf } from './nav'
import { Palette } from './Palette'
import { Boundary, bundle, bundles, useContributions } from './remotes'

interface Section {
  name: string
  label: string
  down: boolean
  groups: { label: string; items: { to: string; label: string; icon: string }[] }[]
}

/** Domains from the gateway, their groups and entries from the metadata; reports behind the documents. */
export function sections(remotes: Record<string, Remote>, types: TypeEntry[]): Section[] {
  const order = (name: string) => ['wms', 'finance', 'people', 'core'].indexOf(name) + 1 || 99
  return Object.entries(remotes)
    .sort(([a], [b]) => order(a) - order(b))
    .map(([name, r]) => {
      const mine = types.filter((x) => x.module === name)
      const groups: Section['groups'] = []
      for (const x of mine.filter((d) => d.kind === 'document')) {
        let g = groups.find((y) => y.label === x.group)
        if (!g) {
          g = { label: x.group, items: [] }
          groups.push(g)
        }
        g.items.push({
          to: `/${name}/${x.collection}`,
          label: x.label_plural ?? x.label,
          icon: iconOf(x.collection ?? ''),
        })
      }
      const reports = mine
        .filter((d) => d.kind === 'report')
        .map((x) => ({ to: `/${name}/reports/${x.name}`, label: x.label, icon: 'Scale' }))
      if (reports.length) groups.push({ label: t('Reports'), items: reports })
      return { name, label: r.label, down: !healthy(r), groups }
    })
    .filter((s) => s.down || s.groups.length > 0)
}

function Group({
  group,
  here,
  open,
  onToggle,
  id,
}: {
  group: Section['groups'][number]
  here: string
  open: boolean
  onToggle: () => void
  id: string
}) {
  return (
    <li>
      <button type="button" className="nav-group" aria-expanded={open} aria-controls={id} onClick={onToggle}>
        {open ? <Icons.ChevronDown size={12} /> : <Icons.ChevronRight size={12} />}
        {group.label}
      </button>
      {open && (
        <ul id={id}>
          {group.items.map((i) => {
            const Icon = Icons[i.icon as keyof typeof Icons] ?? Icons.FileText
            return (
              <li key={i.to}>
                <Link to={i.to} aria-current={here === i.to ? 'page' : undefined}>
                  <Icon size={15} />
                  <span>{i.label}</span>
                </Link>
              </li>
            )
          })}
        </ul>
      )}
    </li>
  )
}

/** Groups that are open unless they were shut: those with one of these. */
const usual = new Set([
  '/wms/purchase-orders',
  '/wms/warehouses',
  '/wms/delivery-notes',
  '/finance/purchase-invoices',
  '/core/suppliers',
])

function Sidebar(props: { list: Section[]; path: string; onClose: () => void; onSwitch: () => void }) {
  const { list, path, onClose, onSwitch } = props
  const [shut, setShut] = useState<Record<string, boolean>>({})
  const here = path
    .split('/')
    .slice(0, path.includes('/reports/') ? 4 : 3)
    .join('/')
  const who = useStore(session)
  const me = useMe().data
  return (
    <nav
      aria-label={t('Main')}
      className="side"
      onClickCapture={(e) => (e.target as HTMLElement).closest('a') && onClose()}
    >
      <div className="side-head">
        <span className="logo" aria-hidden>
          M
        </span>
        <div>
          <b>Business M</b>
        </div>
      </div>
      <div className="side-scroll">
        <ul>
          <li>
            <Link to="/" aria-current={path === '/' ? 'page' : undefined}>
              <Icons.House size={15} />
              <span>{t('Home')}</span>
            </Link>
          </li>
        </ul>
        {list.map((s) => (
          <section key={s.name} aria-label={t(s.label)} data-down={s.down || undefined}>
            <h2>
              {t(s.label)}
              {s.down && <span className="tag">{t('not reachable')}</span>}
            </h2>
            <ul>
              {!s.down &&
                s.groups.map((g, i) => {
                  const key = `${s.name}/${g.label}`
                  const mine = g.items.some((i) => i.to === here)
                  const open = !(shut[key] ?? !(mine || g.items.some((i) => usual.has(i.to))))
                  return (
                    <Group
                      key={key}
                      id={`nav-${s.name}-${i}`}
                      group={g}
                      here={here}
                      open={open || mine}
                      onToggle={() => setShut({ ...shut, [key]: open })}
                    />
                  )
                })}
            </ul>
          </section>
        ))}
      </div>
      <div className="side-foot">
        <Avatar name={who?.name ?? '?'} size={26} />
        <div className="side-who">
          <b>{who?.name}</b>
          <span>{me?.roles.slice(0, 2).join(', ')}</span>
        </div>
        <Button tone="ghost" label={t('Another company')} icon={<Icons.Building2 size={15} />} onPress={onSwitch} />
        <Button tone="ghost" label={t('Sign out')} icon={<Icons.LogOut size={15} />} onPress={() => signOut()} />
      </div>
    </nav>
  )
}

/** The list, report or page of the menu that the address belongs to. */
function entryAt(list: Section[], path: string) {
  const [, module, second, third] = path.split('/')
  const section = list.find((s) => s.name === module)
  const base = second === 'reports' ? `/${module}/reports/${third}` : `/${module}/${second}`
  return { section, item: section?.groups.flatMap((g) => g.items).find((i) => i.to === base) }
}

function Crumbs({ path, list }: { path: string; list: Section[] }) {
  const [, module, second, third] = path.split('/')
  const { section, item } = entryAt(list, path)
  const doc = useQuery<{ id: string; version: number; number: string; state: string }>({
    queryKey: ['doc', module, second, third],
    queryFn: () => Promise.reject(new Error('the form asks')),
    enabled: false,
  }).data
  const isDoc = third && second !== 'reports'
  return (
    <nav aria-label={t('Breadcrumb')} className="crumbs">
      <ol>
        {!section && (
          <li>
            <span aria-current="page">{t('Home')}</span>
          </li>
        )}
        {section && <li className="crumb-domain">{t(section.label)}</li>}
        {item && (
          <li>
            <Icons.ChevronRight size={13} />
            {isDoc ? <Link to={item.to}>{item.label}</Link> : <span aria-current="page">{item.label}</span>}
          </li>
        )}
        {isDoc && (
          <li>
            <Icons.ChevronRight size={13} />
            <span aria-current="page">{third === 'new' ? t('New') : doc ? titleOf(doc) : '…'}</span>
          </li>
        )}
      </ol>
    </nav>
  )
}

function Page({ path, remotes }: { path: string; remotes: Record<string, Remote> }) {
  const module = path.split('/')[1]
  const remote = remotes[module]
  const Own = useStore(bundles)[module]?.default
  const own = useQuery({
    queryKey: ['bundle', module],
    queryFn: () => bundle(module, remote).then(() => true),
    enabled: !!remote?.url && healthy(remote) && !Own,
    retry: false,
  })
  if (path === '/') return <Home />
  if (path === '/tools/prove') return <ProvePage />
  if (path === '/tools/import') return <ImportPage />
  if (!remote) return <DomainPages path="/" />
  if (!healthy(remote))
    return (
      <Empty title={t('{label} is not reachable', { label: t(remote.label) })} icon={<Icons.AlertTriangle size={26} />}>
        <span className="muted">{t('Everything else keeps working.')}</span>
      </Empty>
    )
  if (Own) return <Own path={path} />
  if (!remote.url || own.error) return <DomainPages path={path} />
  return <Skeleton />
}

/** Pages of the program itself, for those who may. */
export const tools = (roles: string[] | undefined): Section => ({
  name: 'tools',
  label: t('Tools'),
  down: false,
  groups: [
    {
      label: t('Tools'),
      items: [
        { to: '/tools/import', label: t('Import'), icon: 'Upload' },
        ...(roles?.includes('Administrator')
          ? [{ to: '/tools/prove', label: t('Proof of the books'), icon: 'ShieldCheck' }]
          : []),
      ],
    },
  ],
})

export function Shell() {
  const { path, go } = useRoute()
  const { scheme, density, language, grouping } = usePrefs()
  const remotes = useRemotes()
  const types = useTypes()
  const roles = useMe().data?.roles
  useContributions()
  useRecovery()
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const [switching, setSwitching] = useState(false)
  const [menu, setMenu] = useState(false)
  const [settings, setSettings] = useState(false)
  const [waiting, setWaiting] = useState(false)
  const list = useMemo(
    () => [...sections(remotes.data ?? {}, types.data ?? []), tools(roles)],
    [remotes.data, types.data, roles],
  )
  const g = useRef(0)

  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      const typing = (e.target as HTMLElement).closest?.('input:not([type=checkbox]),textarea,select,[contenteditable]')
      if ((e.metaKey || e.ctrlKey) && e.key.toLowerCase() === 'k') {
        e.preventDefault()
        setPalette((on) => !on)
      } else if (typing || e.ctrlKey || e.metaKey || e.altKey || document.querySelector('dialog[open]')) return
      else if (e.key === '?') setHelp(true)
      else if (e.key === 'g') g.current = Date.now()
      else if (e.key === 'h' && Date.now() - g.current < 1000) go('/')
      else if (e.key === 'u' && path.split('/').length > 3) go(path.split('/').slice(0, 3).join('/'))
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [go, path])
  useEffect(() => {
    document.getElementById('main')?.focus({ preventScroll: true })
  }, [path])
  useEffect(() => {
    document.title = `${entryAt(list, path).item?.label ?? t('Home')} · Business M`
  }, [list, path])

  const trouble = (remotes.data ? null : remotes.error) ?? (types.data ? null : types.error)
  return (
    <div className="shell" data-menu={menu || undefined}>
      <a className="skip" href="#main">
        {t('Skip to content')}
      </a>
      <Sidebar list={list} path={path} onClose={() => setMenu(false)} onSwitch={() => setSwitching(true)} />
      {menu && <button type="button" className="side-veil" aria-label={t('Close')} onClick={() => setMenu(false)} />}
      <div className="work">
        <header className="top">
          <span className="only-small">
            <Button
              tone="ghost"
              label={t('Menu')}
              expanded={menu}
              icon={<Icons.Menu size={17} />}
              onPress={() => setMenu(!menu)}
            />
          </span>
          <Crumbs path={path} list={list} />
          <button type="button" className="srch" aria-haspopup="dialog" onClick={() => setPalette(true)}>
            <Icons.Search size={14} />
            <span>{t('Search or jump to…')}</span>
            <kbd className="kbd" aria-hidden>
              Ctrl K
            </kbd>
          </button>
          <div className="top-end">
            <Bell open={waiting} onToggle={() => setWaiting(!waiting)} />
            <Button
              tone="ghost"
              label={t('Keyboard shortcuts')}
              icon={<Icons.CircleHelp size={16} />}
              onPress={() => setHelp(true)}
            />
            <Button
              tone="ghost"
              label={t('Light or dark')}
              icon={scheme === 'light' ? <Icons.Moon size={16} /> : <Icons.Sun size={16} />}
              onPress={() => setPrefs({ scheme: scheme === 'light' ? 'dark' : 'light' })}
            />
            <Button
              tone="ghost"
              label={t('How things look')}
              expanded={settings}
              icon={<Icons.Settings size={16} />}
              onPress={() => setSettings(!settings)}
            />
          </div>
          {settings && (
            <fieldset className="looks">
              <legend className="sr">{t('How things look')}</legend>
              <label>
                {t('Rows')}
                <select value={density} onChange={(e) => setPrefs({ density: e.target.value as 'cozy' | 'compact' })}>
                  <option value="cozy">{t('Cozy')}</option>
                  <option value="compact">{t('Compact')}</option>
                </select>
              </label>
              <label>
                {t('Numbers')}
                <select
                  value={grouping}
                  onChange={(e) => setPrefs({ grouping: e.target.value as 'indian' | 'international' })}
                >
                  <option value="indian">12,34,567.00</option>
                  <option value="international">1,234,567.00</option>
                </select>
              </label>
              <label>
                {t('Language')}
                <select value={language} onChange={(e) => setPrefs({ language: e.target.value as 'en' | 'hi' })}>
                  <option value="en">English</option>
                  <option value="hi">हिन्दी</option>
                </select>
              </label>
            </fieldset>
          )}
        </header>
        <main id="main" tabIndex={-1}>
          {trouble ? (
            <Trouble error={trouble} again={() => Promise.all([remotes.refetch(), types.refetch()])} />
          ) : remotes.data && types.data ? (
            <Boundary key={path}>
              <Page path={path} remotes={remotes.data} />
            </Boundary>
          ) : (
            <Skeleton />
          )}
        </main>
      </div>
      {palette && <Palette list={list} onClose={() => setPalette(false)} onHelp={() => setHelp(true)} />}
      {switching && <SwitchCompany onClose={() => setSwitching(false)} />}
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  )
}
