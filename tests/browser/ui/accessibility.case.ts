import type { Page } from 'playwright-core'
import { beforeAll, describe, it } from 'vitest'
import { expectAccessible, logIn, visit } from './browser.ts'
import type { World } from './world.ts'

const PAGES: [path: string, ready: string][] = [
  ['getting-started', 'Make the first call'],
  ['overview', 'By model'],
  ['traces', 'Duration (ms)'],
  ['sessions', 'Conversations of your app'],
  ['users', 'Who uses your app'],
  ['dashboards', 'No dashboard yet'],
  ['prompts', 'All prompts'],
  ['prompts?tab=approvals', 'Protected labels'],
  ['prompts/support/refund', 'version 2, latest'],
  ['prompts/support/refund?tab=versions', 'What was done'],
  ['prompts/support/refund?tab=compare&a=1&b=2', 'The same in both'],
  ['reviews', 'No queue yet'],
  ['ingest', 'Senders'],
  ['keys', 'Last used'],
  ['providers', 'Base URL'],
  ['models', 'Goes to'],
  ['models?alias=support', 'comes from signalbox.yaml'],
  ['models#new', 'Retries and fallback'],
  ['models/simulate?model=support&text=Prove+it', 'would go to'],
  ['models/dry-run?model=simulator/echo', 'By target'],
  ['keys/budgets', 'Forecast'],
  ['keys/budgets?budget=of-file', 'comes from signalbox.yaml'],
  ['splits', 'Calls of'],
  ['splits?split=later', 'Steps'],
  ['live', 'Alias → target'],
  ['models/prices', 'Without this page'],
  ['privacy', 'Without this page'],
  ['access', 'Nobody is on the way in'],
  ['settings', 'Engines'],
]

const THEMES = ['light', 'dark'] as const
/** All that another theme can change of a page that was searched in the first one. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block']

export function accessibility(world: () => World): void {
  describe('accessibility', () => {
    let page: Page
    beforeAll(async () => {
      const { server, browser } = world()
      ;({ page } = await logIn(browser, server))
      return () => page.context().close()
    })

    it.each(PAGES)('finds nothing serious on %s, light and dark', async (path, ready) => {
      // From elsewhere: an address that differs behind its # only would not be loaded anew.
      await page.goto('about:blank')
      await page.goto(`${world().server.url}/p/default/${path}`)
      await page.getByText(ready).first().waitFor()
      for (const colorScheme of THEMES) {
        await page.emulateMedia({ colorScheme })
        await page.waitForFunction((theme) => document.documentElement.dataset.theme === theme, colorScheme)
        await expectAccessible(page, colorScheme === 'light' ? undefined : OF_COLOURS)
      }
    })

    it.each(THEMES)('finds nothing serious on the login page, in an open trace, a dialog and the palette: %s', async (colorScheme) => {
      const { server, browser } = world()
      const outside = await visit(browser, server, '/login', { colorScheme })
      await outside.page.getByLabel('E-mail').waitFor()
      await expectAccessible(outside.page)
      await outside.page.context().close()

      const { page } = await logIn(browser, server, { colorScheme })
      await page.goto('/p/default/traces?search=Hello')
      await page.getByRole('row').nth(1).click()
      await page.getByRole('region', { name: 'Trace' }).getByRole('article').first().waitFor()
      await expectAccessible(page)
      await page.goto('/p/default/keys#new')
      await page.getByRole('dialog').waitFor()
      await expectAccessible(page)
      await page.goto('/p/default/models')
      await page.getByText('Goes to').waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').waitFor()
      await expectAccessible(page)
      await page.context().close()
      // Four pages are searched, which takes a loaded machine a while.
    })
  })
}
