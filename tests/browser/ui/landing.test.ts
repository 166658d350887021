import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { expectAccessible, logIn } from './browser.ts'
import { call, readable } from './seed.ts'
import { useWorld } from './world.ts'

const world = useWorld()
let page: Page
let problems: string[]

beforeAll(async () => {
  const { server, browser } = world()
  const answer = (script: object) => call(server, { model: 'simulator/script', text: JSON.stringify(script) })
  const good = await Promise.all(Array.from({ length: 6 }, () => answer({ text: 'All well.' })))
  const bad = await Promise.all(Array.from({ length: 3 }, () => answer({ fail: { status: 500 } })))
  const slow = await answer({ text: 'Sorry for the wait.', delayMs: 1200 })
  for (const traceId of [...good, ...bad, slow]) await readable(server, traceId)
  const marked = await fetch(`${server.url}/api/v1/markers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'deploy', title: 'Checkout 1.8.0', at: new Date(Date.now() - 600_000).toISOString() }),
  })
  expect(marked.status).toBe(200)
  ;({ page, problems } = await logIn(browser, server))
})
afterAll(() => page?.context().close())

const open = async () => {
  await page.goto('/p/default/overview?range=1h')
  await page.getByRole('table', { name: 'By model' }).waitFor()
}
const tile = (name: string) => page.locator('dl > div', { has: page.getByText(name, { exact: true }) })
/** The traces that are listed now; without the line of the headers. */
const listed = () => page.getByRole('grid', { name: 'Traces' }).getByRole('row').count()

it('walks from a red number to the span that caused it', async () => {
  await open()
  const failed = 3
  await expect.poll(async () => Number(await tile('Error rate').locator('dt span').last().textContent())).toBe(failed)
  await tile('Error rate').getByRole('link').click()
  await page.waitForURL(/filter=.*outcome:in:error,interrupted/)
  await expect.poll(listed).toBe(failed + 1)
  await page.getByRole('grid', { name: 'Traces' }).getByRole('row').nth(1).click()
  // The span that failed stands in the tree of its trace, and says so.
  const panel = page.getByRole('region', { name: 'Trace', exact: true })
  await panel.getByRole('treeitem', { name: /error/ }).first().waitFor()
})

it('leads from every count to exactly as many calls', async () => {
  await open()
  const shown = 10
  await expect.poll(async () => Number.parseInt((await tile('Calls').getByRole('link').textContent()) ?? '', 10)).toBe(shown)
  await tile('Calls').getByRole('link').click()
  await expect.poll(listed).toBe(shown + 1)

  // A cell of the table behind the chart: the failed calls of one minute.
  await open()
  const chart = page.locator('section', { has: page.getByRole('heading', { name: 'Calls', exact: true }) }).first()
  await chart.getByRole('button', { name: 'Table' }).click()
  const table = chart.getByRole('region', { name: 'Calls, table' })
  await table.getByRole('columnheader', { name: 'error (calls)' }).waitFor()
  const headers = await table.getByRole('columnheader').allTextContents()
  const at = headers.indexOf('error (calls)')
  expect(at).toBeGreaterThan(0)
  const cell = table.locator(`tbody td:nth-child(${at + 1}) button`).first()
  const count = Number(await cell.textContent())
  await cell.click()
  await page.waitForURL(/filter=.*outcome:eq:error/)
  await expect.poll(listed).toBe(count + 1)

  // A cell of the heat map, by its table.
  await open()
  const heat = page.locator('section', { has: page.getByRole('heading', { name: 'Durations', exact: true }) }).first()
  await heat.getByRole('button', { name: 'Table' }).click()
  const line = heat.locator('tbody tr').last()
  const inCell = Number(await line.locator('td').last().textContent())
  await line.getByRole('button').click()
  await page.waitForURL(/filter=.*durationMs:gte:/)
  await expect.poll(listed).toBe(inCell + 1)
})

it('says in a word how each part does, and where to look', async () => {
  await open()
  const health = page.getByRole('list', { name: 'Health' })
  await health.getByRole('link', { name: /Gateway answers/ }).waitFor()
  await health.getByRole('link', { name: /Journal takes in/ }).waitFor()
  await expect.poll(() => health.getByRole('link').count()).toBe(7)
  await health.getByRole('link', { name: /^Ingest/ }).click()
  await page.waitForURL(/\/ingest/)
})

it('shows what changed on the charts and in a list, and zooms to it', async () => {
  await open()
  const flag = page.locator('.chart-marks span').first()
  await flag.waitFor()
  await expect.poll(() => flag.getAttribute('data-tip')).toContain('deploy: Checkout 1.8.0')
  const changes = page.locator('section', { has: page.getByRole('heading', { name: 'Changes', exact: true }) }).first()
  await changes.getByRole('button', { name: 'Checkout 1.8.0' }).click()
  await page.waitForURL(/from=.*&to=/)
})

it('shows calls as they end, and folds that where there is no room', async () => {
  await open()
  const last = page.getByRole('complementary', { name: 'Last calls' })
  await expect.poll(() => last.getByRole('listitem').count()).toBe(10)
  await call(world().server, { text: 'one more' })
  await expect.poll(() => last.getByRole('listitem').count()).toBe(11)
  await page.setViewportSize({ width: 1024, height: 768 })
  await last.getByRole('button', { name: /Last calls/ }).waitFor()
  await expect.poll(() => last.getByRole('listitem').count()).toBe(0)
  await last.getByRole('button', { name: /Last calls/ }).click()
  await expect.poll(() => last.getByRole('listitem').count()).toBe(11)
  await page.setViewportSize({ width: 1440, height: 900 })
})

it('holds still while it loads, and has no serious finding of axe', async () => {
  await page.addInitScript(() => {
    const shifts = globalThis as unknown as { shifted: number }
    shifts.shifted = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) shifts.shifted += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await open()
  await page.locator('.uplot canvas').nth(5).waitFor()
  await expect.poll(() => page.evaluate(() => (globalThis as unknown as { shifted: number }).shifted)).toBeLessThan(0.02)
  await expectAccessible(page)
  expect(problems).toEqual([])
})
