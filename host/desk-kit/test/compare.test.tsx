import { TamaguiProvider } from '@tamagui/core'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  askedOf,
  columnLabel,
  config,
  DomainPages,
  drillTargets,
  QueryClientProvider,
  queries,
  Router,
  refresh,
  spread,
  useRoute,
} from '../src'
import { balance, type FakeHost, startHost } from './host'

const amount = { name: 'amount', label: 'Amount', kind: 'sum' as const, places: 2 }
const meta = {
  ...balance,
  columns: [...balance.columns.slice(0, 3), amount, { name: 'columns', label: 'Columns', kind: 'list' as const }],
}
const side = (label: string, value: string, more = {}) => ({
  label,
  amount: value,
  from: `${label}-01`,
  to: `${label}-28`,
  ...more,
})

describe('reports that compare', () => {
  it('have their amounts side by side', () => {
    const rows = [{ code: '1', columns: [side('2026-02', '30.00'), side('2026-01', '10.50')] }]
    const { columns, rows: wide } = spread(meta, rows)
    expect(columns.map((c) => c.label).slice(3)).toEqual(['Feb 2026', 'Jan 2026', 'Change'])
    expect([wide[0]['columns.0'], wide[0]['columns.1'], wide[0].change]).toEqual(['30.00', '10.50', '19.50'])
    expect(askedOf(columns[4], wide[0], { as_of: '2026-02-28', cost_center: 'c1' })).toEqual({
      as_of: null,
      from: '2026-01-01',
      to: '2026-01-28',
      cost_center: 'c1',
    })
    expect(askedOf(columns[0], wide[0], { as_of: 'x' })).toEqual({ as_of: 'x' })
  })
  it('take the place of the amount they stand behind, and sum up', () => {
    const closing = { ...amount, name: 'outstanding', label: 'Outstanding' }
    const late = { ...amount, name: 'late', label: 'Late' }
    const list = { name: 'columns', label: 'Columns', kind: 'list' as const }
    const ageing = { ...meta, columns: [meta.columns[0], closing, list, late] }
    const rows = [
      { code: '1', columns: [side('2026-02', '30.00'), side('2026-01', '10.50')] },
      { code: '2', columns: [side('2026-02', '-1.00'), side('2026-01', '0.00')] },
    ]
    const { columns, totals } = spread(ageing, rows, { outstanding: '29.00', late: '5.00' })
    expect(columns.map((c) => c.label).slice(1)).toEqual(['Feb 2026', 'Jan 2026', 'Change', 'Late'])
    expect([totals['columns.0'], totals['columns.1'], totals.change, totals.late]).toEqual([
      '29.00',
      '10.50',
      '18.50',
      '5.00',
    ])
    expect(spread(ageing, rows).totals).toEqual({})
  })
  it('lead to the same days of a statement of account', () => {
    const down = { ...meta, drill: ['supplier:supplier-statement'] }
    const asked = { as_of: '2026-02-28', known_at: '2026-03-01', bound_1: '30' }
    expect(drillTargets(down, { supplier: 's' }, [], asked)[0].to).toBe(
      `/${meta.module}/reports/supplier-statement?supplier=s&to=2026-02-28&known_at=2026-03-01`,
    )
  })
  it('show no change among many, and one amount as it is', () => {
    const three = [
      side('Pune', '1.00', { cost_center: 'p' }),
      side('Delhi', '2.00'),
      side('2026-01-01 to 2026-01-31', '3.00'),
    ]
    const many = spread(meta, [{ columns: three }])
    expect(many.columns.map((c) => c.label).slice(3)).toEqual(['Pune', 'Delhi', '01 Jan 2026 to 31 Jan 2026'])
    expect(askedOf(many.columns[3], many.rows[0], {}).cost_center).toBe('p')
    const one = spread(meta, [{ amount: '1.00', columns: three.slice(0, 1) }])
    expect(one.columns.at(-1)).toBe(amount)
    expect(columnLabel('Total')).toBe('Total')
  })
})

let host: FakeHost
beforeEach(() => {
  host = startHost()
})
function Here() {
  return <DomainPages path={useRoute().path} />
}
it('comes back as it was left', async () => {
  host.rows.balance = {
    rows: [
      { account: 'g', code: '1', name: 'Assets', level: 0, is_group: true, closing: '5.00' },
      { account: 'a', code: '11', name: 'Bank', level: 1, is_group: false, closing: '5.00' },
    ],
    totals: {},
  }
  await refresh()
  history.replaceState(null, '', '/desk/finance/reports/balance?as_of=2026-11-20')
  const page = () => (
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <QueryClientProvider client={queries}>
        <Router>
          <Here />
        </Router>
      </QueryClientProvider>
    </TamaguiProvider>
  )
  const first = render(page())
  fireEvent.click(await screen.findByRole('button', { name: 'Assets' }))
  expect(screen.queryByText('Bank')).toBeNull()
  await act(async () => {
    fireEvent.scroll(screen.getAllByRole('region', { name: 'Balance' })[1])
    fireEvent.click(screen.getByText('Assets').closest('td') as HTMLElement)
  })
  first.unmount()
  render(page())
  await screen.findByRole('button', { name: 'Assets' })
  expect(screen.queryByText('Bank')).toBeNull()
})
