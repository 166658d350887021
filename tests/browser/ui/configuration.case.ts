import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { confirm, logIn } from './browser.ts'
import type { World } from './world.ts'

export function configuration(world: () => World): void {
  describe('keys, providers, models and settings', () => {
    let page: Page
    let problems: string[]
    beforeAll(async () => {
      const { server, browser } = world()
      ;({ page, problems } = await logIn(browser, server))
      return () => page.context().close()
    })

    it('makes a key, shows its secret once, and revokes it', async () => {
      const { server } = world()
      await page.goto('/p/default/keys')
      await page.getByRole('button', { name: 'New key' }).click()
      await page.getByLabel('Name').fill('browser test')
      await page.getByRole('button', { name: 'Create key' }).click()
      const secret = (await page.getByRole('region', { name: 'secret key' }).textContent()) ?? ''
      const ask = () => fetch(`${server.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })
      await page.getByRole('button', { name: 'I have copied it' }).click()
      await page.getByText(secret).waitFor({ state: 'detached' })
      await expect.poll(async () => (await ask()).status).toBe(200)
      await page.getByRole('button', { name: 'Revoke browser test' }).click()
      await page.getByRole('button', { name: 'Revoke key' }).click()
      await page
        .getByRole('row', { name: /browser test/ })
        .getByText('revoked')
        .waitFor()
      await expect.poll(async () => (await ask()).status).toBe(401)
    })

    it('goes on after a login in another tab made its token old', async () => {
      const { server } = world()
      await page.goto('/p/default/keys')
      await page.getByRole('button', { name: 'New key' }).click()
      const { status } = await page.request
        .post('/api/v1/session', { data: server.admin })
        .then((response) => ({ status: response.status() }))
      expect(status).toBe(200)
      await page.getByLabel('Name').fill('made with an old token')
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByRole('region', { name: 'secret key' }).waitFor()
      await page.getByRole('button', { name: 'I have copied it' }).click()
    })

    it('says what is missing from a form', async () => {
      await page.goto('/p/default/keys#new')
      await page.getByRole('button', { name: 'Create key' }).click()
      await page.getByRole('alert').first().waitFor()
      await page.keyboard.press('Escape')
    })

    it('names the problem of a provider that is not configured, and of a model that needs it', async () => {
      await page.goto('/p/default/providers')
      await page
        .getByRole('row', { name: /missing/ })
        .getByText('A_VARIABLE_THAT_NOBODY_SET')
        .waitFor()
      await page.goto('/p/default/models')
      await page
        .getByRole('row', { name: /support/ })
        .getByText('missing/gpt-4o')
        .waitFor()
    })

    it('adds a provider, tests it, changes it and removes it, and never shows its key', async () => {
      const name = 'by-hand'
      await page.goto('/p/default/providers')
      await page.getByRole('button', { name: 'New provider' }).click()
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByLabel('Base URL').fill('http://169.254.169.254/v1')
      await page.getByLabel('API key').fill('sk-browser-test-0123456789')
      await page.getByRole('button', { name: 'Add provider' }).click()
      await page.getByRole('dialog').getByText('leads to a private address').waitFor()
      await page.getByLabel('Base URL').fill('https://provider.invalid/v1')
      await page.getByRole('button', { name: 'Add provider' }).click()
      const row = page.getByRole('row', { name: new RegExp(name) })
      await row.getByText('…6789').waitFor()
      await page.getByRole('status').getByText('The connection failed').waitFor()

      await page.getByRole('button', { name: `Change ${name}` }).click()
      await page.getByLabel('Base URL').fill('https://elsewhere.invalid/v1')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByRole('dialog').getByText('send apiKey again').waitFor()
      await page.keyboard.press('Escape')

      await page.getByRole('button', { name: `Change ${name}` }).click()
      await page.getByRole('button', { name: 'Add a key' }).click()
      await page.getByLabel('Further keys: 1').fill('sk-browser-test-second')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await row.getByText('and 1 more').waitFor()
      await page.getByRole('button', { name: `Change ${name}` }).click()
      await page.getByText('1 stored.').waitFor()
      await page.getByRole('checkbox', { name: 'Take away what is stored' }).nth(1).click()
      await confirm(page, 'Save changes')
      await row.getByText('and 1 more').waitFor({ state: 'detached' })
      expect(await page.content()).not.toContain('sk-browser-test')

      await page.getByRole('button', { name: `Remove ${name}` }).click()
      await confirm(page, 'Remove provider')
      await row.waitFor({ state: 'detached' })
    })

    it('shows the state of the engines', async () => {
      await page.goto('/p/default/settings')
      await page.getByText(/^chdb/).waitFor()
      expect(await page.getByText('failing').count()).toBe(0)
      await page.goto('/p/default/ingest')
      await page.getByText('Everything that was taken in is stored').waitFor()
    })

    it('renames the project, everywhere at once', async () => {
      await page.goto('/p/default/settings')
      const panel = page.locator('section', { has: page.getByRole('heading', { name: 'Project', exact: true }) })
      await panel.getByRole('textbox', { name: 'Name' }).fill('Support desk')
      await panel.getByRole('button', { name: 'Rename' }).click()
      await page.getByRole('button', { name: 'Project Support desk' }).waitFor()
      await page.reload()
      await expect.poll(() => panel.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Support desk')
    })

    it('allows private addresses in the project, and takes it back', async () => {
      const { server } = world()
      const add = () =>
        fetch(`${server.url}/api/v1/providers`, {
          method: 'POST',
          headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'near', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' }),
        }).then(({ status }) => status)
      await page.goto('/p/default/settings')
      const box = page.getByRole('checkbox', { name: 'Allow private addresses' })
      expect(await box.isChecked()).toBe(false)
      expect(await add()).toBe(400)
      await box.click()
      await page.getByText('Private addresses are allowed now').waitFor()
      expect(await add()).toBe(200)
      await page.reload()
      await expect.poll(() => box.isChecked()).toBe(true)
      await box.click()
      await page.getByText('Private addresses are not allowed any more').waitFor()
      await page.goto('/p/default/providers')
      await page.getByRole('row', { name: /near/ }).getByText('its address is private').waitFor()
      await page.getByRole('button', { name: 'Remove near' }).click()
      await confirm(page, 'Remove provider')
      await page.getByRole('row', { name: /near/ }).waitFor({ state: 'detached' })
    })

    it('changes the theme and keeps it', async () => {
      await page.goto('/p/default/settings')
      await page.getByRole('button', { name: 'Dark' }).click()
      await page.reload()
      await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
      await page.getByRole('button', { name: 'System' }).click()
    })

    it('makes a project and moves into it', async () => {
      await page.goto('/p/default/keys')
      await page.getByRole('button', { name: /^Project / }).click()
      await page.getByRole('menuitem', { name: 'New project' }).click()
      await page.getByRole('textbox', { name: 'Id' }).fill('second')
      await page.getByRole('textbox', { name: 'Name' }).fill('Second')
      await page.getByRole('button', { name: 'Create project' }).click()
      await page.waitForURL(/\/p\/second\/getting-started/)
    })

    it('goes anywhere from the command palette', async () => {
      await page.goto('/p/default/keys')
      await page.getByRole('heading', { name: 'Keys' }).waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox').fill('provid')
      await page
        .getByRole('option', { name: /Providers/ })
        .first()
        .waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL(/providers/)
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('g')
      await page.keyboard.press('m')
      await page.waitForURL(/models/)
    })

    it('never logged an error', () => expect(problems).toEqual([]))
  })
}
