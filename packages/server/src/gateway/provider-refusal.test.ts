import { afterEach, beforeEach, expect, test } from 'vitest'
import { startWorld, type World } from './world.case.ts'

let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(() => world.close())

const MODELS = {
  anthropic: 'anthropic/claude-sonnet-4-5',
  google: 'google/gemini-2.5-pro',
  bedrock: 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
  cohere: 'cohere/command-a-03-2025',
}
/** What each says of a request that is too long. */
const TOO_LONG: Record<keyof typeof MODELS, unknown> = {
  anthropic: { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 210000 tokens > 200000 maximum' } },
  google: {
    error: {
      code: 400,
      message: 'The input token count (2) exceeds the maximum number of tokens allowed (1).',
      status: 'INVALID_ARGUMENT',
    },
  },
  bedrock: { message: 'Input is too long for requested model.' },
  cohere: { message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.' },
}
const CLIENTS = [
  { path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'x' }] } },
  { path: '/v1/responses', body: { input: 'x' } },
  { path: '/v1/completions', body: { prompt: 'x' } },
]

test.each(Object.keys(MODELS) as (keyof typeof MODELS)[])(
  'a request that is too long for %s is said by the code of OpenAI, whole and streamed',
  async (name) => {
    world.answer = (_, response) => void response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(TOO_LONG[name]))
    for (const { path, body } of CLIENTS) {
      for (const stream of [false, true]) {
        const got = await world.send({ path, body: { model: MODELS[name], stream, ...body } })
        expect(got.status).toBe(400)
        expect(JSON.parse(got.text).error).toMatchObject({
          type: 'invalid_request_error',
          code: 'context_length_exceeded',
          hint: expect.stringContaining('Send less'),
        })
      }
    }
  },
)

test('what the rules of a vendor forbid is said by the code of OpenAI; other clients have their own words', async () => {
  const body = { type: 'error', error: { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' } }
  world.answer = (_, response) => void response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const chat = await world.send({
    path: '/v1/chat/completions',
    body: { model: MODELS.anthropic, messages: [{ role: 'user', content: 'x' }] },
  })
  expect(JSON.parse(chat.text).error).toMatchObject({ code: 'content_filter', message: body.error.message })
  const gemini = await world.send({
    path: `/v1beta/models/${MODELS.anthropic}:generateContent`,
    body: { contents: [{ parts: [{ text: 'x' }] }] },
  })
  expect(JSON.parse(gemini.text).error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT', message: body.error.message })
})

test('an error within a stream, before anything of it has left, is classed the same', async () => {
  const event = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
  world.answer = (_, response) =>
    void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`event: error\ndata: ${JSON.stringify(event)}\n\n`)
  const got = await world.send({
    path: '/v1/chat/completions',
    body: { model: MODELS.anthropic, stream: true, messages: [{ role: 'user', content: 'x' }] },
  })
  expect([got.status, JSON.parse(got.text).error.code]).toEqual([529, 'unavailable'])
})
