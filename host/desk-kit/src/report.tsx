// A report: its questions above, its rows below, every figure a way down to what it is made of. The address holds the
// questions, so that the way back finds them as they were.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { api } from './api'
import { askedOf, spread } from './compare'
import { placeOf, useReportMeta, useTypes } from './data'
import { download, toCsv } from './export'
import { decimalKinds, FieldEditor, isNumeric } from './fields'
import { t } from './i18n'
import { Icons } from './icons'
import { remember } from './recent'
import { Link, useRoute } from './router'
import { plainText, Shown } from './shown'
import type { Field, ReportMeta, Row, TypeEntry, Value } from './types'
import { Button, Empty, H1, PageHeader, Skeleton, Trouble } from './ui'

/** Which of the questions of a report those below it ask as well. */
function asks(report: string): string[] {
  if (report === 'general-ledger') return ['from', 'to', 'cost_center', 'known_at']
  return report.endsWith('-statement') ? ['from', 'to', 'known_at'] : []
}

/** Where a row leads: the source document, an account's ledger, a voucher. */
export function drillTargets(
  meta: ReportMeta,
  row: Row,
  types: TypeEntry[] | undefined,
  asked: Row,
): { by: string; to: string }[] {
  const targets: { by: string; to: string }[] = []
  for (const rule of meta.drill) {
    const [name, kind] = rule.split(':')
    const id = row[name]
    if (typeof id !== 'string' || !id) continue
    if (kind === 'document') {
      const column = meta.columns.find((c) => c.name === name)
      const type = (column?.link ?? row.source_type ?? row.document_type ?? row[`${name}_type`]) as string | undefined
      const place = placeOf(types, type)
      if (place) targets.push({ by: 'document', to: `/${place.module}/${place.collection}/${id}` })
    } else {
      const takes = asks(kind)
      const q = new URLSearchParams({ [name.replace(/_id$/, '')]: id })
      for (const [k, v] of Object.entries(asked)) {
        const as = k === 'as_of' ? 'to' : k
        if (typeof v === 'string' && v && takes.includes(as)) q.set(as, v)
      }
      targets.push({ by: kind, to: `/${meta.module}/reports/${kind}?${q}` })
    }
  }
  return targets
}

const named = ['number', 'voucher_no', 'code', 'name', 'item', 'reference', 'description']

/** Which column leads where: the name of the thing to the thing, amounts to what they are made of. */
export function linkOf(meta: ReportMeta, column: Field, targets: { by: string; to: string }[]): string | undefined {
  if (targets.length === 0) return undefined
  const of = (by: string) => targets.find((x) => x.by === by)?.to
  const amount = column.kind === 'money' || column.kind === 'sum'
  if (column.name === 'voucher_no') return of('voucher') ?? of('document')
  if (column.name === 'voucher_type' || column.name === 'document_type') return of('document')
  if (amount) return of('general-ledger') ?? of('voucher') ?? targets[0].to
  if (column.name === 'code' || column.name === 'name') return of('general-ledger') ?? targets[0].to
  const first = meta.columns.filter((c) => !c.hidden).find((c) => named.includes(c.name))
  return column.name === first?.name ? targets[0].to : undefined
}

export function ReportView({ module, name }: { module: string; name: string }) {
  const meta = useReportMeta(module, name)
  if (meta.error) return <Trouble error={meta.error} again={() => meta.refetch()} />
  return meta.data ? <Report key={`${module}/${name}`} meta={meta.data} /> : <Skeleton />
}

function Report({ meta }: { meta: ReportMeta }) {
  const { query, go } = useRoute()
  const types = useTypes().data
  const text = query.toString()
  const base = `/${meta.module}/reports/${meta.name}`
  const params = useMemo(() => meta.params.filter((f) => !f.hidden), [meta])
  const asked = useMemo(() => Object.fromEntries(new URLSearchParams(text)), [text])
  const missing = params.filter((f) => f.required && !asked[f.name])
  const report = useQuery({
    queryKey: ['report', meta.module, meta.name, asked],
    queryFn: () => api.report(meta.module, meta.name, asked),
    enabled: missing.length === 0,
    placeholderData: keepPreviousData,
  })
  useEffect(() => remember({ to: base, label: meta.label, kind: t('Report') }), [base, meta])
  const set = (name: string, value: Value) => {
    const next = new URLSearchParams(text)
    if (value === null || value === undefined || value === '' || value === false) next.delete(name)
    else next.set(name, String(value))
    const now = next.toString()
    if (now !== text) go(base + (now ? `?${now}` : ''), true)
  }
  const {
    columns: all,
    rows,
    totals,
  } = useMemo(() => spread(meta, report.data?.rows ?? [], report.data?.totals), [meta, report.data])
  const columns = useMemo(() => {
    const shown = all.filter((c) => !c.hidden && c.kind !== 'id')
    if (rows.length === 0) return shown
    const amount = (c: Field) => c.kind === 'money' || c.kind === 'sum' || c.kind === 'qty'
    const nothing = (v: Value) => v === null || v === '' || v === undefined || v === 0 || v === false
    // Amounts of nothing say something; columns that are empty all the way down do not.
    const rare = ['foreign_amount', 'foreign_outstanding']
    const zero = (v: Value) => nothing(v) || /^-?0(\.0*)?$/.test(String(v))
    return shown.filter((c) =>
      rows.some((r) => (rare.includes(c.name) ? !zero(r[c.name]) : amount(c) || !nothing(r[c.name]))),
    )
  }, [all, rows])
  const [more, setMore] = useState(false)
  const usual = params.filter((f) => f.name !== 'known_at' && f.name !== 'limit')
  const shownParams = more ? params : usual.slice(0, 4)
  const exportAll = () =>
    download(
      `${meta.name}.csv`,
      toCsv(
        columns.map((c) => c.label),
        rows.map((r) => columns.map((c) => plainText(c, r[c.name]))),
      ),
    )
  const error = report.error as (Error & { fields?: { path: string; message: string }[] }) | null
  return (
    <section className="page" aria-label={meta.label}>
      <PageHeader
        title={<H1>{meta.label}</H1>}
        actions={
          <>
            <Button tone="ghost" label={t('Print')} icon={<Icons.Printer size={15} />} onPress={() => print()} />
            <Button disabled={rows.length === 0} icon={<Icons.Download size={15} />} onPress={exportAll}>
              {t('Export')}
            </Button>
          </>
        }
      />
      <div className="params">
        {shownParams.map((f) => (
          <FieldEditor
            key={f.name}
            field={{ ...f, help: undefined }}
            value={asked[f.name] ?? (f.kind === 'bool' ? false : '')}
            error={error?.fields?.find((x) => x.path === f.name)?.message}
            onChange={(v) => set(f.name, v)}
          />
        ))}
        {params.length > shownParams.length && (
          <button type="button" className="lnk quiet" onClick={() => setMore(true)}>
            {t('More questions')}
          </button>
        )}
      </div>
      {missing.length > 0 ? (
        <Empty
          title={t('Choose first: {what}', { what: missing.map((f) => f.label).join(', ') })}
          icon={<Icons.Search size={26} />}
        />
      ) : report.error ? (
        <Trouble error={report.error} again={() => report.refetch()} />
      ) : !report.data ? (
        <Skeleton />
      ) : rows.length === 0 ? (
        <Empty title={t('There is nothing to show for these questions')} />
      ) : (
        <Table
          key={text}
          place={`${base}?${text}`}
          meta={meta}
          columns={columns}
          rows={rows}
          totals={totals}
          types={types}
          asked={report.data.params}
          busy={report.isPlaceholderData}
        />
      )}
    </section>
  )
}

const ROWS_AT_ONCE = 400

/** How each table was left: coming back finds it so. */
const left = new Map<string, { shut: Set<number>; shown: number; top: number }>()
const LEFT_KEPT = 50

function Table(p: {
  place: string
  meta: ReportMeta
  columns: Field[]
  rows: Row[]
  totals: Record<string, string>
  types: TypeEntry[] | undefined
  asked: Row
  busy: boolean
}) {
  const before = left.get(p.place)
  const [shut, setShut] = useState<Set<number>>(before?.shut ?? new Set())
  const [shown, setShown] = useState(before?.shown ?? ROWS_AT_ONCE)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const top = left.get(p.place)?.top
    if (box.current && top) box.current.scrollTop = top
  }, [p.place])
  const leave = () => {
    left.delete(p.place) // the newest is the last
    left.set(p.place, { shut, shown, top: box.current?.scrollTop ?? 0 })
    if (left.size > LEFT_KEPT) left.delete(left.keys().next().value as string)
  }
  const tree = p.rows.some((r) => r.is_group === true)
  const level = (r: Row) => (typeof r.level === 'number' ? r.level : 0)
  const open = useMemo(() => {
    const list: { row: Row; i: number }[] = []
    let hiddenBelow = Number.POSITIVE_INFINITY
    p.rows.forEach((row, i) => {
      if (level(row) > hiddenBelow) return
      hiddenBelow = shut.has(i) ? level(row) : Number.POSITIVE_INFINITY
      list.push({ row, i })
    })
    return list
  }, [p.rows, shut])
  const firstText = p.columns.find((c) => !isNumeric(c) && c.kind !== 'date')?.name
  const nameColumn = p.columns.find((c) => c.name === 'name')?.name ?? firstText
  return (
    <div className="rpt-host" aria-busy={p.busy || undefined} onClickCapture={leave}>
      <div className="rpt-scroll" ref={box} onScroll={leave} tabIndex={0} role="region" aria-label={p.meta.label}>
        <table className="rpt">
          <thead>
            <tr>
              {p.columns.map((c) => (
                <th key={c.name} scope="col" className={isNumeric(c) ? 'r' : ''}>
                  {c.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {open.slice(0, shown).map(({ row, i }) => {
              return (
                <tr key={i} data-group={row.is_group === true || undefined}>
                  {p.columns.map((c) => {
                    const targets =
                      row.is_group === true ? [] : drillTargets(p.meta, row, p.types, askedOf(c, row, p.asked))
                    const to = linkOf(p.meta, c, targets)
                    const value = row[c.name]
                    const indent =
                      tree && c.name === nameColumn ? { paddingInlineStart: 14 + level(row) * 18 } : undefined
                    const content = <Shown field={c} value={value} />
                    const zero = decimalKinds.includes(c.kind) && /^-?0(\.0*)?$/.test(String(value))
                    return (
                      <td key={c.name} className={isNumeric(c) ? 'r' : ''} style={indent}>
                        {tree && c.name === nameColumn && row.is_group === true ? (
                          <button
                            type="button"
                            className="twist"
                            aria-expanded={!shut.has(i)}
                            onClick={() => {
                              const next = new Set(shut)
                              if (!next.delete(i)) next.add(i)
                              setShut(next)
                            }}
                          >
                            {shut.has(i) ? <Icons.ChevronRight size={13} /> : <Icons.ChevronDown size={13} />}
                            {content}
                          </button>
                        ) : to && !zero && value !== null && value !== '' ? (
                          <Link to={to}>{content}</Link>
                        ) : (
                          content
                        )}
                      </td>
                    )
                  })}
                </tr>
              )
            })}
          </tbody>
          {Object.keys(p.totals).length > 0 && (
            <tfoot>
              <tr>
                {p.columns.map((c, i) => (
                  <td key={c.name} className={isNumeric(c) ? 'r' : ''}>
                    {p.totals[c.name] !== undefined ? (
                      <Shown field={c} value={p.totals[c.name]} zero />
                    ) : i === 0 ? (
                      t('Total')
                    ) : (
                      ''
                    )}
                  </td>
                ))}
              </tr>
            </tfoot>
          )}
        </table>
        {open.length > shown && (
          <div className="rpt-more">
            <Button onPress={() => setShown(shown + ROWS_AT_ONCE)}>
              {t('Show more of {n} rows', { n: open.length })}
            </Button>
          </div>
        )}
      </div>
      <div className="grid-foot">
        <span>{t('{n} rows', { n: p.rows.length.toLocaleString('en-IN') })}</span>
      </div>
    </div>
  )
}
