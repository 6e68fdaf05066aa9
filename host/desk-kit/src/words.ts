// Amounts in words, as they stand on bills and cheques: by lakh and crore, or by million.
import { toUnits } from './decimal'

const small =
  ' one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = '  twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')

function belowThousand(n: number): string {
  const parts: string[] = []
  if (n >= 100) parts.push(`${small[Math.floor(n / 100)]} hundred`)
  const rest = n % 100
  if (rest > 0 && rest < 20) parts.push(small[rest])
  else if (rest >= 20) parts.push(tens[Math.floor(rest / 10)] + (rest % 10 ? `-${small[rest % 10]}` : ''))
  return parts.join(' ')
}

const scales = {
  indian: [
    [10_000_000n, 'crore'],
    [100_000n, 'lakh'],
    [1_000n, 'thousand'],
  ],
  international: [
    [1_000_000_000n, 'billion'],
    [1_000_000n, 'million'],
    [1_000n, 'thousand'],
  ],
} as const

function whole(n: bigint, grouping: keyof typeof scales): string {
  const parts: string[] = []
  let rest = n
  for (const [size, name] of scales[grouping]) {
    if (rest >= size) parts.push(`${whole(rest / size, grouping)} ${name}`)
    rest %= size
  }
  const last = belowThousand(Number(rest))
  return [...parts, last].filter(Boolean).join(' ')
}

/** "8925.50" → "Eight thousand nine hundred twenty-five and 50/100"; what is no amount gives "". */
export function amountInWords(text: string, grouping: keyof typeof scales): string {
  const units = toUnits(text)
  if (units === null) return ''
  const size = units < 0n ? -units : units
  const hundredths = (size % 1_000_000n) / 10_000n
  const words = `${units < 0n ? 'minus ' : ''}${whole(size / 1_000_000n, grouping) || 'zero'}`
  const said = hundredths ? `${words} and ${String(hundredths).padStart(2, '0')}/100` : words
  return said.charAt(0).toUpperCase() + said.slice(1)
}
