// The official OpenAI client for JavaScript, one major version behind, unchanged but for its base URL.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import OpenAI from 'openai'

const { SIGNALBOX_URL, SIGNALBOX_KEY } = process.env
const client = new OpenAI({ baseURL: `${SIGNALBOX_URL}/v1`, apiKey: SIGNALBOX_KEY, maxRetries: 0 })
const ask = (content, more = {}) =>
  client.chat.completions.create({ model: 'simulator/echo', messages: [{ role: 'user', content }], ...more })

test('a whole answer', async () => {
  const answer = await ask('Grüße, 世界')
  assert.equal(answer.choices[0].message.content, 'Grüße, 世界')
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)
})

test('a stream', async () => {
  let text = ''
  for await (const chunk of await ask('one two three', { stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
    assert.ok(!chunk.usage, 'usage was not asked for')
  }
  assert.equal(text, 'one two three')
})

test('the stream helper collects tool calls', async () => {
  const script = JSON.stringify({
    tools: [
      { name: 'weather', arguments: { city: 'Pune' } },
      { name: 'time', arguments: {} },
    ],
  })
  const tools = ['weather', 'time'].map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } }))
  const stream = client.chat.completions.stream({ model: 'simulator/script', messages: [{ role: 'user', content: script }], tools })
  const { tool_calls: calls } = (await stream.finalChatCompletion()).choices[0].message
  assert.deepEqual(
    calls.map((call) => call.function.name),
    ['weather', 'time'],
  )
  assert.deepEqual(JSON.parse(calls[0].function.arguments), { city: 'Pune' })
})

test('models', async () => {
  const ids = []
  for await (const model of client.models.list()) ids.push(model.id)
  assert.ok(ids.includes('simulator/echo'))
})

for (const [status, kind] of [
  [400, OpenAI.BadRequestError],
  [404, OpenAI.NotFoundError],
  [429, OpenAI.RateLimitError],
  [500, OpenAI.InternalServerError],
  [503, OpenAI.InternalServerError],
]) {
  test(`status ${status} is ${kind.name}`, async () => {
    for (const stream of [false, true]) {
      const asking = ask(JSON.stringify({ fault: status }), { model: 'simulator/faults', stream })
      await assert.rejects(asking, (error) => error instanceof kind && error.status === status)
    }
  })
}

test('a wrong key', async () => {
  await assert.rejects(client.withOptions({ apiKey: 'sk-sb-wrong-wrong-wrong-wrong' }).models.list(), OpenAI.AuthenticationError)
})

test('a stream that breaks is an error and no clean end', async () => {
  const script = JSON.stringify({ text: 'one two three four five six', fault: 'cut', at: 3 })
  await assert.rejects(async () => {
    for await (const _ of await ask(script, { model: 'simulator/faults', stream: true }));
  }, OpenAI.APIError)
})
