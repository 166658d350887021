import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { awayFromMidnight, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'
import { HOSTILE, STEPS, seedAgent, seedChat, sessionReadable } from './sessions.seed.ts'

let server: Signalbox
let browser: Browser
let page: Page
let problems: string[]
/** The machine may be slow. */
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read)
/** What the pages asked of anybody but the server. */
const left: string[] = []

beforeAll(() => awayFromMidnight())
beforeAll(async () => {
  const yaml = 'version: 1\nbudgets:\n  - { name: people, scope: end-user, measure: requests, amount: 10, per: day }\n'
  ;[server, browser] = await Promise.all([startSignalbox({ yaml }), openBrowser()])
  ;({ page, problems } = await logIn(browser, server, { permissions: ['clipboard-read', 'clipboard-write'] }))
  page.context().on('request', (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) left.push(request.url())
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it('teaches how to name sessions and users where nobody has', async () => {
  await page.goto('/p/default/sessions')
  await page.getByText('No session in this time').waitFor()
  await page.getByText('x-signalbox-session').waitFor()
  await expectAccessible(page)
  await page.goto('/p/default/users')
  await page.getByText('No user in this time').waitFor()
  await expectAccessible(page)
})

it('lists sessions, and opens one as a conversation by keyboard, with its own address', async () => {
  await seedChat(server, 'chat-42', 'ann')
  await seedAgent(server, {
    session: 'returns/2026 #7',
    user: 'ben@example.test',
    asked: 'Can I return my shoes?',
    said: `Yes.\n\n${HOSTILE}`,
    steps: STEPS,
  })
  await seedAgent(server, {
    session: 'returns/2026 #7',
    user: 'ben@example.test',
    asked: 'And later?',
    said: 'No.',
    steps: [],
    at: Date.now() - 1_000,
  })
  await Promise.all([sessionReadable(server, 'chat-42', 3), sessionReadable(server, 'returns/2026 #7', 2)])

  await page.goto('/p/default/sessions')
  const row = page.getByRole('row', { name: /chat-42/ })
  await row.waitFor()
  await row.getByText('thumbs down').waitFor({ state: 'attached' })
  await expect.poll(() => row.getByRole('link', { name: '3 traces of chat-42' }).count()).toBe(1)
  await page.getByRole('button', { name: 'Cost (USD)' }).click()
  await page.waitForURL(/sort=-costUsd/)
  // In place of the list before, which is pale while this one is on its way.
  await page.locator('[role=columnheader][aria-sort=descending]', { hasText: 'Cost' }).waitFor()
  await page.getByRole('status').getByText('2 loaded').waitFor()
  await expectAccessible(page)

  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Session' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('region', { name: 'Session' }).waitFor({ state: 'detached' })

  await row.getByRole('link', { name: 'chat-42', exact: true }).click()
  await page.waitForURL(/session=chat-42/)
  const panel = page.getByRole('region', { name: 'Session' })
  const turns = panel.getByRole('article', { name: /^Turn/ })
  await soon(() => turns.count()).toBe(3)
  const [first, second, third] = [turns.nth(0), turns.nth(1), turns.nth(2)]
  await first.getByRole('button', { name: /system You sell shoes/ }).waitFor()
  await expect.poll(() => first.getByText('Where is my parcel?').count()).toBe(2)
  await first.getByText('that is what I asked').waitFor()
  await second.getByText(/^Failed:/).waitFor()
  await second.getByText('3 earlier messages sent along').waitFor()
  await third.getByText('there', { exact: true }).first().waitFor()
  await expectAccessible(page)
})

it('shows documents, tools and what failed where it happened, finds words, and copies all of it', async () => {
  await page.goto(`/p/default/sessions/${encodeURIComponent('returns/2026 #7')}`)
  const turn = page.getByRole('article', { name: 'Turn 1' })
  await turn.getByRole('button', { name: /order lookup failed the shop did not answer/ }).waitFor()
  await turn.getByRole('button', { name: /search docs/ }).click()
  const documents = turn.getByRole('list', { name: 'Documents' })
  await documents.getByText('Shoes can be returned within 30 days.').waitFor()
  await expectAccessible(page)

  const box = page.getByRole('textbox', { name: 'Find in this session' })
  await box.fill('later')
  await box.press('Enter')
  await page.waitForURL(/find=later/)
  await soon(() => page.getByRole('article', { name: /^Turn/ }).count()).toBe(1)
  await page.getByText('And later?').waitFor()
  await box.fill('nowhere')
  await box.press('Enter')
  await page.getByRole('button', { name: 'Show all turns' }).last().click()
  await soon(() => page.getByRole('article', { name: /^Turn/ }).count()).toBe(2)

  const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
  await page.getByRole('button', { name: 'Copy as Markdown' }).click()
  await soon(clipboard).toMatch(/^# Session returns\/2026 #7[\s\S]*Can I return my shoes\?[\s\S]*And later\?/)
  await page.getByRole('button', { name: 'Copy as JSON' }).click()
  await soon(clipboard).toMatch(/^\{/)
  expect(JSON.parse(await clipboard())).toMatchObject({ session: { traces: 2 }, turns: [{ stepCount: 2 }, { stepCount: 0 }] })

  // To the trace of a turn, and from it back to the turn.
  await turn.getByRole('link', { name: 'answer' }).click()
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/)
  await page.getByRole('link', { name: 'Session returns/2026 #7' }).click()
  await page.waitForURL(/\/sessions\/returns.*turn=[0-9a-f]{32}/)
  await turn.waitFor()
})

it('lists users with cost and leads from one to models, budget, sessions and the way to delete them', async () => {
  await page.goto('/p/default/users')
  const row = page.getByRole('row', { name: /ann/ })
  await row.waitFor()
  await row.getByRole('link', { name: '1 sessions of ann' }).click()
  await page.waitForURL(/\/sessions\?.*userId/)
  await soon(() => page.getByRole('row').count()).toBe(2)

  await page.goto('/p/default/users/ann')
  await page.getByRole('img', { name: /^Cost/ }).waitFor()
  await page.getByRole('table', { name: 'Models' }).getByText('echo').waitFor()
  await page.getByText('3 of 10 requests a day').waitFor()
  await page.getByRole('table', { name: 'Sessions' }).getByRole('link', { name: 'Where is my parcel?' }).waitFor()
  await expectAccessible(page)

  await page.getByRole('link', { name: 'Traces of this user', exact: true }).click()
  await page.waitForURL(/\/traces\?.*userId:eq:ann/)
  await soon(() => page.getByRole('row').count()).toBe(4)
  await page.goto('/p/default/users/ann')
  await page.getByRole('link', { name: 'Delete this user…' }).click()
  await soon(() => page.getByRole('dialog').getByLabel('User id').inputValue()).toBe('ann')
  await page.goto('/p/default/users/nobody')
  await page.getByText('Nothing of this user in this time').waitFor()
})

it('finds sessions and users by a part of their id from the palette', async () => {
  await page.goto('/p/default/overview')
  await page.getByRole('button', { name: 'Search or run a command' }).click()
  await page.getByRole('combobox').fill('hat-4')
  await page.getByRole('option', { name: 'Session chat-42' }).click()
  await page.waitForURL(/\/sessions\/chat-42/)
  await page.getByRole('article', { name: 'Turn 3' }).waitFor()
  await page.getByRole('button', { name: 'Search or run a command' }).click()
  await page.getByRole('combobox').fill('ben@')
  await page.getByRole('option', { name: 'User ben@example.test' }).click()
  await page.waitForURL(/\/users\/ben/)
})

it('runs nothing and loads nothing of what was said', async () => {
  for (const session of ['chat-42', 'returns/2026 #7']) {
    await page.goto(`/p/default/sessions/${encodeURIComponent(session)}`)
    await page.getByText('onerror').first().waitFor()
    // As it is, too.
    await page.getByRole('button', { name: 'Raw' }).click()
    await page.getByText('onerror').first().waitFor()
    await page.getByRole('button', { name: 'Rendered' }).click()
  }
  expect(await page.evaluate(() => (window as { hacked?: number }).hacked)).toBeUndefined()
  expect(await page.locator('main iframe, main script, main img[src^="http"], main a[href^="javascript"]').count()).toBe(0)
  expect(left).toEqual([])
  expect(problems).toEqual([])
})
