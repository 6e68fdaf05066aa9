// Two people changed one document: both versions side by side, field by field and line by line, nothing lost silently.
import { useMemo, useState } from 'react'
import { usualColumns } from './childtable'
import { isNumeric } from './fields'
import { t } from './i18n'
import { type Choice, differences, merged, type Part, type Side } from './merge'
import { Shown } from './shown'
import type { Doc, DocMeta, Field, Row, Value } from './types'
import { Badge, Button, Dialog } from './ui'

const sides = ['mine', 'theirs'] as const
const FIGURES = 2

/** A line in short: what it is of; unless it is for a heading, how much and for how much. */
function LineShown({ table, row, heading }: { table: Field; row: Row; heading?: boolean }) {
  const names = usualColumns(table.fields ?? [], [row])
  const filled = (table.fields ?? []).filter((f) => names.includes(f.name) && row[f.name])
  const name = filled.find((f) => f.kind === 'link') ?? filled.find((f) => f.kind === 'str')
  const figures = heading ? [] : filled.filter(isNumeric).slice(0, FIGURES)
  return (
    <span className="line-shown">
      {[...(name ? [name] : []), ...figures].map((f) => (
        <span key={f.name} title={f.label}>
          <Shown field={f} value={row[f.name]} zero />
        </span>
      ))}
    </span>
  )
}

function SideShown({ table, choice, value }: { table?: Field; choice: Choice; value: Value }) {
  if (table && !choice.field)
    return value ? <LineShown table={table} row={value as Row} /> : <span className="muted">{t('not there')}</span>
  return choice.field && value !== null && value !== undefined && value !== '' ? (
    <Shown field={choice.field} value={value} zero />
  ) : (
    <span className="muted">—</span>
  )
}

const nameOf = (part: Part, c: Choice) => (part.label ? `${part.label}, ${c.label}` : c.label)

function Questions(p: { part: Part; take: (c: Choice) => Side; onTake: (c: Choice, side: Side) => void }) {
  const { part } = p
  return (
    <tbody>
      {part.label && (
        <tr className="conflict-line">
          <th colSpan={3} scope="rowgroup">
            {part.label} {part.row && part.table && <LineShown table={part.table} row={part.row} heading />}{' '}
            <Badge tone={part.clash ? 'warning' : 'info'}>{part.about}</Badge>
          </th>
        </tr>
      )}
      {part.choices.map((c) => (
        <tr key={c.key}>
          <th scope="row">{c.label}</th>
          {sides.map((side) => (
            <td key={side} data-taken={p.take(c) === side || undefined}>
              <label>
                <input
                  type="radio"
                  name={`take-${c.key}`}
                  checked={p.take(c) === side}
                  onChange={() => p.onTake(c, side)}
                />
                <span className="sr">
                  {nameOf(part, c)}, {side === 'mine' ? t('Yours') : t('Theirs')}:
                </span>
                <SideShown table={part.table} choice={c} value={c[side]} />
              </label>
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  )
}

export function Conflict(props: {
  meta: DocMeta
  base: Doc
  mine: Row
  theirs: Doc
  onMerged: (value: Row) => void
  onClose: () => void
}) {
  const { meta, base, mine, theirs } = props
  const parts = useMemo(() => differences(meta, base, mine, theirs), [meta, base, mine, theirs])
  const [taken, setTaken] = useState<Record<string, Side>>({})
  const takeAll = (side: Side) =>
    setTaken(Object.fromEntries(parts.flatMap((p) => p.choices.map((c) => [c.key, side] as const))))
  return (
    <Dialog
      title={t('Somebody else changed this in the meantime')}
      width={860}
      onClose={props.onClose}
      footer={
        <>
          <Button onPress={props.onClose}>{t('Back to my version')}</Button>
          <Button tone="primary" onPress={() => props.onMerged(merged(meta, base, mine, theirs, taken))}>
            {t('Go on with this')}
          </Button>
        </>
      }
    >
      <div className="dialog-body">
        <p className="muted">
          {t('Choose field by field and line by line what is to stand. Nothing is saved before you save.')}
        </p>
        {parts.length === 0 && <p>{t('The fields are equal in both versions.')}</p>}
        {parts.length > 0 && (
          <table className="rpt conflict">
            <thead>
              <tr>
                <th scope="col">{t('Field')}</th>
                {sides.map((side) => (
                  <th key={side} scope="col">
                    {side === 'mine' ? t('Yours') : t('Theirs, version {n}', { n: theirs.version })}{' '}
                    <button type="button" className="lnk" onClick={() => takeAll(side)}>
                      {side === 'mine' ? t('take all of yours') : t('take all of theirs')}
                    </button>
                  </th>
                ))}
              </tr>
            </thead>
            {parts.map((part) => (
              <Questions
                key={part.key}
                part={part}
                take={(c) => taken[c.key] ?? c.start}
                onTake={(c, side) => setTaken((old) => ({ ...old, [c.key]: side }))}
              />
            ))}
          </table>
        )}
      </div>
    </Dialog>
  )
}
