import { createClient } from '@signalbox/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'

vi.setConfig({ testTimeout: 120_000 })

const YAML = `version: 1
models:
  chat: { targets: [{ provider: simulator, model: echo }] }
  scripted: { targets: [{ provider: simulator, model: script }] }
  text-embed: { targets: [{ provider: simulator, model: echo }] }
`
let server: Signalbox
let browser: Browser
let page: Page
let problems: string[]

beforeAll(async () => {
  ;[server, browser] = await Promise.all([startSignalbox({ yaml: YAML }), openBrowser()])
  ;({ page, problems } = await logIn(browser, server))
  if (process.env.QUICK) page.setDefaultTimeout(7000)
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
})

const api = () => createClient({ baseUrl: server.url, apiKey: server.secretKey })
const column = (letter: string) => page.getByRole('region', { name: `Column ${letter}`, exact: true })
const answer = (letter: string) => page.getByRole('region', { name: `Answer of ${letter}`, exact: true })
const message = (at: number, letter: string) => page.getByRole('textbox', { name: `message ${at} of ${letter}`, exact: true })

it('a technique is opened, filled in and run by keys alone, and its run is a trace with a price', async () => {
  await page.goto('/p/default/playground')
  await expectAccessible(page)
  await page.getByRole('button', { name: /^Few-shot/ }).press('Enter')
  await page.getByRole('combobox', { name: 'Model of A' }).fill('chat')
  const country = page.getByRole('textbox', { name: 'Variable country' })
  expect(await country.inputValue()).toBe('Kenya')
  await country.fill('Norway')
  await country.press('Control+Enter')
  await answer('A').getByText('Norway', { exact: true }).waitFor()
  await answer('A').getByText(/^\$/).waitFor()
  await page.getByRole('button', { name: 'Compare with one more' }).press('Enter')
  await page.getByRole('textbox', { name: 'Variable country' }).fill('Norway and Peru')
  await page.keyboard.press('Control+Enter')
  await answer('B').getByText('Norway and Peru', { exact: true }).waitFor()
  await expectAccessible(page)

  const href = (await answer('A').getByRole('link', { name: 'Trace' }).getAttribute('href')) ?? ''
  const traceId = href.split('/').at(-1)?.split('?')[0] ?? ''
  const { spans } = await eventually(() =>
    api()
      .traces.get({ traceId })
      .catch(() => undefined),
  )
  const [span] = spans
  expect(spans).toHaveLength(1)
  expect(span).toMatchObject({ kind: 'llm', status: 'ok', environment: 'playground', requestModel: 'chat' })
  const { keys } = await api().keys.list({})
  expect(keys.find(({ name }) => name === 'Playground')).toMatchObject({ scopes: ['gateway:call'], owner: { email: server.admin.email } })
  const { input } = await api().spans.get({ traceId, spanId: span?.spanId ?? '' })
  expect(JSON.stringify(input)).toContain('Japan → Tokyo')
})

it('answers are compared by words and by what they say', async () => {
  await message(2, 'B').fill('{{country}}, please')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { name: 'What differs' }).waitFor()
  await page.locator('ins').getByText('please').waitFor()
  await page.getByRole('button', { name: 'Compare what they say' }).click()
  await page.getByText('alike in what they say').waitFor()
})

it('the address holds all of it, and a link leads somebody else to the same', async () => {
  const before = page.url()
  await message(2, 'B').fill('{{country}}, if you please')
  await page.waitForURL((url) => url.href !== before && url.search.includes('s='))
  await page.reload()
  expect(await message(2, 'B').inputValue()).toBe('{{country}}, if you please')
  expect(await page.getByRole('textbox', { name: 'Variable country' }).inputValue()).toBe('Norway and Peru')
})

it('tools are answered by mocks, or by who looks on, all in one trace', async () => {
  const script = JSON.stringify({ tools: [{ name: 'weather', arguments: { city: 'Rome' } }] })
  await page.goto('/p/default/playground')
  await page.getByRole('button', { name: 'Begin empty' }).click()
  await page.getByRole('combobox', { name: 'Model of A' }).fill('scripted')
  await message(1, 'A').fill(script)
  await column('A').getByRole('button', { name: 'Tools' }).click()
  await page.getByRole('textbox', { name: 'Tools of A' }).fill('[{"name":"weather"}]')
  await page.keyboard.press('Control+Enter')
  const ask = page.getByRole('textbox', { name: 'Result of weather' })
  await ask.fill('sunny in Rome')
  await ask.press('Control+Enter')
  await answer('A').getByText('sunny in Rome').last().waitFor()
  // It was kept: the next run asks nobody.
  expect(await page.getByRole('textbox', { name: 'weather answers' }).inputValue()).toBe('sunny in Rome')
  await column('A').getByRole('button', { name: 'Run A' }).click()
  await answer('A').getByRole('link', { name: 'Trace' }).waitFor()
  const traceId = ((await answer('A').getByRole('link', { name: 'Trace' }).getAttribute('href')) ?? '').split('/').at(-1) ?? ''
  const spans = await eventually(async () => {
    const found = await api()
      .traces.get({ traceId })
      .catch(() => undefined)
    return found && found.spans.length === 2 ? found.spans : undefined
  })
  expect(spans.map(({ status }) => status)).toEqual(['ok', 'ok'])
})

it('an error stays in its column; stopping and leaving reach the provider', async () => {
  await page.goto('/p/default/playground')
  await page.getByRole('button', { name: 'Begin empty' }).click()
  await page.getByRole('combobox', { name: 'Model of A' }).fill('scripted')
  await message(1, 'A').fill(JSON.stringify({ text: 'one two three four', chunkMs: 20_000 }))
  await page.getByRole('button', { name: 'Compare with one more' }).click()
  await page.getByRole('combobox', { name: 'Model of B' }).fill('nobody/knows')
  await page.keyboard.press('Control+Enter')
  await answer('A').getByText('one').waitFor()
  await column('B')
    .getByRole('alert')
    .getByText(/nobody/)
    .waitFor()
  await column('A').getByRole('button', { name: 'Stop A' }).click()
  await answer('A').getByText('Stopped').waitFor()
  await column('A').getByRole('button', { name: 'Run A' }).click()
  await column('A').getByRole('button', { name: 'Stop A' }).waitFor()
  await answer('A').getByText('one').waitFor()
  await page.getByRole('link', { name: 'Traces', exact: true }).click()
  const aborted = [
    { field: 'environment' as const, op: 'eq' as const, value: 'playground' },
    { field: 'status' as const, op: 'eq' as const, value: 'aborted' },
  ]
  const { spans } = await eventually(async () => {
    const found = await api().spans.list({ filter: aborted as never })
    return found.spans.length === 2 ? found : undefined
  })
  expect(spans.map(({ requestModel }) => requestModel)).toEqual(['scripted', 'scripted'])
})

it('a call of a trace is opened and asked again', async () => {
  const { spans } = await api().spans.list({ filter: [{ field: 'requestModel', op: 'eq', value: 'chat' }] as never, limit: 1 })
  await page.goto(`/p/default/playground?trace=${spans[0]?.traceId}&span=${spans[0]?.spanId}`)
  expect(await message(8, 'A').inputValue()).toContain('Norway')
  await page.keyboard.press('Control+Enter')
  await answer('A')
    .getByText(/Norway/)
    .waitFor()
  expect(problems).toEqual([])
})
