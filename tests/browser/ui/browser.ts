import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Signalbox } from '../../signalbox.ts'

/** The browser of the machine; `SIGNALBOX_TEST_BROWSER` names another one. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.SIGNALBOX_TEST_BROWSER ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })

/**
 * A page of somebody who is logged in, which has not gone anywhere yet. What it logs as an error is kept in `problems`. The form of the
 * login is shown by `logInByHand`; here it would cost as much as a test.
 */
export async function logIn(
  browser: Browser,
  server: Signalbox,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; problems: string[] }> {
  const { page, problems } = await newPage(browser, server, options)
  const answer = await page.request.post('/api/v1/session', { data: server.admin })
  expect(answer.status(), await answer.text()).toBe(200)
  return { page, problems }
}

/** Likewise through the form, up to where that leads. */
export async function logInByHand(browser: Browser, server: Signalbox): Promise<{ page: Page; problems: string[] }> {
  const { page, problems } = await visit(browser, server, '/login')
  await page.getByLabel('E-mail').fill(server.admin.email)
  await page.getByLabel('Password').fill(server.admin.password)
  await page.getByRole('button', { name: 'Log in' }).click()
  await page.waitForURL(/\/p\/default\//)
  return { page, problems }
}

/** A page of somebody who is not. */
export async function visit(browser: Browser, server: Signalbox, path: string, options: BrowserContextOptions = {}) {
  const opened = await newPage(browser, server, options)
  await opened.page.goto(path)
  return opened
}

async function newPage(browser: Browser, server: Signalbox, options: BrowserContextOptions) {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    // Answers of 401 and 404 are logged by the browser itself; pages that expect them say so on the screen.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) problems.push(message.text())
  })
  return { page, problems }
}

/** Presses a button of the dialog that is open, and waits until that has closed: as long as it is open, what is behind it has no role. */
export async function confirm(page: Page, name: string): Promise<void> {
  const dialog = page.locator('[role=dialog], [role=alertdialog]')
  await dialog.getByRole('button', { name }).click()
  await dialog.waitFor({ state: 'detached' })
}

/**
 * Fails with the rule, the reason and the places where axe finds something serious. Its mode for pages without frames of others,
 * and without a list of everything that is well: the same findings in a quarter of the time. With `rules` only by those.
 */
export async function expectAccessible(page: Page, rules?: readonly string[]): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'], ...(rules && { runOnly: { type: 'rule', values: [...rules] } }) })
    .analyze()
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map((node) => `  ${node.html.slice(0, 200)}\n  ${node.failureSummary ?? ''}`).join('\n')}`,
    )
  expect(serious).toEqual([])
}
