// Stories of the pages that are the program's own: the proof of the books, imports.
import { accessible, check, equal, open, out, shot, signIn, story, url } from './browser.ts'

const desk = (path: string) => `${url}/desk${path}`
const looks = [
  { name: '1440', dark: false },
  { name: '1440-dark', dark: true },
  { name: '390', width: 390, dark: false },
]

await story('the proof of the books', async () => {
  const { page } = await open()
  await signIn(page)
  await page.goto(desk('/tools/prove'))
  await page.getByRole('button', { name: 'Check now' }).click()
  await page.getByText(/The books hold: all \d+ invariants/).waitFor({ timeout: 120_000 })
  const lines = await page.locator('.proof').count()
  check(lines > 50, `a line for every invariant: ${lines}`)
  equal(await page.locator('.proof[data-holds="false"]').count(), 0, 'all are green')
  await page.getByText(/events rebuild to exactly/i).waitFor()
  for (const look of looks) {
    const other = await open(look)
    await signIn(other.page)
    await other.page.goto(desk('/tools/prove'))
    await other.page.getByText(/The books hold/).waitFor()
    await shot(other.page, `${look.name}-prove`)
    await accessible(other.page, `prove ${look.name}`)
    await other.context.close()
  }
})

const csv = `code,name,credit days,city,colour
CHAI,Chai House,30,Pune,red
KULFI,Kulfi Corner,soon,Delhi,green
KALYANI,Kalyani Packaging,30,Mysuru,blue
`
await story('import', async () => {
  const { page } = await open()
  await signIn(page)
  await page.goto(desk('/tools/import'))
  await shot(page, '1440-import-empty')
  await page.getByLabel('What it holds').selectOption({ label: 'Suppliers' })
  await page.getByLabel('Choose a CSV file').setInputFiles({
    name: 'suppliers.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(csv),
  })
  await page.getByText('4 lines').waitFor()
  await page.getByRole('button', { name: 'Dry run' }).click()
  await page.getByText('fits no field').waitFor()
  await shot(page, '1440-import-column')
  await accessible(page, 'import, a column that fits nothing')
  await page.getByLabel('colour goes to').selectOption({ label: 'leave it out' })
  await page.getByRole('button', { name: 'Dry run' }).click()
  await page.getByText('1 would be created').first().waitFor()
  const wrong = page.locator('.import-rows tbody tr').first()
  check(
    /3.*KULFI.*credit_days/s.test((await wrong.textContent()) ?? ''),
    `errors come first: ${await wrong.textContent()}`,
  )
  await shot(page, '1440-import-dry')
  await page.getByRole('button', { name: 'Import 1' }).click()
  await page.getByText('What was imported').waitFor()
  await page.getByRole('link', { name: 'CHAI' }).click()
  await page.getByRole('heading', { name: 'Chai House' }).waitFor()
  for (const look of looks.slice(1)) {
    const other = await open(look)
    await signIn(other.page)
    await other.page.goto(desk('/tools/import'))
    await other.page.getByLabel('What it holds').selectOption({ label: 'Suppliers' })
    await other.page.getByLabel('Text of the file').fill(csv)
    await other.page.getByLabel('colour goes to').selectOption({ label: 'leave it out' })
    await other.page.getByRole('button', { name: 'Dry run' }).click()
    await other.page.getByText('What an import would do').waitFor()
    await shot(other.page, `${look.name}-import`)
    await accessible(other.page, `import ${look.name}`)
    const wide = await other.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    check(wide <= 0, `import ${look.name}: ${wide} px beside the screen`)
    await other.context.close()
  }
})

await story('home and the bell', async () => {
  for (const look of looks) {
    const { page, context } = await open(look)
    await signIn(page)
    for (const name of ['Income and expense by month', 'Bank and cash', 'Stock value', 'Owed to suppliers by age'])
      await page.getByRole('img', { name: new RegExp(name) }).waitFor({ timeout: 20_000 })
    await page.getByRole('region', { name: 'Bills to pay' }).waitFor()
    const bell = page.getByRole('button', { name: /wait for your decision/ })
    await bell.waitFor()
    await page.screenshot({ path: `${out}/${look.name}-home-pictures.png`, fullPage: true })
    await accessible(page, `home with pictures ${look.name}`)
    await bell.click()
    await page.getByRole('region', { name: 'Waiting for you' }).getByText('Bills on hold').waitFor()
    await shot(page, `${look.name}-bell`)
    await accessible(page, `bell ${look.name}`)
    await page.keyboard.press('Escape')
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    check(wide <= 0, `home ${look.name}: ${wide} px beside the screen`)
    if (look.name === '1440') {
      const stock = page.getByRole('region', { name: 'Stock value' })
      await stock.getByRole('button', { name: 'As a table' }).click()
      await stock.getByRole('cell').first().waitFor()
    }
    await context.close()
  }
})

/** Pages of a PDF, by their objects. */
const pagesOf = (pdf: Buffer) => (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length

await story('print', async () => {
  const { page } = await open()
  await signIn(page)
  await page.goto(desk('/finance/purchase-invoices?state=submitted'))
  await page.locator('.gbody [role=row]').first().click()
  await page.getByRole('button', { name: 'Print' }).click()
  const paper = page.getByRole('article')
  await paper.getByRole('heading', { name: 'Purchase invoice' }).waitFor()
  await paper.getByText('My Company').first().waitFor()
  await paper.getByText(/^INR .* (thousand|hundred|lakh)/).waitFor()
  await page.waitForTimeout(300) // names of what is linked
  await shot(page, '1440-print')
  await accessible(page, 'print preview')
  const pdf = await page.pdf({ path: `${out}/invoice.pdf`, preferCSSPageSize: true })
  equal(pagesOf(pdf), 1, 'an invoice is one page')
  await page.emulateMedia({ media: 'print' })
  check(!(await page.locator('.side').isVisible()), 'the sidebar is not printed')
  check(!(await page.locator('.paper-bar').isVisible()), 'nor are the buttons')
  await shot(page, '1440-print-paper')
  await page.emulateMedia({ media: 'screen' })
  await page.getByRole('button', { name: 'Back to the document' }).click()
  await page.getByText('Timeline').waitFor()
  const small = await open({ width: 390, dark: true })
  await signIn(small.page)
  await small.page.goto(`${page.url()}/print`)
  await small.page.getByRole('article').getByText('My Company').first().waitFor()
  await shot(small.page, '390-print')
  await accessible(small.page, 'print preview 390')
})

await story('comments', async () => {
  const { page } = await open()
  await signIn(page)
  await page.goto(desk('/finance/purchase-invoices?state=on_hold'))
  await page.locator('.gbody [role=row]').first().click()
  const box = page.getByRole('textbox', { name: 'Comment' })
  await box.fill('The rate was agreed by phone with Mr. Rao.')
  await box.press('Control+Enter')
  await page.locator('.said', { hasText: 'agreed by phone' }).waitFor()
  equal(await box.inputValue(), '', 'the box is empty again')
  await box.scrollIntoViewIfNeeded()
  await box.fill('And one more')
  await shot(page, '1440-comment')
  await accessible(page, 'comments')
})
