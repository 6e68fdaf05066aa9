// pack.mjs FOLDER PACK BUDGET: one file for the host to map (host/src/desk/pack.c reads it): index sorted by path, then
// the bodies as they are, as gzip and as brotli. Refuses a bundle whose scripts and styles weigh more than the budget.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const [folder, pack, budget] = process.argv.slice(2)
const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}
const HEAD = 32
const ENTRY = 64
const walk = (d) =>
  readdirSync(d).flatMap((n) => (statSync(join(d, n)).isDirectory() ? walk(join(d, n)) : [join(d, n)]))
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

// Styles enter through empty <style> elements and insertRule: nothing inline but the empty text is allowed.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${hash('')}`,
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "require-trusted-types-for 'script'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const files = walk(folder)
  .map((f) => ({ path: relative(folder, f), body: readFileSync(f) }))
  .filter((f) => !f.path.startsWith('.') && f.path !== 'mf-stats.json')
  .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))

let at = HEAD + files.length * ENTRY
const parts = []
const put = (buffer) => {
  if (!buffer) return [0, 0]
  const place = [at, buffer.length]
  parts.push(buffer)
  at += buffer.length
  return place
}

const index = Buffer.alloc(files.length * ENTRY)
const policyAt = put(files.some((f) => f.path === 'index.html') ? Buffer.from(policy) : null)
let weight = 0
files.forEach((f, i) => {
  const type = types[extname(f.path)]
  if (!type) throw new Error(`${f.path}: of what type is this?`)
  const small = extname(f.path) === '.woff2' || f.body.length < 256
  const gz = small ? null : gzipSync(f.body, { level: 9 })
  const br = small
    ? null
    : brotliCompressSync(f.body, {
        params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: f.body.length },
      })
  if (/\.(js|css)$/.test(f.path)) weight += (gz ?? f.body).length
  const tag = createHash('sha256').update(f.body).digest('base64url').slice(0, 22)
  const numbers = [
    ...put(Buffer.from(f.path)),
    ...put(Buffer.from(`${type}\0`)),
    ...put(Buffer.from(tag)),
    f.path.startsWith('assets/') ? 1 : 0,
    ...put(f.body),
    ...put(gz),
    ...put(br),
  ]
  numbers.forEach((n, k) => {
    index.writeUInt32LE(n, i * ENTRY + 4 * k)
  })
})
const head = Buffer.alloc(HEAD)
head.write('BMDESK01', 'latin1')
;[files.length, at, ...policyAt].forEach((n, k) => {
  head.writeUInt32LE(n, 8 + 4 * k)
})
if (weight > Number(budget)) {
  console.error(`${pack}: scripts and styles weigh ${weight} bytes (gzip), ${budget} at most`)
  process.exit(1)
}
writeFileSync(`${pack}.new`, Buffer.concat([head, index, ...parts])) // a running host keeps the file it has mapped
renameSync(`${pack}.new`, pack)
