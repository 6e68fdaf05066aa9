// What belongs to one person: views of lists, and the way to another company.
import type { Page } from 'playwright-core'
import { accessible, check, equal, open, shot, signIn, story, url } from './browser.ts'

const orders = `${url}/desk/wms/purchase-orders`
const looks = [
  { name: '1440', dark: false },
  { name: '1440-dark', dark: true },
  { name: '390', width: 390, dark: false },
]

await story('saved views', async () => {
  const { page } = await open()
  await signIn(page)
  await page.goto(`${orders}?state=received&sort=-total`)
  await page.getByRole('button', { name: 'Keep this view' }).click()
  const window = page.getByRole('dialog', { name: 'Keep this view' })
  await window.getByLabel('Name').fill('Received, the largest first')
  await window.getByLabel('Open the list with it').check()
  await window.getByLabel('Everybody may use it').check()
  await shot(page, '1440-view-naming')
  await accessible(page, 'naming a view')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Keep this view' }).click()
  await window.getByLabel('Name').fill('Received, the largest first')
  await window.getByLabel('Open the list with it').check()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await window.getByRole('button', { name: 'Save' }).click()
  const chip = page.getByRole('button', { name: 'Received, the largest first', exact: true })
  await chip.waitFor()
  equal(await chip.getAttribute('aria-pressed'), 'true', 'it is the view one is in')

  // on another machine the list opens with it
  for (const look of looks) {
    const other = await open(look)
    await signIn(other.page)
    await other.page.goto(orders)
    await other.page.waitForURL(/state=received/)
    await other.page.getByRole('button', { name: 'Change this view' }).waitFor()
    await other.page.locator('.gbody [role=row]').first().waitFor()
    await shot(other.page, `${look.name}-views`)
    await accessible(other.page, `views ${look.name}`)
    await other.page.getByRole('radio', { name: 'All', exact: true }).click()
    await other.page.waitForURL((at) => !at.search.includes('state'))
    await other.context.close()
  }
  await page.getByRole('button', { name: 'Forget the view Received, the largest first' }).click()
  await chip.waitFor({ state: 'detached' })
})

/** What a page says of itself in Latin letters; codes such as GSTIN and what people entered are none of it. */
const latin = (page: Page) =>
  page.evaluate(() => {
    const said = 'h1, h2, h3, th, dt, label, legend, caption, option, .badge, .nav-group, .side a, [role=columnheader]'
    const texts = [...document.querySelectorAll<HTMLElement>(said)].map((x) =>
      x.innerText.replace('Administrator', '').trim(),
    )
    return [...new Set(texts)].filter((x) => /[a-z]{3}/.test(x))
  })

await story('in Hindi', async () => {
  const { page } = await open()
  await signIn(page)
  await page.evaluate(() => localStorage.setItem('bm.prefs', JSON.stringify({ language: 'hi' })))
  const pages = [
    '',
    '/wms/purchase-orders',
    '/wms/purchase-orders/new',
    '/finance/reports/balance-sheet?compare=months',
  ]
  for (const path of [...pages, '/finance/payments', '/people/reports/leave-balances', '/core/items/new']) {
    await page.goto(`${url}/desk${path}`)
    await page.locator('main h1').first().waitFor()
    await page.waitForLoadState('networkidle')
    await shot(page, `1440-hindi${path.replace(/\W+/g, '-')}`)
    equal(await latin(page), [], `all labels of ${path || 'home'} are in Hindi`)
  }
  const letters = () =>
    [...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family.replaceAll('"', ''))
  check((await page.evaluate(letters)).includes('Noto Sans Devanagari Variable'), 'its letters come with the Desk')
  await page.keyboard.press('Control+k')
  for (const typed of ['purchase inv', 'खरीद इन']) {
    await page.keyboard.type(typed)
    await page.getByRole('option', { name: 'खरीद इनवॉइस' }).first().waitFor()
    for (const _ of typed) await page.keyboard.press('Backspace')
  }
})

await story('another company', async () => {
  for (const look of looks) {
    const { page, context, expect } = await open(look)
    await signIn(page)
    if (look.width) await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('button', { name: 'Another company' }).click()
    const window = page.getByRole('dialog', { name: 'Another company' })
    await window.getByLabel('Company').fill('nowhere')
    await window.getByLabel('Password').fill('not the password')
    expect(401)
    await page.keyboard.press('Enter')
    await window.getByRole('alert').waitFor()
    expect()
    await shot(page, `${look.name}-another-company`)
    await accessible(page, `another company ${look.name}`)
    if (look.name === '1440') {
      await window.getByLabel('Company').fill('main')
      await window.getByLabel('Password').fill(process.env.DESK_PASSWORD ?? '')
      await Promise.all([page.waitForEvent('load'), window.getByRole('button', { name: 'Sign in' }).click()])
      await page.locator('.shell').waitFor()
      check(page.url().endsWith('/desk/'), `it begins anew there: ${page.url()}`)
    }
    await context.close()
  }
})
