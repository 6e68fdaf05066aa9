// Rows of a list: only what is in sight is in the page, so ten thousand rows scroll like ten.
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { titleOf } from './data'
import { isNumeric } from './fields'
import { t } from './i18n'
import { Icons } from './icons'
import { get } from './model'
import { rowHeight, usePrefs } from './prefs'
import { Shown } from './shown'
import type { Doc, Field } from './types'

export interface GridProps {
  label: string
  /** What is asked, as text: who comes back to it finds the place that was left. */
  question: string
  columns: Field[]
  rows: Doc[]
  /** There are more rows than these. */
  more: boolean
  onMore: () => void
  sort: string
  onSort: (name: string) => void
  selected: Set<string>
  onSelect: (ids: Set<string>) => void
  onOpen: (doc: Doc) => void
  footer?: ReactNode
}

const width = (f: Field, first: boolean): string => {
  if (first) return 'minmax(150px,1.1fr)'
  if (f.kind === 'link' || f.name === 'name' || f.kind === 'text') return 'minmax(160px,1.6fr)'
  if (f.kind === 'bool') return '110px'
  if (f.name === 'state') return '150px'
  if (isNumeric(f)) return '140px'
  return 'minmax(118px,1fr)'
}

/** Rows drawn beyond each edge of the screen: what a quick finger passes before the next frame. */
const OVERSCAN = 8
/** Rows that are on their way, drawn as such below the last one; the next ones are asked for that long before. */
const AHEAD = 100
const quiet = () => {}

interface RowProps {
  doc: Doc
  index: number
  top: number
  columns: Field[]
  selected: boolean
  at: boolean
}

/** Drawn again only when something of it has changed; the body listens for all rows. */
const GridRow = memo(function GridRow({ doc, index, top, columns, selected, at }: RowProps) {
  return (
    <div
      id={`row-${doc.id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      data-at={at || undefined}
      className="gr"
      style={{ top }}
    >
      <div role="gridcell" className="gc pick">
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={`${t('Select')} ${titleOf(doc)}`}
          checked={selected}
          onChange={quiet}
        />
      </div>
      {columns.map((f, i) => (
        <div key={f.name} role="gridcell" className={`gc${isNumeric(f) ? ' r' : ''}${i === 0 ? ' first' : ''}`}>
          {i === 0 && !get(doc, f.name) ? (
            <span className="muted">{t('Draft')}</span>
          ) : (
            <Shown field={f} value={get(doc, f.name)} />
          )}
        </div>
      ))}
    </div>
  )
})

const Coming = memo(function Coming({ top, columns }: { top: number; columns: Field[] }) {
  return (
    <div aria-hidden className="gr" style={{ top }}>
      <div className="gc" />
      {columns.map((f) => (
        <div key={f.name} className={`gc${isNumeric(f) ? ' r' : ''}`}>
          <span className="skel-text" />
        </div>
      ))}
    </div>
  )
})

interface HeaderProps {
  columns: Field[]
  sort: string
  onSort: (name: string) => void
  all: boolean
  onAll: () => void
}

const GridHeader = memo(function GridHeader({ columns, sort, onSort, all, onAll }: HeaderProps) {
  return (
    <div className="gr gh" role="row">
      <div role="columnheader" className="gc">
        <input type="checkbox" aria-label={t('Select all')} checked={all} onChange={onAll} />
      </div>
      {columns.map((f) => {
        const order = sort === f.name ? 'ascending' : sort === `-${f.name}` ? 'descending' : 'none'
        return (
          <div key={f.name} role="columnheader" aria-sort={order} className={`gc${isNumeric(f) ? ' r' : ''}`}>
            <button type="button" tabIndex={-1} onClick={() => onSort(f.name)}>
              {f.label}
              {order === 'ascending' && <Icons.ArrowUp size={12} />}
              {order === 'descending' && <Icons.ArrowDown size={12} />}
            </button>
          </div>
        )
      })}
    </div>
  )
})

type List = Virtualizer<HTMLDivElement, Element>

/** Where somebody was in a list that was left for one of its rows. */
const left = new Map<string, { at: number; offset: number }>()

/** The row one is at, and how to go to another. Another question begins at its top; a list that is left keeps its place. */
function usePlaceIn(question: string, v: List): [at: number, go: (to: number) => void] {
  const [at, setAt] = useState(() => left.get(question)?.at ?? 0)
  const now = useRef({ at, question })
  const go = (to: number) => {
    now.current.at = to // at once: a row may be opened, and the list be gone, before it is drawn again
    setAt(to)
  }
  useEffect(() => {
    if (now.current.question === question) return
    now.current = { at: 0, question }
    setAt(0)
    v.scrollToOffset(0)
  }, [question, v])
  useEffect(() => () => void left.set(now.current.question, { at: now.current.at, offset: v.scrollOffset ?? 0 }), [v])
  return [at, go]
}

/** Who passes whole screens gets what is on this one; its neighbours are drawn when the hand rests. */
function useItems(v: List) {
  const { startIndex: from, endIndex: to } = v.range ?? { startIndex: 0, endIndex: 0 }
  const seen = useRef({ from, flung: false })
  const jumped = Math.abs(from - seen.current.from) > to - from
  seen.current = { from, flung: v.isScrolling && (seen.current.flung || jumped) }
  return v.getVirtualItems().filter((i) => !seen.current.flung || (i.index >= from && i.index <= to))
}

/** The newest of what is given, behind a function that stays the same. */
function useLatest<A extends unknown[]>(run: (...args: A) => void) {
  const latest = useRef(run)
  latest.current = run
  return useCallback((...args: A) => latest.current(...args), [])
}

export function DataGrid(p: GridProps) {
  const { rows, columns } = p
  const { grouping } = usePrefs()
  const height = rowHeight()
  const box = useRef<HTMLDivElement>(null)
  const anchor = useRef(0)
  const v = useVirtualizer({
    count: rows.length + (p.more ? AHEAD : 0),
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    initialOffset: () => left.get(p.question)?.offset ?? 0,
    initialRect: { width: 1200, height: 800 },
  })
  useEffect(() => v.measure(), [height])
  const [at, setAt] = usePlaceIn(p.question, v)
  const items = useItems(v)
  // a row that leaves on one side is the next that comes in on the other: texts change, nothing is built
  const slots = useRef(32)
  slots.current = Math.max(slots.current, items.length)
  const near = p.more && (items.at(-1)?.index ?? 0) >= rows.length - AHEAD
  useEffect(() => {
    if (near) p.onMore()
  }, [near, p.onMore, rows.length])

  const move = (e: KeyboardEvent, to: number) => {
    e.preventDefault()
    const k = Math.max(0, Math.min(rows.length - 1, to))
    setAt(k)
    v.scrollToIndex(k)
  }
  const toggle = (i: number, through: boolean) => {
    const next = new Set(p.selected)
    const on = !next.has(rows[i].id)
    const [from, to] = through ? [Math.min(anchor.current, i), Math.max(anchor.current, i)] : [i, i]
    for (let k = from; k <= to; k++) {
      if (on) next.add(rows[k].id)
      else next.delete(rows[k].id)
    }
    anchor.current = i
    p.onSelect(next)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.target !== e.currentTarget) return
    if (e.key === 'ArrowDown' || e.key === 'j') move(e, at + 1)
    else if (e.key === 'ArrowUp' || e.key === 'k') move(e, at - 1)
    else if (e.key === 'Home') move(e, 0)
    else if (e.key === 'End') move(e, rows.length - 1)
    else if (e.key === 'PageDown') move(e, at + 15)
    else if (e.key === 'PageUp') move(e, at - 15)
    else if (e.key === 'Enter' && rows[at]) p.onOpen(rows[at])
    else if ((e.key === 'x' || e.key === ' ' || e.key === 'X') && rows[at]) {
      e.preventDefault()
      toggle(at, e.shiftKey)
    }
  }
  const onClick = (e: MouseEvent) => {
    const on = e.target as HTMLElement
    const i = Number(on.closest('[role=row]')?.getAttribute('aria-rowindex')) - 2
    if (!rows[i]) return
    if (on.closest('.pick')) {
      if (on instanceof HTMLInputElement) toggle(i, e.shiftKey)
      return
    }
    setAt(i)
    p.onOpen(rows[i])
  }
  const all = useMemo(() => rows.length > 0 && rows.every((r) => p.selected.has(r.id)), [rows, p.selected])
  const onAll = useLatest(() => p.onSelect(all ? new Set() : new Set(rows.map((r) => r.id))))
  const onSort = useLatest(p.onSort)
  const active = rows[at]
  return (
    <div className="grid-wrap">
      <div
        ref={box}
        className="grid"
        role="grid"
        aria-label={p.label}
        aria-rowcount={p.more ? -1 : rows.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable
        aria-activedescendant={active && items.some((i) => i.index === at) ? `row-${active.id}` : undefined}
        tabIndex={0}
        style={{
          ['--tpl' as string]: `36px ${columns.map((f, i) => width(f, i === 0)).join(' ')}`,
          ['--row-h' as string]: `${height}px`,
        }}
        onKeyDown={onKeyDown}
      >
        <GridHeader columns={columns} sort={p.sort} onSort={onSort} all={all} onAll={onAll} />
        <div key={grouping} role="rowgroup" className="gbody" style={{ height: v.getTotalSize() }} onClick={onClick}>
          {items.map(({ index, start }) => {
            const doc = rows[index]
            return doc ? (
              <GridRow
                key={index % slots.current}
                doc={doc}
                index={index}
                top={start}
                columns={columns}
                selected={p.selected.has(doc.id)}
                at={index === at}
              />
            ) : (
              <Coming key={index % slots.current} top={start} columns={columns} />
            )
          })}
        </div>
      </div>
      <div className="grid-foot">
        <span>
          {p.selected.size > 0 && `${t('{n} selected', { n: p.selected.size })} · `}
          {t('{n} rows', { n: `${rows.length.toLocaleString('en-IN')}${p.more ? '+' : ''}` })}
        </span>
        <span className="keys" aria-hidden>
          <kbd className="kbd">J</kbd>
          <kbd className="kbd">K</kbd> {t('move')} <kbd className="kbd">↵</kbd> {t('Open').toLowerCase()}{' '}
          <kbd className="kbd">X</kbd> {t('select')}
        </span>
        {p.footer}
      </div>
    </div>
  )
}
