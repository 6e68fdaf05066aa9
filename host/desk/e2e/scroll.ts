// How smoothly a list of ten thousand rows moves: prints the figures of the frames, asserts no times. `desk.py scroll`.
import type { Locator, Page } from 'playwright-core'
import { browser, open, signIn, url } from './browser.ts'

interface Frames {
  frames: number
  median: number
  p95: number
  longest: number
  tasks: number
}

/** The time between frames while something happens, and tasks over 50 ms. */
async function frames(page: Page, what: () => Promise<unknown>): Promise<Frames> {
  await page.evaluate(() => {
    const w = window as any
    w.deltas = []
    w.tasks = 0
    w.watch = new PerformanceObserver((l) => {
      w.tasks += l.getEntries().length
    })
    w.watch.observe({ type: 'longtask' })
    let last = 0
    const tick = (now: number) => {
      if (last) w.deltas.push(now - last)
      last = now
      w.raf = requestAnimationFrame(tick)
    }
    w.raf = requestAnimationFrame(tick)
  })
  await what()
  return page.evaluate(() => {
    const w = window as any
    cancelAnimationFrame(w.raf)
    w.watch.disconnect()
    const sorted = w.deltas.sort((a: number, b: number) => a - b)
    const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] * 10) / 10
    return { frames: sorted.length, median: at(0.5), p95: at(0.95), longest: at(1), tasks: w.tasks }
  })
}

const pause = (ms: number) => new Promise((over) => setTimeout(over, ms))
/** Every frame to the next place of the list, as somebody does who drags the scrollbar. */
const drag = (grid: Locator, from: number, to: number, steps: number) =>
  grid.evaluate(
    async (box, [from, to, steps]) => {
      for (let i = 0; i <= steps; i++) {
        box.scrollTop = (box.scrollHeight - box.clientHeight) * (from + ((to - from) * i) / steps)
        await new Promise(requestAnimationFrame)
      }
    },
    [from, to, steps],
  )
const whole = async (grid: Locator) => {
  for (;;) {
    await drag(grid, 1, 1, 1)
    if ((await grid.getAttribute('aria-rowcount')) !== '-1') return
    await pause(20)
  }
}

const { page } = await open()
await signIn(page)
let requests = 0
page.on('request', (r) => {
  if (r.url().includes('/core/customers?')) requests++
})
for (const [name, path] of [
  ['customers', '/core/customers?sort=code'],
  ['purchase orders', '/wms/purchase-orders?sort=number'],
]) {
  requests = 0
  await page.goto(`${url}/desk${path}`)
  const grid = page.getByRole('grid').first()
  await grid.locator('.gbody [role=row]').first().waitFor()
  await grid.hover()
  const told = (how: string, f: Frames) =>
    console.log(
      `${name}, ${how}: ${f.frames} frames, median ${f.median}, 95 % ${f.p95}, longest ${f.longest} ms; ${f.tasks} tasks over 50 ms`,
    )
  told('to the end, loading', await frames(page, () => whole(grid)))
  console.log(`${name}: ${requests} requests, ${await grid.locator('.gbody [role=row]').count()} rows in the page`)
  await pause(500)
  await drag(grid, 0, 0, 1)
  const wheel = async () => {
    for (let i = 0; i < 200; i++) {
      await page.mouse.wheel(0, 240)
      await pause(8)
    }
  }
  told('wheel', await frames(page, wheel))
  await drag(grid, 0, 0, 1)
  await grid.focus()
  await page.keyboard.press('Home')
  const held = async () => {
    for (let i = 0; i < 150; i++) {
      await page.keyboard.down('j')
      await pause(12)
    }
    await page.keyboard.up('j')
  }
  told('j held down', await frames(page, held))
  told('scrollbar dragged', await frames(page, () => drag(grid, 0, 1, 180)))
  await pause(300)
  told('and slowly', await frames(page, () => drag(grid, 0.5, 0.52, 180)))
}
await browser.close()
