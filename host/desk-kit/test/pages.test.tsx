import { TamaguiProvider } from '@tamagui/core'
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import type { ReactElement } from 'react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  commas,
  config,
  FILE_MAX,
  ImportPage,
  mappingText,
  ProvePage,
  peekCsv,
  QueryClientProvider,
  queries,
  Router,
  refresh,
  type Task,
  targetsOf,
} from '../src'
import { type FakeHost, order, startHost } from './host'

const task = (more: Partial<Task>): Task => ({
  id: 'k1',
  state: 'done',
  asked_by: 'Meera',
  asked_at: '2026-11-21T10:00:00Z',
  started_at: '2026-11-21T10:00:00Z',
  ended_at: '2026-11-21T10:00:02Z',
  done: 1,
  total: 1,
  rows: [],
  rows_left_out: 0,
  result: null,
  refusal: null,
  ...more,
})

let host: FakeHost
/** What the host answers about tasks. */
let answer: Task | null | { status: number; error: object }
let asked: { method: string; url: URL; body: string; type: string }[]
beforeEach(() => {
  host = startHost()
  host.roles = ['Administrator']
  answer = null
  asked = []
  const before = globalThis.fetch
  vi.stubGlobal('fetch', async (target: string, init: RequestInit = {}) => {
    const url = new URL(target, 'http://desk')
    if (!/\/api\/v1\/(prove|import)$/.test(url.pathname)) return before(target, init)
    asked.push({
      method: init.method ?? 'GET',
      url,
      body: String(init.body ?? ''),
      type: (init.headers as Record<string, string>)['content-type'],
    })
    const next = answer
    if (next && 'status' in next) return new Response(JSON.stringify({ error: next.error }), { status: next.status })
    return new Response(JSON.stringify({ task: next }), { status: 200 })
  })
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
const button = (name: string | RegExp) => screen.getByRole('button', { name })
const press = (name: string | RegExp) =>
  act(async () => {
    fireEvent.click(button(name))
  })

describe('the proof of the books', () => {
  const rows = [
    { id: 'L1', title: 'in every voucher debit equals credit', holds: true, detail: '' },
    { id: 'S1', title: 'stock on hand is the sum of the stock ledger', holds: false, detail: '2 offending' },
    { id: 'Z9', title: 'something new', holds: true, detail: '' },
  ]
  it('has a line for every invariant once it is done', async () => {
    await show(<ProvePage />)
    await screen.findByText('The books were not checked since the program started')
    // The next state comes once this one was seen, however slow the page is.
    answer = task({ state: 'waiting', ended_at: null, started_at: null, total: 0, done: 0 })
    await press('Check now')
    await screen.findByText('Other work comes first…')
    answer = task({ state: 'running', ended_at: null, done: 1, total: 4, rows: rows.slice(0, 1) })
    await screen.findByText('25 %')
    expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('25')
    answer = task({ rows, result: { held: 2, broken: 1 } })
    await screen.findByText('1 of 3 invariants do not hold')
    const methods = asked.map((a) => a.method)
    expect(methods.slice(0, 2)).toEqual(['GET', 'POST'])
    expect(new Set(methods.slice(2))).toEqual(new Set(['GET']))
    expect(asked[2].url.searchParams.get('id')).toBe('k1')
    const stock = screen.getByRole('region', { name: 'Stock' })
    expect(within(stock).getByLabelText('does not hold')).toBeTruthy()
    within(stock).getByText('2 offending')
    within(screen.getByRole('region', { name: 'Others' })).getByText('Something new')
    screen.getByText(/asked by Meera/)
  })
  it('is green when all hold', async () => {
    answer = task({ rows: rows.slice(0, 1), result: { held: 1, broken: 0 } })
    await show(<ProvePage />)
    await screen.findByText('The books hold: all 1 invariants')
  })
  it('says why it could not be made', async () => {
    answer = task({
      state: 'failed',
      refusal: {
        error: { code: 'core.busy', message: 'Not now.', hint: 'Later.', fields: [], request_id: '' },
      } as never,
    })
    await show(<ProvePage />)
    await screen.findByText('Not now.')
    screen.getByText('Later.')
    answer = { status: 429, error: { code: 'core.busy', message: 'Too many wait.', hint: 'In a minute.' } }
    await press('Check now')
    await screen.findByText('Too many wait.')
  })
})

const csv = 'Supplier,Day,Colour\nKAV,2026-11-20,red\nNIL,2026-11-21,\n'
const columns = [
  { header: 'Supplier', path: 'supplier' },
  { header: 'Day', path: 'day' },
  { header: 'Colour', path: '' },
]
const choose = async (where: string) => {
  const what = await screen.findByLabelText('What it holds')
  await waitFor(() => expect(within(what).queryByText('Orders')).toBeTruthy())
  await act(async () => {
    fireEvent.change(what, { target: { value: where } })
  })
}
const paste = (text: string) =>
  act(async () => {
    fireEvent.change(screen.getByLabelText('Text of the file'), { target: { value: text } })
  })

describe('importing', () => {
  it('tries, shows what is wrong, and loads', async () => {
    await show(<ImportPage />)
    await choose('wms/orders')
    await paste(csv)
    await screen.findByText('KAV · NIL')
    screen.getByText('3 lines')
    expect(button('Import').getAttribute('aria-disabled')).toBe('true')

    answer = task({
      state: 'failed',
      result: { commit: false, batch: '', columns },
      refusal: {
        error: {
          code: 'core.validation',
          message: 'Some fields are wrong.',
          hint: '',
          fields: [{ path: 'Colour', code: 'core.import.column', message: 'The column fits no field.' }],
          request_id: '',
        },
      } as never,
    })
    await press('Dry run')
    await screen.findByText('The column fits no field.')
    expect(asked.at(-1)?.type).toBeUndefined()
    const sent = asked.find((a) => a.method === 'POST')
    expect([sent?.body, sent?.type]).toEqual([csv, 'text/csv'])
    expect(Object.fromEntries(sent?.url.searchParams ?? [])).toEqual({
      collection: 'wms/orders',
      commit: 'false',
      file_name: 'pasted',
    })

    answer = task({ id: 'k2', state: 'running', done: 0, total: 2, ended_at: null })
    await act(async () => {
      fireEvent.change(screen.getByLabelText('Colour goes to'), { target: { value: '-' } })
      fireEvent.click(screen.getByLabelText(/Submit each/))
    })
    await press('Dry run')
    await screen.findByText('Rows are checked…')
    answer = task({
      id: 'k2',
      rows: [
        { line: 2, verdict: 'created', document: '', name: 'KAV', note: '', fields: [] },
        {
          line: 3,
          verdict: 'error',
          document: '',
          name: 'NIL',
          note: '',
          fields: [{ path: 'day', code: 'core.field.form', message: 'This is no day.' }],
        },
      ],
      rows_left_out: 1,
      result: { commit: false, batch: '', rows: 2, created: 1, unchanged: 0, errors: 1, columns },
    })
    await screen.findByText('This is no day.')
    expect(
      asked
        .filter((a) => a.method === 'POST')
        .at(-1)
        ?.url.searchParams.get('map'),
    ).toBe('"Colour"=')
    expect(
      asked
        .filter((a) => a.method === 'POST')
        .at(-1)
        ?.url.searchParams.get('action'),
    ).toBe('submit')
    expect(screen.getAllByRole('row').map((r) => r.textContent)).toContain('3wrongNILday This is no day.')
    screen.getByText(/Not all rows are listed/)

    answer = task({
      id: 'k3',
      rows: [{ line: 2, verdict: 'created', document: 'o1', name: 'KAV', note: '', fields: [] }],
      result: { commit: true, batch: 'b7', rows: 2, created: 1, unchanged: 0, errors: 0, columns },
    })
    await press('Import 1')
    await screen.findByText('What was imported')
    expect(screen.getByRole('link', { name: 'KAV' }).getAttribute('href')).toBe('/desk/wms/orders/o1')
    screen.getByText(/--undo b7/)
    await act(async () => {
      fireEvent.change(screen.getByLabelText('Day goes to'), { target: { value: 'day' } })
    })
    screen.getByText(/Something was changed since/)
  })
  it('takes files, not too large ones', async () => {
    await show(<ImportPage />)
    await choose('core/suppliers')
    const input = screen.getByLabelText('Choose a CSV file')
    await act(async () => {
      fireEvent.change(input, { target: { files: [new File(['x'.repeat(FILE_MAX + 1)], 'large.csv')] } })
    })
    await screen.findByText(/larger than 2 MB/)
    const drop = input.closest('div') as HTMLElement
    fireEvent.dragOver(drop)
    expect(drop.dataset.over).toBe('true')
    fireEvent.dragLeave(drop)
    await act(async () => {
      fireEvent.drop(drop, { dataTransfer: { files: [new File(['code,name\nA,B\n'], 'small.csv')] } })
    })
    await screen.findByText('small.csv')
    await press('Another file')
    screen.getByLabelText('Text of the file')
  })
  it('is not for everybody', async () => {
    host.roles = ['Clerk']
    await show(<ImportPage />)
    await choose('wms/orders')
    await screen.findByText('You may not import these.')
  })
  it('says when it cannot be asked for', async () => {
    await show(<ImportPage />)
    await choose('wms/orders')
    await paste(csv)
    answer = { status: 429, error: { code: 'core.busy', message: 'Too many wait.', hint: 'In a minute.' } }
    await press('Dry run')
    await screen.findByText(/Too many wait/)
  })
})

describe('files', () => {
  it('are peeked into', () => {
    expect(peekCsv('\ufeffa;b\r\n"x;1";"say ""hi"""\r\n\r\n3;4\n', 5)).toEqual([
      ['a', 'b'],
      ['x;1', 'say "hi"'],
      ['3', '4'],
    ])
    expect(peekCsv('a,b\n1,2\n3,4', 2)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ])
    expect(peekCsv('a\n"two\nlines"', 4)).toEqual([['a'], ['two\nlines']])
    expect(commas('a\tb\n1\t"x, y"')).toBe('a,b\n1,"""x, y"""')
    expect(commas('a,b')).toBe('a,b')
  })
  it('map their columns as the command line does', () => {
    expect(mappingText({ A: '', 'B, c': 'lines.qty', C: '-' })).toBe('"B, c"=lines.qty,"C"=')
    const paths = targetsOf(order).map((x) => x.path)
    expect(paths).toContain('lines.qty')
    expect(paths).toContain('address.city')
    expect(paths).not.toContain('total')
    expect(paths).not.toContain('pin')
  })
})
