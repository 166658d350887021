import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient } from '@signalbox/sdk'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'

let server: Signalbox
let browser: Browser
let page: Page
let problems: string[]
/** The app that people give feedback in: pages of another origin, which allow nothing but the widget. */
let app: Server
let appUrl: string
let shown = ''

beforeAll(async () => {
  app = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', `default-src 'none'; script-src ${server.url}; connect-src ${server.url}`)
    response.end(
      `<!doctype html><html lang="en"><title>Shop</title><main><h1>Your answer</h1>${shown}</main><script src="${server.url}/widget.js"></script>`,
    )
  })
  app.listen(0, '127.0.0.1')
  await once(app, 'listening')
  appUrl = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  const yaml = `version: 1\nfeedback: { origins: ['${appUrl}'] }\n`
  ;[server, browser] = await Promise.all([startSignalbox({ yaml }), openBrowser()])
  ;({ page, problems } = await logIn(browser, server))
})
afterAll(async () => {
  await browser?.close()
  await server?.stop()
  app?.close()
})

const api = () => createClient({ baseUrl: server.url, apiKey: server.secretKey })
const widget = (traceId: string, more = '') =>
  `<signalbox-feedback trace-id="${traceId}" public-key="${server.publicKey}" ${more}></signalbox-feedback>`

async function call(text: string, session: string): Promise<string> {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json', 'x-signalbox-session': session },
    body: JSON.stringify({ model: 'simulator/echo', messages: [{ role: 'user', content: text }] }),
  })
  await response.arrayBuffer()
  const traceId = response.headers.get('x-signalbox-trace-id') ?? ''
  await eventually(
    async () =>
      (await api()
        .traces.get({ traceId })
        .catch(() => undefined)) !== undefined || undefined,
  )
  return traceId
}
const scoresOf = async (traceId: string) =>
  (await api().scores.list({ traceId })).scores.map(({ name, value, comment, source }) => [name, value, comment, source]).sort()

it('is given in a page of another origin: by keyboard, with a rating and words, and changed', async () => {
  const traceId = await call('Where is my parcel?', 'chat-9')
  shown = widget(traceId, 'rating comment')
  const visitor = await (await browser.newContext()).newPage()
  const said: string[] = []
  visitor.on('console', (message) => said.push(message.text()))
  await visitor.goto(appUrl)
  const down = visitor.getByRole('button', { name: 'Bad answer' })
  await down.waitFor()
  await expectAccessible(visitor)
  await visitor.keyboard.press('Tab')
  await visitor.keyboard.press('Tab')
  await visitor.keyboard.press('Enter')
  await visitor.getByText('Thank you.').waitFor()
  await expect.poll(() => down.getAttribute('aria-pressed')).toBe('true')
  await visitor.getByRole('radio', { name: '2 of 5' }).check()
  const words = visitor.getByRole('textbox', { name: 'What was good or wrong about it?' })
  await words.fill('Too vague')
  await visitor.getByRole('button', { name: 'Send' }).click()
  await expect
    .poll(() => scoresOf(traceId))
    .toEqual([
      ['rating', 2, null, 'feedback'],
      ['thumbs', false, 'Too vague', 'feedback'],
    ])
  await expectAccessible(visitor)
  // The widget is in a page that allows no styles and no other script, and breaks none of it.
  expect(said).toEqual([])
  await visitor.getByRole('button', { name: 'Good answer' }).click()
  await expect.poll(async () => (await scoresOf(traceId)).at(-1)).toEqual(['thumbs', true, 'Too vague', 'feedback'])
  await down.click()
  await expect.poll(async () => (await scoresOf(traceId)).at(-1)?.[1]).toBe(false)
  await visitor.close()
})

it('of a page whose origin is not allowed is refused, and the page says so', async () => {
  shown = widget('t')
  const visitor = await (await browser.newContext()).newPage()
  await visitor.goto(appUrl.replace('127.0.0.1', 'localhost'))
  await visitor.getByRole('button', { name: 'Good answer' }).click()
  await visitor.getByText('That could not be sent').waitFor()
  await visitor.close()
})

it('leads from a thumbs-down in the list to the trace, what was said, and its conversation', async () => {
  await page.goto('/p/default/traces?columns=startedAt,name,input,scores')
  const bar = page.getByRole('combobox', { name: 'Filter or search traces' })
  await bar.fill('thumbs')
  await page.getByRole('option', { name: 'thumbs down' }).click()
  await page.waitForURL(/score\.thumbs/)
  const row = page.getByRole('row', { name: /Where is my parcel/ })
  await row.getByText('thumbs down').waitFor({ state: 'attached' })
  await expectAccessible(page)
  await row.click()
  const panel = page.getByRole('region', { name: 'Trace' })
  await panel.getByRole('button', { name: '2 scores' }).waitFor()
  await page.keyboard.press('m')
  const dialog = page.getByRole('dialog', { name: 'Feedback' })
  await dialog.getByText('Too vague').waitFor()
  await dialog.getByText('2 of 5').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('link', { name: 'chat-9' }).click()
  await page.waitForURL(/\/sessions\/chat-9/)
  await page.getByText('Where is my parcel?').first().waitFor()
})

it('is given on a trace by whoever is logged in: by keyboard, with words, and withdrawn', async () => {
  const traceId = await call('Do you ship to Oslo?', 'chat-10')
  await page.goto(`/p/default/traces/${traceId}`)
  const thumb = page.getByRole('button', { name: 'Thumbs down (d)' })
  await thumb.waitFor()
  await page.getByRole('button', { name: 'Feedback' }).waitFor()
  await page.keyboard.press('d')
  await page.getByRole('button', { name: '1 score' }).waitFor()
  await expect.poll(() => thumb.getAttribute('aria-pressed')).toBe('true')
  await page.keyboard.press('m')
  const dialog = page.getByRole('dialog', { name: 'Feedback' })
  await dialog.getByRole('textbox', { name: 'Your comment' }).fill('It does not answer')
  await page.keyboard.press('Control+Enter')
  await dialog.getByRole('list', { name: 'Scores' }).getByText('It does not answer').waitFor()
  await dialog.getByText('You', { exact: true }).waitFor()
  await expect.poll(() => scoresOf(traceId)).toEqual([['thumbs', false, 'It does not answer', 'annotation']])
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Withdraw thumbs' }).click()
  await dialog.getByText('Nobody has said anything').waitFor()
  await expect.poll(() => scoresOf(traceId)).toEqual([])
  expect(problems).toEqual([])
})
