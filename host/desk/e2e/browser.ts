// The browser and what every page must keep to: no message on the console, no failed request, one React, no violation.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

export const url = process.env.DESK_URL ?? 'http://127.0.0.1:8888'
export const out = process.env.DESK_OUT ?? '.'
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const results = { checks: 0, failures: 0, errors: 0 }
export function check(good: unknown, what: string) {
  results.checks++
  if (good) return
  results.failures++
  console.log(`FAILED: ${what}`)
}
export const equal = (got: unknown, wanted: unknown, what: string) =>
  check(
    JSON.stringify(got) === JSON.stringify(wanted),
    `${what}: ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`,
  )

export const browser = await chromium.launch({
  executablePath: process.env.DESK_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
})

export interface Tab {
  page: Page
  context: BrowserContext
  /** Answers with these statuses are part of the story. */
  expect(...statuses: number[]): void
}

export async function open(options: { width?: number; dark?: boolean } = {}): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1440, height: options.width ? 844 : 900 },
    colorScheme: options.dark ? 'dark' : 'light',
    bypassCSP: false,
    locale: 'en-IN',
    timezoneId: 'Asia/Kolkata',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000) // beside other tests
  let expected: number[] = []
  page.on('console', (m) => {
    if (m.type() !== 'error' && m.type() !== 'warning') return
    const status = /status of (\d+)/.exec(m.text())
    if (status && expected.includes(Number(status[1]))) return
    check(false, `the console says: ${m.type()} ${m.text().slice(0, 500)} (${page.url()})`)
  })
  page.on('pageerror', (e) => check(false, `an error nobody caught: ${e.stack?.slice(0, 600)}`))
  page.on('requestfailed', (r) => {
    if (r.failure()?.errorText === 'net::ERR_ABORTED') return // a search that was overtaken, a download
    check(false, `${r.method()} ${r.url()}: ${r.failure()?.errorText}`)
  })
  page.on('response', async (r) => {
    if (r.status() < 400 || expected.includes(r.status())) return
    const said = await r.text().catch(() => '')
    check(false, `${r.request().method()} ${r.url()}: ${r.status()} ${said} to ${r.request().postData() ?? ''}`)
  })
  return {
    page,
    context,
    expect: (...statuses) => {
      expected = statuses
    },
  }
}

export async function signIn(page: Page) {
  await page.goto(`${url}/`)
  await page.getByLabel('E-mail').fill(process.env.DESK_EMAIL ?? 'admin@example.com')
  await page.getByLabel('Password').fill(process.env.DESK_PASSWORD ?? '')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.shell').waitFor()
}

/** No violation of WCAG 2.2 A and AA. The policy keeps scripts out, so axe comes in by the debugger. */
export async function accessible(page: Page, what: string) {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const run = await (window as any).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    })
    return run.violations.map(
      (v: any) =>
        `${v.id}: ${v.nodes
          .slice(0, 3)
          .map(
            (n: any) =>
              `${n.html.slice(0, 160)} [${n.any?.[0]?.message ?? n.all?.[0]?.message ?? n.none?.[0]?.message ?? ''}]`,
          )
          .join(' | ')}`,
    )
  })
  equal(found, [], `${what}: axe`)
}

export const shot = (page: Page, name: string) => page.screenshot({ path: `${out}/${name}.png` })

const only = process.argv.slice(2)
export async function story(name: string, run: () => Promise<void>) {
  if (only.length && !only.some((o) => name.includes(o))) return
  const began = Date.now()
  try {
    await run()
  } catch (e) {
    results.errors++
    console.log(`ERROR in "${name}": ${(e as Error).stack?.slice(0, 1800)}`)
    for (const c of browser.contexts())
      for (const p of c.pages())
        await p.screenshot({ path: `${out}/error-${name.replace(/\W+/g, '-')}.png` }).catch(() => {})
  }
  for (const c of browser.contexts()) {
    for (const p of c.pages()) await p.unrouteAll({ behavior: 'ignoreErrors' })
    await c.close()
  }
  console.log(`${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`)
}
