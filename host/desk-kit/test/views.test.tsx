import { TamaguiProvider } from '@tamagui/core'
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  api,
  config,
  contribute,
  DomainPages,
  Link,
  pageActions,
  prepare,
  QueryClientProvider,
  queries,
  Router,
  recent,
  refresh,
  session,
  setPrefs,
  signIn,
  signOut,
  Toasts,
  toast,
  useRoute,
} from '../src'
import { balance, doc, type FakeHost, item, order, startHost } from './host'

let host: FakeHost
beforeEach(() => {
  host = startHost()
  contribute('wms', {
    flows: [
      {
        from: 'wms.order',
        states: ['submitted'],
        label: 'Receive',
        to: 'wms/orders',
        make: (d) => ({ supplier: d.supplier }),
      },
    ],
    connections: [
      { of: 'wms.order', type: 'core.supplier', field: 'supplier' },
      { of: 'core.supplier', type: 'wms.order', field: 'supplier' },
    ],
    reports: [{ of: ['wms.order'], module: 'finance', report: 'voucher', param: 'document', label: 'Ledger entries' }],
  })
})

function Here() {
  const { path, query } = useRoute()
  return (
    <>
      <output data-testid="at">{path + (query.size ? `?${query}` : '')}</output>
      <DomainPages path={path} />
    </>
  )
}
const at = () => screen.getByTestId('at').textContent
async function show(path: string) {
  await refresh()
  history.replaceState(null, '', `/desk${path}`)
  return render(
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <QueryClientProvider client={queries}>
        <Router>
          <Here />
        </Router>
        <Toasts />
      </QueryClientProvider>
    </TamaguiProvider>,
  )
}
const button = (name: string | RegExp) => screen.getByRole('button', { name })
const key = (k: string, more: object = {}) => fireEvent.keyDown(document.body, { key: k, ...more })
const writes = () => host.asked.filter((a) => a.method !== 'GET' && !a.path.includes('/auth/'))
const type = (input: HTMLElement, text: string) => {
  fireEvent.focus(input)
  fireEvent.change(input, { target: { value: text } })
}
const leave = async (input: HTMLElement, text: string) => {
  type(input, text)
  await act(async () => {
    fireEvent.blur(input)
  })
}

describe('signing in', () => {
  it('is remembered, without a token, and forgotten on leaving', async () => {
    await signIn('main', 'a@b.c', 'right')
    expect(session.get()?.name).toBe('Meera')
    await signOut()
    expect(session.get()).toBeNull()
    await refresh()
    expect(session.get()).toBeNull()
    await expect(signIn('', 'a@b.c', 'wrong')).rejects.toMatchObject({ status: 401, message: 'This is not right.' })
  })
  it('signs in again when a token ends before its time, and lets go when that does not help', async () => {
    await refresh()
    host.next = { status: 401, error: { code: 'core.auth.token', message: 'This token has ended.' } }
    expect((await api.types()).length).toBeGreaterThan(0)
    expect(session.get()?.name).toBe('Meera')
    vi.stubGlobal('fetch', async () => new Response('{"error":{"message":"No."}}', { status: 401 }))
    await expect(api.types()).rejects.toMatchObject({ status: 401 })
    expect(session.get()).toBeNull()
  })
  it('tells what cannot be reached or read', async () => {
    await refresh()
    host.next = 'offline'
    await expect(api.create(order, {})).rejects.toMatchObject({ code: 'desk.offline' })
    vi.stubGlobal('fetch', async () => new Response('<html>', { status: 502 }))
    await expect(api.types()).rejects.toMatchObject({ code: 'desk.answer', status: 502 })
    vi.stubGlobal('fetch', async () => new Response('{}', { status: 418 }))
    await expect(api.types()).rejects.toMatchObject({ message: 'The server answered 418.' })
  })
})

describe('lists', () => {
  it('shows rows with the names of what they link to', async () => {
    await show('/wms/orders')
    await screen.findByText('Kaveri')
    expect(screen.getByText('1,200.00')).toBeTruthy()
    expect(screen.getByText('20 Nov 2026')).toBeTruthy()
    expect(screen.getByText('2 rows')).toBeTruthy()
    const labels = host.asked.filter((a) => a.query.has('id[in]'))
    expect(labels.length).toBe(1)
  })
  it('moves, selects and opens by keyboard', async () => {
    await show('/wms/orders')
    await screen.findByText('Kaveri')
    const grid = screen.getByRole('grid')
    for (const k of ['j', 'k', 'End', 'Home', 'PageDown', 'PageUp', 'ArrowDown', 'ArrowUp'])
      fireEvent.keyDown(grid, { key: k })
    fireEvent.keyDown(grid, { key: 'x' })
    expect(screen.getAllByText(/1 selected/).length).toBeGreaterThan(0)
    fireEvent.keyDown(grid, { key: 'j' })
    fireEvent.keyDown(grid, { key: 'X', shiftKey: true })
    fireEvent.keyDown(grid, { key: 'Enter' })
    await waitFor(() => expect(at()).toBe('/wms/orders/o2'))
  })
  it('reads the next rows before they are needed, shows that they come, and is found as it was left', async () => {
    host.docs['wms/orders'] = Array.from({ length: 520 }, (_, i) => doc(order, `n${i}`, { number: `PO-${i}` }))
    await show('/wms/orders')
    await screen.findByText('300+ rows')
    const pages = () => host.asked.filter((a) => a.path === '/api/v1/wms/orders').map((a) => a.query.get('limit'))
    expect(pages()).toEqual(['100', '200'])
    const grid = screen.getByRole('grid')
    const drawn = () => grid.querySelectorAll('.gbody > .gr').length
    expect([grid.getAttribute('aria-rowcount'), drawn() > 10, drawn() < 45]).toEqual(['-1', true, true])
    const moveTo = (top: number) =>
      act(async () => {
        grid.scrollTop = top
        fireEvent.scroll(grid)
      })
    host.hold = new Promise((go) => setTimeout(go, 300))
    await moveTo(320 * 38)
    expect(grid.querySelectorAll('.gbody > [aria-hidden]').length).toBeGreaterThan(5)
    await screen.findByText('500+ rows')
    await moveTo(480 * 38)
    await screen.findByText('520 rows')
    await moveTo(320 * 38)
    await screen.findByText('PO-321')
    expect(pages()).toEqual(['100', '200', '200', '200'])
    expect([grid.getAttribute('aria-rowcount'), grid.querySelectorAll('.gbody > [aria-hidden]').length]).toEqual([
      '521',
      0,
    ])
    fireEvent.click(screen.getByText('PO-321'))
    await waitFor(() => expect(at()).toBe('/wms/orders/n321'))
    await act(async () => history.back())
    await screen.findByText('PO-321')
    expect(screen.getByRole('grid').getAttribute('aria-activedescendant')).toBe('row-n321')
    fireEvent.click(button('Total'))
    await waitFor(() => expect(at()).toContain('sort=total'))
    await waitFor(() => expect(screen.getByRole('grid').scrollTop).toBe(0))
    fireEvent.scroll(screen.getByRole('grid'))
    await waitFor(() => expect(screen.getByRole('grid').getAttribute('aria-activedescendant')).toBe('row-n0'))
  })
  it('filters and sorts at the host, and keeps that in the address', async () => {
    await show('/wms/orders?state=draft')
    await screen.findByText('Nilgiri')
    expect(screen.queryByText('Kaveri')).toBeNull()
    fireEvent.keyDown(screen.getByRole('radiogroup'), { key: 'ArrowRight' })
    await waitFor(() => expect(at()).toContain('state=submitted'))
    fireEvent.click(screen.getByRole('radio', { name: 'All' }))
    await screen.findByText('Kaveri')
    fireEvent.click(button('Total'))
    await waitFor(() => expect(at()).toContain('sort=total'))
    fireEvent.click(button('Total'))
    await waitFor(() => expect(at()).toContain('sort=-total'))
    key('f')
    const window = await screen.findByRole('dialog')
    fireEvent.change(within(window).getByLabelText('Field'), { target: { value: 'total' } })
    fireEvent.change(within(window).getByLabelText('Is'), { target: { value: 'le' } })
    type(within(window).getByLabelText('Value'), '100*10')
    fireEvent.blur(within(window).getByLabelText('Value'))
    await act(async () => {
      fireEvent.click(within(window).getAllByText('Add filter').at(-1) as HTMLElement)
      await new Promise((r) => setTimeout(r, 20))
    })
    await waitFor(() => expect(decodeURIComponent(at() ?? '')).toContain('total[le]=1000'))
    fireEvent.click(await screen.findByRole('button', { name: 'Remove the filter Total' }))
    await waitFor(() => expect(at()).not.toContain('1000'))
  })
  it('keeps a view under a name', async () => {
    await show('/wms/orders?state=draft&sort=-total')
    await screen.findByText('Nilgiri')
    fireEvent.click(screen.getByText('Keep this view'))
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Mine' } })
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Enter' })
    expect((await screen.findByRole('button', { name: 'Mine' })).getAttribute('aria-pressed')).toBe('true')
    fireEvent.click(screen.getByRole('radio', { name: 'All' }))
    await screen.findByText('Kaveri')
    fireEvent.click(button('Mine'))
    await waitFor(() => expect(at()).toContain('state=draft'))
    fireEvent.click(button('Forget the view Mine'))
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Mine' })).toBeNull())
  })
  it('searches, and says when nothing fits', async () => {
    await show('/wms/orders')
    await screen.findByText('Kaveri')
    key('/')
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'zzz' } })
    await screen.findByText('Nothing fits these filters')
    fireEvent.keyDown(screen.getByRole('searchbox'), { key: 'Escape' })
    await screen.findByText('Kaveri')
  })
  it('does one thing to many and tells how each went', async () => {
    await show('/wms/orders')
    await screen.findByText('Kaveri')
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select all' }))
    fireEvent.click(button('Submit'))
    const window = await screen.findByRole('dialog')
    host.next = { status: 422, error: { code: 'x', message: 'Not this one.', hint: 'Why.', fields: [] } }
    fireEvent.click(within(window).getByRole('button', { name: 'Submit' }))
    await within(window).findByText(/Not this one/)
    await within(window).findByText('Submitted')
    fireEvent.click(within(window).getAllByText('Close').at(-1) as HTMLElement)
    expect(writes().map((w) => w.path)).toEqual(['/api/v1/wms/orders/o1/submit', '/api/v1/wms/orders/o2/submit'])
  })
  it('asks once what an action on many wants to know', async () => {
    await show('/wms/orders')
    await screen.findByText('Kaveri')
    fireEvent.click(screen.getByRole('checkbox', { name: 'Select PO-1' }))
    fireEvent.click(button('Cancel'))
    const window = await screen.findByRole('dialog')
    const go = () => fireEvent.click(within(window).getByRole('button', { name: 'Cancel' }))
    go()
    await within(window).findByText('This field is required.')
    fireEvent.change(within(window).getByLabelText('Reason'), { target: { value: 'twice' } })
    go()
    await within(window).findByText('Cancelled')
    expect(writes().map((w) => [w.path, w.body])).toEqual([['/api/v1/wms/orders/o1/cancel', { reason: 'twice' }]])
  })
  it('chooses columns and exports what is filtered', async () => {
    URL.createObjectURL = vi.fn(() => 'blob:x')
    await show('/wms/orders')
    await screen.findByText('Kaveri')
    fireEvent.click(button('Columns'))
    fireEvent.click(within(await screen.findByRole('dialog')).getByLabelText('Urgent'))
    await waitFor(() => expect(at()).toContain('urgent'))
    fireEvent.click(within(screen.getByRole('dialog')).getByText('As usual'))
    fireEvent.click(within(screen.getByRole('dialog')).getAllByText('Close').at(-1) as HTMLElement)
    fireEvent.click(button('Export'))
    await screen.findByText('2 rows are exported')
    expect(URL.createObjectURL).toHaveBeenCalled()
  })
  it('offers to make the first one, reads on page by page, and says what is wrong', async () => {
    host.docs['core/items'] = []
    const { unmount } = await show('/core/items')
    await screen.findByText('Nothing here yet')
    key('n')
    await waitFor(() => expect(at()).toBe('/core/items/new'))
    unmount()
    queries.clear()
    host.docs['core/items'] = Array.from({ length: 250 }, (_, i) =>
      doc(item, `i${i}`, { code: `C${i}`, name: `Item ${i}` }),
    )
    await show('/core/items')
    await screen.findByText('Item 3')
    await screen.findByText('250 rows')
    fireEvent.keyDown(screen.getByRole('grid'), { key: 'End' })
  })
  it('tells of an address that leads nowhere', async () => {
    const { unmount } = await show('/wms/nothing')
    await screen.findByText('There is nothing at this address.')
    unmount()
    await show('/a/b/c/d/e')
    await screen.findByText('There is nothing at this address')
    fireEvent.click(button('Home'))
    expect(at()).toBe('/')
  })
})

describe('forms', () => {
  it('makes a document and goes to it', async () => {
    await show('/wms/orders/new')
    const supplier = await screen.findByRole('combobox', { name: 'Supplier' })
    await waitFor(() => expect(document.activeElement).toBe(supplier))
    type(supplier, 'kav')
    await screen.findByRole('option', { name: /Kaveri/ })
    fireEvent.keyDown(supplier, { key: 'ArrowDown' })
    fireEvent.keyDown(supplier, { key: 'ArrowUp' })
    fireEvent.keyDown(supplier, { key: 'Enter' })
    await leave(screen.getByLabelText('Day'), '2026-11-05')
    await leave(screen.getByLabelText('Days'), '2*3')
    fireEvent.click(screen.getByLabelText('Urgent'))
    fireEvent.change(screen.getByLabelText('Kind'), { target: { value: 'services' } })
    fireEvent.change(screen.getByLabelText('Notes'), { target: { value: 'soon' } })
    fireEvent.change(screen.getByLabelText(/Gstin/), { target: { value: '27AA' } })
    fireEvent.change(screen.getByLabelText('City'), { target: { value: 'Pune' } })
    fireEvent.focus(screen.getByRole('gridcell', { name: /^Qty, line 1/ }))
    await leave(await screen.findByRole('textbox', { name: 'Qty, line 1' }), '12*4')
    fireEvent.click(button(/^Save/))
    await waitFor(() => expect(at()).toBe('/wms/orders/n2'))
    expect(writes()[0].body).toEqual({
      supplier: 's1',
      day: '2026-11-05',
      urgent: true,
      kind: 'services',
      days: 6,
      gstin: '27AA',
      lines: [{ qty: '48' }],
      address: { city: 'Pune' },
      notes: 'soon',
    })
    expect(writes()[0].headers['idempotency-key']).toBeTruthy()
    expect(recent.get().length).toBeGreaterThan(0)
  })
  it('shows errors at their fields, keeps what was not sent, and tries again under the same key', async () => {
    const first = await show('/wms/orders/new')
    await screen.findByLabelText('Days')
    await leave(screen.getByLabelText('Days'), '9')
    host.next = {
      status: 422,
      error: {
        code: 'core.validation',
        message: 'Two fields are wrong.',
        hint: 'Correct them.',
        fields: [
          { path: 'supplier', code: 'r', message: 'This field is required.' },
          { path: 'lines[0].item', code: 'r', message: 'Which item?' },
          { path: 'total', code: 'x', message: 'Far.' },
        ],
        request_id: 'r',
      },
    }
    fireEvent.click(button(/^Submit/))
    await screen.findByText('This field is required.')
    expect(screen.getByText('total: Far.')).toBeTruthy()
    expect(screen.getByRole('combobox', { name: 'Supplier' }).getAttribute('aria-invalid')).toBe('true')
    expect(document.querySelector('[data-col="item"][data-invalid]')).toBeTruthy()
    host.next = 'offline'
    fireEvent.click(button(/^Submit/))
    await screen.findByText(/cannot be reached/)
    await waitFor(() => expect(Object.keys(localStorage).some((k) => k.includes('draft'))).toBe(true))
    fireEvent.click(button(/^Submit/))
    await waitFor(() => expect(at()).toBe('/wms/orders/n2'))
    const keys = writes().map((w) => w.headers['idempotency-key'])
    expect(new Set(keys.slice(-2)).size).toBe(1)
    first.unmount()
  })
  it('brings back what was not sent, and lets it go', async () => {
    const first = await show('/wms/orders/new')
    await leave(await screen.findByLabelText('Days'), '9')
    await waitFor(() => expect(Object.keys(localStorage).some((k) => k.includes('draft'))).toBe(true))
    first.unmount()
    await show('/wms/orders/new')
    await screen.findByText('What you had not sent is here again.')
    expect((screen.getByLabelText('Days') as HTMLInputElement).value).toBe('9')
    fireEvent.click(screen.getByText('Discard'))
    await waitFor(() => expect((screen.getByLabelText('Days') as HTMLInputElement).value).toBe('3'))
  })
  it('keeps what was typed at once when the page goes, and when the session ends', async () => {
    const drafts = () => Object.keys(localStorage).filter((k) => k.includes('draft'))
    const first = await show('/wms/orders/new')
    await leave(await screen.findByLabelText('Days'), '9')
    dispatchEvent(new Event('pagehide'))
    expect(drafts().length).toBe(1)
    await leave(screen.getByLabelText('Days'), '3')
    dispatchEvent(new Event('pagehide'))
    expect(drafts()).toEqual([])
    await leave(screen.getByLabelText('Days'), '4')
    session.set(null)
    first.unmount()
    expect(drafts()).toEqual(['bm.draft.t1.wms/orders/new'])
  })
  it('changes a draft and submits it in one step', async () => {
    await show('/wms/orders/o2')
    await leave(await screen.findByLabelText('Day'), '+2')
    key('Enter', { ctrlKey: true, shiftKey: true })
    await screen.findByText('PO-7: Submitted')
    expect(writes().map((w) => `${w.method} ${w.path}`)).toEqual([
      'PATCH /api/v1/wms/orders/o2',
      'POST /api/v1/wms/orders/o2/submit',
    ])
    expect(writes()[0].headers['if-match']).toBe('"1"')
  })
  it('asks for a reason, and shows what belongs to the document', async () => {
    await show('/wms/orders/o1')
    await screen.findByText('Meera Nair')
    await screen.findByText('Ledger entries')
    expect(screen.getByText(/and \d more/)).toBeTruthy()
    fireEvent.click(button('Cancel'))
    const window = await screen.findByRole('dialog')
    fireEvent.change(within(window).getByLabelText('Reason'), { target: { value: 'a mistake' } })
    await act(async () => {
      fireEvent.click(within(window).getByRole('button', { name: 'Cancel' }))
      await new Promise((r) => setTimeout(r, 20))
    })
    await screen.findByText('PO-1: Cancelled')
    expect(writes()[0].body).toEqual({ reason: 'a mistake' })
  })
  it('leads on to the next document', async () => {
    await show('/wms/orders/o1')
    fireEvent.click(await screen.findByRole('button', { name: 'Receive' }))
    await waitFor(() => expect(at()).toBe('/wms/orders/new'))
    await waitFor(() =>
      expect((screen.getByRole('combobox', { name: 'Supplier' }) as HTMLInputElement).value).toBe('Kaveri'),
    )
  })
  it('has the sections of the metadata, and only what has to do with the document', async () => {
    await show('/wms/orders/o2')
    await screen.findByLabelText('Days')
    const sections = () => screen.getAllByRole('region').map((s) => s.getAttribute('aria-label'))
    expect(sections()).toEqual(['Order', 'Order', 'Lines', 'Terms', 'Address', 'Long texts'])
    expect(screen.queryByLabelText('Surcharge')).toBeNull()
    fireEvent.click(screen.getByLabelText('Urgent'))
    fireEvent.change(screen.getByLabelText('Kind'), { target: { value: 'services' } })
    expect(sections()).toContain('Service')
    fireEvent.change(screen.getByLabelText('Reason'), { target: { value: 'repair' } })
    fireEvent.change(screen.getByLabelText('Kind'), { target: { value: 'goods' } })
    expect((screen.getByLabelText('Reason') as HTMLInputElement).value).toBe('repair') // nothing filled in hides
    expect(within(screen.getByRole('region', { name: 'Terms' })).getByLabelText('Surcharge')).toBeTruthy()
  })
  it('makes another like this', async () => {
    await show('/wms/orders/o1')
    fireEvent.click(await screen.findByRole('button', { name: 'Make another like this' }))
    await waitFor(() => expect(at()).toBe('/wms/orders/new'))
    fireEvent.click(await screen.findByRole('button', { name: /^Save/ }))
    await waitFor(() => expect(writes().length).toBe(1))
    expect(writes()[0].body).toEqual({
      supplier: 's1',
      day: '2026-11-20',
      urgent: true,
      days: 3,
      lines: [{ item: 'i1', qty: '4', rate: '300' }],
      address: { city: 'Pune' },
    })
  })
  it('shows both versions when somebody was quicker', async () => {
    await show('/core/suppliers/s1')
    fireEvent.change(await screen.findByLabelText('Name'), { target: { value: 'Kaveri Works' } })
    Object.assign(host.docs['core/suppliers'][0], { version: 5, code: 'KVW' })
    key('s', { ctrlKey: true })
    const window = await screen.findByRole('dialog')
    expect(within(window).getByText('KVW')).toBeTruthy()
    fireEvent.click(within(window).getAllByRole('radio')[0])
    fireEvent.click(within(window).getAllByRole('radio')[1])
    fireEvent.click(within(window).getByText('Go on with this'))
    await screen.findByText('Both are merged: look at it and save.')
    key('s', { ctrlKey: true })
    await screen.findByText('Kaveri Works is saved')
    expect(host.docs['core/suppliers'][0]).toMatchObject({ code: 'KVW', name: 'Kaveri Works', version: 6 })
  })
  it('deletes after asking', async () => {
    await show('/core/suppliers/s2')
    fireEvent.click(await screen.findByRole('button', { name: 'Delete' }))
    fireEvent.click(within(await screen.findByRole('dialog')).getByText('Keep it'))
    fireEvent.click(button('Delete'))
    fireEvent.click(within(await screen.findByRole('dialog')).getByText('Delete'))
    await waitFor(() => expect(at()).toBe('/core/suppliers'))
    expect(host.docs['core/suppliers'].length).toBe(1)
  })
  it('is read only for who may only read', async () => {
    host.roles = ['Guest']
    await show('/wms/orders/new')
    expect(((await screen.findByLabelText('Days')) as HTMLInputElement).readOnly).toBe(true)
    expect(screen.queryByText('Save')).toBeNull()
  })
  it('tells the palette what can be done', async () => {
    await show('/wms/orders/o2')
    await screen.findByLabelText('Days')
    const names = pageActions.get().map((a) => a.label)
    expect(names).toContain('Save')
    expect(names.some((n) => n.startsWith('Submit'))).toBe(true)
    await act(async () =>
      pageActions
        .get()
        .find((a) => a.label.startsWith('Submit'))
        ?.run(),
    )
    await screen.findByText('PO-7: Submitted')
  })
  it('says when there is no such document', async () => {
    await show('/wms/orders/zz')
    await screen.findByText('This does not exist.')
    fireEvent.click(button('Try again'))
  })
})

describe('fields', () => {
  it('reads dates as clerks type them, and by the calendar', async () => {
    await show('/wms/orders/o2')
    const day = (await screen.findByLabelText('Day')) as HTMLInputElement
    await leave(day, 'rubbish')
    expect(day.getAttribute('aria-invalid')).toBe('true')
    fireEvent.keyDown(day, { key: 'Escape' })
    await leave(day, '2026-11-10')
    expect(day.value).toBe('10 Nov 2026')
    fireEvent.keyDown(day, { key: 'ArrowUp' })
    expect(day.value).toBe('11 Nov 2026')
    fireEvent.keyDown(day, { key: 'ArrowDown' })
    fireEvent.keyDown(day, { key: 'ArrowDown', altKey: true })
    const month = await screen.findByRole('group', { name: 'November 2026' })
    for (const k of ['ArrowRight', 'ArrowLeft', 'ArrowUp', 'ArrowDown', 'PageDown', 'PageUp'])
      fireEvent.keyDown(month, { key: k })
    fireEvent.click(button('Month after'))
    fireEvent.click(button('Month before'))
    fireEvent.click(button('24 Nov 2026'))
    expect(day.value).toBe('24 Nov 2026')
    fireEvent.click(button('Calendar: Day'))
    fireEvent.keyDown(await screen.findByRole('group', { name: 'November 2026' }), { key: 'Escape' })
    expect(screen.queryByRole('group', { name: 'November 2026' })).toBeNull()
    await leave(day, '')
    expect(day.value).toBe('')
  })
  it('does not take a number it cannot read', async () => {
    await show('/wms/orders/o2')
    const days = (await screen.findByLabelText('Days')) as HTMLInputElement
    type(days, 'many')
    fireEvent.keyDown(days, { key: 'Enter' })
    expect(days.getAttribute('aria-invalid')).toBe('true')
    fireEvent.keyDown(days, { key: 'Escape' })
    expect(days.value).toBe('3')
    await leave(days, '')
    expect(days.value).toBe('')
  })
  it('finds a linked record by what is typed, or says that there is none', async () => {
    await show('/wms/orders/o2')
    const supplier = (await screen.findByRole('combobox', { name: 'Supplier' })) as HTMLInputElement
    await waitFor(() => expect(supplier.value).toBe('Nilgiri'))
    await leave(supplier, 'KAV')
    await waitFor(() => expect(supplier.value).toBe('Kaveri'))
    await leave(supplier, 'nobody')
    await waitFor(() => expect(supplier.getAttribute('aria-invalid')).toBe('true'))
    type(supplier, 'nobody2')
    await screen.findByText('Nothing is called “nobody2”.')
    fireEvent.keyDown(supplier, { key: 'Escape' })
    expect(supplier.value).toBe('Kaveri')
    fireEvent.click(button('Choices for Supplier'))
    const option = await screen.findByRole('option', { name: /Nilgiri/ })
    fireEvent.mouseMove(option)
    fireEvent.click(option)
    expect(supplier.value).toBe('Nilgiri')
    await leave(supplier, ' ')
    await waitFor(() => expect(supplier.value).toBe(''))
  })
  it('makes a record in between', async () => {
    await show('/wms/orders/o2')
    const supplier = (await screen.findByRole('combobox', { name: 'Supplier' })) as HTMLInputElement
    type(supplier, 'Malabar')
    await screen.findByText('Nothing is called “Malabar”.')
    fireEvent.keyDown(supplier, { key: 'n', altKey: true })
    const window = await screen.findByRole('dialog')
    expect((within(window).getByLabelText('Name') as HTMLInputElement).value).toBe('Malabar')
    host.next = {
      status: 422,
      error: {
        code: 'v',
        message: 'One field is wrong.',
        hint: '',
        fields: [{ path: 'code', code: 'r', message: 'This field is required.' }],
      },
    }
    fireEvent.click(within(window).getByText('Save'))
    await within(window).findByText('This field is required.')
    fireEvent.change(within(window).getByLabelText('Code'), { target: { value: 'MAL' } })
    await act(async () => {
      fireEvent.keyDown(within(window).getByLabelText('Code'), { key: 's', ctrlKey: true })
      await new Promise((r) => setTimeout(r, 30))
    })
    await waitFor(() => expect(supplier.value).toBe('Malabar'))
  })
})

describe('lines', () => {
  const cell = (name: string) => screen.getByRole('gridcell', { name: new RegExp(`^${name}`) })
  it('adds, copies down, removes', async () => {
    await show('/wms/orders/o2')
    await screen.findByRole('gridcell', { name: /^Qty, line 1/ })
    fireEvent.focus(cell('Qty, line 2'))
    const qty = await screen.findByRole('textbox', { name: 'Qty, line 2' })
    fireEvent.keyDown(qty, { key: 'd', ctrlKey: true })
    fireEvent.keyDown(qty, { key: 'Enter', ctrlKey: true })
    await screen.findByRole('gridcell', { name: /^Qty, line 3/ })
    fireEvent.click(button('Remove line 3'))
    expect(screen.queryByRole('gridcell', { name: /^Qty, line 3/ })).toBeNull()
    fireEvent.focus(cell('Rate, line 2'))
    const rate = await screen.findByRole('textbox', { name: 'Rate, line 2' })
    fireEvent.keyDown(rate, { key: 'Enter' })
    fireEvent.keyDown(await screen.findByRole('textbox', { name: 'Rate, line 3' }), { key: 'Backspace', ctrlKey: true })
    await waitFor(() => expect(document.querySelector('[data-row="2"]')).toBeNull())
    fireEvent.click(screen.getByText('Add row'))
    await waitFor(() => expect(document.querySelector('[data-row="2"]')).toBeTruthy())
    fireEvent.click(button(/^Save/))
    await waitFor(() => expect(writes().length).toBe(1))
    expect(writes()[0].body).toEqual({
      lines: [
        { id: 'l2', item: 'i1', qty: '1', rate: '5' },
        { id: 'l3', item: 'i2', qty: '1', rate: '5' },
      ],
    })
  })
  it('takes a block from a spreadsheet', async () => {
    await show('/wms/orders/o2')
    await screen.findByRole('gridcell', { name: /^Item, line 1/ })
    fireEvent.focus(cell('Item, line 1'))
    const input = await screen.findByRole('combobox', { name: 'Item, line 1' })
    await act(async () => {
      fireEvent.paste(input, {
        clipboardData: { getData: () => 'SALT\t1,000\t2.5\t3.4.26\ty\t7\r\nnone\t2\t1\t\t\t\r\nTea\t3\t1\t\t\t\r\n' },
      })
    })
    await waitFor(() => expect(screen.getByText('1,000')).toBeTruthy())
    fireEvent.click(button(/^Save/))
    await screen.findByText('Not everything that was typed can be read.')
    expect(screen.getByText(/line 2, Item: “none” cannot be read here/)).toBeTruthy()
    expect(writes()).toEqual([])
    fireEvent.focus(cell('Item, line 2'))
    const wrong = await screen.findByRole('combobox', { name: 'Item, line 2' })
    await leave(wrong, 'salt')
    fireEvent.click(button(/^Save/))
    await waitFor(() => expect(writes().length).toBe(1))
    expect(writes()[0].body).toEqual({
      lines: [
        { id: 'l2', item: 'i2', qty: '1000', rate: '2.5', due: '2026-04-03', free: true, count: 7 },
        { id: 'l3', item: 'i2', qty: '2', rate: '1' },
        { item: 'i1', qty: '3', rate: '1' },
      ],
    })
  })
  it('sends nothing else than what was typed', async () => {
    await show('/wms/orders/o2')
    await screen.findByRole('gridcell', { name: /^Item, line 1/ })
    fireEvent.focus(cell('Qty, line 1'))
    await leave(await screen.findByRole('textbox', { name: 'Qty, line 1' }), '*5')
    fireEvent.focus(cell('Item, line 2'))
    await leave(await screen.findByRole('combobox', { name: 'Item, line 2' }), 'sugar')
    const save = async () => {
      fireEvent.click(button(/^Save/))
      await screen.findByText('Not everything that was typed can be read.')
    }
    await save()
    expect(screen.getByText(/line 1, Qty: “\*5” is not a number/)).toBeTruthy()
    await screen.findByText(/line 2, Item: Nothing is called “sugar”/)
    fireEvent.focus(cell('Qty, line 1'))
    const qty = await screen.findByRole('textbox', { name: 'Qty, line 1' })
    await leave(qty, '5*')
    fireEvent.keyDown(qty, { key: 'Escape' })
    expect(screen.queryByText(/line 1, Qty: /)).toBeNull()
    fireEvent.focus(cell('Item, line 2'))
    await leave(await screen.findByRole('combobox', { name: 'Item, line 2' }), 't')
    await save()
    await screen.findByText(/line 2, Item: “t” may be one of several/)
    // the answer is on its way when it is saved
    fireEvent.focus(cell('Rate, line 2'))
    fireEvent.focus(cell('Item, line 2'))
    await leave(await screen.findByRole('combobox', { name: 'Item, line 2' }), 'tea')
    fireEvent.click(button(/^Save/))
    await waitFor(() => expect(writes().length).toBe(1))
    expect(writes()[0].body?.lines).toMatchObject([{ qty: '1' }, { item: 'i1', qty: '2' }])
  })
  it('shows other columns', async () => {
    await show('/wms/orders/o2')
    await screen.findByRole('gridcell', { name: /^Item, line 1/ })
    fireEvent.click(screen.getByText('Columns'))
    const window = await screen.findByRole('dialog')
    fireEvent.click(within(window).getByLabelText('Remark'))
    fireEvent.focus(await screen.findByRole('gridcell', { name: /^Remark, line 1/ }))
    fireEvent.change(await screen.findByRole('textbox', { name: 'Remark, line 1' }), { target: { value: 'r' } })
    fireEvent.click(within(window).getByText('As usual'))
    fireEvent.click(within(window).getAllByText('Close').at(-1) as HTMLElement)
    await waitFor(() => expect(screen.queryByRole('gridcell', { name: /Remark/ })).toBeNull())
  })
})

describe('reports', () => {
  const rows = [
    { account: 'a0', code: '1000', name: 'Assets', level: 0, is_group: true, closing: '500.00', currency: null },
    { account: 'a1', code: '1120', name: 'Bank', level: 1, is_group: false, closing: '-500.00', currency: null },
    { account: 'a2', code: '1130', name: 'Cash', level: 1, is_group: false, closing: '0.00', currency: null },
  ]
  it('asks, folds, leads down and back', async () => {
    host.rows.balance = { rows, totals: { closing: '500.00' } }
    await show('/finance/reports/balance')
    const bank = await screen.findByRole('link', { name: 'Bank' })
    expect(screen.queryByText('Currency')).toBeNull()
    expect(screen.getByRole('link', { name: '−500.00' })).toBeTruthy()
    fireEvent.click(button('Assets'))
    expect(screen.queryByText('Bank')).toBeNull()
    fireEvent.click(button('Assets'))
    await leave(screen.getByLabelText('As of'), '2026-11-01')
    await waitFor(() => expect(at()).toBe('/finance/reports/balance?as_of=2026-11-01'))
    fireEvent.click(screen.getByLabelText('All'))
    await waitFor(() => expect(at()).toContain('all=true'))
    fireEvent.click(screen.getByText('More questions'))
    expect(screen.getByLabelText('Known at')).toBeTruthy()
    expect(bank).toBeTruthy()
    fireEvent.click(await screen.findByRole('link', { name: 'Bank' }))
    await waitFor(() => expect(at()).toBe('/finance/reports/general-ledger?account=a1&to=2026-11-01'))
    await screen.findByText('There is nothing to show for these questions')
  })
  it('says what must be chosen first', async () => {
    await show('/finance/reports/general-ledger')
    await screen.findByText('Choose first: Account')
  })
  it('says what is wrong, at the question', async () => {
    await show('/finance/reports/balance')
    await screen.findByText('There is nothing to show for these questions')
    host.next = {
      status: 422,
      error: {
        code: 'v',
        message: 'One field is wrong.',
        hint: 'Mend it.',
        fields: [{ path: 'as_of', code: 'x', message: 'Too early.' }],
        request_id: 'r9',
      },
    }
    await leave(screen.getByLabelText('As of'), '1999-01-01')
    await screen.findByText('Too early.')
    expect(screen.getByText('r9')).toBeTruthy()
    fireEvent.click(button('Try again'))
  })
  it('exports, and shows long ones piece by piece', async () => {
    URL.createObjectURL = vi.fn(() => 'blob:x')
    host.rows.balance = {
      rows: Array.from({ length: 450 }, (_, i) => ({ ...rows[1], code: String(2000 + i), name: `Account ${i}` })),
      totals: {},
    }
    await show('/finance/reports/balance')
    await screen.findByText('Account 399')
    expect(screen.queryByText('Account 400')).toBeNull()
    fireEvent.click(button('Show more of 450 rows'))
    await screen.findByText('Account 449')
    fireEvent.click(button('Export'))
    expect(URL.createObjectURL).toHaveBeenCalled()
  })
  it('does not know every report', async () => {
    await show('/finance/reports/none')
    await screen.findByText('There is nothing at this address.')
    expect(balance.name).toBe('balance')
  })
})

describe('small things', () => {
  it('goes where a link leads, unless a new tab is wanted', async () => {
    render(
      <Router>
        <Link to="/x">go</Link>
        <Where />
      </Router>,
    )
    fireEvent.click(screen.getByText('go'))
    expect(screen.getByRole('status').textContent).toBe('/x')
    history.replaceState(null, '', '/desk/y')
    act(() => {
      dispatchEvent(new PopStateEvent('popstate'))
    })
    expect(screen.getByRole('status').textContent).toBe('/y')
  })
  it('looks as one likes it', () => {
    setPrefs({ density: 'compact', scheme: 'dark', grouping: 'international' })
    expect(JSON.parse(localStorage.getItem('bm.prefs') ?? '{}')).toMatchObject({ density: 'compact' })
    setPrefs({ density: 'cozy', scheme: 'light', grouping: 'indian' })
  })
  it('shows and drops messages', async () => {
    vi.useFakeTimers()
    render(<Toasts />)
    act(() => toast('broken', 'danger'))
    expect(screen.getByText('broken')).toBeTruthy()
    act(() => {
      vi.advanceTimersByTime(9000)
    })
    expect(screen.queryByText('broken')).toBeNull()
    vi.useRealTimers()
  })
  it('keeps nothing prepared for another place', () => {
    prepare('/a', {})
    expect(recent.get()).toBeDefined()
  })
})
function Where() {
  return <output>{useRoute().path}</output>
}
