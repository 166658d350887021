import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clients } from './clients.case.ts'
import { mocks } from './mock-providers.case.ts'
import { type Behaviour, CLIENTS, good, KINDS, prelude, startWalk, streamHead, type Walk } from './walk.case.ts'
import { SECRET, type Sent } from './world.case.ts'

let walk: Walk
beforeEach(async () => {
  walk = await startWalk()
})
afterEach(() => walk.close())

const GARBAGE = 'data: {"choices":[{"delta":{"content":"\n\n'
const sse = (...chunks: object[]): string => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')
const says =
  (text: string, then: (response: ServerResponse) => void = (response) => response.end()): Behaviour =>
  (response) => {
    streamHead(response, 'openai-chat')
    response.write(text, () => setTimeout(() => then(response), 15))
  }
/** Says what has come whenever something does. */
async function read({ path, body }: Sent, came: (text: string) => void): Promise<string> {
  const headers = { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' }
  const answer = await fetch(`http://127.0.0.1:${walk.world.port}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  let text = ''
  const decoder = new TextDecoder()
  for await (const piece of answer.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true })
    came(text)
  }
  return text
}
const ends = async () => (await walk.world.recorded()).ends

describe.each(CLIENTS)('an event that is no JSON, to a client of %s in the provider’s own bytes', (dialect) => {
  const pieces = mocks[dialect].stream.map(String)
  const behave =
    (text: string): Behaviour =>
    (response) =>
      streamHead(response, dialect).end(text)
  const content = pieces.slice(0, prelude[dialect] + 1).join('')

  test('after content ends the stream with an error, and nothing of it is passed on', async () => {
    const delivered = Promise.withResolvers<void>()
    walk.behave = {
      async first(response) {
        streamHead(response, dialect).write(content)
        await delivered.promise
        response.end(GARBAGE + pieces.slice(prelude[dialect] + 1).join(''))
      },
      second: good(dialect),
    }
    const text = await read(clients[dialect].ask(`own-${dialect}`, true), (soFar) => {
      if (soFar.startsWith(content)) delivered.resolve()
    })
    expect(text.startsWith(content)).toBe(true)
    expect(text).not.toContain(GARBAGE)
    expect(text.slice(content.length)).toMatch(/not JSON/)
    expect(text).not.toMatch(/\[DONE\]|message_stop|response\.completed/)
    const [end] = await ends()
    expect(end).toMatchObject({ status: 'error', errorType: 'invalid_response', attempts: [{ failure: 'garbage' }] })
    expect(end?.attempts).toHaveLength(1)
  })

  test('before it is a try that failed, and another one answers', async () => {
    walk.behave = { first: behave(pieces.slice(0, prelude[dialect]).join('') + GARBAGE + content), second: good(dialect) }
    const got = await walk.world.send(clients[dialect].ask(`own-${dialect}`, true))
    expect([got.status, got.headers['x-signalbox-attempts']]).toEqual([200, '2'])
    expect(got.text).not.toContain(GARBAGE)
    expect(await ends()).toMatchObject([{ status: 'ok', attempts: [{ failure: 'garbage' }, {}] }])
  })

  test('is an error where nothing else is left', async () => {
    walk.behave = { first: behave(content + GARBAGE) }
    const got = await walk.world.send(clients[dialect].ask(`first-${dialect}/${KINDS[dialect].model}`, true))
    expect(got.text).not.toContain(GARBAGE)
    expect(await ends()).toMatchObject([{ status: 'error', errorType: 'invalid_response' }])
  })
})

describe('a chat stream without [DONE]', () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  const piece = (content: string, finish: string | null = null, more: object = {}) => ({
    id: 'c1',
    object: 'chat.completion.chunk',
    model: 'm',
    choices: [{ index: 0, delta: { content }, finish_reason: finish }],
    ...more,
  })
  const ask = (more: object = {}) => {
    const sent = clients['openai-chat'].ask('own-openai-chat', true)
    return { ...sent, body: { ...(sent.body as object), ...more } }
  }

  test.each([
    // Recorded shapes, with the words of the answers replaced.
    [
      'Perplexity: usage and the whole message with every chunk',
      [piece('Grüß', null, { usage }), piece(' dich', 'stop', { usage, citations: [] })],
    ],
    ['a finish reason, and then the usage', [piece('Grüß'), piece('', 'stop'), { ...piece(''), choices: [], usage }]],
    ['a finish reason with the last content and no usage', [piece('Grüß'), piece(' dich', 'length')]],
    ['Cloudflare: an empty end', [piece('Grüß'), piece('', 'stop', { p: 'abdef' })]],
  ])('is whole: %s', async (_, chunks) => {
    walk.behave = { first: says(sse(...chunks)) }
    const got = await walk.world.send(ask())
    expect(got.text).toContain('Grüß')
    expect(got.text).not.toContain('"error"')
    expect(await ends()).toMatchObject([{ status: 'ok' }])
  })

  test.each([
    ['usage with every chunk', [piece('Grüß', null, { usage }), piece(' di', null, { usage })], {}],
    ['content alone', [piece('Grüß')], {}],
    [
      'one of two answers',
      [piece('Grüß'), { ...piece(''), choices: [{ index: 1, delta: { content: 'a' }, finish_reason: null }] }, piece('', 'stop')],
      { n: 2 },
    ],
    ['the same answer that ends twice', [piece('Grüß'), piece('', 'stop'), piece('', 'stop')], { n: 2 }],
  ])('was cut: %s', async (_, chunks, more) => {
    walk.behave = { first: says(sse(...chunks)) }
    const got = await walk.world.send(ask(more))
    expect(got.text).toContain('before the answer was complete')
    expect(await ends()).toMatchObject([{ status: 'error' }])
  })

  test('is whole with all of its answers', async () => {
    const other = { ...piece(''), choices: [{ index: 1, delta: { content: 'b' }, finish_reason: 'stop' }] }
    walk.behave = { first: says(sse(piece('Grüß'), other, piece('', 'stop'))) }
    await walk.world.send(ask({ n: 2 }))
    expect(await ends()).toMatchObject([{ status: 'ok' }])
  })

  test('may break off in what follows its end: that is left out', async () => {
    walk.behave = { first: says(`${sse(piece('Grüß'), piece('', 'stop'))}data: {"id":"c1","usa`) }
    const got = await walk.world.send(ask())
    expect(got.text).not.toContain('usa')
    expect(await ends()).toMatchObject([{ status: 'ok' }])
  })
})
