// A document on paper: drawn from the metadata like its form, laid out for A4. The browser's own print makes the PDF.
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import { api, type Place } from './api'
import { placeOf, titleOf, useLabel, useMeta, useTypes, visible } from './data'
import { decimalKinds, isNumeric } from './fields'
import { t, words } from './i18n'
import { Icons } from './icons'
import { prefs } from './prefs'
import { useRoute } from './router'
import { Shown } from './shown'
import type { Doc, DocMeta, Field, Row, Value } from './types'
import { Button, Skeleton, Trouble } from './ui'
import { amountInWords } from './words'

const partyTypes = ['core.supplier', 'core.customer', 'people.employee']
/** What is the books' own business and not that of who gets the paper. */
const inner = ['finance.account', 'finance.cost_center', 'finance.withholding']
const notOnPaper = /^(outstanding|written_off|unallocated|allocated|beyond_|base_|.*_outstanding$)/
const grand = /^(total|grand_total|net_pay|amount)$/

const empty = (v: Value) => v === null || v === undefined || v === '' || v === false || v === 0
const zero = (v: Value) => empty(v) || /^-?0(\.0*)?$/.test(String(v))

export interface Paper {
  party?: Field
  facts: Field[]
  tables: { field: Field; columns: Field[]; rows: Row[] }[]
  totals: Field[]
  texts: Field[]
}

/** Which fields go where on the paper. */
export function paperOf(meta: DocMeta, doc: Doc): Paper {
  const fields = visible(meta.fields).filter((f) => f.name !== 'number' && f.name !== 'state')
  const party = fields.find((f) => partyTypes.includes(f.link ?? '') && !empty(doc[f.name]))
  const shownOutside = (f: Field) => !party || !inner.includes(f.link ?? '')
  const filled = fields.filter((f) => f !== party && !empty(doc[f.name]) && shownOutside(f))
  const tables = fields
    .filter((f) => f.kind === 'list' && ((doc[f.name] as Row[]) ?? []).length > 0)
    .map((field) => {
      const rows = doc[field.name] as Row[]
      const columns = visible(field.fields ?? []).filter(
        (c) =>
          c.kind !== 'id' &&
          c.kind !== 'list' &&
          shownOutside(c) &&
          !(party && notOnPaper.test(c.name)) &&
          rows.some((r) => !zero(r[c.name])),
      )
      return { field, columns, rows }
    })
    .filter((x) => x.columns.length > 0)
  return {
    party,
    facts: filled.filter(
      (f) => ['date', 'link', 'int'].includes(f.kind) || (f.kind === 'str' && f.name !== 'narration'),
    ),
    tables: [...tables].sort((a, b) => Number(b.field.name === 'lines') - Number(a.field.name === 'lines')),
    totals: filled.filter(
      (f) =>
        decimalKinds.includes(f.kind) &&
        (f.read_only || grand.test(f.name)) &&
        !notOnPaper.test(f.name) &&
        !zero(doc[f.name]),
    ),
    texts: filled.filter((f) => f.kind === 'text' || f.name === 'narration'),
  }
}

function useRecord(type: string, id: string | undefined) {
  const place = placeOf(useTypes().data, type)
  return useQuery({
    queryKey: ['doc', place?.module, place?.collection, id],
    queryFn: () => api.get(place as Place, id as string),
    enabled: !!place && !!id,
  })
}

/** The company's own record; there is one. */
function useCompany() {
  const place = placeOf(useTypes().data, 'core.company')
  const first = useQuery({
    queryKey: ['list', place?.module, place?.collection, 'own'],
    queryFn: () => api.list(place as Place, { limit: '1' }),
    enabled: !!place,
  })
  return useRecord('core.company', first.data?.items[0]?.id)
}

function Address({ of }: { of: Doc | undefined }) {
  const a = (of?.address ?? {}) as Record<string, string>
  const contact = (of?.contact ?? {}) as Record<string, string>
  const lines = [
    a.line1,
    a.line2,
    [a.postal_code, a.city].filter(Boolean).join(' '),
    [a.region, a.country].filter(Boolean).join(', '),
    [contact.phone, contact.email].filter(Boolean).join(' · '),
    of?.tax_id ? t('Tax id {id}', { id: String(of.tax_id) }) : '',
  ].filter(Boolean)
  return (
    <>
      {lines.map((l) => (
        <Fragment key={l}>
          {l}
          <br />
        </Fragment>
      ))}
    </>
  )
}

function Table({ of }: { of: Paper['tables'][number] }) {
  return (
    <table>
      <caption>{of.field.label}</caption>
      <thead>
        <tr>
          <th scope="col" className="r">
            #
          </th>
          {of.columns.map((c) => (
            <th key={c.name} scope="col" className={isNumeric(c) ? 'r' : ''}>
              {c.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {of.rows.map((r, i) => (
          <tr key={(r.id as string) ?? i}>
            <td className="r">{i + 1}</td>
            {of.columns.map((c) => (
              <td key={c.name} className={isNumeric(c) ? 'r' : ''}>
                <Shown field={c} value={r[c.name]} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Sheet({ meta, doc }: { meta: DocMeta; doc: Doc }) {
  const paper = paperOf(meta, doc)
  const company = useCompany().data
  const party = useRecord(paper.party?.link ?? '', paper.party && (doc[paper.party.name] as string)).data
  const base = useLabel('core.currency', company?.base_currency as string)
  const foreign = useLabel('core.currency', typeof doc.currency === 'string' ? doc.currency : undefined)
  const last = paper.totals.findLast((f) => grand.test(f.name))
  const currency = foreign?.code || base?.code || ''
  const mark = ['draft', 'cancelled'].includes(doc.state) ? words(doc.state) : ''
  return (
    <article className="paper" aria-label={`${meta.label} ${titleOf(doc, meta)}`} data-mark={mark || undefined}>
      <header>
        <div>
          <b className="paper-company">{(company?.company_name as string) ?? ''}</b>
          <p>
            <Address of={company} />
          </p>
        </div>
        <div className="paper-title">
          <h1>{meta.label}</h1>
          <b>{doc.number || mark}</b>
          {mark && doc.number && <span className="paper-mark">{mark}</span>}
        </div>
      </header>
      <div className="paper-about">
        {paper.party && (
          <div>
            <h2>{paper.party.label}</h2>
            <b>
              <Shown field={paper.party} value={doc[paper.party.name]} />
            </b>
            <p>
              <Address of={party} />
            </p>
          </div>
        )}
        <dl>
          {paper.facts.map((f) => (
            <Fragment key={f.name}>
              <dt>{f.label}</dt>
              <dd>
                <Shown field={f} value={doc[f.name]} />
              </dd>
            </Fragment>
          ))}
        </dl>
      </div>
      {paper.tables.map((x) => (
        <Table key={x.field.name} of={x} />
      ))}
      {paper.totals.length > 0 && (
        <dl className="paper-totals">
          {paper.totals.map((f) => (
            <Fragment key={f.name}>
              <dt className={f === last ? 'g' : ''}>{f === last && currency ? `${f.label} (${currency})` : f.label}</dt>
              <dd className={f === last ? 'g' : ''}>
                <Shown field={f} value={doc[f.name]} />
              </dd>
            </Fragment>
          ))}
        </dl>
      )}
      {last && (
        <p className="paper-words">
          {currency} {amountInWords(String(doc[last.name]), prefs.get().grouping, prefs.get().language)}
        </p>
      )}
      {paper.texts.map((f) => (
        <p key={f.name} className="paper-text">
          <b>{f.label}</b> {String(doc[f.name])}
        </p>
      ))}
      <footer>
        <span>{t('For {company}', { company: (company?.company_name as string) ?? '' })}</span>
      </footer>
    </article>
  )
}

export function PrintView(p: Place & { id: string }) {
  const { go } = useRoute()
  const meta = useMeta(p)
  const doc = useQuery({ queryKey: ['doc', p.module, p.collection, p.id], queryFn: () => api.get(p, p.id) })
  const error = meta.error ?? doc.error
  if (error) return <Trouble error={error} again={() => (meta.error ? meta.refetch() : doc.refetch())} />
  if (!meta.data || !doc.data) return <Skeleton />
  return (
    <section className="page paper-page" aria-label={t('Print preview')}>
      <div className="paper-bar">
        <Button
          tone="ghost"
          icon={<Icons.ChevronRight size={15} style={{ transform: 'rotate(180deg)' }} />}
          onPress={() => go(`/${p.module}/${p.collection}/${p.id}`)}
        >
          {t('Back to the document')}
        </Button>
        <Button tone="primary" icon={<Icons.Printer size={15} />} onPress={() => print()}>
          {t('Print or save as PDF')}
        </Button>
      </div>
      <div className="form-scroll paper-desk" tabIndex={0} role="region" aria-label={t('Print preview')}>
        <Sheet meta={meta.data} doc={doc.data} />
      </div>
    </section>
  )
}
