// How this person wants to see things; kept on this machine.

import { formatDay, formatTime, monthShort } from './dates'
import { formatDecimal, type Grouping } from './decimal'
import { kept, store, useStore } from './store'

export type Language = 'en' | 'hi'
export interface Prefs {
  scheme: 'light' | 'dark'
  density: 'cozy' | 'compact'
  grouping: Grouping
  language: Language
}

const dark = typeof matchMedia === 'function' && matchMedia('(prefers-color-scheme: dark)').matches
const fallback: Prefs = { scheme: dark ? 'dark' : 'light', density: 'cozy', grouping: 'indian', language: 'en' }
export const prefs = store<Prefs>({ ...fallback, ...kept.read<Partial<Prefs>>('prefs', {}) })

export function setPrefs(change: Partial<Prefs>) {
  prefs.set({ ...prefs.get(), ...change })
  kept.write('prefs', prefs.get())
}

export const usePrefs = () => useStore(prefs)
export const locale = () => (prefs.get().language === 'hi' ? 'hi-IN' : 'en-GB')
export const rowHeight = () => (prefs.get().density === 'compact' ? 30 : 38)

export const showDecimal = (text: string | null | undefined, places = 2) =>
  formatDecimal(text, places, prefs.get().grouping)
export const showDay = (day: string | null | undefined) => formatDay(day, locale())
/** "2026-11-01" → "Nov" in the reader's language. */
export const showMonth = (day: string) => monthShort(day, locale())
export const showTime = (at: string | null | undefined) => formatTime(at, locale())
