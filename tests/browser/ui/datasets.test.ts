import { createClient } from '@signalbox/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'

let server: Signalbox
let browser: Browser
let page: Page
let problems: string[]
const api = () => createClient({ baseUrl: server.url, apiKey: server.secretKey })
const NAME = 'support/golden'
const itemsNow = async () =>
  (await api().datasets.items({ name: NAME })).items.map(({ content, tags, split, source }) => ({ ...content, tags, split, source }))

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox(), openBrowser()])
  ;({ page, problems } = await logIn(browser, server))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it('a dataset is made of a file that is shown first', async () => {
  await page.goto('/p/default/datasets')
  await page.getByRole('heading', { name: 'No dataset yet' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Import a file' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name of the dataset').fill(NAME)
  await dialog.getByLabel('Format').selectOption('csv')
  await dialog.getByLabel('What is in the file').fill('topic,gold\nWhere is my order?,On its way\nCan I pay by card?,Yes\n')
  await dialog.getByText('has no input').waitFor()
  await dialog.getByLabel('Column of input').selectOption('topic')
  await dialog.getByLabel('Column of expected').selectOption('gold')
  await dialog.getByText('2 rows: 2 added').waitFor()
  await dialog.getByRole('button', { name: 'Import' }).click()
  await page.getByRole('heading', { name: 'golden' }).waitFor()
  await page.getByText('Where is my order?').waitFor()
  expect(await itemsNow()).toMatchObject([{ input: 'Where is my order?', expected: 'On its way' }, { input: 'Can I pay by card?' }])
})

it('cells are changed by keyboard, and it is taken back', async () => {
  await page.getByRole('grid', { name: 'Items' }).focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  const box = page.getByRole('textbox', { name: /^expected of/ })
  await box.fill('{"broken":')
  await page.keyboard.press('Enter')
  await page.getByText('No JSON').waitFor()
  await box.fill('It arrives tomorrow')
  await page.keyboard.press('Enter')
  // The cell is written when its box is gone: only then can it be taken back.
  await box.waitFor({ state: 'detached' })
  await page.getByRole('gridcell').getByText('It arrives tomorrow').waitFor()
  await eventually(async () => (await itemsNow())[0]?.expected === 'It arrives tomorrow' || undefined)
  await page.keyboard.press('Control+z')
  await eventually(async () => (await itemsNow())[0]?.expected === 'On its way' || undefined)
  await page.getByText('Taken back').first().waitFor()
  await page.getByRole('checkbox', { name: 'Select all items that are shown' }).click()
  await page.getByLabel('Split of the selected items').selectOption('holdout')
  await eventually(async () => (await itemsNow()).every(({ split }) => split === 'holdout') || undefined)
  await page.getByRole('gridcell').getByText('sealed', { exact: true }).first().waitFor()
  await expectAccessible(page)
})

it('the holdout is opened with a reason that everybody can read', async () => {
  await page.getByRole('button', { name: /sealed items: open/ }).click()
  await page.getByLabel('Why').fill('the yearly audit')
  await page.getByRole('button', { name: 'Open the holdout' }).click()
  await page.getByText('Can I pay by card?').waitFor()
  await page.getByRole('link', { name: 'History' }).click()
  await page.getByText('“the yearly audit”').waitFor()
  await page.getByRole('button', { name: /v1/ }).click()
  await page.getByRole('list', { name: 'Changes of version 1' }).waitFor()
  await expectAccessible(page)
})

it('a call of a trace becomes a row, with what should have been answered', async () => {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'simulator/echo', messages: [{ role: 'user', content: 'Do you ship to Norway?' }] }),
  })
  await response.arrayBuffer()
  const traceId = response.headers.get('x-signalbox-trace-id') ?? ''
  await eventually(() =>
    api()
      .traces.get({ traceId })
      .catch(() => undefined),
  )
  await page.goto(`/p/default/traces/${traceId}`)
  await page.getByRole('button', { name: 'Actions of the span' }).click()
  await page.getByRole('menuitem', { name: 'Add to a dataset…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'Dataset' }).fill(NAME)
  await dialog.getByText('Do you ship to Norway?').first().waitFor()
  await dialog.getByLabel('Expected').fill('Yes, in five days')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  const added = await eventually(async () => (await itemsNow()).find(({ source }) => source?.kind === 'trace'))
  expect(added).toMatchObject({ input: 'Do you ship to Norway?', expected: 'Yes, in five days', source: { traceId } })
})

it('an evaluator is tried until it says what one means, and kept', async () => {
  await page.goto('/p/default/evaluators?search=keywords')
  await page.getByRole('link', { name: 'keywords', exact: true }).waitFor()
  await expectAccessible(page)
  await page.goto('/p/default/evaluators/new?evaluator=contains')
  await page.getByLabel('value').fill('order')
  await page.getByLabel('Rows').fill('{"output": "Your order is here"}\n{"output": "Nothing"}')
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByText('2 rows scored').waitFor()
  const outcomes = page.getByRole('list', { name: 'Outcomes' })
  await outcomes.getByText('pass 1').waitFor()
  await outcomes.getByText('fail 0').waitFor()
  await page.getByLabel('Name').fill('support/order')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('heading', { name: 'support/order' }).waitFor()
  await page.getByLabel('value').fill('parcel')
  await page.getByRole('button', { name: 'Save a version' }).click()
  await page.getByText('version 2', { exact: true }).waitFor()
  expect(await api().evaluators.get({ name: 'support/order' })).toMatchObject({ version: 2, params: { value: 'parcel' } })
  await expectAccessible(page)
  expect(problems).toEqual([])
})
