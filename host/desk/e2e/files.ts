// Files of a document: sent, given back, taken away; by keyboard too.
import { accessible, check, equal, open, shot, signIn, story, url } from './browser.ts'

const pdf = Buffer.from('%PDF-1.4\n% the bill of the supplier, scanned\n')
const looks = [
  { name: '1440', dark: false },
  { name: '1440-dark', dark: true },
  { name: '390', width: 390, dark: false },
]

await story('files', async () => {
  const { page, expect } = await open()
  await signIn(page)
  await page.goto(`${url}/desk/core/suppliers?code=KALYANI`)
  await page.locator('.gbody [role=row]').first().click()
  const card = page.getByRole('region', { name: 'Files' })
  const named = (name: string) => card.getByRole('button', { name: `Download ${name}` })
  await card.getByText('or drop them here').waitFor()
  const address = page.url()

  // picked: one is good, one is of a kind that is not kept
  const picker = page.waitForEvent('filechooser')
  await card.getByRole('button', { name: 'Add files' }).focus()
  await page.keyboard.press('Enter')
  await (await picker).setFiles([
    {
      name: 'Bill 7 of a supplier with a rather long name that does not fit.pdf',
      mimeType: 'application/pdf',
      buffer: pdf,
    },
    { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<script>') },
  ])
  await named('Bill 7 of a supplier with a rather long name that does not fit.pdf').waitFor()
  await card.getByRole('alert').getByText('page.html: Files of this kind are not kept.').waitFor()
  await page.getByRole('list').getByText('attached Bill 7').first().waitFor()

  // what only looks like a PDF is refused by the host
  expect(422)
  await card
    .locator('input[type=file]')
    .setInputFiles({ name: 'fake.pdf', mimeType: 'application/pdf', buffer: Buffer.from('no') })
  await card.getByText(/fake.pdf: The file cannot be kept/).waitFor()
  expect()

  // dropped
  const data = await page.evaluateHandle((text) => {
    const d = new DataTransfer()
    d.items.add(new File([text], 'note.txt', { type: 'text/plain' }))
    return d
  }, 'dropped')
  await card.dispatchEvent('dragover', { dataTransfer: data })
  await shot(page, '1440-files-drop')
  await card.dispatchEvent('drop', { dataTransfer: data })
  await named('note.txt').waitFor()

  // handed out as it was sent
  const coming = page.waitForEvent('download')
  await named('Bill 7 of a supplier with a rather long name that does not fit.pdf').press('Enter')
  const file = await coming
  const parts: Buffer[] = []
  for await (const part of await file.createReadStream()) parts.push(part as Buffer)
  check(Buffer.concat(parts).equals(pdf), 'the bytes are those that were sent')
  equal(file.suggestedFilename(), 'Bill 7 of a supplier with a rather long name that does not fit.pdf', 'its name')

  for (const look of looks) {
    const other = await open(look)
    await signIn(other.page)
    await other.page.goto(address)
    const there = other.page.getByRole('region', { name: 'Files' })
    await there.getByRole('button', { name: 'Download note.txt' }).waitFor()
    await there.scrollIntoViewIfNeeded()
    await shot(other.page, `${look.name}-files`)
    await accessible(other.page, `files ${look.name}`)
    const wide = await other.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    check(wide <= 0, `files ${look.name}: ${wide} px beside the screen`)
    await other.context.close()
  }

  await card.getByRole('button', { name: 'Take away note.txt' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take away', exact: true }).click()
  await named('note.txt').waitFor({ state: 'detached' })
  await page.getByRole('list').getByText('took away note.txt').first().waitFor()
})
