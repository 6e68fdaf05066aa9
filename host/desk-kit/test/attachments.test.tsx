import { TamaguiProvider } from '@tamagui/core'
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { Attachments, config, QueryClientProvider, queries, refresh, showSize } from '../src'
import { type FakeHost, order, startHost } from './host'

let host: FakeHost
const show = async () => {
  render(
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <QueryClientProvider client={queries}>
        <Attachments meta={order} doc={host.docs['wms/orders'][0]} />
      </QueryClientProvider>
    </TamaguiProvider>,
  )
  return screen.findByRole('region', { name: 'Files' })
}
beforeEach(async () => {
  queries.clear()
  host = startHost()
  await refresh()
})
const file = (name: string, text = 'hello') => new File([text], name)
const box = () => document.querySelector('input[type=file]') as HTMLInputElement
const pick = (...files: File[]) => act(async () => fireEvent.change(box(), { target: { files } }))
const sent = () => host.asked.filter((a) => a.method === 'POST' && a.path.endsWith('/attachments'))

it('says sizes as people do', () => {
  expect([0, 999, 1024, 1536, 10 * 1024, 5 * 1024 * 1024, 2 ** 31].map(showSize)).toEqual([
    '0 B',
    '999 B',
    '1 KiB',
    '1.5 KiB',
    '10 KiB',
    '5 MiB',
    '2048 MiB',
  ])
})
it('sends what is picked and lists it', async () => {
  await show()
  const clicked = vi.spyOn(box(), 'click')
  fireEvent.click(screen.getByRole('button', { name: 'Add files' }))
  expect(clicked).toHaveBeenCalled()
  expect(box().accept).toBe('.pdf,.png,.txt')
  await pick(file('bill.pdf'), file('note.TXT', 'something else'))
  await screen.findByRole('button', { name: 'Download bill.pdf' })
  expect(sent().map((a) => [a.query.get('name'), a.headers.authorization])).toEqual([
    ['bill.pdf', 'Bearer a'],
    ['note.TXT', 'Bearer a'],
  ])
  expect(screen.queryByRole('alert')).toBeNull()
})
it('takes what is dropped, and says that a file is there already', async () => {
  const card = await show()
  const dataTransfer = { types: ['Files'], files: [file('bill.pdf')] }
  fireEvent.dragOver(card, { dataTransfer: { types: ['text/plain'], files: [] } })
  expect(card.dataset.over).toBeUndefined()
  fireEvent.dragOver(card, { dataTransfer })
  expect(card.dataset.over).toBe('true')
  fireEvent.dragLeave(card)
  expect(card.dataset.over).toBeUndefined()
  await act(async () => fireEvent.drop(card, { dataTransfer }))
  await screen.findByRole('button', { name: 'Download bill.pdf' })
  await act(async () => fireEvent.drop(card, { dataTransfer: { ...dataTransfer, files: [file('again.pdf')] } }))
  await waitFor(() => expect(sent().length).toBe(2))
  expect(screen.queryByRole('button', { name: 'Download again.pdf' })).toBeNull()
})
it('says what it does not take, and sends the rest', async () => {
  await show()
  const large = file('large.pdf')
  Object.defineProperty(large, 'size', { value: 6 * 1024 * 1024 })
  await pick(file('page.html'), file('empty.txt', ''), large, file('good.txt'))
  await screen.findByRole('button', { name: 'Download good.txt' })
  const texts = screen.getByRole('alert').textContent
  expect(texts).toContain('page.html: Files of this kind are not kept.')
  expect(texts).toContain('empty.txt: The file is empty.')
  expect(texts).toContain('large.pdf: The file is larger than 5 MiB.')
  expect(sent().length).toBe(1)
})
it('shows what the host refuses, and when it cannot be reached', async () => {
  await show()
  host.next = { status: 413, error: { code: 'http.body_too_large', message: 'Too large.', hint: 'Less.', fields: [] } }
  await pick(file('bill.pdf'))
  await screen.findByText('bill.pdf: Too large. Less.')
  host.next = 'offline'
  await pick(file('bill.pdf'))
  await screen.findByText(/bill.pdf: The server cannot be reached/)
})
it('hands a file out, and takes one away when that is meant', async () => {
  host.files.o1 = [
    { id: 'f9', name: 'old.pdf', media_type: '', size: 2048, hash: '', at: '2026-11-21T10:00:00Z', actor_name: '' },
  ]
  await show()
  const urls = vi.spyOn(URL, 'createObjectURL')
  await act(async () => fireEvent.click(await screen.findByRole('button', { name: 'Download old.pdf' })))
  await waitFor(() => expect(urls).toHaveBeenCalled())
  fireEvent.click(screen.getByRole('button', { name: 'Take away old.pdf' }))
  fireEvent.click(screen.getByRole('button', { name: 'Keep it' }))
  expect(screen.queryByText('Take away old.pdf?')).toBeNull()
  fireEvent.click(screen.getByRole('button', { name: 'Take away old.pdf' }))
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Take away' })))
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Download old.pdf' })).toBeNull())
  expect(host.asked.at(-1)?.path ?? '').toContain('o1')
})
it('shows them to who may only read', async () => {
  host.fileActions = []
  await show()
  expect(screen.getByText('No files')).toBeTruthy()
  expect(screen.queryByRole('button')).toBeNull()
})
it('says when a file cannot be had or taken away', async () => {
  host.files.o1 = [
    { id: 'f9', name: 'old.pdf', media_type: '', size: 1, hash: '', at: '2026-11-21T10:00:00Z', actor_name: 'Meera' },
  ]
  await show()
  const gone = { status: 404, error: { code: 'core.not_found', message: 'Gone.', hint: '', fields: [] } }
  host.next = gone
  await act(async () => fireEvent.click(await screen.findByRole('button', { name: 'Download old.pdf' })))
  await screen.findByText('old.pdf: Gone.')
  fireEvent.click(screen.getByRole('button', { name: 'Take away old.pdf' }))
  host.next = gone
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Take away' })))
  await screen.findByText('old.pdf: Gone.')
})
