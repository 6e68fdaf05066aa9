import { TamaguiProvider } from '@tamagui/core'
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { useState } from 'react'
import { beforeEach, expect, it } from 'vitest'
import { config, type Doc, QueryClientProvider, queries, refresh, SavedViews, Toasts } from '../src'
import { doc, type FakeHost, startHost, supplier } from './host'

let host: FakeHost
beforeEach(async () => {
  host = startHost()
  await refresh()
})
function Bar({ first }: { first: string }) {
  const [query, setQuery] = useState(first)
  return (
    <>
      <SavedViews type="wms.order" query={query} onOpen={setQuery} />
      <output>{query}</output>
      <button type="button" onClick={() => setQuery('state=draft')}>
        drafts
      </button>
      <Toasts />
    </>
  )
}
const show = (first = '') =>
  render(
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <QueryClientProvider client={queries}>
        <Bar first={first} />
      </QueryClientProvider>
    </TamaguiProvider>,
  )
const view = (id: string, name: string, more = {}): Doc =>
  doc(supplier, id, { name, list: 'wms.order', query: '', shared: false, preferred: false, created_by: 'u1', ...more })
const kept = () => host.docs['core/saved-views']
const shown = () => document.querySelector('output')?.textContent
const button = (name: string) => screen.getByRole('button', { name })
const press = async (name: string) => {
  const there = await screen.findByRole('button', { name })
  await act(async () => fireEvent.click(there))
}

it('keeps a view for this person on the host', async () => {
  show('state=draft')
  await press('Keep this view')
  expect(button('Save').getAttribute('aria-disabled')).toBe('true')
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: ' Drafts ' } })
  fireEvent.click(screen.getByLabelText('Everybody may use it'))
  await press('Save')
  await waitFor(() => expect(button('Drafts').getAttribute('aria-pressed')).toBe('true'))
  expect(kept().map((v) => [v.list, v.name, v.query, v.shared, v.preferred])).toEqual([
    ['wms.order', 'Drafts', 'state=draft', true, false],
  ])
})
it('opens the list with the view that is shown first, once', async () => {
  kept().push(view('v1', 'Open', { query: 'state=submitted', preferred: true }), view('v2', 'All'))
  show()
  await waitFor(() => expect(shown()).toBe('state=submitted'))
  await press('All')
  expect(shown()).toBe('')
  await press('drafts')
  expect(shown()).toBe('state=draft')
})
it('leaves an address that asks for something alone', async () => {
  kept().push(view('v1', 'Open', { query: 'state=submitted', preferred: true }))
  show('sort=day')
  await screen.findByRole('button', { name: 'Open' })
  expect(shown()).toBe('sort=day')
})
it('shows one first, and changes what is there', async () => {
  kept().push(
    view('v1', 'Open', { query: 'state=submitted', preferred: true }),
    view('v2', 'Late', { query: 'sort=day' }),
  )
  show('sort=day')
  await press('Change this view')
  expect((screen.getByLabelText('Name') as HTMLInputElement).readOnly).toBe(true)
  fireEvent.click(screen.getByLabelText('Open the list with it'))
  fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Enter' })
  await waitFor(() => expect(kept().map((v) => v.preferred)).toEqual([false, true]))
})
it('shows views of others, and leaves them theirs', async () => {
  kept().push(view('v1', 'Of the team', { query: 'state=draft', shared: true, created_by: 'u2' }), view('v2', 'Mine'))
  show('state=draft')
  await screen.findByRole('button', { name: 'Of the team' })
  expect(screen.queryByRole('button', { name: 'Change this view' })).toBeNull()
  expect(screen.queryByRole('button', { name: 'Forget the view Of the team' })).toBeNull()
  await press('Forget the view Mine')
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Mine' })).toBeNull())
  expect(kept().map((v) => v.id)).toEqual(['v1'])
})
it('brings over what was kept on this machine', async () => {
  localStorage.setItem('bm.views.t1.wms.order', JSON.stringify([{ name: 'Old', query: 'state=cancelled' }]))
  show()
  await screen.findByRole('button', { name: 'Old' })
  expect(kept().map((v) => [v.name, v.query])).toEqual([['Old', 'state=cancelled']])
  expect(localStorage.getItem('bm.views.t1.wms.order')).toBeNull()
})
it('says when it could not be kept', async () => {
  show('state=draft')
  await press('Keep this view')
  fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'Drafts' } })
  host.next = { status: 503, error: { code: 'core.unavailable', message: 'Not now.', hint: 'Later.', fields: [] } }
  await press('Save')
  await screen.findByText('Not now. Later.')
  await press('Keep this view')
  await press('Back')
})
