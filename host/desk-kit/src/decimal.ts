// Amounts and quantities are decimal strings from the wire to the screen and back; sums are whole numbers of millionths.
// No binary floating point: 0.1 + 0.2 is 0.3 here.

export const PLACES = 6
const ONE = 1_000_000n
const FINE = 1_000_000_000_000n // what expressions are reckoned in

/** "-12.50" → -12500000n; null when it is no plain decimal of at most six places. */
export function toUnits(text: string | null | undefined): bigint | null {
  const m = /^(-?)(\d{1,30})(?:\.(\d{0,6}))?$/.exec(text ?? '')
  if (!m) return null
  const units = BigInt(m[2]) * ONE + BigInt((m[3] ?? '').padEnd(PLACES, '0'))
  return m[1] ? -units : units
}

/** -12500000n → "-12.5"; at least `places` decimals. */
export function fromUnits(units: bigint, places = 0): string {
  const digits = (units < 0n ? -units : units).toString().padStart(PLACES + 1, '0')
  const whole = digits.slice(0, -PLACES)
  const rest = digits.slice(-PLACES).replace(/0+$/, '').padEnd(places, '0')
  return `${units < 0n ? '-' : ''}${whole}${rest ? `.${rest}` : ''}`
}

export function sum(texts: Iterable<string | null | undefined>): bigint {
  let total = 0n
  for (const t of texts) total += toUnits(t) ?? 0n
  return total
}

export type Grouping = 'indian' | 'international'

function group(whole: string, grouping: Grouping): string {
  if (whole.length <= 3) return whole
  const tail = whole.slice(-3)
  const head = whole.slice(0, -3)
  return `${head.replace(grouping === 'indian' ? /\B(?=(\d{2})+$)/g : /\B(?=(\d{3})+$)/g, ',')},${tail}`
}

/** "1234567.5" → "12,34,567.50" (indian, two places). What is not a decimal comes back as it is. */
export function formatDecimal(text: string | null | undefined, places: number, grouping: Grouping): string {
  const units = toUnits(text)
  if (units === null) return text ?? ''
  const [whole, rest] = fromUnits(units < 0n ? -units : units, places).split('.')
  return `${units < 0n ? '−' : ''}${group(whole, grouping)}${rest ? `.${rest}` : ''}`
}

function roundTo(fine: bigint, places: number): bigint {
  const unit = 10n ** BigInt(12 - places)
  const half = unit / 2n
  const rounded = fine < 0n ? (fine - half) / unit : (fine + half) / unit
  return (rounded * unit) / (FINE / ONE)
}

/**
 * What a clerk types into an amount: "1,234.50", "12*4", "(100+20)/3", "-5". The result is rounded half away from zero
 * to `places`; null when it cannot be read.
 */
export function evaluate(text: string, places: number): string | null {
  const tokens = text
    .replace(/[,\s₹]/g, '')
    .replace(/[×x]/gi, '*')
    .replace(/÷/g, '/')
    .replace(/−/g, '-')
  let at = 0
  const fail = Symbol('unreadable')
  const atom = (): bigint => {
    if (tokens[at] === '-') {
      at++
      return -atom()
    }
    if (tokens[at] === '+') {
      at++
      return atom()
    }
    if (tokens[at] === '(') {
      at++
      const inner = expression()
      if (tokens[at++] !== ')') throw fail
      return inner
    }
    const m = /^(\d{0,18})(?:\.(\d{0,12}))?/.exec(tokens.slice(at))
    if (!m || !(m[1] || m[2])) throw fail
    at += m[0].length
    return BigInt(m[1] || '0') * FINE + BigInt((m[2] ?? '').padEnd(12, '0'))
  }
  const product = (): bigint => {
    let left = atom()
    while (tokens[at] === '*' || tokens[at] === '/') {
      const times = tokens[at++] === '*'
      const right = atom()
      if (!times && right === 0n) throw fail
      left = times ? (left * right) / FINE : (left * FINE) / right
    }
    return left
  }
  const expression = (): bigint => {
    let left = product()
    while (tokens[at] === '+' || tokens[at] === '-') left = tokens[at++] === '+' ? left + product() : left - product()
    return left
  }
  try {
    const value = expression()
    return at === tokens.length && tokens ? fromUnits(roundTo(value, places)) : null
  } catch (error) {
    if (error === fail) return null
    throw error
  }
}
