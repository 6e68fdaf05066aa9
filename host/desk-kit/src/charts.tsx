// Pictures of a few figures: columns, lines and bars drawn by hand as SVG, with the figures as a table behind them. Amounts
// stay text; numbers are made of them only to know how high to draw.
import { useEffect, useId, useRef, useState } from 'react'
import { t } from './i18n'
import { Icons } from './icons'
import { prefs, showDecimal } from './prefs'
import { Button, H2 } from './ui'

export interface Picture {
  kind: 'columns' | 'lines' | 'bars'
  labels: string[]
  /** One amount per label. */
  series: { label: string; values: string[] }[]
}

const HEIGHT = 190
const LEFT = 54
const BELOW = 24
const ABOVE = 8

/** Round steps for an axis from the smallest to the largest, zero among them. */
export function ticksOf(values: number[], wanted = 4): number[] {
  const low = Math.min(0, ...values)
  const high = Math.max(0, ...values)
  if (low === high) return [0]
  const rough = (high - low) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((x) => x * power).find((x) => x >= rough) ?? rough
  const ticks: number[] = []
  for (let i = Math.floor(low / step); i <= Math.ceil(high / step); i++) ticks.push(i * step)
  return ticks
}

/** 250000 → "2.5 L" or "250 K". */
export function compact(value: number, grouping: 'indian' | 'international'): string {
  const units: [number, string][] =
    grouping === 'indian'
      ? [
          [1e7, ' Cr'],
          [1e5, ' L'],
          [1e3, ' K'],
        ]
      : [
          [1e9, ' B'],
          [1e6, ' M'],
          [1e3, ' K'],
        ]
  const size = Math.abs(value)
  const [unit, name] = units.find(([u]) => size >= u) ?? [1, '']
  const text = (size / unit).toFixed(2).replace(/\.?0+$/, '')
  return `${value < 0 ? '−' : ''}${text}${name}`
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const e = box.current
    if (!e) return
    setWidth(e.clientWidth)
    const watch = new ResizeObserver(() => setWidth(e.clientWidth))
    watch.observe(e)
    return () => watch.disconnect()
  }, [])
  return { box, width }
}

function Upright({ p, width }: { p: Picture; width: number }) {
  const numbers = p.series.map((s) => s.values.map(Number))
  const ticks = ticksOf(numbers.flat())
  const low = ticks[0]
  const high = ticks.length > 1 ? ticks[ticks.length - 1] : 1
  const y = (v: number) => ABOVE + ((high - v) / (high - low)) * (HEIGHT - ABOVE - BELOW)
  const slot = (width - LEFT) / p.labels.length
  const middle = (i: number) => LEFT + slot * (i + 0.5)
  const wide = Math.min(34, (slot * 0.66) / p.series.length)
  const every = Math.ceil(48 / slot)
  return (
    <>
      {ticks.map((v) => (
        <g key={v}>
          <line x1={LEFT} x2={width} y1={y(v)} y2={y(v)} className={v === 0 ? 'axis' : 'rule'} />
          <text x={LEFT - 8} y={y(v) + 4} textAnchor="end">
            {compact(v, prefs.get().grouping)}
          </text>
        </g>
      ))}
      {p.labels.map((l, i) =>
        i % every === 0 ? (
          <text key={l} x={middle(i)} y={HEIGHT - 6} textAnchor="middle">
            {l}
          </text>
        ) : null,
      )}
      {p.series.map((s, k) =>
        p.kind === 'lines' ? (
          <g key={s.label} data-series={k}>
            <polyline points={numbers[k].map((v, i) => `${middle(i)},${y(v)}`).join(' ')} />
            {numbers[k].map((v, i) => (
              <circle key={p.labels[i]} cx={middle(i)} cy={y(v)} r={3.5}>
                <title>{`${s.label}, ${p.labels[i]}: ${showDecimal(s.values[i])}`}</title>
              </circle>
            ))}
          </g>
        ) : (
          <g key={s.label} data-series={k}>
            {numbers[k].map((v, i) => (
              <rect
                key={p.labels[i]}
                x={middle(i) + (k - p.series.length / 2) * wide + 1}
                width={Math.max(1, wide - 2)}
                y={Math.min(y(v), y(0))}
                height={Math.abs(y(v) - y(0))}
                rx={2}
              >
                <title>{`${s.label}, ${p.labels[i]}: ${showDecimal(s.values[i])}`}</title>
              </rect>
            ))}
          </g>
        ),
      )}
    </>
  )
}

const ROW = 30
const NAME = 110
const AMOUNT = 86

function Lying({ p, width }: { p: Picture; width: number }) {
  const values = p.series[0].values
  const most = Math.max(1, ...values.map((v) => Math.abs(Number(v))))
  const room = Math.max(10, width - NAME - AMOUNT)
  return (
    <g data-series={0}>
      {p.labels.map((l, i) => (
        <g key={l}>
          <text x={0} y={i * ROW + 19}>
            {l}
          </text>
          <rect
            x={NAME}
            y={i * ROW + 6}
            height={ROW - 12}
            width={Math.max(1, (Math.abs(Number(values[i])) / most) * room)}
            rx={2}
          >
            <title>{`${l}: ${showDecimal(values[i])}`}</title>
          </rect>
          <text x={width} y={i * ROW + 19} textAnchor="end" className="num">
            {showDecimal(values[i].split('.')[0], 0)}
          </text>
        </g>
      ))}
    </g>
  )
}

function Figures({ p, label }: { p: Picture; label: string }) {
  return (
    <div className="rpt-scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="rpt">
        <thead>
          <tr>
            <th scope="col">{t('Figures')}</th>
            {p.series.map((s) => (
              <th key={s.label} scope="col" className="r">
                {s.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {p.labels.map((l, i) => (
            <tr key={l}>
              <th scope="row">{l}</th>
              {p.series.map((s) => (
                <td key={s.label} className="r num">
                  {showDecimal(s.values[i])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A card with the picture, or the table behind it. */
export function Chart({ label, picture, link }: { label: string; picture: Picture; link?: React.ReactNode }) {
  const [table, setTable] = useState(false)
  const { box, width } = useWidth()
  const id = useId()
  const empty = picture.series.every((s) => s.values.every((v) => Number(v) === 0))
  const height = picture.kind === 'bars' ? picture.labels.length * ROW : HEIGHT
  return (
    <section className="card chart" aria-labelledby={id}>
      <div className="card-head">
        <H2 id={id}>{label}</H2>
        {link}
        <Button
          tone="ghost"
          label={table ? t('As a picture') : t('As a table')}
          pressed={table}
          icon={<Icons.Rows3 size={15} />}
          onPress={() => setTable(!table)}
        />
      </div>
      <div className="chart-box">
        <div ref={box} />
        {empty ? (
          <p className="chart-none muted">{t('Nothing to draw yet')}</p>
        ) : table ? (
          <Figures p={picture} label={label} />
        ) : (
          width > 0 && (
            <svg
              role="img"
              aria-label={t('{label}: a picture; the table has the figures', { label })}
              width={width}
              height={height}
            >
              {picture.kind === 'bars' ? <Lying p={picture} width={width} /> : <Upright p={picture} width={width} />}
            </svg>
          )
        )}
      </div>
      {picture.series.length > 1 && !table && !empty && (
        <ul className="legend" aria-hidden>
          {picture.series.map((s, k) => (
            <li key={s.label} data-series={k}>
              <i />
              {s.label}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
