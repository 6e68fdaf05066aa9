// Records out of a file: choose or paste it, see where its columns go, try it, then load it. The host checks every row as
// it would a clerk's entry; a dry run leaves nothing behind.
import { useId, useMemo, useState } from 'react'
import { may, useMe, useMeta, useTypes, visible } from './data'
import { peekCsv } from './export'
import { t } from './i18n'
import { Icons } from './icons'
import { Progress } from './progress'
import { Link } from './router'
import { refusalOf, type Task, useTask } from './task'
import type { DocMeta } from './types'
import { Alert, Badge, Button, Empty, H1, H2, Muted, PageHeader } from './ui'

export const FILE_MAX = 2 << 20
const PEEKED = 4

interface Verdict {
  line: number
  verdict: 'created' | 'unchanged' | 'error'
  document: string
  name: string
  note: string
  fields: { path: string; code: string; message: string }[]
}
interface Outcome {
  commit: boolean
  rows?: number
  created?: number
  unchanged?: number
  errors?: number
  batch: string
  columns: { header: string; path: string }[]
}
type Work = Task<Verdict, Outcome>

const LEAVE_OUT = '-'

/** Fields a column can go to: "name", "address.city", "lines.qty". */
export function targetsOf(meta: DocMeta): { path: string; label: string }[] {
  const usable = (fields: DocMeta['fields']) => visible(fields).filter((f) => !f.read_only && f.kind !== 'id')
  return usable(meta.fields).flatMap((f) =>
    f.fields
      ? usable(f.fields).map((x) => ({ path: `${f.name}.${x.name}`, label: `${f.label}: ${x.label}` }))
      : [{ path: f.name, label: f.label }],
  )
}

/** As the command line writes it: header=field, with quotes around the header. */
export const mappingText = (chosen: Record<string, string>) =>
  Object.entries(chosen)
    .filter(([, to]) => to !== '')
    .map(([header, to]) => `"${header}"=${to === LEAVE_OUT ? '' : to}`)
    .join(',')

function useImportable() {
  const types = useTypes().data
  return useMemo(
    () => (types ?? []).filter((x) => x.kind === 'document').sort((a, b) => a.label.localeCompare(b.label)),
    [types],
  )
}

export function ImportPage() {
  const all = useImportable()
  const roles = useMe().data?.roles
  const [where, setWhere] = useState('')
  const [file, setFile] = useState<{ name: string; text: string } | null>(null)
  const [chosen, setChosen] = useState<Record<string, string>>({})
  const [submit, setSubmit] = useState(false)
  /** What the dry run that is shown was about. */
  const [tried, setTried] = useState('')
  const work = useTask<Verdict, Outcome>('import')
  const [asked, setAsked] = useState('')
  const entry = all.find((x) => `${x.module}/${x.collection}` === where)
  const meta = useMeta(entry && { module: entry.module, collection: entry.collection ?? '' }).data
  const allowed = !meta || (may(meta, roles, 'import') && may(meta, roles, 'create'))
  const task = work.task?.id === asked ? work.task : null
  const order = JSON.stringify([where, file, chosen, submit])
  const tryable = !!meta && !!file && allowed && !work.busy
  const good = task?.state === 'done' && !task.result?.commit && tried === order
  const ready = tryable && good && (task.result?.created ?? 0) > 0

  const send = async (commit: boolean) => {
    setTried(order)
    const how: Record<string, string> = { collection: where, commit: String(commit), file_name: file?.name ?? '' }
    const map = mappingText(chosen)
    if (map) how.map = map
    if (submit) how.action = 'submit'
    const id = await work.ask(how, file?.text)
    if (id) setAsked(id)
  }
  const take = (next: { name: string; text: string } | null) => {
    setFile(next)
    setChosen({})
  }
  const submits = meta?.actions.some((a) => a.action === 'submit')
  return (
    <section className="page" aria-label={t('Import')}>
      <PageHeader
        title={<H1>{t('Import')}</H1>}
        actions={
          <>
            <Button disabled={!tryable} tone={ready ? undefined : 'primary'} onPress={() => send(false)}>
              {t('Dry run')}
            </Button>
            <Button disabled={!ready} tone={ready ? 'primary' : undefined} onPress={() => send(true)}>
              {ready ? t('Import {n}', { n: task?.result?.created ?? 0 }) : t('Import')}
            </Button>
          </>
        }
      />
      <div className="form-scroll">
        <div className="dash narrow">
          <section className="card" aria-label={t('The file')}>
            <div className="import-what">
              <label className="fld">
                <span className="fld-label">{t('What it holds')}</span>
                <span className="ctl">
                  <select className="inp" value={where} onChange={(e) => setWhere(e.target.value)}>
                    <option value="">{t('Choose…')}</option>
                    {all.map((x) => (
                      <option key={x.name} value={`${x.module}/${x.collection}`}>
                        {x.label_plural ?? x.label}
                      </option>
                    ))}
                  </select>
                </span>
              </label>
              {submits && (
                <label className="check">
                  <input type="checkbox" checked={submit} onChange={(e) => setSubmit(e.target.checked)} />{' '}
                  {t('Submit each document at once')}
                </label>
              )}
            </div>
            {!allowed && <p className="alert">{t('You may not import these.')}</p>}
            <Source file={file} onFile={take} />
          </section>
          {file && meta && (
            <Columns file={file} meta={meta} chosen={chosen} task={task} onChange={(next) => setChosen(next)} />
          )}
          {work.error ? <Refused error={work.error} /> : null}
          {task && <Result task={task} base={`/${where}`} stale={tried !== order} />}
        </div>
      </div>
    </section>
  )
}

function Source(p: {
  file: { name: string; text: string } | null
  onFile: (f: { name: string; text: string } | null) => void
}) {
  const id = useId()
  const [trouble, setTrouble] = useState('')
  const [over, setOver] = useState(false)
  const read = async (f: File | undefined) => {
    if (!f) return
    setTrouble(f.size > FILE_MAX ? t('The file is larger than 2 MB; split it, or use business-m import.') : '')
    if (f.size <= FILE_MAX) p.onFile({ name: f.name, text: await f.text() })
  }
  if (p.file)
    return (
      <div className="import-file">
        <Icons.FileText size={16} />
        <b>{p.file.name}</b>
        <Muted>{t('{n} lines', { n: p.file.text.split('\n').filter((l) => l.trim()).length })}</Muted>
        <Button tone="ghost" label={t('Another file')} icon={<Icons.X size={15} />} onPress={() => p.onFile(null)} />
      </div>
    )
  return (
    <div
      className="import-drop"
      data-over={over || undefined}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        read(e.dataTransfer.files[0])
      }}
    >
      <Icons.Upload size={22} />
      <label className="lnk" htmlFor={id}>
        {t('Choose a CSV file')}
      </label>
      <input id={id} className="sr" type="file" accept=".csv,text/csv" onChange={(e) => read(e.target.files?.[0])} />
      <Muted>{t('or drop it here, or paste its text; the first line names the fields')}</Muted>
      <textarea
        className="inp area"
        aria-label={t('Text of the file')}
        rows={3}
        value=""
        onChange={(e) => e.target.value.trim() && p.onFile({ name: t('pasted'), text: commas(e.target.value) })}
      />
      {trouble && <p className="fld-error">{trouble}</p>}
    </div>
  )
}

/** What is copied from a spreadsheet has tabs. */
export function commas(text: string): string {
  const first = text.slice(0, text.search(/[\r\n]|$/))
  if (!first.includes('\t')) return text
  const cell = (c: string) => (/[",\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c)
  return text
    .split(/\r?\n/)
    .map((l) => l.split('\t').map(cell).join(','))
    .join('\n')
}

function Columns(p: {
  file: { text: string }
  meta: DocMeta
  chosen: Record<string, string>
  task: Work | null
  onChange: (chosen: Record<string, string>) => void
}) {
  const [headers = [], ...rows] = useMemo(() => peekCsv(p.file.text, PEEKED), [p.file.text])
  const targets = useMemo(() => targetsOf(p.meta), [p.meta])
  const found = p.task?.result?.columns
  const wrong = refusalOf(p.task)?.fields ?? []
  const labelOf = (path: string) => targets.find((x) => x.path === path)?.label ?? path
  return (
    <section className="card" aria-label={t('Columns')}>
      <div className="card-head">
        <H2>{t('Columns')}</H2>
        <span className="muted">{t('A dry run tells where each one goes.')}</span>
      </div>
      <div className="rpt-scroll" tabIndex={0} role="region" aria-label={t('Columns')}>
        <table className="rpt import-columns">
          <thead>
            <tr>
              <th scope="col">{t('In the file')}</th>
              <th scope="col">{t('For instance')}</th>
              <th scope="col">{t('Goes to')}</th>
            </tr>
          </thead>
          <tbody>
            {headers.map((raw, i) => {
              const header = raw.trim()
              const at = found?.find((c) => c.header === header)?.path
              const error = wrong.find((f) => f.path === header)
              return (
                <tr key={`${header}/${i}`}>
                  <th scope="row">{header}</th>
                  <td className="muted">
                    {rows
                      .map((r) => r[i])
                      .filter(Boolean)
                      .slice(0, 2)
                      .join(' · ')}
                  </td>
                  <td>
                    <select
                      className="inp"
                      aria-label={t('{header} goes to', { header })}
                      aria-invalid={error ? true : undefined}
                      value={p.chosen[header] ?? ''}
                      onChange={(e) => p.onChange({ ...p.chosen, [header]: e.target.value })}
                    >
                      <option value="">
                        {at ? labelOf(at) : at === '' && !error ? t('left out') : t('the field of this name')}
                      </option>
                      <option value={LEAVE_OUT}>{t('leave it out')}</option>
                      {targets.map((x) => (
                        <option key={x.path} value={x.path}>
                          {x.label}
                        </option>
                      ))}
                    </select>
                    {error && <p className="fld-error">{error.message}</p>}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Refused({ error }: { error: unknown }) {
  const e = error as Error & { hint?: string }
  return (
    <Alert>
      {e.message} {e.hint}
    </Alert>
  )
}

const tones = { created: 'success', unchanged: 'neutral', error: 'danger' } as const

function Result({ task, base, stale }: { task: Work; base: string; stale: boolean }) {
  const done = task.result
  if (task.state === 'failed') return <Refused error={refusalOf(task)} />
  if (task.state !== 'done' || !done)
    return (
      <section className="card verdict" aria-live="polite">
        <div className="grow">
          <strong>{t('Rows are checked…')}</strong>
          <Progress done={task.done} total={task.total} label={t('Rows are checked…')} />
        </div>
      </section>
    )
  const label = {
    created: done.commit ? t('created') : t('would be created'),
    unchanged: t('unchanged'),
    error: t('wrong'),
  }
  const rows = [...task.rows].sort((a, b) => Number(b.verdict === 'error') - Number(a.verdict === 'error'))
  return (
    <section className="card" aria-label={t('Result')} data-stale={stale || undefined}>
      <div className="card-head" aria-live="polite">
        <H2>{done.commit ? t('What was imported') : t('What an import would do')}</H2>
        <Badge tone="success">{`${done.created} ${label.created}`}</Badge>
        <Badge>{`${done.unchanged} ${label.unchanged}`}</Badge>
        <Badge tone={done.errors ? 'danger' : 'neutral'}>{`${done.errors} ${label.error}`}</Badge>
        {done.commit && (
          <Link className="lnk" to={base}>
            {t('show the list')}
          </Link>
        )}
      </div>
      {stale && <p className="import-note">{t('Something was changed since; run it again.')}</p>}
      {rows.length === 0 ? (
        <Empty title={t('The file has no rows')} />
      ) : (
        <div className="rpt-scroll" tabIndex={0} role="region" aria-label={t('Rows')}>
          <table className="rpt import-rows">
            <thead>
              <tr>
                <th scope="col" className="r">
                  {t('Line')}
                </th>
                <th scope="col">{t('Verdict')}</th>
                <th scope="col">{t('Record')}</th>
                <th scope="col">{t('Why')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((r) => (
                <tr key={r.line}>
                  <td className="r num">{r.line}</td>
                  <td>
                    <Badge tone={tones[r.verdict]}>{label[r.verdict]}</Badge>
                  </td>
                  <td>{r.document ? <Link to={`${base}/${r.document}`}>{r.name}</Link> : r.name}</td>
                  <td>
                    {r.fields.length > 0
                      ? r.fields.map((f) => (
                          <p key={f.path + f.code}>
                            <code>{f.path}</code> {f.message}
                          </p>
                        ))
                      : r.note}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {(task.rows_left_out > 0 || (done.created ?? 0) + (done.unchanged ?? 0) + (done.errors ?? 0) > rows.length) && (
        <p className="import-note">{t('Not all rows are listed; those with errors come first.')}</p>
      )}
      {done.batch && (
        <p className="import-note">
          {t('To take it all back: business-m import --undo {batch}', { batch: done.batch })}
        </p>
      )}
    </section>
  )
}
