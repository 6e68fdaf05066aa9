import { describe, expect, it } from 'vitest'
import {
  addDays,
  csvCell,
  evaluate,
  formatDay,
  formatDecimal,
  formatTime,
  fromUnits,
  isoDay,
  monthName,
  opsFor,
  plainText,
  prefs,
  readDay,
  readFilter,
  setPrefs,
  showDay,
  sum,
  t,
  toCsv,
  today,
  toUnits,
  writeFilter,
} from '../src'
import { usualColumns } from '../src/childtable'
import { contribute, prepare, takePrepared } from '../src/flows'
import { bodyOf, changedFields, editing, get, isDirty, put, same, startOf } from '../src/model'
import { drillTargets, linkOf } from '../src/report'
import { balance, doc, ledger, order } from './host'

describe('decimals', () => {
  it.each([
    ['1', 1000000n],
    ['-0.000001', -1n],
    ['12.5', 12500000n],
    ['007', 7000000n],
    ['', null],
    ['1.2345678', null],
    ['1e3', null],
    ['x', null],
    [null, null],
  ])('%s is %s millionths', (text, units) => expect(toUnits(text)).toBe(units))
  it.each([
    ['1234567.5', 2, 'indian', '12,34,567.50'],
    ['1234567.5', 2, 'international', '1,234,567.50'],
    ['-1000', 0, 'indian', '−1,000'],
    ['999', 2, 'indian', '999.00'],
    ['123456789012345678901234.5', 1, 'indian', '1,23,45,67,89,01,23,45,67,89,01,234.5'],
    ['odd', 2, 'indian', 'odd'],
    [null, 2, 'indian', ''],
  ] as const)('%s with %i places, %s: %s', (text, places, grouping, shown) =>
    expect(formatDecimal(text, places, grouping)).toBe(shown),
  )
  it.each([
    ['12*4', 2, '48'],
    ['1,234.50', 2, '1234.5'],
    ['(100+20)/3', 2, '40'],
    ['10/3', 2, '3.33'],
    ['2/3', 2, '0.67'],
    ['-2/3', 2, '-0.67'],
    ['0.1+0.2', 6, '0.3'],
    ['2+3*4', 0, '14'],
    ['-5', 2, '-5'],
    ['+5', 2, '5'],
    ['3 x 4', 2, '12'],
    ['₹ 5', 2, '5'],
    ['1.005', 2, '1.01'],
    ['.5', 2, '0.5'],
    ['8-2-1', 0, '5'],
    ['', 2, null],
    ['12*', 2, null],
    ['1/0', 2, null],
    ['(1', 2, null],
    ['abc', 2, null],
  ])('%s at %i places is %s', (text, places, value) => expect(evaluate(text, places)).toBe(value))
  it('adds without losing anything', () => {
    expect(fromUnits(sum(Array(10).fill('0.1')), 2)).toBe('1.00')
    expect(fromUnits(sum(['90071992547409.93', '0.01', null, 'x']))).toBe('90071992547409.94')
    expect(fromUnits(-1n)).toBe('-0.000001')
  })
})

describe('days', () => {
  const now = '2026-11-21'
  it.each([
    ['t', '2026-11-21'],
    ['today', '2026-11-21'],
    ['+5', '2026-11-26'],
    ['-21', '2026-10-31'],
    ['3', '2026-11-03'],
    ['4.3', '2026-03-04'],
    ['4/3/25', '2025-03-04'],
    ['31-12-2027', '2027-12-31'],
    ['f', '2026-11-01'],
    ['l', '2026-11-30'],
    ['2026-2-9', '2026-02-09'],
    ['3 apr', '2026-04-03'],
    ['3 April 27', '2027-04-03'],
    ['31', null],
    ['3 foo', null],
    ['30.2', null],
    ['', null],
    ['x', null],
  ])('%s is %s', (text, day) => expect(readDay(text, now)).toBe(day))
  it('shows them alike in every month', () => {
    expect(formatDay('2026-09-05', 'en-GB')).toBe('05 Sep 2026')
    expect(formatDay('2026-09-05', 'hi-IN')).toMatch(/2026/)
    expect(formatDay('soon', 'en-GB')).toBe('soon')
    expect(formatDay(null, 'en-GB')).toBe('')
    expect(formatTime('2026-09-05T12:00:00Z', 'en-GB')).toMatch(/05 Sep 2026, \d\d:\d\d/)
    expect(formatTime('x', 'en-GB')).toBe('x')
    expect(formatTime(null, 'en-GB')).toBe('')
    expect(monthName(2026, 2, 'en-GB')).toBe('February 2026')
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(isoDay(2026, 2, 29)).toBeNull()
    expect(today(new Date(2026, 0, 5))).toBe('2026-01-05')
  })
})

describe('words', () => {
  it('speaks the reader’s language', () => {
    expect(t('{n} rows', { n: 3 })).toBe('3 rows')
    setPrefs({ language: 'hi' })
    expect(t('Save')).toBe('सहेजें')
    expect(t('no such text {x}')).toBe('no such text {x}')
    expect(showDay('2026-09-05')).toMatch(/2026/)
    setPrefs({ language: 'en' })
    expect(prefs.get().language).toBe('en')
  })
  it('writes tables that a spreadsheet does not run', () => {
    expect(csvCell('=1+1')).toBe("'=1+1")
    expect(csvCell('-5.00')).toBe('-5.00')
    expect(csvCell('-x')).toBe("'-x")
    expect(toCsv(['a', 'b'], [['1,2', 'say "x"']])).toBe('a,b\r\n"1,2","say ""x"""\r\n')
  })
  it('reads filters from the address', () => {
    expect(readFilter('total[gt]', '5')).toEqual({ name: 'total', op: 'gt', value: '5' })
    expect(writeFilter({ name: 'state', op: 'eq', value: 'draft' })).toEqual(['state', 'draft'])
    expect(writeFilter({ name: 'total', op: 'gt', value: '5' })[0]).toBe('total[gt]')
    expect(readFilter('a b', '5')).toBeNull()
    expect(opsFor({ name: 'x', label: 'X', kind: 'bool' })).toEqual(['eq'])
  })
  it('has plain texts for exports', () => {
    const field = (kind: 'bool' | 'list' | 'struct' | 'money' | 'str') => ({ name: 'x', label: 'X', kind })
    expect(plainText(field('bool'), false)).toBe('no')
    expect(plainText(field('list'), [{}, {}])).toBe('2')
    expect(plainText(field('struct'), { a: 'Pune', b: '' })).toBe('Pune')
    expect(plainText(field('money'), '1.50')).toBe('1.50')
    expect(plainText(field('str'), null)).toBe('')
  })
})

describe('a document being edited', () => {
  const base = doc(order, 'o1', {
    supplier: 's1',
    lines: [{ id: 'l1', item: 'i1', qty: '1', amount: '5' }],
    address: { city: 'Pune' },
  })
  it('starts with the defaults and one empty line', () => expect(startOf(order)).toEqual({ days: 3, lines: [{}] }))
  it('sends what was changed, without what only the host writes', () => {
    const e = editing(base, base)
    expect(isDirty(order, e.get())).toBe(false)
    e.put('address.city', 'Mysuru')
    e.rows('lines', (rows) => [...rows, { item: 'i2', qty: '2' }, {}, {}])
    expect(changedFields(order, base, e.get().value).map((f) => f.name)).toEqual(['lines', 'address'])
    expect(bodyOf(order, e.get())).toEqual({
      lines: [
        { id: 'l1', item: 'i1', qty: '1' },
        { item: 'i2', qty: '2' },
      ],
      address: { city: 'Mysuru' },
    })
  })
  it('sends all that is filled in when it is new', () => {
    const e = editing(null, startOf(order))
    expect(isDirty(order, e.get())).toBe(false)
    e.put('supplier', 's1')
    e.put('day', '')
    e.rows('lines', () => [{ qty: '1', item: '' }])
    expect(bodyOf(order, e.get())).toEqual({ days: 3, supplier: 's1', lines: [{ qty: '1' }] })
  })
  it('forgets an error where something was typed', () => {
    const e = editing(base, base)
    e.refuse({ supplier: 'x', 'lines[0].qty': 'y', day: 'z' })
    e.put('supplier', 's2')
    e.rows('lines', (r) => r)
    expect(e.get().errors).toEqual({ day: 'z' })
    e.put('day', '')
    expect(bodyOf(order, e.get())).toEqual({ supplier: 's2' })
  })
  it('tells nothing from nothing', () => {
    expect(same(null, '')).toBe(true)
    expect(same([{}], undefined)).toBe(true)
    expect(same({ a: '' }, null)).toBe(true)
    expect(same('1', '2')).toBe(false)
    expect(get(put({}, 'a.b', 1), 'a.b')).toBe(1)
    expect(get(null, 'a.b')).toBeUndefined()
  })
  it('shows the columns that matter', () => {
    const lines = order.fields.find((x) => x.name === 'lines')?.fields ?? []
    expect(usualColumns(lines, [])).toEqual(['item', 'qty', 'rate', 'due', 'free', 'count', 'amount'])
    expect(usualColumns(lines, [{ note: 'n' }])).toContain('note')
  })
})

describe('drill down', () => {
  const types = [
    { kind: 'document' as const, name: 'wms.order', module: 'wms', collection: 'orders', label: 'Order', group: '' },
  ]
  it('leads to ledgers, vouchers and documents', () => {
    const down = drillTargets(balance, { account: 'a1' }, types, { as_of: '2026-11-21', all: true })
    expect(down).toEqual([{ by: 'general-ledger', to: '/finance/reports/general-ledger?account=a1&to=2026-11-21' }])
    expect(linkOf(balance, balance.columns[1], down)).toBe(down[0].to)
    expect(linkOf(balance, balance.columns[5], down)).toBe(down[0].to)
    const both = drillTargets(ledger, { source_id: 'o1', source_type: 'wms.order', voucher_id: 'v1' }, types, {})
    expect(both.map((x) => x.to)).toEqual(['/wms/orders/o1', '/finance/reports/voucher?voucher=v1'])
    expect(linkOf(ledger, ledger.columns[0], both)).toBe('/finance/reports/voucher?voucher=v1')
    expect(linkOf(ledger, ledger.columns[1], both)).toBe('/wms/orders/o1')
    expect(linkOf(ledger, ledger.columns[5], both)).toBe('/finance/reports/voucher?voucher=v1')
    expect(linkOf(ledger, ledger.columns[5], [])).toBeUndefined()
    expect(drillTargets(ledger, { source_id: 'x', source_type: 'people.unknown' }, types, {})).toEqual([])
  })
  it('hands a prepared document over once', () => {
    contribute('wms', { search: ['wms.order'] })
    prepare('/wms/orders', { supplier: 's1' })
    expect(takePrepared('/finance/x')).toBeNull()
    expect(takePrepared('/wms/orders')).toEqual({ supplier: 's1' })
    expect(takePrepared('/wms/orders')).toBeNull()
  })
})
