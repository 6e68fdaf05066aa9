// Rows of a list: only what is in sight is in the page, so ten thousand rows scroll like ten.
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
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

export function DataGrid(p: GridProps) {
  const { rows, columns } = p
  usePrefs()
  const height = rowHeight()
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(0)
  const anchor = useRef(0)
  const v = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 12,
    initialRect: { width: 1200, height: 800 },
  })
  useEffect(() => v.measure(), [height])
  const items = v.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (p.more && last >= rows.length - 20) p.onMore()
  }, [p.more, p.onMore, last, rows.length])

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
  const all = rows.length > 0 && rows.every((r) => p.selected.has(r.id))
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
        <div className="gr gh" role="row">
          <div role="columnheader" className="gc">
            <input
              type="checkbox"
              aria-label={t('Select all')}
              checked={all}
              onChange={() => p.onSelect(all ? new Set() : new Set(rows.map((r) => r.id)))}
            />
          </div>
          {columns.map((f) => {
            const order = p.sort === f.name ? 'ascending' : p.sort === `-${f.name}` ? 'descending' : 'none'
            return (
              <div key={f.name} role="columnheader" aria-sort={order} className={`gc${isNumeric(f) ? ' r' : ''}`}>
                <button type="button" tabIndex={-1} onClick={() => p.onSort(f.name)}>
                  {f.label}
                  {order === 'ascending' && <Icons.ArrowUp size={12} />}
                  {order === 'descending' && <Icons.ArrowDown size={12} />}
                </button>
              </div>
            )
          })}
        </div>
        <div role="rowgroup" className="gbody" style={{ height: v.getTotalSize() }}>
          {items.map((it) => {
            const doc = rows[it.index]
            return (
              <div
                key={doc.id}
                id={`row-${doc.id}`}
                role="row"
                aria-rowindex={it.index + 2}
                aria-selected={p.selected.has(doc.id)}
                data-at={it.index === at || undefined}
                className="gr"
                style={{ transform: `translateY(${it.start}px)` }}
                onClick={() => {
                  setAt(it.index)
                  p.onOpen(doc)
                }}
              >
                <div role="gridcell" className="gc" onClick={(e) => e.stopPropagation()}>
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    aria-label={`${t('Select')} ${titleOf(doc)}`}
                    checked={p.selected.has(doc.id)}
                    onClick={(e) => toggle(it.index, e.shiftKey)}
                    onChange={() => {}}
                  />
                </div>
                {columns.map((f, i) => (
                  <div
                    key={f.name}
                    role="gridcell"
                    className={`gc${isNumeric(f) ? ' r' : ''}${i === 0 ? ' first' : ''}`}
                  >
                    {i === 0 && !get(doc, f.name) ? (
                      <span className="muted">{t('Draft')}</span>
                    ) : (
                      <Shown field={f} value={get(doc, f.name)} />
                    )}
                  </div>
                ))}
              </div>
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
