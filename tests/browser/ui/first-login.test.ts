import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { openBrowser, visit } from './browser.ts'

let server: Signalbox
let browser: Browser
beforeAll(async () => {
  // Without an owner in the environment the server prints a link.
  server = await startSignalbox({ firstStart: true, env: { SIGNALBOX_ADMIN_EMAIL: '', SIGNALBOX_ADMIN_PASSWORD: '' } })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it('leads from the one-time link of the first start to an account with a password', async () => {
  const link = await eventually(async () => /\/login\?token=\S+/.exec(server.stderr())?.[0])
  const { page, problems } = await visit(browser, server, link)
  await page.waitForURL(/getting-started/)
  await page.getByRole('link', { name: 'Set password' }).click()
  await page.getByLabel('E-mail').fill('first@example.test')
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Set e-mail and password' }).click()
  await page.getByText('at least 10 characters').waitFor()
  await page.getByLabel('Password').fill('long enough now')
  await page.getByRole('button', { name: 'Set e-mail and password' }).click()
  await page.getByText('Account saved').waitFor()
  await page.getByText('You came in with a one-time link').waitFor({ state: 'detached' })

  await page.getByRole('button', { name: /^Account/ }).click()
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await page.waitForURL(/\/login/)
  await page.goto(link)
  await page.getByRole('alert').first().waitFor()
  await page.getByLabel('E-mail').fill('first@example.test')
  await page.getByLabel('Password').fill('long enough now')
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL(/\/p\/default\//)
  expect(problems).toEqual([])
})
