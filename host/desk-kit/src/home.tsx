// What the home page is made of: figures, pictures, and what waits for this person. A domain says in `about` what there is;
// what somebody may not read is not asked for.
import { useQueries, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, session } from './api'
import { Chart } from './charts'
import { may, metaQuery, placeOf, titleOf, useMe, useMeta, useReportMeta, useTypes } from './data'
import { today } from './dates'
import { fromUnits, sum } from './decimal'
import { isNumeric } from './fields'
import { type ChartOf, type Figure, type Todo, useAbout, type Watch } from './flows'
import { t } from './i18n'
import { Icons } from './icons'
import { showDecimal } from './prefs'
import { Link } from './router'
import { Shown } from './shown'
import { useStore } from './store'
import type { Doc, DocMeta, TypeEntry } from './types'
import { Button, Empty, H2, State } from './ui'

const mayRead = (types: TypeEntry[] | undefined, module: string, report: string) =>
  !!types?.some((x) => x.kind === 'report' && x.module === module && x.name === report)

export function Kpi({ figure }: { figure: Figure }) {
  const allowed = mayRead(useTypes().data, figure.module, figure.report)
  const r = useQuery({
    queryKey: ['report', figure.module, figure.report, {}],
    queryFn: () => api.report(figure.module, figure.report, {}),
    enabled: allowed,
  })
  if (!allowed) return null
  const value = r.data
    ? (r.data.totals[figure.sum] ??
      fromUnits(sum(r.data.rows.filter((x) => x.is_group !== true).map((x) => x[figure.sum] as string)), 2))
    : null
  return (
    <Link className="card kpi" to={`/${figure.module}/reports/${figure.report}`}>
      <span>{t(figure.label)}</span>
      <strong className={figure.tone === 'danger' && value && !/^-?0(\.0*)?$/.test(value) ? 'neg' : ''}>
        {value === null ? <i className="skel-text" /> : `₹ ${showDecimal(value.split('.')[0], 0)}`}
      </strong>
    </Link>
  )
}

export function ChartCard({ chart }: { chart: ChartOf }) {
  const allowed = mayRead(useTypes().data, chart.module, chart.report)
  const asks = chart.asks(today())
  const answers = useQueries({
    queries: asks.map((q) => ({
      queryKey: ['report', chart.module, chart.report, q],
      queryFn: () => api.report(chart.module, chart.report, q),
      enabled: allowed,
      staleTime: 60_000,
    })),
  })
  if (!allowed || answers.some((a) => a.error)) return null
  const all = answers.flatMap((a) => a.data ?? [])
  const label = t(chart.label)
  if (all.length < asks.length)
    return (
      <section className="card chart" aria-label={label}>
        <div className="card-head">
          <H2>{label}</H2>
        </div>
        <div className="chart-box">
          <div className="skel chart-none" />
        </div>
      </section>
    )
  return (
    <Chart
      label={label}
      picture={chart.picture(all, today())}
      link={
        <Link className="lnk" to={`/${chart.module}/reports/${chart.report}`}>
          {t('report')}
        </Link>
      }
    />
  )
}

const filterOf = (todo: Todo, user: string) =>
  typeof todo.filter === 'function' ? todo.filter(today(), user) : todo.filter

/** The documents of a to-do that this person may read; of a decision only for who may take it. */
function useTodo(todo: Todo, limit: number) {
  const who = useStore(session)
  const place = placeOf(useTypes().data, todo.type)
  const meta = useMeta(place).data
  const roles = useMe().data?.roles
  const mine = !todo.decide || (!!meta && mayDecide(todo, meta, roles))
  const filter = filterOf(todo, who?.user ?? '')
  const list = useQuery({
    queryKey: ['list', place?.module, place?.collection, 'todo', filter, limit],
    queryFn: () => api.list(place ?? { module: '', collection: '' }, { ...filter, limit: String(limit) }),
    enabled: !!place && !!roles && !!meta && mine,
    staleTime: 30_000,
  })
  return { place, meta, filter, items: mine ? list.data?.items : [], more: !!list.data?.next_cursor }
}

export function mayDecide(todo: Todo, meta: DocMeta, roles: string[] | undefined): boolean {
  return meta.actions.some((a) => todo.decide?.includes(a.action) && a.needs.every((n) => may(meta, roles, n)))
}

const SHOWN = 5

export function Waiting({ todo }: { todo: Todo }) {
  const { place, meta, filter, items } = useTodo(todo, SHOWN)
  if (!place || !meta || !items?.length) return null
  const columns = meta.list_columns
    .flatMap((n) => meta.fields.find((f) => f.name === n) ?? [])
    .filter((f) => f.name !== 'number' && f.name !== 'state' && f.kind !== 'list')
    .slice(0, 3)
  return (
    <section className="card" aria-label={t(todo.label)}>
      <div className="card-head">
        <H2>{t(todo.label)}</H2>
        <Link className="lnk" to={`/${place.module}/${place.collection}?${new URLSearchParams(filter)}`}>
          {t('all of them')}
        </Link>
      </div>
      <table className="rpt">
        <tbody>
          {items.map((d) => (
            <tr key={d.id}>
              <td>
                <Link to={`/${place.module}/${place.collection}/${d.id}`}>{titleOf(d, meta)}</Link>
              </td>
              {columns.map((c) => (
                <td key={c.name} className={isNumeric(c) ? 'r' : ''}>
                  <Shown field={c} value={d[c.name]} />
                </td>
              ))}
              <td>
                <State name={d.state} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export function Watched({ watch }: { watch: Watch }) {
  const types = useTypes().data
  const allowed = mayRead(types, watch.module, watch.report)
  const meta = useReportMeta(watch.module, watch.report, allowed).data
  const r = useQuery({
    queryKey: ['report', watch.module, watch.report, watch.ask ?? {}],
    queryFn: () => api.report(watch.module, watch.report, watch.ask ?? {}),
    enabled: allowed,
  })
  if (!allowed || !meta || !r.data || r.data.rows.length === 0) return null
  const columns = watch.columns.flatMap((n) => meta.columns.find((c) => c.name === n) ?? [])
  const target = placeOf(types, meta.columns.find((c) => c.name === watch.link)?.link)
  return (
    <section className="card" aria-label={t(watch.label)}>
      <div className="card-head">
        <H2>{t(watch.label)}</H2>
        <Link className="lnk" to={`/${watch.module}/reports/${watch.report}`}>
          {t('all of them')}
        </Link>
      </div>
      <table className="rpt">
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.name} scope="col" className={isNumeric(c) ? 'r' : ''}>
                {c.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {r.data.rows.slice(0, SHOWN).map((row, at) => (
            <tr key={`${row[watch.link ?? '']}/${at}`}>
              {columns.map((c, i) => (
                <td key={c.name} className={isNumeric(c) ? 'r' : ''}>
                  {i === 0 && target && watch.link ? (
                    <Link to={`/${target.module}/${target.collection}/${row[watch.link]}`}>
                      <Shown field={c} value={row[c.name]} />
                    </Link>
                  ) : (
                    <Shown field={c} value={row[c.name]} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

// ---- the bell ----

const COUNTED = 50

/** What this person has to decide, gathered from all domains. */
export function useDecisions(): { todo: Todo; module: string; collection: string; meta: DocMeta; items: Doc[] }[] {
  const todos = useAbout('todos').filter((x) => x.decide)
  const types = useTypes().data
  const roles = useMe().data?.roles
  const user = useStore(session)?.user ?? ''
  const places = todos.map((todo) => ({ todo, place: placeOf(types, todo.type) }))
  const metas = useQueries({
    queries: places.map(({ place }) => ({
      ...metaQuery(place),
      enabled: !!place,
    })),
  })
  const lists = useQueries({
    queries: places.map(({ todo, place }, i) => {
      const meta = metas[i].data
      const filter = filterOf(todo, user)
      return {
        queryKey: ['list', place?.module, place?.collection, 'decide', filter],
        queryFn: () => api.list(place ?? { module: '', collection: '' }, { ...filter, limit: String(COUNTED) }),
        enabled: !!place && !!meta && mayDecide(todo, meta, roles),
        refetchInterval: 60_000,
      }
    }),
  })
  return places.flatMap(({ todo, place }, i) => {
    const meta = metas[i].data
    const items = lists[i].data?.items
    return place && meta && items?.length ? [{ todo, ...place, meta, items }] : []
  })
}

/** How many wait, on a bell; a list of them below it. */
export function Bell({ open, onToggle }: { open: boolean; onToggle: () => void }) {
  const decisions = useDecisions()
  const count = decisions.reduce((n, d) => n + d.items.length, 0)
  useEffect(() => {
    if (!open) return
    const onKey = (e: KeyboardEvent) => e.key === 'Escape' && onToggle()
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [open, onToggle])
  return (
    <span className="bell">
      <Button
        tone="ghost"
        label={count ? t('{n} wait for your decision', { n: count }) : t('Nothing waits for your decision')}
        expanded={open}
        icon={<Icons.Bell size={16} />}
        onPress={onToggle}
      />
      {count > 0 && (
        <i aria-hidden className="bell-count">
          {count > 99 ? '99+' : count}
        </i>
      )}
      {open && (
        <section className="bell-list" aria-label={t('Waiting for you')}>
          {decisions.length === 0 && <Empty title={t('Nothing waits for your decision')} />}
          {decisions.map(({ todo, module, collection, meta, items }) => (
            <div key={todo.label}>
              <h3>{t(todo.label)}</h3>
              <ul className="conn">
                {items.map((d) => (
                  <li key={d.id}>
                    <Link to={`/${module}/${collection}/${d.id}`} onClick={onToggle}>
                      {titleOf(d, meta)}
                    </Link>
                    <State name={d.state} />
                  </li>
                ))}
              </ul>
            </div>
          ))}
        </section>
      )}
    </span>
  )
}
