import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'

let server: Signalbox
let browser: Browser
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox(), openBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

it('loads the demo by a button, says on every page that it is one, leads to what is worth seeing, and takes it away', async () => {
  const { page, problems } = await logIn(browser, server)
  // The real thing, only fewer conversations.
  await page.route('**/api/v1/demo', (route) =>
    route.request().method() === 'POST' ? route.continue({ postData: JSON.stringify({ scale: 0.02 }) }) : route.continue(),
  )
  await page.goto('/p/default/getting-started')
  await page.getByRole('button', { name: 'Load demo data' }).click()
  const told = page.getByText(/of an invented support copilot: \d+ traces in 7 days/)
  await told.waitFor({ timeout: 180_000 })

  await page.goto('/p/default/overview?range=7d')
  await told.waitFor()
  await page.getByRole('table', { name: 'By model' }).getByText('claude-sonnet-4-5').first().waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'What to look at' }).click()
  await page.getByRole('link', { name: 'A thumbs-down: "Too vague"' }).click()
  await page.waitForURL(/\/traces\/[0-9a-f]{32}/)
  await page.getByText('invoke_agent support-copilot').first().waitFor()

  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Remove the demo data?' })
  await dialog.getByText(/What you sent into this project yourself stays/).waitFor()
  await dialog.getByRole('button', { name: 'Remove demo data' }).click()
  await told.waitFor({ state: 'detached' })
  await page.goto('/p/default/getting-started')
  await page.getByRole('button', { name: 'Load demo data' }).waitFor()
  expect(problems).toEqual([])
}, 300_000)
