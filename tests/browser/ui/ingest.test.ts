import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'
import { call, readable, sendTrace } from './seed.ts'

let server: Signalbox
let browser: Browser
let page: Page
let problems: string[]
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox(), openBrowser()])
  ;({ page, problems } = await logIn(browser, server))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** An exporter that somebody wrote by hand, and wrongly. */
const send = (body: string, { type = 'application/json', agent = 'handmade-exporter/0.1' } = {}) =>
  fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': type, 'user-agent': agent },
    body,
  })
const spans = (...list: object[]) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: list }] }] })
const times = { startTimeUnixNano: `${Date.now()}000000`, endTimeUnixNano: `${Date.now()}000000` }

it('teaches how to send where nobody has sent yet', async () => {
  await page.goto('/p/default/ingest')
  await page.getByText('Nobody has sent traces in this time').waitFor()
  await page.getByRole('region', { name: 'one span by curl' }).waitFor()
  await expectAccessible(page)
})

it('shows a broken sender what it did wrong, live, with the payload and without its secrets', async () => {
  const good = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'good one', ...times }
  const bad = {
    traceId: 'short-id',
    spanId: 'c'.repeat(16),
    name: 'planning step',
    ...times,
    attributes: [{ key: 'openai', value: { stringValue: 'key sk-proj-abcdefghijklmnopqrstuvwxyz0123' } }],
  }
  expect(await (await send(spans(good, bad, { ...bad, name: 'second step' }))).json()).toMatchObject({
    partialSuccess: { rejectedSpans: '2' },
  })
  expect((await send('{"resourceSpans": [', {})).status).toBe(400)
  expect((await send('name=x', { type: 'application/x-www-form-urlencoded' })).status).toBe(415)
  await sendTrace(server, { name: 'from elsewhere', spans: 3 })

  // The page was open before: what is refused shows without a reload.
  const row = page.getByRole('row', { name: /handmade-exporter/ })
  await row.waitFor()
  await expect.poll(() => row.getByRole('cell').nth(4).textContent()).toBe(' 4')
  await expect.poll(() => row.getByRole('cell').nth(3).textContent()).toBe('1')
  await expect.poll(() => row.getByRole('cell').nth(5).textContent()).toMatch(/\d+(\.\d+)? ?(ms|s)/)
  // What a plain client of HTTP carries goes by the library that made it.
  await page
    .getByRole('row', { name: /\btest\b/ })
    .first()
    .waitFor()

  await row.getByRole('button', { name: /handmade-exporter/ }).click()
  const panel = page.getByRole('region', { name: /Sender handmade-exporter/ })
  await panel.getByText('A span was rejected: its trace id is not 16 bytes').first().waitFor()
  await panel
    .getByText(/The body is not JSON/)
    .first()
    .waitFor()
  await panel
    .getByText(/Content-Type application\/x-www-form-urlencoded is not known here; send application\/x-protobuf/)
    .first()
    .waitFor()
  const closed = panel.getByRole('button', { name: 'Show payload' })
  const opened = async () => {
    while ((await closed.count()) > 0) await closed.first().click()
    return (await panel.getByRole('region', { name: 'rejected payload' }).allTextContents()).join('\n')
  }
  // They come after the reasons.
  await expect.poll(opened).toContain('planning step')
  const payloads = await opened()
  expect(payloads).toContain('{"resourceSpans": [')
  expect(payloads).toContain('sk-proj')
  expect(payloads).not.toContain('abcdefghijklmnop')
  await expectAccessible(page)

  // The address names it, so that it can be sent to whoever runs the sender.
  await page.reload()
  await panel.getByText('A span was rejected').first().waitFor()
  expect(problems).toEqual([])
})

it('sends a refused span again after it was mended, and shows what came of it', async () => {
  await page.goto('/p/default/ingest')
  await page.getByRole('button', { name: /handmade-exporter/ }).click()
  const panel = page.getByRole('region', { name: /Sender handmade-exporter/ })
  const payload = panel
    .getByRole('listitem')
    .filter({ hasText: 'Show payload' })
    .or(panel.getByRole('listitem').filter({ hasText: 'Hide payload' }))
  const span = payload.filter({ hasText: 'its trace id is not 16 bytes' }).first()
  const download = page.waitForEvent('download')
  await span.getByRole('button', { name: 'Download' }).click()
  const file = await (await download).path()
  expect(JSON.parse(await readFile(file, 'utf8')).resourceSpans[0].scopeSpans[0].spans[0].traceId).toBe('short-id')

  await span.getByRole('button', { name: 'Send again…' }).click()
  const text = span.getByLabel(/Payload/)
  await text.waitFor()
  await span.getByRole('button', { name: 'Send as it is' }).click()
  await span.getByRole('status').getByText('Refused again').waitFor()
  await span
    .getByRole('status')
    .getByText(/its trace id is not 16 bytes/)
    .waitFor()
  await expectAccessible(page)
  const traceId = 'd'.repeat(32)
  await text.fill((await text.inputValue()).replace('short-id', traceId))
  await span.getByRole('button', { name: 'Send edited' }).click()
  await span.getByRole('status').getByText('Taken: 1 item stored').waitFor()
  await expectAccessible(page)
  await span.getByRole('link', { name: 'Open the trace' }).click()
  await page.waitForURL(new RegExp(traceId))
  await page.getByText('planning step').first().waitFor()

  // It counts once: a second time it is not offered.
  await page.goBack()
  await panel.getByText('sent again', { exact: true }).waitFor()
  expect(problems).toEqual([])
})

it.each(['light', 'dark'] as const)('fits a small window in the %s theme', async (colorScheme) => {
  const { page: small } = await logIn(browser, server, { colorScheme, viewport: { width: 1024, height: 768 } })
  await small.goto('/p/default/ingest')
  await small.getByRole('row', { name: /handmade-exporter/ }).waitFor()
  await expect.poll(() => small.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1024)
  await expectAccessible(small)
  await small.context().close()
})

it('deletes a trace after naming what goes, and says for how long the rest is kept', async () => {
  const traceId = await call(server, { text: 'forget this' })
  await readable(server, traceId)
  await page.goto(`/p/default/traces/${traceId}`)
  await page.getByRole('button', { name: 'Delete trace' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('It cannot be brought back').waitFor()
  await dialog.getByRole('button', { name: /Delete \d+ span/ }).click()
  await page.waitForURL(/\/traces(\?|$)/)
  const headers = { authorization: `Bearer ${server.secretKey}` }
  await expect.poll(async () => (await fetch(`${server.url}/api/v1/traces/${traceId}`, { headers })).status).toBe(404)

  await page.goto('/p/default/settings')
  await page.getByLabel(/Inputs and outputs/).fill('30')
  await page.getByLabel(/Spans, scores and counts/).fill('20')
  await page.getByText('They cannot be kept for longer than their spans.').waitFor()
  await page.getByLabel(/Spans, scores and counts/).fill('400')
  await page.getByRole('button', { name: 'Save retention' }).click()
  await page.getByRole('dialog').getByText('Inputs and outputs are kept for 30 days, spans for 400 days.').waitFor()
  await page.getByRole('dialog').getByRole('button', { name: 'Save retention' }).click()
  await page.getByText('Retention is saved').waitFor()
  await page.reload()
  await expect.poll(() => page.getByLabel(/Inputs and outputs/).inputValue()).toBe('30')
  expect(problems).toEqual([])
})
