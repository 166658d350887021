import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../../signalbox.ts'
import { expectAccessible, logIn, openBrowser } from './browser.ts'

/** Where a question is as close as its words are. */
const embeddings = createServer(async (request, response) => {
  let text = ''
  for await (const chunk of request) text += chunk
  const vector = Array<number>(128).fill(0.01)
  for (const word of (JSON.parse(text) as { input: string }).input.toLowerCase().match(/\w+/g) ?? []) {
    const place = [...word].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 128, 7)
    vector[place] = (vector[place] ?? 0) + 1
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ object: 'list', data: [{ object: 'embedding', index: 0, embedding: vector }], model: 'words' }))
})
const listen = (server: Server) =>
  new Promise<number>((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)))

let browser: Browser
let server: Signalbox
let empty: Signalbox
beforeAll(async () => {
  const yaml = `
version: 1
providers:
  words: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${await listen(embeddings)}/v1" }
models:
  faq: { targets: [{ provider: simulator, model: echo }], cache: {} }
  helpdesk:
    targets: [{ provider: simulator, model: echo }]
    cache: { mode: semantic, similarity: 0.9, embeddings: words/words }
`
  ;[browser, server, empty] = await Promise.all([openBrowser(), startSignalbox({ yaml }), startSignalbox()])
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([server?.stop(), empty?.stop()])
  embeddings.close()
})

const ask = async (model: string, content: string) => {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  })
  await response.arrayBuffer()
  return response.headers.get('x-signalbox-cache')
}

describe('the page Cache', () => {
  it('teaches where no alias has one', async () => {
    const { page, problems } = await logIn(browser, empty)
    await page.goto('/p/default/cache')
    await page.getByText('No alias has a cache yet').waitFor()
    await expect.poll(() => page.getByRole('region', { name: 'cache in signalbox.yaml' }).textContent()).toContain('mode: semantic')
    await expectAccessible(page)
    expect(problems).toEqual([])
    await page.context().close()
  })

  it.each(['light', 'dark'] as const)('shows hits, savings and questions side by side, in the %s theme', async (colorScheme) => {
    for (const text of ['one', 'one', 'two']) await ask('faq', text)
    await ask('helpdesk', `How do I apply for ${colorScheme} parental leave in the new portal?`)
    expect(await ask('helpdesk', `how do I apply for ${colorScheme} parental leave in the portal`)).toBe('semantic')
    await ask('helpdesk', `How do I apply for ${colorScheme} parental leave without the new portal?`)
    const { page, problems } = await logIn(browser, server, { colorScheme })
    await page.goto('/p/default/cache')
    const list = page.getByRole('list', { name: 'Answered questions' })
    await list.getByText(`how do I apply for ${colorScheme} parental leave in the portal`).waitFor()
    await list.getByText(`How do I apply for ${colorScheme} parental leave in the new portal?`).first().waitFor()
    await page.getByRole('row', { name: /faq/ }).getByText('the same request').waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'False friends' }).click()
    await page.getByText('negation: yes / no').first().waitFor()
    expect(problems).toEqual([])
    await page.context().close()
  })

  it('takes a wrong answer out, and purges an alias', async () => {
    const { page, problems } = await logIn(browser, server)
    await page.goto('/p/default/cache')
    await page.getByRole('button', { name: 'Wrong answer' }).first().click()
    await page.getByText('wrong: not given any more').first().waitFor()
    expect(await ask('faq', 'one')).toBe('hit')
    await page.getByRole('button', { name: 'Purge faq' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Purge' }).click()
    await page.getByText('Purged', { exact: true }).first().waitFor()
    await eventually(async () => ((await ask('faq', 'one')) === 'miss' ? true : undefined))
    expect(problems).toEqual([])
    await page.context().close()
  })
})
