import { createClient } from '@signalbox/sdk'
import OpenAI from 'openai'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readState } from '../../../packages/web/src/pages/playground/share-link.ts'
import { eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'

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
  const few = page.getByRole('button', { name: /^Few-shot/ })
  // Pressing a key does not wait, as a click does, for the models that a column begins with.
  await expect.poll(() => few.isEnabled()).toBe(true)
  await few.press('Enter')
  await page.getByRole('combobox', { name: 'Model of A' }).fill('chat')
  const country = page.getByRole('textbox', { name: 'Variable country' })
  await expect.poll(() => country.inputValue()).toBe('Kenya')
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
  await message(2, 'B').fill('{{country}}, if you please')
  await eventually(async () => {
    const state = await readState(new URL(page.url()).searchParams.get('s') ?? '')
    return JSON.stringify(state).includes('if you please') || undefined
  })
  await page.reload()
  await expect.poll(() => message(2, 'B').inputValue()).toBe('{{country}}, if you please')
  await expect.poll(() => page.getByRole('textbox', { name: 'Variable country' }).inputValue()).toBe('Norway and Peru')
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
  await expect.poll(() => page.getByRole('textbox', { name: 'weather answers' }).inputValue()).toBe('sunny in Rome')
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
  const here = { field: 'environment' as const, op: 'eq' as const, value: 'playground' }
  // Who leaves before the call has left the browser has made none.
  await eventually(async () => ((await api().spans.running({ filter: [here] })).spans.length === 1 ? true : undefined))
  await answer('A').getByText('one').waitFor()
  await page.getByRole('link', { name: 'Traces', exact: true }).click()
  const aborted = [here, { field: 'status' as const, op: 'eq' as const, value: 'aborted' }]
  const { spans } = await eventually(async () => {
    const found = await api().spans.list({ filter: aborted as never })
    return found.spans.length === 2 ? found : undefined
  })
  expect(spans.map(({ requestModel }) => requestModel)).toEqual(['scripted', 'scripted'])
})

it('a call of a trace is opened and asked again', async () => {
  const { spans } = await api().spans.list({ filter: [{ field: 'requestModel', op: 'eq', value: 'chat' }] as never, limit: 1 })
  await page.goto(`/p/default/playground?trace=${spans[0]?.traceId}&span=${spans[0]?.spanId}`)
  await expect.poll(() => message(8, 'A').inputValue()).toContain('Norway')
  await page.keyboard.press('Control+Enter')
  await answer('A')
    .getByText(/Norway/)
    .waitFor()
  expect(problems).toEqual([])
})

it.each(['zero-shot', 'chain-of-thought', 'role', 'structured-output'])('the example of %s runs as it is', async (technique) => {
  await page.goto(`/p/default/playground?technique=${technique}`)
  await page.getByRole('combobox', { name: 'Model of A' }).fill('chat')
  await page.keyboard.press('Control+Enter')
  await answer('A').getByRole('article').waitFor()
  await answer('A').getByText(/^\$/).waitFor()
})

/** The story of a prompt, from its first word to the day when it goes back. */
it('a prompt is written, compared, promoted, called by the OpenAI client, seen on the trace, and rolled back', async () => {
  const openai = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: server.secretKey, maxRetries: 0 })
  const call = async (clause: string) => {
    const { data, response } = await openai.chat.completions
      .create({ model: 'prompt:contracts/summary@production', messages: [], variables: { clause } } as never)
      .withResponse()
    return { text: data.choices[0]?.message.content, traceId: response.headers.get('x-signalbox-trace-id') ?? '' }
  }
  await page.goto('/p/default/prompts/new')
  await page.getByLabel('Name', { exact: true }).fill('contracts/summary')
  await page.getByRole('textbox', { name: 'Text of message 1' }).fill('You summarise contracts.')
  await page.getByRole('textbox', { name: 'Text of message 2' }).fill('Only liabilities and terms: {{clause}}')
  await page.getByRole('button', { name: /^Model and parameters/ }).click()
  await page.getByRole('combobox', { name: /^Model/ }).fill('chat')
  await page.getByRole('button', { name: 'Create prompt' }).click()
  await page.getByRole('button', { name: 'Promote' }).click()
  await promote('as agreed with legal')

  // The edges know of the label a moment after it was set.
  const first = await eventually(() => call('§ 4').catch(() => undefined))
  expect(first.text).toBe('Only liabilities and terms: § 4')
  await page.getByRole('textbox', { name: 'Text of message 2' }).fill('In simple terms: {{clause}}')
  await page.getByRole('button', { name: 'Save version' }).click()
  await page.getByLabel('What is different').fill('easier to read')
  await page.getByRole('dialog').getByRole('button', { name: 'Save version' }).click()
  await page.getByText('version 2, latest').waitFor()
  await page.getByRole('link', { name: 'Compare' }).click()
  await page.locator('table').getByText('In simple').waitFor()
  expect((await call('§ 4')).text).toBe('Only liabilities and terms: § 4')
  await page.getByRole('button', { name: 'Promote' }).click()
  await promote('people asked for it')
  await expect.poll(async () => (await call('§ 4')).text).toBe('In simple terms: § 4')

  const { traceId } = await call('§ 5')
  await eventually(() =>
    api()
      .traces.get({ traceId })
      .catch(() => undefined),
  )
  await page.goto(`/p/default/traces/${traceId}`)
  const version = page.getByRole('link', { name: 'contracts/summary v2' })
  await version.waitFor()
  await expectAccessible(page)
  await version.click()
  await page.getByRole('button', { name: 'Label production' }).click()
  await page.getByRole('menuitem', { name: 'Roll back' }).click()
  await page.getByText('production points to').waitFor()
  await expect.poll(async () => (await call('§ 6')).text, { interval: 20 }).toBe('Only liabilities and terms: § 6')

  // The version is tried out beside the other one, and its run is linked to it.
  await page.goto('/p/default/playground?prompt=contracts%2Fsummary&version=2')
  await page.getByRole('textbox', { name: 'Variable clause' }).fill('§ 7')
  await page.keyboard.press('Control+Enter')
  await answer('A').getByText('In simple terms: § 7').waitFor()
  const tried = await eventually(async () => {
    const filter = [
      { field: 'environment', op: 'eq', value: 'playground' },
      { field: 'promptName', op: 'eq', value: 'contracts/summary' },
    ]
    return (await api().spans.list({ filter: filter as never })).spans[0]
  })
  expect(tried).toMatchObject({ promptVersion: '2', requestModel: 'chat' })
  await message(2, 'A').fill('In simple terms, with all liabilities: {{clause}}')
  await page.getByRole('button', { name: 'More for A' }).click()
  await page.getByRole('menuitem', { name: 'Save as version' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Save version' }).click()
  await column('A').getByRole('link', { name: 'contracts/summary v3' }).waitFor()
  expect((await api().prompts.get({ name: 'contracts/summary', label: 'latest' })).version).toBe(3)
  expect(problems).toEqual([])
})

async function promote(why: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Why').fill(why)
  await dialog.getByRole('button', { name: 'Move production' }).click()
  await dialog.waitFor({ state: 'hidden' })
}
