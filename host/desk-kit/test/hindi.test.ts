// Whatever the pages say has a Hindi text, found in the sources themselves.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { setPrefs, t } from '../src'
import { hindi } from '../src/hindi'

const root = resolve(import.meta.dirname, '../../..')
const rooms = ['host/desk-kit/src', 'host/desk/src', 'libfinance/desk/src', 'libwms/desk/src', 'libpeople/desk/src']
const sources = rooms.flatMap((room) =>
  readdirSync(resolve(root, room))
    .filter((name) => /\.tsx?$/.test(name) && name !== 'hindi.ts')
    .map((name) => ({ name, text: readFileSync(resolve(root, room, name), 'utf8') })),
)

/** t('…'), tables of labels, and the two tables of words: of the help and of the filters. */
const ways: [RegExp, RegExp][] = [
  [/./, /\bt\(\s*'((?:[^'\\]|\\.)*)'/g],
  [/./, /\b(?:label|means): '((?:[^'\\]|\\.)*)'/g],
  [/^Help/, /\['[^']*', '([^']*)'\]/g],
  [/^Help/, /^ {4}'([^']*)',$/gm],
  [/^filters/, /^ {2}[a-z]+: '([a-z ]+)',$/gm],
]
const said = new Set(
  sources.flatMap(({ name, text }) =>
    ways.filter(([file]) => file.test(name)).flatMap(([, like]) => [...text.matchAll(like)].map((m) => m[1])),
  ),
)
const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

describe('Hindi', () => {
  it('has every text', () => {
    expect(said.size).toBeGreaterThan(250)
    expect([...said].filter((key) => key && !(key in hindi))).toEqual([])
  })
  it('fills in the same values', () => {
    for (const [key, text] of Object.entries(hindi)) expect(places(text), key).toEqual(places(key))
  })
  it('is written in its own letters', () => {
    const latin = Object.entries(hindi).filter(([, text]) => !/[\u0900-\u097f]/.test(text))
    expect(latin).toEqual([])
    setPrefs({ language: 'hi' })
    expect(t('{n} selected', { n: 3 })).toBe('3 चुने गए')
    setPrefs({ language: 'en' })
    expect(t('{n} selected', { n: 3 })).toBe('3 selected')
  })
})
