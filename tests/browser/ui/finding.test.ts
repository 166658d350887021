import { createClient } from '@signalbox/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser, visit } from './browser.ts'
import { call, readable } from './seed.ts'

let server: Signalbox
let browser: Browser
let page: Page
let problems: string[]
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox(), openBrowser()])
  ;({ page, problems } = await logIn(browser, server))
  // Further back than a preview reaches.
  const long = `${'The weather of the day is fine. '.repeat(20)} A locomotive waits at the signal.`
  const ids = [
    await call(server, { text: long, headers: { 'x-signalbox-user': 'asha' } }),
    await call(server, { text: 'nothing of the kind' }),
  ]
  for (const id of ids) await readable(server, id)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const rows = (of: Page) => of.getByRole('grid', { name: 'Traces' }).getByRole('row')

it('finds words in whole inputs, and says how far the index is', async () => {
  await page.goto('/p/default/traces')
  await rows(page).nth(2).waitFor()
  const bar = page.getByRole('combobox', { name: 'Filter or search traces' })
  await bar.fill('locomotive')
  await page.getByRole('option', { name: /Search inputs and outputs for “locomotive”/ }).click()
  await page.waitForURL(/search=locomotive.*in=content|in=content.*search=locomotive/)
  await expect.poll(() => rows(page).count()).toBe(2)
  await page
    .getByRole('status')
    .filter({ hasText: /The index has the words of every span|are not in the index yet/ })
    .waitFor()
  await expectAccessible(page)
  // The list of previews does not reach it, and says so by finding nothing.
  await page.goto('/p/default/traces?search=locomotive')
  await page.getByText('No trace matches').waitFor()
  expect(await page.getByText(/by words\./).count()).toBe(0)
  // Where no word matches, nothing is made up.
  await page.goto('/p/default/traces?search=steamboat&in=content')
  await page.getByText('No trace matches').waitFor()
  await page.getByText(/Searched are the first 8 KB/).waitFor()
  expect(problems).toEqual([])
})

it('saves a view, which another account opens, and renames and deletes it', async () => {
  await page.goto('/p/default/traces?filter=userId:eq:asha&sort=-durationMs')
  await expect.poll(() => rows(page).count()).toBe(2)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByText('None yet. Save filters').waitFor()
  await page.getByRole('menuitem', { name: 'Save as a new view…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Slow ones of Asha')
  await dialog.getByText('Shared with everybody in the project').click()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.waitForURL(/saved=/)
  const link = page.url()

  const client = createClient({ baseUrl: server.url, apiKey: server.secretKey })
  const { url } = await client.invitations.create({ role: 'viewer', email: 'grace@example.test' })
  const { pathname, search } = new URL(url)
  const { page: hers, problems: herProblems } = await visit(browser, server, pathname + search)
  await hers.getByLabel('Password').fill('correct horse battery')
  await hers.getByRole('button', { name: 'Create account and join' }).click()
  await hers.waitForURL(/\/p\/default\//)
  await hers.goto('/p/default/traces')
  await rows(hers).nth(2).waitFor()
  await hers.getByRole('button', { name: 'Views' }).click()
  await hers.getByRole('menuitemcheckbox', { name: /Slow ones of Asha · shared by/ }).click()
  await hers.waitForURL(/filter=userId:eq:asha/)
  await expect.poll(() => rows(hers).count()).toBe(2)
  await hers.waitForURL(/sort=-durationMs/)
  // It is not hers to change.
  await hers.getByRole('button', { name: 'Slow ones of Asha' }).click()
  await hers.getByRole('menuitem', { name: 'Save as a new view…' }).waitFor()
  expect(await hers.getByRole('menuitem', { name: /Rename|Delete/ }).count()).toBe(0)
  // What she changes is hers to see, and can be taken back.
  await hers.keyboard.press('Escape')
  await hers.goto(link.replace('filter=userId:eq:asha', 'filter=userId:eq:ben'))
  await hers.getByRole('button', { name: 'Slow ones of Asha (changed)' }).click()
  await hers.getByRole('menuitem', { name: 'Back to what was saved' }).click()
  await hers.waitForURL(/filter=userId:eq:asha/)
  expect(herProblems).toEqual([])

  await page.getByRole('button', { name: 'Slow ones of Asha' }).click()
  await page.getByRole('menuitem', { name: 'Rename or share…' }).click()
  await dialog.getByLabel('Name').fill('Asha')
  await dialog.getByText('Shared with everybody in the project').click()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Asha', exact: true }).waitFor()
  await hers.goto('/p/default/traces')
  await rows(hers).nth(2).waitFor()
  await hers.getByRole('button', { name: 'Views' }).click()
  await hers.getByText('None yet. Save filters').waitFor()
  await hers.context().close()

  await page.getByRole('button', { name: 'Asha', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Delete…' }).click()
  await dialog.getByText('Only you see it. No trace is deleted.').waitFor()
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Views' }).waitFor()
  await page.waitForURL((url) => !url.searchParams.has('saved'))
  await expect.poll(async () => (await client.views.list({})).views).toEqual([])
  expect(problems).toEqual([])
})
