import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'

const YAML = 'version: 1\n'
const PRICED = `${YAML}prices:\n  - { model: house-model, input: 1, output: 2 }\n`

let server: Signalbox
let browser: Browser
let page: Page
let problems: string[]
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox({ yaml: YAML }), openBrowser()])
  ;({ page, problems } = await logIn(browser, server))
  for (const userId of ['asha', 'asha', 'ben']) await send(userId)
  await eventually(async () => ((await traces()).length === 3 ? true : undefined))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const headers = () => ({ authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' })
const traces = async () => {
  const answer = await fetch(`${server.url}/api/v1/traces`, { headers: headers() })
  return ((await answer.json()) as { traces: { userId: string; costUsd: string | null }[] }).traces
}

/** A trace of two spans, of which the first names the user and the second is a call of a model without a price. */
async function send(userId: string): Promise<void> {
  const traceId = randomBytes(16).toString('hex')
  const [root, child] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')]
  const at = BigInt(Date.now()) * 1_000_000n
  const times = { startTimeUnixNano: String(at), endTimeUnixNano: String(at + 1_000_000n) }
  const spans = [
    { traceId, spanId: root, name: 'ask', ...times, attributes: [{ key: 'user.id', value: { stringValue: userId } }] },
    {
      traceId,
      spanId: child,
      parentSpanId: root,
      name: 'chat',
      ...times,
      attributes: [
        { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
        { key: 'gen_ai.request.model', value: { stringValue: 'house-model' } },
        { key: 'gen_ai.usage.input_tokens', value: { intValue: 1000 } },
        { key: 'gen_ai.usage.output_tokens', value: { intValue: 500 } },
      ],
    },
  ]
  const answer = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: headers(),
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  expect(answer.status).toBe(200)
}

it('brings a price that came later to stored spans: first as a dry run, then for good', async () => {
  await page.goto('/p/default/models/prices')
  await page.getByText('No spans were priced again yet').waitFor()
  await expectAccessible(page)
  await writeFile(`${server.data}.yaml`, PRICED)
  const job = page.getByRole('region', { name: 'Job' })
  // The file is read again a moment after it has changed.
  await expect
    .poll(async () => {
      await page.goto('/p/default/models/prices#new')
      await page.getByRole('dialog').getByLabel('Models').fill('house-*')
      await page.getByRole('button', { name: 'Start dry run' }).click()
      await job.getByText('dry run', { exact: true }).waitFor()
      return await job.getByRole('heading', { level: 2 }).allTextContents()
    })
    .toContain('3 of 3 spans would change')
  await job.getByText('From $0 to $0.006').waitFor()
  expect((await traces()).map(({ costUsd }) => costUsd)).toEqual([null, null, null])
  await expectAccessible(page)

  await job.getByRole('button', { name: 'Price 3 spans again' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('The costs of before are not kept').waitFor()
  await dialog.getByRole('button', { name: 'Price 3 spans again' }).click()
  await job.getByText('3 of 3 spans changed').waitFor()
  await job.getByText('done', { exact: true }).waitFor()
  await expect.poll(async () => (await traces()).map(({ costUsd }) => costUsd)).toEqual(['0.002', '0.002', '0.002'])
  // Its address is that of the job.
  await page.reload()
  await job.getByText('3 of 3 spans changed').waitFor()
  await job.getByRole('link', { name: '3', exact: true }).click()
  await page.waitForURL(/traces\?.*filter=model:eq:house-model/)
  expect(problems).toEqual([])
})

it('deletes a user after saying how much goes, and keeps a receipt', async () => {
  await page.goto('/p/default/privacy')
  await page.getByText('Nothing was deleted yet').waitFor()
  await expectAccessible(page)
  // As a page that lists users links here.
  await page.goto('/p/default/privacy?user=asha#new')
  const dialog = page.getByRole('dialog')
  await expect.poll(() => dialog.getByRole('status').textContent()).toMatch(/^2 traces with 4 spans/)
  const button = dialog.getByRole('button', { name: 'Delete 4 spans' })
  await expect.poll(() => button.isDisabled()).toBe(true)
  await dialog.getByLabel(/Type “delete 2 traces”/).fill('delete 3 traces')
  await expect.poll(() => button.isDisabled()).toBe(true)
  await dialog.getByLabel('User id').fill('nobody')
  await dialog.getByText('Nothing of it is stored.').waitFor()
  await dialog.getByLabel('User id').fill('asha')
  await dialog.getByLabel(/Type “delete 2 traces”/).fill('delete 2 traces')
  await expectAccessible(page)
  await button.click()

  const receipt = page.getByRole('region', { name: 'Receipt' })
  await receipt.getByText('2 traces with 4 spans. Requested by you.').waitFor()
  await expect.poll(async () => (await traces()).map(({ userId }) => userId)).toEqual(['ben'])
  await receipt
    .getByText(/^(removed|erased)$/)
    .first()
    .waitFor()
  await receipt.getByRole('table', { name: 'Removed rows' }).getByRole('row', { name: /spans/ }).first().waitFor()
  await expectAccessible(page)
  const download = page.waitForEvent('download')
  await receipt.getByRole('button', { name: 'Download as JSON' }).click()
  const file = await (await download).path()
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ subject: 'user', value: 'asha', traces: 2, spans: 4 })

  // The receipt has an address of its own, and the list names it.
  await page.reload()
  await receipt.getByText('2 traces with 4 spans').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('table', { name: 'Deletions' }).getByRole('row', { name: /asha/ }).waitFor()
  expect(problems).toEqual([])
})

it.each([
  ['session=s-1', 'Session id', 's-1'],
  ['trace=abc', 'Trace id', 'abc'],
])('fills in what an address with %s names', async (search, label, value) => {
  await page.goto('about:blank')
  await page.goto(`${server.url}/p/default/privacy?${search}#new`)
  await expect.poll(() => page.getByRole('dialog').getByLabel(label).inputValue()).toBe(value)
})

it('counts a time as well', async () => {
  await page.goto('about:blank')
  await page.goto(`${server.url}/p/default/privacy?from=2020-01-01T00:00:00.000Z&to=2100-01-01T00:00:00.000Z#new`)
  await expect.poll(() => page.getByRole('dialog').getByRole('status').textContent()).toMatch(/^1 trace with 2 spans/)
  expect(problems).toEqual([])
})
