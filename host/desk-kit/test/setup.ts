// A test fails on whatever is said on the console.
import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { queries, session } from '../src'

// A busy machine takes its time; what is hidden is not looked for by these tests, the browser's do.
configure({ asyncUtilTimeout: 5_000, defaultHidden: true })

const said: string[] = []
for (const level of ['error', 'warn'] as const)
  vi.spyOn(console, level).mockImplementation((...words: unknown[]) => {
    said.push(`${level}: ${words.map(String).join(' ')}`)
  })

// What happy-dom lacks: windows that are open, and a page with a size.
HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
  this.open = true
}
globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
}
// A download would lead this page away.
Object.getPrototypeOf(document.createElement('a')).click = () => {}
for (const [name, value] of [
  ['clientHeight', 800],
  ['clientWidth', 1200],
] as const) {
  let at = Object.getPrototypeOf(document.createElement('div'))
  while (!Object.hasOwn(at, name)) at = Object.getPrototypeOf(at)
  Object.defineProperty(at, name, { configurable: true, get: () => value })
}

beforeEach(() => {
  said.length = 0
  localStorage.clear()
  history.replaceState(null, '', '/desk/')
})
afterEach(() => {
  cleanup()
  queries.clear()
  session.set(undefined)
  expect(said).toEqual([])
})
