import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { awayFromMidnight, eventually } from '../../signalbox.ts'
import { confirm, logIn } from './browser.ts'
import { call, post, readable } from './seed.ts'
import type { World } from './world.ts'

export function serving(world: () => World): void {
  describe('aliases, budgets, splits and live calls', () => {
    let page: Page
    let problems: string[]
    beforeAll(async () => {
      const { server, browser } = world()
      ;({ page, problems } = await logIn(browser, server))
      return () => page.context().close()
    })

    it('makes an alias with two targets, and draws its route', async () => {
      await page.goto('/p/default/models')
      await page.getByRole('button', { name: 'New alias' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name', { exact: true }).fill('by-hand')
      await choose('Provider of target 1', 'simulator')
      await dialog.getByLabel('Model of target 1').fill('faults')
      await dialog.getByRole('button', { name: 'Add a target' }).click()
      await dialog.getByRole('button', { name: 'Add alias' }).click()
      await dialog.getByRole('alert').first().waitFor()
      await dialog.getByLabel('Model of target 2').fill('echo')
      // The order is a matter of the keyboard, too: up, and down again.
      await dialog.getByRole('button', { name: /^Move target 2/ }).press('ArrowUp')
      await expect.poll(() => dialog.getByLabel('Model of target 1').inputValue()).toBe('echo')
      await dialog.getByRole('button', { name: /^Move target 1/ }).press('ArrowDown')
      await expect.poll(() => dialog.getByLabel('Model of target 1').inputValue()).toBe('faults')
      await dialog.getByText('Retries and fallback').click()
      await dialog.getByLabel('Attempts').fill('0')
      await dialog.getByRole('button', { name: 'Add alias' }).click()
      await page.waitForURL(/alias=by-hand/)
      const route = page.getByRole('region', { name: 'Route of by-hand' })
      await expect
        .poll(() => route.getByRole('list', { name: 'Targets' }).getByRole('listitem').allTextContents())
        .toEqual([expect.stringContaining('simulator/faults'), expect.stringContaining('simulator/echo')])
    })

    it('says where a request would go and why, without making it', async () => {
      await page.getByRole('region', { name: 'Alias', exact: true }).getByRole('link', { name: 'Simulate' }).click()
      await page.waitForURL(/models\/simulate\?model=by-hand/)
      await page.getByLabel('Text').fill('Prove that it works')
      await page.getByLabel('Text').press('Control+Enter')
      await page.waitForURL(/text=Prove/)
      const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem')
      await steps.filter({ hasText: 'chosen' }).getByText('simulator/faults').waitFor()
      await steps.filter({ hasText: 'next' }).getByText('simulator/echo').waitFor()
      await page.getByRole('table', { name: 'Points' }).getByText('prove').waitFor()
    })

    it('shows a call live, with its second try, and opens its trace', async () => {
      const { server } = world()
      await page.goto('/p/default/live')
      await page.getByRole('heading', { name: 'Live' }).waitFor()
      const trace = await call(server, { model: 'by-hand', text: '{"fault":503}', headers: { 'x-signalbox-user': 'live-user' } })
      const line = page.getByRole('row', { name: /by-hand.*live-user/ })
      await line.getByText('2 tries').waitFor()
      await line.click()
      await page.waitForURL(new RegExp(`trace=${trace}`))
      await page.getByRole('region', { name: 'Trace' }).getByRole('article').first().waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('region', { name: 'Trace' }).waitFor({ state: 'detached' })
    })

    it('stands still while it is paused, and goes on where it was', async () => {
      const { server } = world()
      await page.getByRole('button', { name: 'Pause' }).click()
      await call(server, { model: 'by-hand', text: 'while paused', headers: { 'x-signalbox-user': 'paused-user' } })
      await page.getByText('more has ended since').waitFor()
      expect(await page.getByRole('row', { name: /paused-user/ }).count()).toBe(0)
      await page.getByRole('button', { name: 'Go on' }).click()
      await page.getByRole('row', { name: /paused-user/ }).waitFor()
    })

    it('shows what the breakers of its targets do now, with the reason', async () => {
      const { server } = world()
      const target = (model: string) => ({ provider: 'simulator', model })
      const breaker = { failures: 1, windowSeconds: 60, cooldownSeconds: 600 }
      await post(server, '/api/v1/models', { name: 'guarded', targets: [target('faults@shaky'), target('echo@steady')], breaker })
      await page.goto('/p/default/models?alias=guarded')
      const targets = page.getByRole('region', { name: 'Route of guarded' }).getByRole('list', { name: 'Targets' }).getByRole('listitem')
      const shaky = targets.filter({ hasText: 'faults@shaky' })
      await shaky.getByText('closed').waitFor()
      const open = shaky.getByText(/open until \d\d:\d\d:\d\d/)
      // An edge knows of the alias a moment after it was made, and the page of the breaker a few seconds after the call.
      await eventually(async () => {
        await call(server, { model: 'guarded', text: '{"fault":503}' })
        return (await open.count()) > 0 ? true : undefined
      })
      await expect.poll(() => open.getAttribute('data-tip')).toContain('1 of 1 calls failed')
      await targets.filter({ hasText: 'echo@steady' }).getByText('closed').waitFor()
    })

    it('leads from the calls of an alias to their traces', async () => {
      await page.goto('/p/default/models')
      await page.getByRole('link', { name: /calls of by-hand/ }).click()
      await page.waitForURL(/requestModel:eq:by-hand/)
      await page
        .getByRole('row', { name: /by-hand/ })
        .first()
        .waitFor()
    })

    it('tries another strategy on calls that were made', async () => {
      await page.goto('/p/default/models/dry-run?model=by-hand')
      await page.getByRole('table', { name: 'By target' }).getByText('simulator/faults').waitFor()
      await choose('Tried with', 'Cheapest')
      await page.waitForURL(/strategy=cost/)
      await page.getByRole('table', { name: 'By target' }).waitFor()
    })

    it('stops a key at its budget, and shows that', async () => {
      await awayFromMidnight(1)
      const { server } = world()
      const { secretKey } = (await (
        await fetch(`${server.url}/api/v1/keys`, {
          method: 'POST',
          headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
          body: JSON.stringify({ name: 'spender', scopes: ['gateway:call'] }),
        })
      ).json()) as { secretKey: string }
      await page.goto('/p/default/keys')
      await page.getByRole('link', { name: 'Budgets', exact: true }).click()
      await page.getByRole('button', { name: 'New budget' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name', { exact: true }).fill('three-calls')
      await choose('Of', 'each key')
      await dialog.getByLabel('Only the key').fill('spender')
      await choose('What', 'requests')
      await dialog.getByLabel('Amount').fill('3')
      await choose('A', 'day')
      await dialog.getByRole('button', { name: 'Add budget' }).click()
      await page.waitForURL(/budget=three-calls/)
      await page.keyboard.press('Escape')

      const ask = () =>
        fetch(`${server.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'simulator/echo', messages: [{ role: 'user', content: 'spend' }] }),
        })
      // The edges know of the budget a moment after it was saved.
      const refused = await eventually(async () => {
        const response = await ask()
        const text = await response.text()
        return response.ok ? undefined : text
      })
      expect(refused).toContain('three-calls')
      const row = page.getByRole('row', { name: /three-calls/ })
      await row.getByText('used up').waitFor()
      expect(Number(await row.getByRole('meter').getAttribute('aria-valuenow'))).toBe(100)
      await row.getByRole('link', { name: 'three-calls' }).click()
      await page
        .getByRole('region', { name: 'Budget', exact: true })
        .getByRole('table', { name: 'Subjects' })
        .getByText('spender')
        .waitFor()
      await page.getByRole('link', { name: 'Calls of spender' }).first().click()
      await page.waitForURL(/keyId:eq:/)
      await page
        .getByRole('row', { name: /simulator\/echo/ })
        .first()
        .waitFor()
    })

    it('divides the calls of an alias, compares the arms, and pauses', async () => {
      const { server } = world()
      await page.goto('/p/default/splits#new')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name', { exact: true }).fill('halves')
      await dialog.getByLabel('Calls of').fill('by-hand')
      await dialog.getByLabel('Model of arm 1').fill('simulator/echo')
      await dialog.getByLabel('Model of arm 2').fill('simulator/echo')
      await dialog.getByRole('button', { name: 'Add split' }).click()
      await page.waitForURL(/split=halves/)
      const panel = page.getByRole('region', { name: 'Split', exact: true })
      const asked = async (user: string) => {
        const body = { model: 'by-hand', messages: [{ role: 'user', content: 'halves' }] }
        await readable(server, await post(server, '/v1/chat/completions', body, { 'x-signalbox-user': user }))
      }
      for (const user of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await asked(user)
      await panel.getByRole('link', { name: /calls? of before/ }).waitFor()
      await panel.getByRole('link', { name: /calls? of after/ }).waitFor()
      await panel.getByRole('button', { name: 'Pause' }).click()
      await panel.getByText('paused').waitFor()
      await panel.getByRole('button', { name: 'Resume' }).click()
      await panel.getByRole('button', { name: 'Pause' }).waitFor()
    })

    it('shows the steps of a canary on the clock', async () => {
      await page.goto('/p/default/splits#new')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Name', { exact: true }).fill('moving')
      await dialog.getByRole('button', { name: 'Canary' }).click()
      await dialog.getByLabel('Calls of').fill('support')
      await dialog.getByLabel('To', { exact: true }).fill('simulator/echo')
      await dialog.getByRole('button', { name: 'Add split' }).click()
      const steps = page.getByRole('region', { name: 'Split', exact: true }).getByRole('list', { name: 'Steps' }).getByRole('listitem')
      await steps.first().getByText('5%').waitFor()
      await steps.first().getByLabel('now').waitFor()
      await steps.nth(1).getByLabel('ahead').waitFor()
      await page.getByRole('button', { name: 'Remove moving' }).click()
      await confirm(page, 'Remove split')
      await page.getByRole('row', { name: /moving/ }).waitFor({ state: 'detached' })
    })

    it('moves through a list and opens what is there by keyboard', async () => {
      await page.goto('/p/default/models')
      await page.getByRole('table', { name: 'Models' }).waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('Enter')
      const panel = page.getByRole('region', { name: 'Alias', exact: true })
      await panel.waitFor()
      const first = new URL(page.url()).searchParams.get('alias')
      await page.keyboard.press('j')
      await page.waitForURL((url) => url.searchParams.get('alias') !== first)
      await page.keyboard.press('Escape')
      await panel.waitFor({ state: 'detached' })
    })

    it('does not offer to change what stands in signalbox.yaml, and says why', async () => {
      await page.goto('/p/default/models?alias=support')
      const panel = page.getByRole('region', { name: 'Alias', exact: true })
      await panel.getByText('This alias comes from signalbox.yaml').waitFor()
      expect(await page.getByRole('button', { name: 'Change support' }).count()).toBe(0)
      expect(await page.getByRole('button', { name: 'Remove support' }).count()).toBe(0)
      await page.goto('/p/default/keys/budgets?budget=of-file')
      await page.getByText('This budget comes from signalbox.yaml').waitFor()
      expect(await page.getByRole('button', { name: 'Change of-file' }).count()).toBe(0)
    })

    it('changes the alias that was added, and removes it', async () => {
      await page.goto('/p/default/splits?split=halves')
      await page.getByRole('button', { name: 'Remove halves' }).click()
      await confirm(page, 'Remove split')
      await page.getByRole('region', { name: 'Split', exact: true }).waitFor({ state: 'detached' })
      await page.goto('/p/default/models?alias=by-hand')
      await page.getByRole('button', { name: 'Change by-hand' }).click()
      await choose('Strategy', 'Weighted')
      await page.getByLabel('Weight of target 1').fill('3')
      await page.getByRole('button', { name: 'Save changes' }).click()
      await page.getByRole('region', { name: 'Route of by-hand' }).getByText('75%').waitFor()
      await page.getByRole('button', { name: 'Remove by-hand' }).click()
      await confirm(page, 'Remove alias')
      await page.getByRole('row', { name: /by-hand/ }).waitFor({ state: 'detached' })
    })

    async function choose(label: string, option: string): Promise<void> {
      await page.getByRole('combobox', { name: label, exact: true }).click()
      await page.getByRole('option', { name: option, exact: true }).click()
    }

    it('never logged an error', () => expect(problems).toEqual([]))
  })
}
