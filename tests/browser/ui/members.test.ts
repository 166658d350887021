import { createClient } from '@signalbox/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser, visit } from './browser.ts'

let server: Signalbox
let browser: Browser
let owner: Page
let problems: string[]
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox(), openBrowser()])
  ;({ page: owner, problems } = await logIn(browser, server))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const PASSWORD = 'long enough now'
async function invite(role: string, email?: string): Promise<string> {
  await owner.goto('/p/default/access')
  await owner.getByRole('button', { name: 'Invite', exact: true }).click()
  const dialog = owner.getByRole('dialog')
  await dialog.getByLabel('Role', { exact: true }).click()
  await owner.getByRole('option', { name: role }).click()
  if (email) await dialog.getByRole('textbox', { name: 'E-mail' }).fill(email)
  await dialog.getByRole('button', { name: 'Make the link' }).click()
  const link = (await owner.getByRole('region', { name: 'invitation link' }).textContent()) ?? ''
  await owner.getByRole('button', { name: 'I have copied it' }).click()
  return new URL(link).pathname + new URL(link).search
}

it('lets a second person in by a link, who sees what the role allows and no more', async () => {
  const link = await invite('viewer', 'grace@example.test')
  await owner.getByText(link).waitFor({ state: 'detached' })
  const { page, problems: hers } = await visit(browser, server, link)
  await page.getByRole('heading', { name: 'Join Default' }).waitFor()
  await expectAccessible(page)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await page.waitForURL(/\/p\/default\/overview/)

  const rail = page.getByRole('navigation', { name: 'Pages' })
  await rail.getByRole('link', { name: 'Traces' }).waitFor()
  expect(await rail.getByRole('link', { name: 'Access' }).count()).toBe(0)
  await page.goto('/p/default/keys')
  await page.getByRole('row', { name: /Bootstrap/ }).waitFor()
  expect(await page.getByRole('button', { name: /New key|Revoke/ }).count()).toBe(0)
  await page.goto('/p/default/keys#new')
  await page.getByRole('row', { name: /Bootstrap/ }).waitFor()
  expect(await page.getByRole('dialog').count()).toBe(0)
  await page.goto('/p/default/access')
  await page.getByText('As viewer of this project you do not see its members').waitFor()
  await page.getByRole('button', { name: /^Project / }).click()
  await page.getByRole('menuitem', { name: /Default/ }).waitFor()
  expect(await page.getByRole('menuitem', { name: 'New project' }).count()).toBe(0)
  await page.keyboard.press('Escape')

  await owner.goto('/p/default/access')
  await owner.getByLabel('Role of grace@example.test', { exact: true }).click()
  await owner.getByRole('option', { name: 'editor' }).click()
  await owner.getByText('grace@example.test is given the role editor').waitFor()
  await page.goto('/p/default/keys')
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByLabel('Name').fill('her service')
  await page.getByLabel('It may').click()
  expect(await page.getByRole('option', { name: 'admin' }).count()).toBe(0)
  await page.getByRole('option', { name: 'editor' }).click()
  await page.getByRole('button', { name: 'Create key' }).click()
  const secret = (await page.getByRole('region', { name: 'secret key' }).textContent()) ?? ''
  const models = await createClient({ baseUrl: server.url, apiKey: secret }).models.list()
  expect(models.models.length).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'I have copied it' }).click()

  expect(hers).toEqual([])

  await owner.reload()
  await owner.getByRole('button', { name: 'More about grace@example.test' }).click()
  await owner.getByRole('menuitem', { name: 'Remove from the project' }).click()
  const dialog = owner.getByRole('dialog')
  await dialog.getByText('1 key').waitFor()
  await dialog.getByRole('checkbox', { name: 'Revoke it too' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await owner.getByText('grace@example.test is removed from the project').waitFor()
  await page.goto('/p/default/traces')
  await page.getByText('There is no project').waitFor()
  await expect(createClient({ baseUrl: server.url, apiKey: secret }).models.list()).rejects.toMatchObject({ code: 'unauthenticated' })
  await page.context().close()
})

it('lets an account that is there join by a link, and says so when the link was used', async () => {
  const admin = createClient({ baseUrl: server.url, apiKey: server.secretKey })
  const { url } = await admin.invitations.create({ role: 'annotator' })
  const first = await visit(browser, server, new URL(url).pathname + new URL(url).search)
  await first.page.getByRole('link', { name: 'Log in and join with it' }).click()
  await first.page.getByLabel('E-mail').fill('grace@example.test')
  await first.page.getByLabel('Password').fill(PASSWORD)
  await first.page.getByRole('button', { name: 'Log in' }).click()
  await first.page.getByRole('button', { name: 'Join as grace@example.test' }).click()
  await first.page.waitForURL(/\/p\/default\/overview/)
  await first.page.context().close()
  const { page } = await visit(browser, server, new URL(url).pathname + new URL(url).search)
  await page.getByRole('alert').getByText('This invitation was used or taken back').waitFor()
  await page.context().close()
})

it('sets a new password by a link that an owner makes, and ends the log-ins that there were', async () => {
  const { page: before } = await visit(browser, server, '/login')
  await before.getByLabel('E-mail').fill('grace@example.test')
  await before.getByLabel('Password').fill(PASSWORD)
  await before.getByRole('button', { name: 'Log in' }).click()
  await before.waitForURL(/\/p\/default\//)
  await owner.goto('/p/default/access')
  await owner.getByRole('button', { name: 'Make a link that sets the password of grace@example.test' }).click()
  await owner.getByRole('dialog').getByRole('button', { name: 'Make the link' }).click()
  const link = new URL((await owner.getByRole('region', { name: 'reset link' }).textContent()) ?? '')
  await expectAccessible(owner)
  await owner.getByRole('button', { name: 'I have copied it' }).click()

  const { page, problems: hers } = await visit(browser, server, link.pathname + link.search)
  await page.getByText('grace@example.test').waitFor()
  await expectAccessible(page)
  await page.getByLabel('Password').fill('another long password')
  await page.getByRole('button', { name: 'Set password and log in' }).click()
  await page.waitForURL(/\/p\/default\//)
  expect(hers).toEqual([])
  await before.goto('/p/default/keys')
  await before.waitForURL(/\/login/)
  await before.goto(link.pathname + link.search)
  await before.getByRole('alert').getByText('This link was used or replaced').waitFor()
  await page.context().close()
  await before.context().close()
})

it('lets somebody leave the project by themselves', async () => {
  const admin = createClient({ baseUrl: server.url, apiKey: server.secretKey })
  const { url } = await admin.invitations.create({ role: 'viewer' })
  const { page } = await visit(browser, server, new URL(url).pathname + new URL(url).search)
  await page.getByLabel('E-mail').fill('alan@example.test')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create account and join' }).click()
  await page.waitForURL(/\/p\/default\/overview/)
  await page.goto('/p/default/settings')
  await page.getByRole('button', { name: 'Leave the project' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click()
  await page.getByText('This account has no project').waitFor()
  await expect.poll(async () => (await admin.members.list()).members.map(({ email }) => email)).not.toContain('alan@example.test')
  await page.context().close()
})

it('makes a team with a role, takes somebody in and lists it with them', async () => {
  await owner.goto('/p/default/access')
  await owner.getByRole('button', { name: 'New team' }).click()
  await owner.getByLabel('Name').fill('Support')
  await owner.getByRole('button', { name: 'Create team' }).click()
  await owner.getByLabel('Role of Support').click()
  await owner.getByRole('option', { name: 'editor' }).click()
  await owner.getByText('Support is given the role editor').waitFor()
  await owner.getByRole('button', { name: 'People of Support' }).click()
  await owner.getByLabel('Take somebody in').click()
  await owner.getByRole('option', { name: 'grace@example.test' }).click()
  await owner.getByRole('list', { name: 'People of Support' }).getByText('grace@example.test').waitFor()
  await expectAccessible(owner)
  await owner.keyboard.press('Escape')
  await owner.getByRole('table', { name: 'Members' }).getByRole('row', { name: /grace/ }).getByText('themselves, Support').waitFor()
})

it('shows where one is logged in, and ends the others', async () => {
  const other = await logIn(browser, server)
  await owner.goto('/p/default/settings')
  const table = owner.getByRole('table', { name: 'Your log-ins' })
  await table.getByText('this one').waitFor()
  await owner.getByRole('button', { name: 'End all others' }).click()
  await owner.getByText('1 log-in ended').waitFor()
  await other.page.goto('/p/default/keys')
  await other.page.waitForURL(/\/login/)
  expect(problems).toEqual([])
})
