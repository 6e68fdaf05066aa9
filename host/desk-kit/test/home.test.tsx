import { TamaguiProvider } from '@tamagui/core'
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { type ReactElement, useState } from 'react'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  api,
  Bell,
  Chart,
  ChartCard,
  type ChartOf,
  compact,
  config,
  contribute,
  Kpi,
  monthsBack,
  QueryClientProvider,
  queries,
  Router,
  refresh,
  showMonth,
  type Todo,
  ticksOf,
  useRecovery,
  Waiting,
  Watched,
} from '../src'
import { type FakeHost, startHost } from './host'

let host: FakeHost
beforeEach(() => {
  host = startHost()
  contribute('wms', {})
})
async function show(page: ReactElement) {
  await refresh()
  return render(
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <QueryClientProvider client={queries}>
        <Router>{page}</Router>
      </QueryClientProvider>
    </TamaguiProvider>,
  )
}

describe('pictures', () => {
  it('have round steps', () => {
    expect(ticksOf([0, 97_000])).toEqual([0, 50_000, 100_000])
    expect(ticksOf([-30, 80])).toEqual([-50, 0, 50, 100])
    expect(ticksOf([0, 0])).toEqual([0])
    expect([250_000, -12_500_000, 999, 1_500].map((v) => compact(v, 'indian'))).toEqual([
      '2.5 L',
      '−1.25 Cr',
      '999',
      '1.5 K',
    ])
    expect([2_500_000, 3e9].map((v) => compact(v, 'international'))).toEqual(['2.5 M', '3 B'])
  })
  it('know their months', () => {
    expect(monthsBack('2026-02-10', 3)).toEqual([
      { from: '2025-12-01', to: '2025-12-31' },
      { from: '2026-01-01', to: '2026-01-31' },
      { from: '2026-02-01', to: '2026-02-10' },
    ])
    expect(showMonth('2026-02-01')).toBe('Feb')
  })
  const series = [
    { label: 'Income', values: ['100000.00', '250000.50'] },
    { label: 'Expense', values: ['-20000.00', '0.00'] },
  ]
  it('are columns, lines or bars, and a table', async () => {
    const { container, rerender } = await show(
      <Chart label="Result" picture={{ kind: 'columns', labels: ['Jan', 'Feb'], series }} />,
    )
    screen.getByRole('img', { name: /Result/ })
    expect(container.querySelectorAll('.chart-box rect').length).toBe(4)
    expect(container.querySelector('title')?.textContent).toBe('Income, Jan: 1,00,000.00')
    for (const rect of container.querySelectorAll('.chart-box rect'))
      expect(Number(rect.getAttribute('height'))).toBeGreaterThanOrEqual(0)
    expect(screen.getAllByText('Expense').length).toBe(1)
    fireEvent.click(screen.getByRole('button', { name: 'As a table' }))
    expect(screen.getByRole('row', { name: /Feb/ }).textContent).toBe('Feb2,50,000.500.00')
    expect(screen.queryByRole('img')).toBeNull()
    const again = (picture: Parameters<typeof Chart>[0]['picture']) =>
      rerender(
        <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
          <Chart key={picture.kind + picture.labels} label="Result" picture={picture} />
        </TamaguiProvider>,
      )
    again({ kind: 'lines', labels: ['Jan', 'Feb'], series })
    expect(container.querySelectorAll('polyline').length).toBe(2)
    again({ kind: 'bars', labels: ['due', 'late'], series: series.slice(0, 1) })
    screen.getByText('2,50,000')
    again({ kind: 'bars', labels: ['none'], series: [{ label: 'x', values: ['0.00'] }] })
    screen.getByText('Nothing to draw yet')
  })
})

const chart: ChartOf = {
  module: 'finance',
  report: 'balance',
  label: 'By month',
  asks: () => [{ as_of: '2026-10-31' }, { as_of: '2026-11-30' }],
  picture: (all) => ({
    kind: 'lines',
    labels: ['Oct', 'Nov'],
    series: [{ label: 'Balance', values: all.map((r) => String(r.totals.closing)) }],
  }),
}

describe('home', () => {
  it('draws what a report says', async () => {
    host.rows.balance = { rows: [], totals: { closing: '70.00' } }
    await show(<ChartCard chart={chart} />)
    await screen.findByRole('img')
    expect(host.asked.filter((a) => a.path.endsWith('/balance')).map((a) => a.query.get('as_of'))).toEqual([
      '2026-10-31',
      '2026-11-30',
    ])
    expect(screen.getByRole('link', { name: 'report' }).getAttribute('href')).toBe('/desk/finance/reports/balance')
  })
  it('asks nothing of a domain that is away, and draws again when it is back', async () => {
    const Watching = () => {
      useRecovery()
      return <ChartCard chart={chart} />
    }
    const asked = () => host.asked.filter((a) => a.path.endsWith('/balance')).length
    host.rows.balance = { rows: [], totals: { closing: '70.00' } }
    host.down = ['finance']
    await queries.fetchQuery({ queryKey: ['remotes'], queryFn: api.remotes }) // as the shell, before any page
    await show(<Watching />)
    await waitFor(() => expect(queries.getQueryData(['types', 'en'])).toBeDefined())
    await act(async () => {})
    expect(asked()).toBe(0)
    host.down = []
    await act(() => queries.refetchQueries({ queryKey: ['remotes'] }))
    await screen.findByRole('img')
    expect(asked()).toBe(2)
    expect(host.asked.filter((a) => a.path === '/api/v1/meta').length).toBe(2) // it may offer something else now
  })
  it('leaves out what somebody may not read', async () => {
    await show(
      <>
        <ChartCard chart={{ ...chart, report: 'secret' }} />
        <Watched watch={{ module: 'wms', report: 'secret', label: 'Secret', columns: [] }} />
        <Kpi figure={{ module: 'wms', report: 'secret', sum: 'x', label: 'Secret' }} />
        <Waiting todo={{ type: 'wms.secret', label: 'Secret', filter: {} }} />
        <Kpi figure={{ module: 'finance', report: 'balance', sum: 'closing', label: 'Balance' }} />
      </>,
    )
    await screen.findByText('Balance')
    expect(screen.queryByText('Secret')).toBeNull()
    expect(screen.queryByText('By month')).toBeNull()
  })
  it('adds up rows without a total', async () => {
    host.rows.balance = {
      rows: [{ closing: '1200.00' }, { closing: '5.00' }, { closing: '9.00', is_group: true }],
      totals: {},
    }
    await show(
      <Kpi figure={{ module: 'finance', report: 'balance', sum: 'closing', label: 'Balance', tone: 'danger' }} />,
    )
    await screen.findByText('₹ 1,205')
  })
  it('lists rows of reports and documents that wait', async () => {
    host.rows['general-ledger'] = { rows: [{ voucher_no: 'JV-1', debit: '10.00', source_id: 'o1' }], totals: {} }
    await show(
      <>
        <Watched
          watch={{ module: 'finance', report: 'general-ledger', label: 'Watched', columns: ['voucher_no', 'debit'] }}
        />
        <Waiting
          todo={{ type: 'wms.order', label: 'Mine', filter: (day, user) => ({ state: 'draft', since: day, by: user }) }}
        />
      </>,
    )
    await screen.findByText('JV-1')
    const mine = await screen.findByRole('region', { name: 'Mine' })
    expect(within(mine).getAllByRole('row').length).toBe(1)
    const list = host.asked.find((a) => a.query.has('since'))
    expect([list?.query.get('by'), list?.query.get('limit')]).toEqual(['u1', '5'])
  })
})

function Bells() {
  const [open, setOpen] = useState(false)
  return <Bell open={open} onToggle={() => setOpen((on) => !on)} />
}
describe('the bell', () => {
  const decide: Todo = { type: 'wms.order', label: 'Orders to submit', filter: { state: 'draft' }, decide: ['submit'] }
  it('counts what somebody may decide', async () => {
    contribute('wms', { todos: [decide] })
    await show(<Bells />)
    const bell = await screen.findByRole('button', { name: '1 wait for your decision' })
    fireEvent.click(bell)
    const list = screen.getByRole('region', { name: 'Waiting for you' })
    const link = within(list).getByRole('link')
    expect(link.getAttribute('href')).toBe('/desk/wms/orders/o2')
    fireEvent.keyDown(document.body, { key: 'Escape' })
    await waitFor(() => expect(screen.queryByRole('region', { name: 'Waiting for you' })).toBeNull())
    fireEvent.click(bell)
    await act(async () => {
      fireEvent.click(screen.getByRole('link'))
    })
    expect(location.pathname).toBe('/desk/wms/orders/o2')
  })
  it('is silent for others', async () => {
    host.roles = ['Clerk']
    contribute('wms', { todos: [decide] })
    await show(
      <>
        <Bells />
        <Waiting todo={decide} />
      </>,
    )
    fireEvent.click(await screen.findByRole('button', { name: 'Nothing waits for your decision' }))
    await screen.findByText('Nothing waits for your decision')
    expect(screen.queryByText('Orders to submit')).toBeNull()
  })
})
