// Beside a document: figures the host reckoned, what it is connected with, and what happened to it.
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { api, type Place } from './api'
import { Attachments } from './attachments'
import { CommentBox } from './comments'
import { titleOf, usePlace, useTypes, visible } from './data'
import { decimalKinds } from './fields'
import { useAbout } from './flows'
import { t, words } from './i18n'
import { Icons } from './icons'
import { showTime } from './prefs'
import { Link } from './router'
import { Shown } from './shown'
import type { Doc, DocMeta, Field, HistoryEntry, Row, Value } from './types'
import { Avatar, H2, Muted, State } from './ui'

const notZero = (v: Value) => v !== null && v !== undefined && v !== '' && !/^-?0(\.0*)?$/.test(String(v))

export function Rail({ meta, doc, value, dirty }: { meta: DocMeta; doc: Doc | null; value: Row; dirty: boolean }) {
  const own = visible(meta.fields).filter((f) => f.read_only && f.name !== 'number' && f.name !== 'state')
  const sums = own.filter((f) => decimalKinds.includes(f.kind) && notZero(value[f.name]))
  const facts = own.filter(
    (f) => !decimalKinds.includes(f.kind) && f.kind !== 'list' && f.kind !== 'struct' && notZero(value[f.name]),
  )
  if (!doc) return <aside className="rail" aria-label={t('About this document')} hidden />
  return (
    <aside className="rail" aria-label={t('About this document')}>
      {(sums.length > 0 || facts.length > 0) && (
        <section className="card">
          <div className="card-head">
            <H2>{t('Totals')}</H2>
            {dirty && <Muted>{t('as last saved')}</Muted>}
          </div>
          <dl className="tot">
            {[...facts, ...sums].map((f) => (
              <Fragment key={f.name}>
                <dt className={/^(total|grand_total|net_pay|amount)$/.test(f.name) ? 'g' : ''}>{f.label}</dt>
                <dd className={/^(total|grand_total|net_pay|amount)$/.test(f.name) ? 'g' : ''}>
                  <Shown field={f} value={value[f.name]} />
                </dd>
              </Fragment>
            ))}
          </dl>
        </section>
      )}
      <Connections meta={meta} doc={doc} />
      <Attachments key={doc.id} meta={meta} doc={doc} />
      <Timeline meta={meta} doc={doc} />
    </aside>
  )
}

function Connections({ meta, doc }: { meta: DocMeta; doc: Doc }) {
  const links = useAbout('connections').filter((c) => c.of === meta.name)
  const reports = useAbout('reports').filter(
    (r) => r.of.includes(meta.name) && (!r.states || r.states.includes(doc.state)),
  )
  if (links.length === 0 && reports.length === 0) return null
  return (
    <section className="card">
      <div className="card-head">
        <Icons.Link2 size={14} className="muted" />
        <H2>{t('Connections')}</H2>
      </div>
      <ul className="conn">
        {reports.map((r) => (
          <li key={r.report}>
            <Link to={`/${r.module}/reports/${r.report}?${r.param}=${doc.id}`}>{t(r.label)}</Link>
            <Icons.ChevronRight size={13} className="muted" />
          </li>
        ))}
        {links.map((c) => (
          <Connected key={c.type + c.field} type={c.type} field={c.field} id={doc.id} />
        ))}
      </ul>
    </section>
  )
}

function Connected({ type, field, id }: { type: string; field: string; id: string }) {
  const place = usePlace(type)
  const label = useTypes().data?.find((x) => x.name === type)?.label
  const list = useQuery({
    queryKey: ['list', place?.module, place?.collection, 'connected', field, id],
    queryFn: () => api.list(place as Place, { [field]: id, limit: '5' }),
    enabled: !!place,
  })
  if (!place || !list.data) return null
  return (
    <>
      {list.data.items.map((d) => (
        <li key={d.id}>
          <Link to={`/${place.module}/${place.collection}/${d.id}`}>
            {titleOf(d) === t('Draft') ? label : titleOf(d)}
          </Link>
          <State name={d.state} />
        </li>
      ))}
      {list.data.next_cursor && (
        <li>
          <Link to={`/${place.module}/${place.collection}?${field}=${id}`}>{t('all of them')}</Link>
        </li>
      )}
    </>
  )
}

/** "lines[0].qty" → its field and a name people know. */
function fieldAt(fields: Field[], path: string): { label: string; field?: Field } {
  const parts = path.split('.')
  let inside = fields
  let field: Field | undefined
  const names: string[] = []
  for (const part of parts) {
    const m = /^(\w+)(?:\[(\d+)\])?$/.exec(part)
    field = inside.find((f) => f.name === m?.[1])
    names.push(m?.[2] !== undefined ? `${t('line')} ${Number(m[2]) + 1}` : (field?.label ?? part))
    inside = field?.fields ?? []
  }
  return { label: names.join(', '), field }
}

const spoken: Record<string, string> = { comment: 'said', attach: 'attached', detach: 'took away' }

/** The file of an entry about one. */
function fileOf(e: HistoryEntry): string {
  const change = e.changes.find((c) => c.path === 'attachment')
  const file = (change?.after ?? change?.before) as Row | null | undefined
  return String(file?.name ?? '')
}

const CHANGES = 6
function Entry({ meta, e }: { meta: DocMeta; e: HistoryEntry }) {
  const shown = e.changes
    .map((c) => ({ c, at: fieldAt(meta.fields, c.path ?? '') }))
    .filter(({ at }) => at.field && !at.field.hidden && at.field.kind !== 'id' && at.field.name !== 'state')
  return (
    <li>
      <Avatar name={e.actor_name || '?'} size={22} />
      <div>
        <b>{e.actor_name || t('the system')}</b>{' '}
        {spoken[e.action]
          ? t(spoken[e.action])
          : e.action
              .split(',')
              .map((x) => words(x).toLowerCase())
              .join(', ')}{' '}
        {fileOf(e)}
        {e.action === 'comment' && <p className="said">{String(e.changes[0]?.after ?? '')}</p>}
        {shown.slice(0, CHANGES).map(({ c, at }, i) => (
          <div key={`${c.path}${i}`} className="diff">
            <em>{at.label}</em>{' '}
            {c.before !== null && c.before !== undefined && c.before !== '' && (
              <s>{at.field && <Shown field={at.field} value={c.before} zero />}</s>
            )}{' '}
            →{' '}
            {at.field && c.after !== null && c.after !== undefined && c.after !== '' ? (
              <Shown field={at.field} value={c.after} zero />
            ) : (
              '—'
            )}
          </div>
        ))}
        {shown.length > CHANGES && <div className="diff">{t('and {n} more', { n: shown.length - CHANGES })}</div>}
        <time dateTime={e.at}>{showTime(e.at)}</time>
      </div>
    </li>
  )
}

function Timeline({ meta, doc }: { meta: DocMeta; doc: Doc }) {
  const history = useQuery({
    queryKey: ['history', meta.module, meta.collection, doc.id, doc.version],
    queryFn: () => api.history(meta, doc.id),
  })
  if (!history.data) return null
  return (
    <section className="card">
      <div className="card-head">
        <Icons.History size={14} className="muted" />
        <H2>{t('Timeline')}</H2>
      </div>
      <CommentBox meta={meta} doc={doc} />
      <ol className="tl">
        {history.data.map((e) => (
          <Entry key={e.id} meta={meta} e={e} />
        ))}
      </ol>
    </section>
  )
}
