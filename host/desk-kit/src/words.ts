// Amounts in words, as they stand on bills and cheques: by lakh and crore, or by million.
import { toUnits } from './decimal'
import type { Language } from './prefs'

const small =
  ' one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const tens = '  twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
/** Every number below a hundred has a word of its own. */
const hindi =
  ' एक दो तीन चार पाँच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उनासी अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी नब्बे इक्यानवे बानवे तिरानवे चौरानवे पंचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे'.split(
    ' ',
  )

const belowHundred = {
  en: (n: number) => (n < 20 ? small[n] : tens[Math.floor(n / 10)] + (n % 10 ? `-${small[n % 10]}` : '')),
  hi: (n: number) => hindi[n],
}

const indian = [10_000_000n, 100_000n, 1_000n, 100n]
const scales = {
  en: {
    indian: { sizes: indian, names: ['crore', 'lakh', 'thousand', 'hundred'] },
    international: {
      sizes: [1_000_000_000n, 1_000_000n, 1_000n, 100n],
      names: ['billion', 'million', 'thousand', 'hundred'],
    },
  },
  hi: {
    indian: { sizes: indian, names: ['करोड़', 'लाख', 'हज़ार', 'सौ'] },
    international: { sizes: indian, names: ['करोड़', 'लाख', 'हज़ार', 'सौ'] },
  },
} as const
const said = {
  en: { zero: 'zero', minus: 'minus', and: 'and' },
  hi: { zero: 'शून्य', minus: 'ऋण', and: 'और' },
}

function whole(n: bigint, grouping: 'indian' | 'international', language: Language): string {
  const { sizes, names } = scales[language][grouping]
  const parts: string[] = []
  let rest = n
  sizes.forEach((size, i) => {
    if (rest >= size) parts.push(`${whole(rest / size, grouping, language)} ${names[i]}`)
    rest %= size
  })
  return [...parts, belowHundred[language](Number(rest))].filter(Boolean).join(' ')
}

/** "8925.50" → "Eight thousand nine hundred twenty-five and 50/100"; what is no amount gives "". */
export function amountInWords(text: string, grouping: 'indian' | 'international', language: Language = 'en'): string {
  const units = toUnits(text)
  if (units === null) return ''
  const size = units < 0n ? -units : units
  const hundredths = (size % 1_000_000n) / 10_000n
  const { zero, minus, and } = said[language]
  const words = `${units < 0n ? `${minus} ` : ''}${whole(size / 1_000_000n, grouping, language) || zero}`
  const all = hundredths ? `${words} ${and} ${String(hundredths).padStart(2, '0')}/100` : words
  return all.charAt(0).toUpperCase() + all.slice(1)
}
