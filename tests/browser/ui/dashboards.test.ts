import { createClient } from '@signalbox/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'
import { call, readable } from './seed.ts'

const YAML = `version: 1
dashboards:
  - name: From the file
    panels:
      - id: rate
        kind: number
        query: { measures: [errorRate] }
        thresholds: [{ at: 0, status: ok, words: healthy }]
      - { id: by-model, title: Calls by model, kind: table, query: { measures: [calls], dimensions: [model] } }
`
let browser: Browser
let server: Signalbox
beforeAll(async () => {
  ;[browser, server] = await Promise.all([openBrowser(), startSignalbox({ yaml: YAML })])
  for (const text of ['one', 'two']) await call(server, { text, headers: { 'x-signalbox-user': 'ann' } })
  await readable(server, await call(server, { model: 'simulator/script', text: '{"text":"three"}' }))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const api = () => createClient({ baseUrl: server.url, apiKey: server.secretKey }).dashboards
const open = async (page: Page, id: string, search = '') => {
  await page.goto(`/p/default/dashboards/${id}${search}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}
const panelOf = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
/** Where the panels stand, as they are seen. */
const places = (page: Page) =>
  page.locator('[data-panel]').evaluateAll((all) =>
    all.map((one) => {
      const { id, left, top, width, height } = { id: (one as HTMLElement).dataset.panel, ...one.getBoundingClientRect().toJSON() }
      return { id, left, top, width, height }
    }),
  )
const placeOf = async (page: Page, id: string) => {
  const found = (await places(page)).find((one) => one.id === id)
  if (!found) throw new Error(`There is no panel ${id}.`)
  return found
}

describe('dashboards', () => {
  it('shows one of the file, whose numbers lead to their traces', async () => {
    const { page, problems } = await logIn(browser, server)
    await page.goto('/p/default/dashboards')
    const row = page.getByRole('row', { name: /From the file/ })
    await row.getByText('signalbox.yaml').waitFor()
    await expectAccessible(page)
    await row.getByRole('link').click()
    await panelOf(page, 'Error rate').getByText('healthy').waitFor()
    expect(await page.getByRole('button', { name: 'Edit' }).count()).toBe(0)
    const table = page.getByRole('table', { name: 'Calls by model' })
    await table.getByRole('row', { name: /echo/ }).getByRole('link', { name: '2' }).click()
    await page.waitForURL(/\/traces\?filter=.*model:eq:echo/)
    await page
      .getByRole('row', { name: /one|two/ })
      .first()
      .waitFor()
    // A failing panel stays by itself: the others are there.
    await page.route('**/api/v1/query', async (route) => {
      if (!route.request().postData()?.includes('errorRate')) return route.continue()
      await route.fulfill({ status: 400, json: { error: { code: 'invalid-request', message: 'No such thing.', hint: 'None.' } } })
    })
    await open(page, 'file-from-the-file')
    await panelOf(page, 'Error rate').getByText('No such thing.').waitFor()
    await page.getByRole('table', { name: 'Calls by model' }).getByText('echo').waitFor()
    expect(problems).toEqual([])
    await page.context().close()
  })

  it('makes one from a template; what is chosen stands in the address', async () => {
    const { page, problems } = await logIn(browser, server, { colorScheme: 'dark' })
    await page.goto('/p/default/dashboards')
    await page.getByRole('button', { name: 'New dashboard' }).click()
    await page.getByRole('menuitem', { name: 'Cost' }).click()
    await page.getByRole('button', { name: 'Make dashboard' }).click()
    await page.waitForURL(/\/dashboards\/dash_/)
    await panelOf(page, 'Most expensive models').getByRole('link', { name: 'echo' }).waitFor()
    await panelOf(page, 'Cost by model').getByRole('img').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Model: all' }).click()
    await page
      .getByRole('dialog', { name: 'Model' })
      .getByRole('button', { name: /^script/ })
      .click()
    await page.waitForURL(/vars=model:script/)
    const models = panelOf(page, 'Most expensive models')
    await models.getByRole('link', { name: 'echo' }).waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('button', { name: 'Model: script' }).waitFor()
    await models.getByRole('link', { name: 'script' }).waitFor()
    expect(await models.getByRole('link', { name: 'echo' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Actions of Cost by model' }).click()
    await page.getByRole('menuitem', { name: 'Full screen' }).click()
    await page.waitForURL(/panel=by-model/)
    await page.getByRole('region', { name: 'Panel, full screen' }).getByRole('img').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('region', { name: 'Panel, full screen' }).waitFor({ state: 'detached' })
    expect(problems).toEqual([])
    await page.context().close()
  })

  it('is arranged and changed by keyboard alone, undone, saved and restored', async () => {
    const panels = ['calls', 'errors', 'costUsd'].map((measure) => ({
      id: measure,
      kind: 'line' as const,
      query: { measures: [measure as 'calls'] },
    }))
    const { id } = await api().create({ dashboard: { name: 'To arrange', panels } })
    const { page, problems } = await logIn(browser, server)
    await open(page, id)
    await panelOf(page, 'Calls').waitFor()
    await page.keyboard.press('e')
    await page.waitForURL(/edit=1/)
    const handle = page.getByRole('button', { name: 'Move Calls' })
    await handle.focus()
    const before = await placeOf(page, 'calls')
    await page.keyboard.press('ArrowDown')
    await eventually(async () => (await placeOf(page, 'calls')).top > before.top || undefined)
    await page.keyboard.press('Shift+ArrowRight')
    await eventually(async () => (await placeOf(page, 'calls')).width > before.width || undefined)
    await page.keyboard.press('Control+z')
    await page.keyboard.press('Control+z')
    await eventually(async () => (await placeOf(page, 'calls')).top === before.top || undefined)
    await page.keyboard.press('Control+Shift+Z')
    await eventually(async () => (await placeOf(page, 'calls')).top > before.top || undefined)
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Add panel' }).press('Enter')
    await page.getByRole('menuitem', { name: /^Top list/ }).press('Enter')
    await page.waitForURL(/panel=top/)
    await page.getByRole('combobox', { name: 'Dimensions' }).focus()
    await page.keyboard.type('user')
    await page.getByRole('option', { name: /^User / }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Edit Calls by user' }).getByRole('link', { name: 'ann' }).waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Done' }).press('Enter')
    await page.getByRole('button', { name: 'Save' }).press('Enter')
    await page.waitForURL((url) => !url.searchParams.has('edit'))
    const saved = await eventually(async () => {
      const found = await api().get({ id })
      return found.version === 2 ? found : undefined
    })
    expect(saved.dashboard.panels.map((panel) => [panel.id, panel.x, panel.y])).toEqual([
      ['costUsd', 0, 0],
      ['errors', 6, 0],
      ['calls', 0, 4],
      ['top', 6, 4],
    ])

    await page.getByRole('button', { name: 'Actions of this dashboard' }).click()
    await page.getByRole('menuitem', { name: 'History…' }).click()
    await page.getByText('panel top added').waitFor()
    await page.getByRole('button', { name: 'Restore version 1' }).click()
    await panelOf(page, 'Calls by user').waitFor({ state: 'detached' })
    await eventually(async () => (await api().get({ id })).version === 3 || undefined)
    expect(problems).toEqual([])
    await page.context().close()
  })

  it('drags a panel, and asks whose change stays when somebody else saved meanwhile', async () => {
    const panels = ['calls', 'errors'].map((measure) => ({ id: measure, kind: 'line' as const, query: { measures: [measure as 'calls'] } }))
    const { id } = await api().create({ dashboard: { name: 'Shared work', panels } })
    const { page, problems } = await logIn(browser, server)
    await open(page, id, '?edit=1')
    const box = await page.getByRole('button', { name: 'Move Calls' }).boundingBox()
    const before = await placeOf(page, 'calls')
    if (!box) throw new Error('The handle is not there.')
    await page.mouse.move(box.x + 5, box.y + 5)
    await page.mouse.down()
    await page.mouse.move(box.x + 5 + before.width, box.y + 10, { steps: 4 })
    await page.mouse.up()
    await eventually(async () => (await placeOf(page, 'calls')).left > before.left || undefined)
    await api().change({ id, expectedVersion: 1, dashboard: { name: 'Shared work', description: 'theirs', panels } })
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').getByText('description changed').waitFor()
    await page.getByRole('button', { name: 'Save mine' }).click()
    await page.waitForURL((url) => !url.searchParams.has('edit'))
    await expect.poll(() => api().get({ id })).toMatchObject({ version: 3, dashboard: { description: '' } })
    // What is not saved is not lost by a stray click.
    await open(page, id, '?edit=1')
    await page.getByRole('textbox', { name: 'Name' }).fill('Another name')
    await page.getByRole('link', { name: 'Overview' }).click()
    await page.getByRole('dialog').getByText('is not saved yet').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).last().click()
    await expect.poll(() => page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Another name')
    expect(problems).toEqual([])
    await page.context().close()
  })
})
