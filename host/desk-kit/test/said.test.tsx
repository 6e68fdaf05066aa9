// What the host describes is shown in the language it was described in.

import { TamaguiProvider } from '@tamagui/core'
import { render, screen, waitFor } from '@testing-library/react'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { config, DomainPages, QueryClientProvider, queries, Router, refresh, setPrefs, words } from '../src'
import { type FakeHost, startHost } from './host'

let host: FakeHost
beforeEach(() => {
  host = startHost()
  setPrefs({ language: 'hi' })
})
afterEach(() => setPrefs({ language: 'en' }))

async function show(path: string) {
  await refresh()
  history.replaceState(null, '', `/desk${path}`)
  render(
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <QueryClientProvider client={queries}>
        <Router>
          <DomainPages path={path} />
        </Router>
      </QueryClientProvider>
    </TamaguiProvider>,
  )
}

it('shows a form in Hindi: heading, fields, help, choices, state and steps', async () => {
  await show('/wms/orders/o2')
  await screen.findByRole('button', { name: 'प्रस्तुत करें' })
  expect(screen.getByLabelText('दिन')).toBeTruthy()
  expect(screen.getByText('खाली छोड़ने पर आज।')).toBeTruthy()
  expect(screen.getByLabelText('प्रकार').textContent).toContain('सेवाएँ')
  expect(screen.getAllByText('मसौदा').length).toBeGreaterThan(0)
  expect(host.asked.every((a) => a.headers['accept-language'] === 'hi')).toBe(true)
})

it('shows a list and a report in Hindi', async () => {
  await show('/wms/orders')
  await screen.findByRole('heading', { name: 'आदेश' })
  await waitFor(() => expect(screen.getAllByText('प्रस्तुत').length).toBeGreaterThan(0))
  document.body.replaceChildren()
  await show('/finance/reports/balance')
  await screen.findByRole('heading', { name: 'तलपट' })
})

it('says names as the metadata did, and in English as they are', async () => {
  await show('/wms/orders')
  await screen.findByRole('heading', { name: 'आदेश' })
  expect(words('goods')).toBe('माल')
  setPrefs({ language: 'en' })
  expect(words('part_received')).toBe('Part received')
  expect(words('goods')).toBe('Goods')
})
