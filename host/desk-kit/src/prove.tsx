// Do the books hold? Every invariant with a green or red line, what was found, and what it means.
import { t } from './i18n'
import { Icons } from './icons'
import { showTime } from './prefs'
import { Progress } from './progress'
import { refusalOf, type Task, useTask } from './task'
import { Button, Empty, H1, H2, PageHeader, Skeleton, Trouble } from './ui'

interface Verdict {
  id: string
  title: string
  holds: boolean
  detail: string
}
interface Outcome {
  held: number
  broken: number
}

/** What a letter of the invariants is about, and what it means when one does not hold. */
const chapters: { letters: string; label: string; means: string }[] = [
  {
    letters: 'L',
    label: 'General ledger',
    means: 'Debit equals credit everywhere; balances, open items and budgets are nothing but sums of the ledger.',
  },
  {
    letters: 'S',
    label: 'Stock',
    means: 'What is on hand, and what it is worth, is the sum of every movement.',
  },
  {
    letters: 'X',
    label: 'Both books together',
    means: 'What changed the value of stock is in the ledger with the same value, exactly once.',
  },
  { letters: 'BI', label: 'Bank and imprest', means: 'Statements, matches and floats agree with the ledger.' },
  { letters: 'P', label: 'Employees', means: 'Leave, claims and advances add up.' },
  {
    letters: 'N',
    label: 'Numbers and periods',
    means: 'No number is missing, nothing was posted into a locked period.',
  },
  { letters: 'MA', label: 'Events and audit', means: 'Nothing happened without a record, and nothing twice.' },
  {
    letters: 'T',
    label: 'Companies kept apart',
    means: 'The database itself refuses to show one company the rows of another.',
  },
]
const other = { letters: '', label: 'Others', means: '' }

export function chaptersOf(rows: Verdict[]) {
  const of = (v: Verdict) => chapters.find((c) => c.letters.includes(v.id.charAt(0))) ?? other
  return [...chapters, other]
    .map((c) => ({ ...c, rows: rows.filter((v) => of(v) === c) }))
    .filter((c) => c.rows.length > 0)
}

function Summary({ task }: { task: Task<Verdict, Outcome> }) {
  if (task.state === 'failed') return <Trouble error={refusalOf(task)} />
  if (!task.result)
    return (
      <section className="card verdict" aria-live="polite">
        <div className="grow">
          <strong>{task.state === 'waiting' ? t('Other work comes first…') : t('Checking the books…')}</strong>
          <Progress done={task.done} total={task.total} label={t('Checking the books…')} />
        </div>
      </section>
    )
  const { held, broken } = task.result
  return (
    <section className="card verdict" data-good={broken === 0} aria-live="polite">
      {broken === 0 ? <Icons.ShieldCheck size={28} /> : <Icons.AlertTriangle size={28} />}
      <div className="grow">
        <strong>
          {broken === 0
            ? t('The books hold: all {n} invariants', { n: held })
            : t('{n} of {all} invariants do not hold', { n: broken, all: held + broken })}
        </strong>
        <span className="muted">
          {broken === 0
            ? t('Both books were rebuilt from their records and compared to the last unit.')
            : t('The figures of what is red cannot be trusted until its cause is found; nothing was changed.')}
        </span>
      </div>
    </section>
  )
}

function Line({ v }: { v: Verdict }) {
  return (
    <li className="proof" data-holds={v.holds}>
      {v.holds ? (
        <Icons.CircleCheck size={16} aria-label={t('holds')} />
      ) : (
        <Icons.AlertTriangle size={16} aria-label={t('does not hold')} />
      )}
      <code>{v.id}</code>
      <div>
        <span>{v.title.charAt(0).toUpperCase() + v.title.slice(1)}</span>
        {v.detail && <p className={v.holds ? 'muted' : 'neg'}>{v.detail}</p>}
      </div>
    </li>
  )
}

export function ProvePage() {
  const { task, busy, error, loading, ask, again } = useTask<Verdict, Outcome>('prove')
  const when = task?.ended_at ?? task?.started_at
  return (
    <section className="page" aria-label={t('Proof of the books')}>
      <PageHeader
        title={<H1>{t('Proof of the books')}</H1>}
        sub={
          task &&
          when && (
            <span className="muted">{t('asked by {name}, {when}', { name: task.asked_by, when: showTime(when) })}</span>
          )
        }
        actions={
          <>
            <Button tone="ghost" label={t('Print')} icon={<Icons.Printer size={15} />} onPress={() => print()} />
            <Button tone="primary" disabled={busy || loading} onPress={() => ask()}>
              {t('Check now')}
            </Button>
          </>
        }
      />
      <div className="form-scroll" tabIndex={0} role="region" aria-label={t('Proof of the books')}>
        {error ? (
          <Trouble error={error} again={again} />
        ) : loading ? (
          <Skeleton />
        ) : !task ? (
          <Empty
            title={t('The books were not checked since the program started')}
            icon={<Icons.ShieldCheck size={26} />}
          >
            <span className="muted">
              {t('A check reads everything and changes nothing. It takes seconds to minutes; work goes on meanwhile.')}
            </span>
          </Empty>
        ) : (
          <div className="dash narrow">
            <Summary task={task} />
            {chaptersOf(task.rows).map((c) => (
              <section key={c.label} className="card" aria-label={t(c.label)}>
                <div className="card-head">
                  <H2>{t(c.label)}</H2>
                  <span className="muted">
                    {c.rows.every((v) => v.holds)
                      ? t('{n} hold', { n: c.rows.length })
                      : t('{n} of {all} do not hold', {
                          n: c.rows.filter((v) => !v.holds).length,
                          all: c.rows.length,
                        })}
                  </span>
                </div>
                {c.means && <p className="muted proof-means">{t(c.means)}</p>}
                <ul className="proofs">
                  {[...c.rows]
                    .sort((a, b) => Number(a.holds) - Number(b.holds))
                    .map((v) => (
                      <Line key={v.id} v={v} />
                    ))}
                </ul>
              </section>
            ))}
          </div>
        )}
      </div>
    </section>
  )
}
