import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../../signalbox.ts'
import { confirm, expectAccessible, logIn, openBrowser } from './browser.ts'

let server: Signalbox
let browser: Browser
let page: Page
let problems: string[]
let queueId = ''
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox(), openBrowser()])
  ;({ page, problems } = await logIn(browser, server))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

/** As another reviewer: the key of the installation. */
async function api(method: string, path: string, body?: object) {
  const response = await fetch(`${server.url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  expect(response.ok, text).toBe(true)
  return JSON.parse(text)
}

const ITEMS = 24
/** So many seconds an item may take, for 300 of them in an hour. */
const PACE = 12
const isBad = (input: string) => Number(input.match(/\d+/)?.[0]) % 3 === 0

it('teaches what a queue is, and makes one', async () => {
  await page.goto('/p/default/reviews')
  await page.getByText('No queue yet').waitFor()
  await page.getByRole('button', { name: 'New queue' }).first().click()
  await page.getByLabel('Name').fill('Support answers')
  await expectAccessible(page)
  await page.getByRole('dialog').getByRole('button', { name: 'Make queue' }).click()
  await page.waitForURL(/reviews\/rvq_/)
  queueId = page.url().match(/rvq_[0-9a-f]+/)?.[0] ?? ''
  await page.getByText('Nothing to look at yet').waitFor()
  const given = Array.from({ length: ITEMS }, (_, at) => ({
    id: `q${at}`,
    content: { input: `Question ${at}: when is my parcel here?`, output: `It comes in ${at} days.` },
  }))
  expect(await api('POST', `reviews/${queueId}/items`, { given })).toMatchObject({ added: ITEMS })
})

it('is answered with one hand on the keyboard, at 300 items an hour and more', async () => {
  await page.reload()
  await page.getByRole('link', { name: `Review ${ITEMS}` }).click()
  await page.getByText('Question 0:').waitFor()
  await expectAccessible(page)
  const since = Date.now()
  for (let at = 0; at < ITEMS; at++) {
    await page.getByText(`Question ${at}:`).waitFor()
    if (at === 0) {
      // Without an answer it stays, and says what is missing.
      await page.keyboard.press('Enter')
      await page.getByRole('alert').getByText('How accurate is the answer?').waitFor()
    }
    await page.keyboard.press(at % 3 === 0 ? '1' : '3')
    const choice = page.getByRole('button', { name: at % 3 === 0 ? 'Inaccurate' : 'Accurate', exact: false, pressed: true })
    await choice.waitFor()
    if (at % 3 === 0) {
      await page.keyboard.press('1')
      await page.getByRole('button', { name: 'Hallucination', pressed: true }).waitFor()
    }
    await page.keyboard.press(at % 2 === 0 ? 'Enter' : ' ')
  }
  await page.getByText('Nothing is left for you').waitFor()
  expect((Date.now() - since) / 1000 / ITEMS).toBeLessThan(PACE)
  await expect.poll(async () => (await api('GET', `reviews/${queueId}`)).queue.counts.answers).toBe(ITEMS)
})

it('shows what the other said only when both are in, and a dispute is decided', async () => {
  await page.goto(`/p/default/reviews/${queueId}`)
  await page.getByRole('cell', { name: '1 of 2' }).first().waitFor()
  for (;;) {
    const { tasks } = await api('POST', `reviews/${queueId}/next`, { count: 10 })
    if (tasks.length === 0) break
    for (const { itemId, rubricVersion, content } of tasks) {
      const bad = isBad(content.input) && content.input !== 'Question 3: when is my parcel here?'
      const answers = { accuracy: bad ? 'Inaccurate' : 'Accurate', flags: bad ? ['hallucination'] : [] }
      await api('POST', `reviews/${queueId}/items/${itemId}/answer`, { rubricVersion, answers, seconds: 4 })
    }
  }
  await page.getByRole('button', { name: 'Disputed' }).click()
  await page.getByText('Question 3:').click()
  const panel = page.getByRole('region', { name: 'Item' })
  await panel.getByText(server.admin.email).waitFor()
  await expectAccessible(page)
  await panel
    .getByRole('button', { name: /Accurate$/ })
    .last()
    .click()
  await panel.getByLabel('Reason').fill('the parcel was there')
  await panel.getByRole('button', { name: 'Decide', exact: true }).click()
  await panel.getByText('Decided by an adjudicator').waitFor()
})

it('says how far people agree, and holds a judge against them', async () => {
  await page.goto(`/p/default/reviews/${queueId}?tab=agreement`)
  await page.getByRole('row', { name: /How accurate is the answer\?/ }).waitFor()
  await page.getByRole('table', { name: 'Reviewers' }).getByText(server.admin.email).waitFor()
  await page.getByText('Only 24 items have two answers.').waitFor()
  await expectAccessible(page)

  const { items } = await api('GET', `reviews/${queueId}/items?limit=100`)
  const verdicts = items.map(({ itemId, preview }: { itemId: string; preview: string }) => ({ itemId, score: isBad(preview) ? 0.1 : 0.9 }))
  expect(await api('POST', `reviews/${queueId}/verdicts`, { judge: 'accuracy-judge', verdicts })).toMatchObject({ stored: ITEMS })
  await page.goto(`/p/default/reviews/${queueId}?tab=judges`)
  await page.getByText('No judge was held against people yet').waitFor()
  await page.getByText('accuracy-judge (24 items)').waitFor()
  await page.getByRole('button', { name: 'Calibrate' }).click()
  await page.getByText('stops no release').waitFor()
  await page.getByText(/The holdout has \d+ items?; it takes 30/).waitFor()
  await expectAccessible(page)
})

it('changes the rubric in mid-queue, and is deleted with what is in it', async () => {
  await page.goto(`/p/default/reviews/${queueId}?tab=rubric`)
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  await page.getByLabel('Guideline').fill('Read twice.')
  await confirm(page, 'Save version')
  await page.getByRole('cell', { name: 'v2' }).waitFor()
  await page.getByText('Read twice.').waitFor()
  await page.getByRole('button', { name: 'Delete the queue' }).click()
  await page.getByText('24 items and 48 answers are lost').waitFor()
  await confirm(page, 'Delete')
  await page.getByText('No queue yet').waitFor()
  expect(problems).toEqual([])
})
