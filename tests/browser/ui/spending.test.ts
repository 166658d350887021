import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI, { RateLimitError } from 'openai'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awayFromMidnight, eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser, visit } from './browser.ts'

let server: Signalbox
let browser: Browser
let owner: Page
let problems: string[]
beforeAll(() => awayFromMidnight())
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox(), openBrowser()])
  ;({ page: owner, problems } = await logIn(browser, server))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const PASSWORD = 'long enough now'
/** Ten cents by the price of the simulator, of a provider that counts more than the answer was allowed to have. */
const ANSWER = { text: 'The clause is void.', usage: { input: 0, output: 50_000 } }
const BUDGET = 0.5

it('invites a second person with a role, whose key spends its budget and is stopped, and both see it', async () => {
  const link = await invite('editor', 'grace@example.test')
  const { page: grace, problems: hers } = await visit(browser, server, link)
  await grace.getByLabel('Password').fill(PASSWORD)
  await grace.getByRole('button', { name: 'Create account and join' }).click()
  await grace.waitForURL(/\/p\/default\/overview/)

  await grace.goto('/p/default/keys')
  await grace.getByRole('button', { name: 'New key' }).click()
  await grace.getByLabel('Name').fill('contract bot')
  await grace.getByRole('button', { name: 'Create key' }).click()
  const apiKey = (await grace.getByRole('region', { name: 'secret key' }).textContent()) ?? ''
  await grace.getByRole('button', { name: 'I have copied it' }).click()

  // What she may spend is the owner's to say.
  await owner.goto('/p/default/keys/budgets')
  // Where there is no budget yet, the list has the same button.
  await owner.getByRole('button', { name: 'New budget' }).first().click()
  const dialog = owner.getByRole('dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('contracts')
  await choose(owner, 'Of', 'each key')
  await dialog.getByLabel('Only the key').fill('contract bot')
  await dialog.getByLabel('Amount').fill(String(BUDGET))
  await choose(owner, 'A', 'day')
  await dialog.getByRole('button', { name: 'Add budget' }).click()
  await owner.waitForURL(/budget=contracts/)
  await owner.keyboard.press('Escape')

  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey })
  const ask = () =>
    client.chat.completions
      .create({ model: 'simulator/script', max_tokens: 100, messages: [{ role: 'user', content: JSON.stringify(ANSWER) }] })
      .withResponse()
  let refused: unknown
  let answered = 0
  // The edges know of the budget a moment after it was saved; what was spent before counts as well.
  for (const until = Date.now() + 60_000; refused === undefined && Date.now() < until; answered += 1) {
    refused = await ask().then(
      ({ data }) => {
        expect(data.choices[0]?.message.content).toBe(ANSWER.text)
      },
      (error: unknown) => error,
    )
    await sleep(50)
  }
  expect(refused).toBeInstanceOf(RateLimitError)
  expect(refused).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' })
  expect(String(refused)).toContain('The budget "contracts"')
  // Five answers of ten cents, and the call that was refused.
  expect(answered).toBeGreaterThanOrEqual(6)

  // Both see that it is spent, and by which key.
  for (const page of [owner, grace]) {
    await page.goto('/p/default/keys/budgets')
    const row = page.getByRole('row', { name: /contracts/ })
    await row.getByText('used up').waitFor()
    await row.getByRole('link', { name: 'contracts' }).click()
    const subjects = page.getByRole('region', { name: 'Budget', exact: true }).getByRole('table', { name: 'Subjects' })
    await subjects.getByText('contract bot').waitFor()
  }
  await expectAccessible(owner)
  // Who is stopped cannot help themselves: an editor sees budgets and changes none.
  await expect.poll(() => owner.getByRole('button', { name: 'Change contracts' }).count()).toBe(1)
  expect(await grace.getByRole('button', { name: /New budget|Change contracts|Remove contracts/ }).count()).toBe(0)

  // The owner gives more, and her client goes on.
  await owner.getByRole('button', { name: 'Change contracts' }).click()
  await owner.getByRole('dialog').getByLabel('Amount').fill('1000')
  await owner.getByRole('button', { name: 'Save changes' }).click()
  await eventually(async () => (await ask().catch(() => undefined))?.data)

  expect(problems).toEqual([])
  expect(hers).toEqual([])
  await grace.context().close()
})

async function invite(role: string, email: string): Promise<string> {
  await owner.goto('/p/default/access')
  await owner.getByRole('button', { name: 'Invite', exact: true }).click()
  const dialog = owner.getByRole('dialog')
  await choose(owner, 'Role', new RegExp(`^${role}`))
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const link = new URL((await owner.getByRole('region', { name: 'invitation link' }).textContent()) ?? '')
  await owner.getByRole('button', { name: 'I have copied it' }).click()
  return link.pathname + link.search
}

async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
