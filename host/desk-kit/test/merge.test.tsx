import { TamaguiProvider } from '@tamagui/core'
import { fireEvent, render, screen, within } from '@testing-library/react'
import { beforeEach, describe, expect, it } from 'vitest'
import { config, QueryClientProvider, queries, type Row, refresh } from '../src'
import { Conflict } from '../src/conflict'
import { differences, merged, type Side } from '../src/merge'
import { doc, order, startHost } from './host'

const line = (id: string, more: Row = {}): Row => ({ id, item: 'i1', qty: '1', rate: '5', amount: '5.00', ...more })
const base = doc(order, 'o2', {
  supplier: 's1',
  days: 3,
  lines: [line('a'), line('b'), line('c')],
  address: { city: 'Pune', code: '4' },
})
const lines = (...rows: Row[]) => rows
const told = (mine: Row, theirs: Row) =>
  differences(order, base, { ...base, ...mine }, { ...base, ...theirs }).map((p) => [
    p.key,
    p.about,
    p.choices.map((c) => `${c.key}=${c.start}`).join(' '),
  ])
const result = (mine: Row, theirs: Row, take: Record<string, Side> = {}) =>
  merged(order, base, { ...base, ...mine }, { ...base, ...theirs, version: 2 }, take)

describe('two versions', () => {
  it('differ in fields, also of groups', () => {
    const mine = { days: 9, address: { city: 'Pune', code: '7' } }
    const theirs = { days: 3, supplier: 's2', address: { city: 'Mysuru', code: '8' } }
    expect(told(mine, theirs)).toEqual([['', '', 'supplier=theirs days=mine address.city=theirs address.code=mine']])
    expect(result(mine, theirs)).toMatchObject({
      version: 2,
      supplier: 's2',
      days: 9,
      address: { city: 'Mysuru', code: '7' },
    })
    expect(result(mine, theirs, { days: 'theirs', 'address.code': 'theirs' })).toMatchObject({
      days: 3,
      address: { city: 'Mysuru', code: '8' },
    })
  })
  it('are equal where only what the host reckons differs', () => {
    expect(told({ lines: lines(line('a'), line('b'), line('c', { amount: '7.00' })) }, { total: '9.00' })).toEqual([])
  })

  // what I have, what they have; what is asked, what stands unless somebody chooses, and what stands with the other choice
  const cases: [string, Row[], Row[], [string, string, string][], string, string][] = [
    [
      'a line that I changed',
      lines(line('a', { qty: '2' }), line('b'), line('c')),
      lines(line('a'), line('b'), line('c')),
      [['lines/a', 'changed by you', 'lines/a.qty=mine']],
      'a2 b1 c1',
      'a1 b1 c1',
    ],
    [
      'a line that they changed',
      lines(line('a'), line('b'), line('c')),
      lines(line('a', { qty: '2', note: 'x' }), line('b'), line('c')),
      [['lines/a', 'changed by them', 'lines/a.qty=theirs lines/a.note=theirs']],
      'a2x b1 c1',
      'a1 b1 c1',
    ],
    [
      'a line that both changed, in different fields',
      lines(line('a', { qty: '2' }), line('b'), line('c')),
      lines(line('a', { note: 'x' }), line('b'), line('c')),
      [['lines/a', 'changed by both', 'lines/a.qty=mine lines/a.note=theirs']],
      'a2x b1 c1',
      'a1 b1 c1',
    ],
    [
      'a line that I added, and one that they added',
      lines(line('a'), line('b'), line('c'), { item: 'i2', qty: '8' }),
      lines(line('a'), line('b'), line('c'), line('d', { qty: '9' })),
      [
        ['lines/d', 'added by them', 'lines/d=theirs'],
        ['lines/new3', 'added by you', 'lines/new3=mine'],
      ],
      'a1 b1 c1 d9 8',
      'a1 b1 c1',
    ],
    [
      'a line that I removed, and one that they removed',
      lines(line('b'), line('c')),
      lines(line('a'), line('c')),
      [
        ['lines/a', 'removed by you', 'lines/a=mine'],
        ['lines/b', 'removed by them', 'lines/b=theirs'],
      ],
      'c1',
      'a1 c1 1',
    ],
    [
      'a line that one removed and the other changed',
      lines(line('b', { qty: '3' }), line('c')),
      lines(line('a', { qty: '4' }), line('c')),
      [
        ['lines/a', 'removed by you, changed by them', 'lines/a=theirs'],
        ['lines/b', 'removed by them, changed by you', 'lines/b=mine'],
      ],
      'a4 c1 3',
      'c1',
    ],
    [
      'an empty line at the end',
      lines(line('a'), line('b'), line('c'), {}),
      lines(line('a'), line('b'), line('c')),
      [],
      'a1 b1 c1',
      'a1 b1 c1',
    ],
  ]
  const short = (row: Row) => ((row.lines as Row[]) ?? []).map((l) => `${l.id ?? ''}${l.qty}${l.note ?? ''}`).join(' ')
  it.each(cases)('%s', (_, own, other, asked, usual, turned) => {
    expect(told({ lines: own }, { lines: other })).toEqual(asked)
    expect(short(result({ lines: own }, { lines: other }))).toBe(usual)
    const choices = differences(order, base, { ...base, lines: own }, { ...base, lines: other }).flatMap(
      (p) => p.choices,
    )
    const take = Object.fromEntries(
      choices.map((c) => [c.key, c.start === 'mine' ? 'theirs' : 'mine'] as [string, Side]),
    )
    expect(short(result({ lines: own }, { lines: other }, take))).toBe(turned)
  })
})

describe('the window of a conflict', () => {
  beforeEach(() => {
    startHost()
  })
  const mine = { ...base, days: 9, lines: [line('a', { qty: '2' }), line('c'), { item: 'i2', qty: '8' }] }
  const theirs = { ...base, version: 2, days: 5, lines: [line('a', { qty: '4', rate: '6' }), line('b'), line('c')] }
  async function show() {
    const got: Row[] = []
    await refresh()
    render(
      <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
        <QueryClientProvider client={queries}>
          <Conflict
            meta={order}
            base={base}
            mine={mine}
            theirs={theirs}
            onMerged={(v) => got.push(v)}
            onClose={() => {}}
          />
        </QueryClientProvider>
      </TamaguiProvider>,
    )
    const dialog = within(await screen.findByRole('dialog'))
    const go = () => {
      fireEvent.click(dialog.getByText('Go on with this'))
      return got.at(-1) as Row
    }
    return { dialog, go }
  }
  it('tells of each line what happened, and asks', async () => {
    const { dialog, go } = await show()
    dialog.getByText('changed by both')
    dialog.getByText('removed by you')
    dialog.getByText('added by you')
    await dialog.findAllByText('Tea')
    const radio = (name: RegExp) => dialog.getByRole('radio', { name }) as HTMLInputElement
    expect(radio(/Lines, line 1, Qty, Yours:\s*2/).checked).toBe(true)
    expect(radio(/Lines, line 1, Rate, Theirs:\s*6/).checked).toBe(true)
    expect(radio(/Lines, line 2, The line, Yours:\s*not there/).checked).toBe(true)
    expect(go().lines).toEqual([line('a', { qty: '2', rate: '6' }), line('c'), { item: 'i2', qty: '8' }])
    fireEvent.click(radio(/Lines, line 1, Qty, Theirs/))
    fireEvent.click(radio(/Lines, line 2, The line, Theirs/))
    fireEvent.click(radio(/Lines, line 3, The line, Theirs/))
    expect(go()).toMatchObject({ days: 9, lines: theirs.lines })
  })
  it('takes all of one side', async () => {
    const { dialog, go } = await show()
    fireEvent.click(dialog.getByText('take all of theirs'))
    expect(go()).toMatchObject({ days: 5, lines: theirs.lines })
    fireEvent.click(dialog.getByText('take all of yours'))
    expect(go()).toMatchObject({ days: 9, lines: [line('a', { qty: '2' }), line('c'), { item: 'i2', qty: '8' }] })
  })
})
