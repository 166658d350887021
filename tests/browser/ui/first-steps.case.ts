import { describe, expect, it } from 'vitest'
import { logInByHand, visit } from './browser.ts'
import { call } from './seed.ts'
import type { World } from './world.ts'

export function firstSteps(world: () => World): void {
  describe('the first steps', () => {
    it('asks who is there and leads back to where one wanted to go', async () => {
      const { server, browser } = world()
      const { page, problems } = await visit(browser, server, '/p/default/keys')
      await page.waitForURL(/\/login\?to=/)
      await page.getByLabel('E-mail').fill(server.admin.email)
      await page.getByLabel('Password').fill('not the password')
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.getByRole('alert').first().waitFor()
      await page.getByLabel('Password').fill(server.admin.password)
      await page.getByRole('button', { name: 'Log in' }).click()
      await page.waitForURL(/\/p\/default\/keys/)
      expect(problems).toEqual([])
      await page.context().close()
    })

    it('says so when a one-time link does not work', async () => {
      const { server, browser } = world()
      const { page } = await visit(browser, server, '/login?token=not-a-token')
      await page.getByRole('alert').first().waitFor()
      await expect.poll(() => page.getByLabel('E-mail').isVisible()).toBe(true)
      await page.context().close()
    })

    it('turns each step of Getting started green, live, and leads to the first trace', async () => {
      const { server, browser } = world()
      const { page, problems } = await logInByHand(browser, server)
      await page.waitForURL(/getting-started/)
      await page.getByRole('button', { name: 'Create key' }).click()
      const secret = await page.getByRole('region', { name: 'secret key' }).textContent()
      expect(secret).toMatch(/^sk-sb-/)
      await expect.poll(() => page.getByRole('region', { name: 'curl snippet' }).textContent()).toContain(secret)
      await page.getByRole('tab', { name: 'LangChain' }).click()
      await expect.poll(() => page.getByRole('region', { name: 'LangChain snippet' }).textContent()).toContain('ChatOpenAI')

      const response = await fetch(`${server.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'simulator/echo', messages: [{ role: 'user', content: 'Hello, Signalbox' }] }),
      })
      expect(response.status).toBe(200)
      await page.getByRole('link', { name: 'Open the trace' }).click()
      await page.getByRole('article', { name: 'assistant message' }).getByText('Hello, Signalbox').waitFor()
      expect(page.url()).toContain(response.headers.get('x-signalbox-trace-id') ?? 'no trace id')
      expect(problems).toEqual([])
      await page.context().close()
    })

    it('opens on the overview once there was a call', async () => {
      const { server, browser } = world()
      await call(server, { text: 'another one' })
      const { page } = await logInByHand(browser, server)
      await page.waitForURL(/overview/)
      await page.context().close()
    })
  })
}
