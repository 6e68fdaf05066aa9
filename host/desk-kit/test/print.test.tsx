import { TamaguiProvider } from '@tamagui/core'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  amountInWords,
  config,
  DomainPages,
  paperOf,
  QueryClientProvider,
  queries,
  Router,
  refresh,
  useRoute,
} from '../src'
import { doc, type FakeHost, order, startHost } from './host'

let host: FakeHost
beforeEach(() => {
  host = startHost()
})
function Here() {
  return <DomainPages path={useRoute().path} />
}
async function show(path: string) {
  await refresh()
  history.replaceState(null, '', `/desk${path}`)
  return render(
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <QueryClientProvider client={queries}>
        <Router>
          <Here />
        </Router>
      </QueryClientProvider>
    </TamaguiProvider>,
  )
}

describe('paper', () => {
  it('has the document as its metadata tells', async () => {
    await show('/wms/orders/o1/print')
    const paper = await screen.findByRole('article', { name: 'Order PO-1' })
    within(paper).getByRole('heading', { name: 'Order' })
    await within(paper).findByText('Kaveri')
    await within(paper).findByText('Mysuru')
    within(paper).getByText('20 Nov 2026')
    const rows = within(paper).getAllByRole('row')
    expect(rows[0].textContent).toBe('#ItemQtyRateAmount')
    await within(rows[1]).findByText('Tea')
    expect(rows.length).toBe(2)
    within(paper).getByText('One thousand two hundred')
    expect(paper.dataset.mark).toBeUndefined()
    const printed = vi.fn()
    vi.stubGlobal('print', printed)
    fireEvent.click(screen.getByRole('button', { name: 'Print or save as PDF' }))
    expect(printed).toHaveBeenCalled()
    fireEvent.click(screen.getByRole('button', { name: 'Back to the document' }))
    expect(location.pathname).toBe('/desk/wms/orders/o1')
  })
  it('says that it is a draft', async () => {
    await show('/wms/orders/o2/print')
    const paper = await screen.findByRole('article')
    expect(paper.dataset.mark).toBe('Draft')
  })
  it('cannot be drawn of nothing', async () => {
    await show('/wms/orders/o9/print')
    await screen.findByText('This does not exist.')
  })
  it('is reached from the form', async () => {
    await show('/wms/orders/o1')
    fireEvent.click(await screen.findByRole('button', { name: 'Print' }))
    await screen.findByRole('article')
    expect(location.pathname).toBe('/desk/wms/orders/o1/print')
  })
  it('leaves out what is empty or the books’ own', () => {
    const meta = {
      ...order,
      fields: [
        ...order.fields,
        { name: 'outstanding', label: 'Outstanding', kind: 'money' as const, read_only: true },
        { name: 'account', label: 'Account', kind: 'link' as const, link: 'finance.account' },
      ],
    }
    const full = { ...host.docs['wms/orders'][0], outstanding: '5.00', account: 'a1', notes: 'Ring twice.' }
    const paper = paperOf(meta, full)
    expect(paper.party?.name).toBe('supplier')
    expect(paper.totals.map((f) => f.name)).toEqual(['total'])
    expect(paper.facts.map((f) => f.name)).toEqual(['day'])
    expect(paper.texts.map((f) => f.name)).toEqual(['notes'])
    const bare = paperOf(meta, doc(order, 'x', { account: 'a1', lines: [{ id: 'l' }] }))
    expect([bare.party, bare.tables, bare.facts.map((f) => f.name)]).toEqual([undefined, [], ['account']])
  })
})

describe('amounts in words', () => {
  it.each([
    ['0', 'Zero', 'Zero'],
    [
      '8925.50',
      'Eight thousand nine hundred twenty-five and 50/100',
      'Eight thousand nine hundred twenty-five and 50/100',
    ],
    ['-21', 'Minus twenty-one', 'Minus twenty-one'],
    [
      '1234567',
      'Twelve lakh thirty-four thousand five hundred sixty-seven',
      'One million two hundred thirty-four thousand five hundred sixty-seven',
    ],
    ['10000000.05', 'One crore and 05/100', 'Ten million and 05/100'],
    [
      '12345678901',
      'One thousand two hundred thirty-four crore fifty-six lakh seventy-eight thousand nine hundred one',
      'Twelve billion three hundred forty-five million six hundred seventy-eight thousand nine hundred one',
    ],
    ['x', '', ''],
  ])('%s', (text, indian, international) => {
    expect([amountInWords(text, 'indian'), amountInWords(text, 'international')]).toEqual([indian, international])
  })
  it.each([
    ['0', 'शून्य'],
    ['8925.50', 'आठ हज़ार नौ सौ पच्चीस और 50/100'],
    ['-21', 'ऋण इक्कीस'],
    ['1099', 'एक हज़ार निन्यानवे'],
    ['12345678901', 'एक हज़ार दो सौ चौंतीस करोड़ छप्पन लाख अठहत्तर हज़ार नौ सौ एक'],
  ])('%s in Hindi', (text, hindi) => {
    expect([amountInWords(text, 'indian', 'hi'), amountInWords(text, 'international', 'hi')]).toEqual([hindi, hindi])
  })
})
