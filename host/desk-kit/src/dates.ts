// Days are "2026-11-21" from the wire to the screen and back; what clerks type is read here.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const pad = (n: number) => String(n).padStart(2, '0')

export function isoDay(year: number, month: number, day: number): string | null {
  const d = new Date(Date.UTC(year, month - 1, day))
  const same = d.getUTCFullYear() === year && d.getUTCMonth() === month - 1 && d.getUTCDate() === day
  return same && year >= 1900 && year <= 2999 ? `${year}-${pad(month)}-${pad(day)}` : null
}

export function today(now = new Date()): string {
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`
}

export function addDays(day: string, n: number): string {
  const d = new Date(`${day}T00:00:00Z`)
  d.setUTCDate(d.getUTCDate() + n)
  return d.toISOString().slice(0, 10)
}

export function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

/**
 * t or today · +5, -3 days from now · 3 (of this month) · 4.3 or 4/3 (this year) · 4.3.26 · 3 apr · f, l: first and last of
 * the month · 2026-04-03. null when it cannot be read.
 */
export function readDay(text: string, now = today()): string | null {
  const typed = text.trim().toLowerCase()
  const [year, month] = now.split('-').map(Number)
  if (typed === 't' || typed === 'today') return now
  if (typed === 'f') return isoDay(year, month, 1)
  if (typed === 'l') return isoDay(year, month, daysIn(year, month))
  if (/^[+-]\d{1,4}$/.test(typed)) return addDays(now, Number(typed))
  let m = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed)
  if (m) return isoDay(Number(m[1]), Number(m[2]), Number(m[3]))
  const century = (y: string | undefined) => (y === undefined ? year : y.length === 2 ? 2000 + Number(y) : Number(y))
  m = /^(\d{1,2})(?:[./-](\d{1,2})(?:[./-](\d{2}|\d{4}))?)?$/.exec(typed)
  if (m) return isoDay(century(m[3]), m[2] === undefined ? month : Number(m[2]), Number(m[1]))
  m = /^(\d{1,2})[ .-]*([a-z]{3})[a-z]*[ .-]*(\d{2}|\d{4})?$/.exec(typed)
  if (m) {
    const named = MONTHS.indexOf(m[2])
    return named < 0 ? null : isoDay(century(m[3]), named + 1, Number(m[1]))
  }
  return null
}

/** The last n months up to this day, the running one to that day: "2026-11-01" to "2026-11-22". */
export function monthsBack(day: string, n: number): { from: string; to: string }[] {
  const [year, month] = day.split('-').map(Number)
  return Array.from({ length: n }, (_, i) => {
    const at = year * 12 + month - 1 - (n - 1 - i)
    const [y, m] = [Math.floor(at / 12), (at % 12) + 1]
    const end = `${y}-${pad(m)}-${pad(daysIn(y, m))}`
    return { from: `${y}-${pad(m)}-01`, to: end < day ? end : day }
  })
}

/** "2026-11-01" → "Nov" */
export function monthShort(day: string, locale: string): string {
  return format(locale, { month: 'short', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))
}

const formats = new Map<string, Intl.DateTimeFormat>()
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options)
  let f = formats.get(key)
  if (!f) {
    f = new Intl.DateTimeFormat(locale, options)
    formats.set(key, f)
  }
  return f
}

/** "2026-11-21" → "21 Nov 2026" */
export function formatDay(day: string | null | undefined, locale: string): string {
  if (!day || !/^\d{4}-\d\d-\d\d$/.test(day)) return day ?? ''
  if (locale.startsWith('en')) {
    const name = MONTHS[Number(day.slice(5, 7)) - 1] ?? '?' // three letters each: columns of days stay in line
    return `${day.slice(8)} ${name.charAt(0).toUpperCase()}${name.slice(1)} ${day.slice(0, 4)}`
  }
  return format(locale, { day: '2-digit', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )
}

/** A moment, in the reader's time zone. */
export function formatTime(at: string | null | undefined, locale: string): string {
  if (!at) return ''
  const d = new Date(at)
  if (Number.isNaN(d.getTime())) return at
  const clock = format(locale, { hour: '2-digit', minute: '2-digit' }).format(d)
  return `${formatDay(today(d), locale)}, ${clock}`
}

export function monthName(year: number, month: number, locale: string): string {
  return format(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(Date.UTC(year, month - 1, 1)),
  )
}
