import { TamaguiProvider } from '@tamagui/core'
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, it } from 'vitest'
import { CommentBox, config, QueryClientProvider, queries, refresh } from '../src'
import { type FakeHost, order, startHost } from './host'

let host: FakeHost
beforeEach(async () => {
  host = startHost()
  await refresh()
  render(
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <QueryClientProvider client={queries}>
        <CommentBox meta={order} doc={host.docs['wms/orders'][0]} />
      </QueryClientProvider>
    </TamaguiProvider>,
  )
})
const box = () => screen.getByRole('textbox', { name: 'Comment' }) as HTMLTextAreaElement
const say = (text: string) => fireEvent.change(box(), { target: { value: text } })
const sent = () => host.asked.filter((a) => a.path.endsWith('/comment'))

it('says what was typed, once', async () => {
  expect(screen.queryByRole('button')).toBeNull()
  fireEvent.keyDown(box(), { key: 'Enter', ctrlKey: true })
  say('  Call Ann.  ')
  await act(async () => {
    fireEvent.click(screen.getByRole('button', { name: /Comment/ }))
  })
  await waitFor(() => expect(box().value).toBe(''))
  expect(sent().map((a) => [a.path, a.body])).toEqual([['/api/v1/wms/orders/o1/comment', { text: 'Call Ann.' }]])
})
it('keeps the words and the key when it did not arrive', async () => {
  host.next = { status: 503, error: { code: 'core.unavailable', message: 'Not now.', hint: 'Later.', fields: [] } }
  say('Call Ann.')
  fireEvent.keyDown(box(), { key: 'a' })
  await act(async () => {
    fireEvent.keyDown(box(), { key: 'Enter', ctrlKey: true })
  })
  await screen.findByText('Not now. Later.')
  expect(box().value).toBe('Call Ann.')
  await act(async () => {
    fireEvent.keyDown(box(), { key: 'Enter', metaKey: true })
  })
  await waitFor(() => expect(box().value).toBe(''))
  const keys = sent().map((a) => a.headers['idempotency-key'])
  expect(keys.length).toBe(2)
  expect(keys[0]).toBe(keys[1])
})
