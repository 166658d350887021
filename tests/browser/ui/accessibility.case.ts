import { describe, it } from 'vitest'
import { expectAccessible, logIn, visit } from './browser.ts'
import type { World } from './world.ts'

const PAGES: [path: string, ready: string][] = [
  ['getting-started', 'Make the first call'],
  ['overview', 'By model'],
  ['traces', 'Duration (ms)'],
  ['keys', 'Last used'],
  ['providers', 'Base URL'],
  ['models', 'Goes to'],
  ['settings', 'Engines'],
]

export function accessibility(world: () => World): void {
  describe.each(['light', 'dark'] as const)('accessibility in the %s theme', (colorScheme) => {
    it.each(PAGES)('finds nothing serious on %s', async (path, ready) => {
      const { server, browser } = world()
      const { page } = await logIn(browser, server, { colorScheme })
      await page.goto(`/p/default/${path}`)
      await page.getByText(ready).first().waitFor()
      await expectAccessible(page)
      await page.context().close()
    })

    it('finds nothing serious on the login page, in an open trace, a dialog and the palette', async () => {
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
    })
  })
}
