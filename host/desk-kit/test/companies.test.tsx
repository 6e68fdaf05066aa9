import { TamaguiProvider } from '@tamagui/core'
import { act, fireEvent, render, screen } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import { companiesOf, config, lastSignIn, refresh, rememberSignIn, SwitchCompany } from '../src'
import { type FakeHost, startHost } from './host'

let host: FakeHost
const went = vi.fn()
beforeEach(async () => {
  host = startHost()
  await refresh()
  went.mockReset()
  vi.spyOn(location, 'assign').mockImplementation(went)
  rememberSignIn({ tenant: 'second', email: 'a@b.c' })
  rememberSignIn({ tenant: '', email: 'a@b.c' })
})
const show = () =>
  render(
    <TamaguiProvider config={config} defaultTheme="light" disableInjectCSS>
      <SwitchCompany onClose={() => {}} />
    </TamaguiProvider>,
  )
const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } })
const enter = () => act(async () => fireEvent.submit(document.querySelector('form') as HTMLFormElement))

it('knows the companies one has signed in to', () => {
  expect(companiesOf('a@b.c')).toEqual(['main', 'second'])
  expect(companiesOf('x@y.z')).toEqual([])
  expect(lastSignIn()).toEqual({ tenant: '', email: 'a@b.c' })
})
it('signs in to the other one under the same e-mail, and begins anew there', async () => {
  show()
  expect((screen.getByLabelText('Company') as HTMLInputElement).value).toBe('second')
  await enter() // nothing happens without a password
  type('Password', 'one long phrase')
  await enter()
  const asked = host.asked.filter((a) => a.path === '/api/v1/auth/token').map((a) => a.body)
  expect(asked).toEqual([{ tenant: 'second', email: 'a@b.c', password: 'one long phrase', cookie: true }])
  expect(went).toHaveBeenCalledWith('/desk/')
  expect(lastSignIn().tenant).toBe('second')
})
it('stays where it is when that is refused', async () => {
  show()
  type('Company', 'third')
  type('Password', 'wrong')
  await enter()
  await screen.findByText('This is not right. Look again.')
  expect(went).not.toHaveBeenCalled()
  expect(companiesOf('a@b.c')).toEqual(['main', 'second'])
})
