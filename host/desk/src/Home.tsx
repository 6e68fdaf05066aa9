// Where the day begins: the figures that matter, pictures of them, and what waits for somebody. All of it comes from the
// domains this person may see, so that everybody's page is their own.
import {
  ChartCard,
  H1,
  H2,
  Icons,
  Kpi,
  Link,
  PageHeader,
  recent,
  session,
  showDay,
  t,
  today,
  useAbout,
  useStore,
  Waiting,
  Watched,
} from '@bm/desk-kit'

export function Home() {
  const who = useStore(session)
  const figures = useAbout('figures')
  const todos = useAbout('todos')
  const watches = useAbout('watches')
  const charts = useAbout('charts')
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
              {[...todos]
                .sort((a, b) => Number(!!b.decide) - Number(!!a.decide))
                .map((x) => (
                  <Waiting key={x.type + x.label} todo={x} />
                ))}
              {watches.map((x) => (
                <Watched key={x.module + x.report} watch={x} />
              ))}
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
            <div className="stack">
              {charts.map((c) => (
                <ChartCard key={c.module + c.label} chart={c} />
              ))}
            </div>
          </div>
        </div>
      </div>
    </section>
  )
}
