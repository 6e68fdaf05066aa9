// Words of the Desk itself. Labels of fields and documents come from the host in the reader's language.

import { hindi } from './hindi'
import { prefs } from './prefs'

const names = new Map<string, string>()

/** The text in the reader's language; {name} is filled in from values. */
export function t(text: string, values?: Record<string, string | number>): string {
  const found = prefs.get().language === 'hi' ? (hindi[text] ?? text) : text
  return values ? found.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : found
}

/** Keeps what a description says of names: of states, choices and actions. */
export function learn<T extends { words?: Record<string, string> }>(meta: T): T {
  for (const [name, said] of Object.entries(meta.words ?? {})) names.set(`${prefs.get().language}/${name}`, said)
  return meta
}

/** "part_received" as people say it. */
export function words(name: string): string {
  const said = names.get(`${prefs.get().language}/${name}`) ?? t(name)
  const text = said.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
