import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { logIn } from './browser.ts'
import type { World } from './world.ts'

export function prompting(world: () => World): void {
  describe('prompts', () => {
    let page: Page
    let problems: string[]
    beforeAll(async () => {
      const { server, browser } = world()
      ;({ page, problems } = await logIn(browser, server))
      return () => page.context().close()
    })
    const system = () => page.getByRole('textbox', { name: 'Text of message 1' })
    const save = async (message: string) => {
      await page.keyboard.press('Control+s')
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('What is different').fill(message)
      await dialog.getByRole('button', { name: 'Save version' }).click()
      await dialog.waitFor({ state: 'detached' })
    }

    it('teaches what a prompt is, and writes the first one with what would be sent beside it', async () => {
      await page.goto('/p/default/prompts')
      await page.getByText('No prompt yet').waitFor()
      await page.getByText('signalbox prompts push').waitFor()
      await page.keyboard.press('n')
      await page.waitForURL(/prompts\/new/)
      await page.getByLabel('Name', { exact: true }).fill('support/refund')
      await system().fill('You answer for {{company}}.\nBe kind.')
      await page.getByLabel('company').fill('Northwind')
      await page.getByRole('list', { name: 'Messages as they are sent' }).getByText('You answer for Northwind.').waitFor()
      await page.getByText('Not given: question').waitFor()
      await page.getByRole('button', { name: 'Create prompt' }).click()
      await page.waitForURL(/prompts\/support\/refund$/)
      await page.getByText('version 1, latest').waitFor()
      // What was typed is kept for the next time, in this browser.
      await expect.poll(() => page.getByRole('textbox', { name: 'company' }).count()).toBe(1)
    })

    it('says where a template is none and which variables nobody described, and writes the schema', async () => {
      await system().fill('You answer for {{company}}.\n{{#open}}')
      await page.getByRole('alert').getByText('Line 2').waitFor()
      await system().fill('You answer for {{company}}.\nBe strict.')
      await page.getByRole('button', { name: /^Variables/ }).click()
      await page.getByRole('button', { name: 'Write it from the text' }).click()
      await system().fill('You answer for {{company}}, {{tone}}.\nBe strict.')
      await page.getByRole('button', { name: '1 remark' }).click()
      await page.getByRole('list', { name: 'Remarks' }).getByText('is used, but not in the schema').waitFor()
      await system().fill('You answer for {{company}}.\nBe strict.')
      await page.getByText('variables fit').waitFor()
    })

    it('does not lose what was written, and saves it as a version', async () => {
      await page.getByRole('link', { name: 'Overview' }).click()
      await page.getByRole('dialog').getByText('is not saved yet').waitFor()
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
      await expect.poll(() => system().inputValue()).toContain('Be strict.')
      await save('Stricter')
      await page.waitForURL(/version=2/)
      await page.getByText('version 2, latest').waitFor()
      // The same content is the same version.
      await page.goto('/p/default/prompts/support/refund?version=1')
      await page.getByText('version 1 of 2').waitFor()
      await system().fill('You answer for {{company}}.\nBe strict.')
      await page.getByRole('button', { name: /^Variables/ }).click()
      await page.getByRole('button', { name: 'Write it from the text' }).click()
      await save('Once more')
      await page.getByText('This is version 2 already').waitFor()
      await page.waitForURL(/version=2/)
    })

    it('holds two versions side by side, by the keyboard', async () => {
      await page.getByRole('link', { name: /^Versions/ }).click()
      const table = page.getByRole('table', { name: 'Versions' })
      await table.getByRole('row', { name: /Stricter/ }).waitFor()
      for (const key of ['j', 'x', 'j', 'x', 'd']) await page.keyboard.press(key)
      await page.waitForURL(/a=1&b=2/)
      const diff = page.getByRole('table', { name: 'Message: system' })
      await diff.getByRole('deletion').getByText('kind').waitFor()
      await diff.getByRole('insertion').getByText('strict').waitFor()
      await page.getByText(/The same in both: .*Template language/).waitFor()
    })

    it('promotes with a reason, rolls back at once, and takes that back', async () => {
      const promote = async (version: string, why: string) => {
        await page.getByRole('button', { name: 'Promote', exact: true }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByRole('combobox', { name: 'Version' }).click()
        await page.getByRole('option', { name: version }).click()
        const send = dialog.getByRole('button', { name: 'Move production' })
        await dialog.getByRole('region', { name: 'What changes' }).getByText('Included by').waitFor()
        if (why === '') {
          await send.click()
          await dialog.getByText('Say why').waitFor()
          return dialog
        }
        await dialog.getByLabel('Why').fill(why)
        await send.click()
        await dialog.waitFor({ state: 'detached' })
        return dialog
      }
      const dialog = await promote('v1', '')
      await dialog.getByLabel('Why').fill('The first in use')
      await dialog.getByRole('button', { name: 'Move production' }).click()
      await dialog.waitFor({ state: 'detached' })
      const label = page.getByRole('button', { name: 'Label production' })
      await label.getByText('v1').waitFor()
      await promote('v2', 'Tested by hand')
      await label.getByText('v2').waitFor()

      await page.getByRole('link', { name: /^Versions/ }).click()
      const events = page.getByRole('list', { name: 'Events' })
      await events.getByText('“Tested by hand”').waitFor()
      await events.getByRole('button', { name: 'Back to v1' }).click()
      await label.getByText('v1').waitFor()
      await events.getByText('rolled back').waitFor()
      await page.getByRole('button', { name: 'Undo' }).click()
      await label.getByText('v2').waitFor()
    })

    it('asks for approval where a label needs a second person, and decides nothing alone', async () => {
      await page.goto('/p/default/prompts?tab=approvals')
      await page.getByLabel('Label to protect').fill('staging')
      await page.getByRole('button', { name: 'Protect', exact: true }).click()
      await page.getByRole('list', { name: 'Protected labels' }).getByText('staging').waitFor()
      await page.goto('/p/default/prompts/support/refund')
      await page.getByRole('button', { name: 'Promote', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Label', { exact: true }).fill('staging')
      await dialog.getByLabel('Why').fill('For the testers')
      await dialog.getByRole('button', { name: 'Ask for approval' }).click()
      await dialog.waitFor({ state: 'detached' })
      await page.getByRole('link', { name: /^Versions/ }).click()
      const card = page.getByRole('article', { name: 'staging of support/refund' })
      await card.getByText('“For the testers”').waitFor()
      expect(await card.getByRole('button', { name: 'Approve and move' }).count()).toBe(0)
      await card.getByLabel('Comment').fill('Not today')
      await card.getByRole('button', { name: 'Withdraw' }).click()
      await card.waitFor({ state: 'detached' })
      await page
        .getByRole('list', { name: 'Events' })
        .getByText(/Request withdrawn/)
        .waitFor()
    })

    it('finds a prompt by folder, by search and from the palette', async () => {
      await page.goto('/p/default/prompts')
      const grid = page.getByRole('grid', { name: 'Prompts' })
      await grid.getByRole('button', { name: /support/ }).waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('Enter')
      await page.waitForURL(/folder=support/)
      await grid.getByRole('link', { name: 'refund' }).waitFor()
      await page.getByLabel('Search prompts').fill('no such prompt')
      await page.getByText('No prompt matches').waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('combobox', { name: 'Command palette' }).fill('refund')
      await page.getByRole('option', { name: 'Prompt support/refund' }).click()
      await page.waitForURL(/prompts\/support\/refund/)
      await page.getByText('version 2, latest').waitFor()
      expect(problems).toEqual([])
    })
  })
}
