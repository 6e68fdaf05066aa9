// Where the day begins: the figures that matter and what waits for somebody.
import {
  api,
  type Figure,
  fromUnits,
  H1,
  H2,
  Icons,
  Link,
  PageHeader,
  placeOf,
  recent,
  Shown,
  State,
  session,
  showDay,
  showDecimal,
  sum,
  type Todo,
  t,
  titleOf,
  today,
  useAbout,
  useMe,
  useMeta,
  useQuery,
  useStore,
  useTypes,
} from '@bm/desk-kit'

export function Home() {
  const who = useStore(session)
  const figures = useAbout('figures')
  const todos = useAbout('todos')
  const last = useStore(recent)
  return (
    <section className="page" aria-label={t('Home')}>
      <PageHeader
        title={<H1>{who ? t('Good day, {name}', { name: who.name }) : t('Home')}</H1>}
        sub={<span className="muted">{showDay(today())}</span>}
      />
      <div className="form-scroll">
        <div className="dash">
          <div className="kpis">
            {figures.map((f) => (
              <Kpi key={f.report + f.sum} figure={f} />
            ))}
          </div>
          <div className="two">
            <div className="stack">
              {todos.map((x) => (
                <Waiting key={x.type + x.label} todo={x} />
              ))}
            </div>
            <section className="card" aria-label={t('Recent')}>
              <div className="card-head">
                <Icons.History size={14} className="muted" />
                <H2>{t('Recent')}</H2>
              </div>
              <ul className="conn">
                {last.length === 0 && <li className="muted">{t('Nothing here yet')}</li>}
                {last.map((r) => (
                  <li key={r.to}>
                    <Link to={r.to}>{r.label}</Link>
                    <span className="muted">{r.kind}</span>
                  </li>
                ))}
              </ul>
            </section>
          </div>
        </div>
      </div>
    </section>
  )
}

function Kpi({ figure }: { figure: Figure }) {
  const may = useTypes().data?.some(
    (x) => x.kind === 'report' && x.module === figure.module && x.name === figure.report,
  )
  const r = useQuery({
    queryKey: ['report', figure.module, figure.report, {}],
    queryFn: () => api.report(figure.module, figure.report, {}),
    enabled: !!may,
  })
  if (!may) return null
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

const SHOWN = 5
function Waiting({ todo }: { todo: Todo }) {
  const place = placeOf(useTypes().data, todo.type)
  const meta = useMeta(place).data
  const roles = useMe().data?.roles
  const list = useQuery({
    queryKey: ['list', place?.module, place?.collection, 'todo', todo.filter],
    queryFn: () => api.list(place ?? { module: '', collection: '' }, { ...todo.filter, limit: String(SHOWN) }),
    enabled: !!place && !!roles,
  })
  if (!place || !meta || !list.data || list.data.items.length === 0) return null
  const columns = meta.list_columns
    .flatMap((n) => meta.fields.find((f) => f.name === n) ?? [])
    .filter((f) => f.name !== 'number' && f.name !== 'state' && f.kind !== 'list')
    .slice(0, 3)
  const all = `/${place.module}/${place.collection}?${new URLSearchParams(todo.filter)}`
  return (
    <section className="card" aria-label={t(todo.label)}>
      <div className="card-head">
        <H2>{t(todo.label)}</H2>
        <Link className="lnk" to={all}>
          {t('all of them')}
        </Link>
      </div>
      <table className="rpt">
        <tbody>
          {list.data.items.map((d) => (
            <tr key={d.id}>
              <td>
                <Link to={`/${place.module}/${place.collection}/${d.id}`}>{titleOf(d, meta)}</Link>
              </td>
              {columns.map((c) => (
                <td key={c.name} className={['money', 'sum', 'qty'].includes(c.kind) ? 'r' : ''}>
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
