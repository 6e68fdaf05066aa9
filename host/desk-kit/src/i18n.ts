// The shell's own words. Labels of fields and documents come from the host.

import { hindi } from './hindi'
import { prefs } from './prefs'

/** The text in the reader's language; {name} is filled in from values. */
export function t(text: string, values?: Record<string, string | number>): string {
  const found = prefs.get().language === 'hi' ? (hindi[text] ?? text) : text
  return values ? found.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : found
}
