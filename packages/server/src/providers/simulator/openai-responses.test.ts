import OpenAI from 'openai'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventsIn, type Json, type Served, serve } from './testing.ts'

let simulator: Served
let openai: OpenAI
beforeAll(async () => {
  simulator = await serve()
  openai = new OpenAI({ apiKey: 'none', baseURL: `${simulator.origin}/v1`, maxRetries: 0 })
})
afterAll(() => simulator.close())

const script = {
  reasoning: 'think hard',
  signature: 'proof',
  text: 'let me look',
  tools: [{ name: 'weather', arguments: { city: 'Zürich' } }, { name: 'time' }],
}

test('the openai client reads a whole answer', async () => {
  const answer = await openai.responses.create({
    model: 'echo',
    instructions: 'be kind',
    input: [{ role: 'user', content: [{ type: 'input_text', text: 'hello' }] }],
    previous_response_id: 'resp_1',
    metadata: { a: 'b' },
  })
  expect(answer.output_text).toBe('hello')
  expect(answer).toMatchObject({ status: 'completed', previous_response_id: 'resp_1', metadata: { a: 'b' }, instructions: 'be kind' })
  expect(answer.usage).toEqual({
    input_tokens: 3,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 5,
  })
})

test('reasoning, text and parallel calls, the same whole and streamed', async () => {
  const whole = await openai.responses.create({ model: 'script', input: JSON.stringify(script) })
  expect(whole.output.map((item) => item.type)).toEqual(['reasoning', 'message', 'function_call', 'function_call'])
  expect(whole.output).toMatchObject([
    { summary: [{ type: 'summary_text', text: 'think hard' }], encrypted_content: 'proof' },
    { content: [{ type: 'output_text', text: 'let me look' }] },
    { name: 'weather', arguments: '{"city":"Zürich"}' },
    { name: 'time', arguments: '{}' },
  ])
  const stream = openai.responses.stream({ model: 'script', input: JSON.stringify(script) })
  const streamed = await stream.finalResponse()
  const withoutIds = (items: unknown) => JSON.parse(JSON.stringify(items).replace(/"(id|call_id)":"[^"]+"/g, '"$1":""'))
  expect(withoutIds(streamed.output.map(({ ...item }) => ({ ...item, parsed_arguments: undefined })))).toMatchObject(
    withoutIds(whole.output),
  )
  expect(streamed.usage?.output_tokens_details.reasoning_tokens).toBe(3)
})

test('events come in their full order, numbered without a gap', async () => {
  const body = {
    model: 'script',
    input: JSON.stringify({ ...script, reasoning: 'think', text: 'a b', tools: [{ name: 'f' }] }),
    stream: true,
  }
  const events = eventsIn(await (await simulator.post('/v1/responses', body)).text())
  expect(events.map((event) => event.name)).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.reasoning_summary_part.added',
    'response.reasoning_summary_text.delta',
    'response.reasoning_summary_text.done',
    'response.reasoning_summary_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.completed',
  ])
  const data = events.map((event) => event.data as ResponseStreamEvent)
  expect(data.map((event) => event.type)).toEqual(events.map((event) => event.name))
  expect(data.map((event) => event.sequence_number)).toEqual(data.map((_, index) => index))
})

test('an answer that is cut short is incomplete', async () => {
  const answer = await openai.responses.create({ model: 'echo', input: 'one two three', max_output_tokens: 1 })
  expect(answer).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' }, output_text: 'one ' })
  const events = eventsIn(
    await (await simulator.post('/v1/responses', { model: 'echo', input: 'one two', max_output_tokens: 1, stream: true })).text(),
  )
  expect(events.at(-1)?.name).toBe('response.incomplete')
})

test('results of tools alone, behind a previous response', async () => {
  const input = [{ type: 'function_call_output' as const, call_id: '1', output: 'sunny' }]
  expect((await openai.responses.create({ model: 'script', previous_response_id: 'resp_1', input })).output_text).toBe('sunny')
})

test('JSON for a schema, and a required tool', async () => {
  const schema = { type: 'object', properties: { age: { type: 'integer', minimum: 18 } }, required: ['age'] }
  const format = { type: 'json_schema' as const, name: 'person', schema }
  expect((await openai.responses.create({ model: 'echo', input: 'x', text: { format } })).output_text).toBe('{"age":18}')
  const tools = [{ type: 'function' as const, name: 'f', parameters: schema, strict: true }]
  const answer = await openai.responses.create({ model: 'echo', input: 'x', tools, tool_choice: 'required' })
  expect(answer.output).toMatchObject([{ type: 'function_call', name: 'f', arguments: '{"age":18}' }])
})

test('an error in mid-stream is numbered on, and reaches the client', async () => {
  const input = JSON.stringify({ text: 'a b c', fault: 500, at: 2 })
  const events = eventsIn(await (await simulator.post('/v1/responses', { model: 'faults', input, stream: true })).text())
  expect(events.slice(-2).map((event) => event.name)).toEqual(['error', 'response.failed'])
  expect(events.map((event) => (event.data as Json).sequence_number)).toEqual(events.map((_, index) => index))
  const stream = await openai.responses.create({ model: 'faults', input, stream: true })
  const readAll = async () => {
    for await (const _ of stream);
  }
  await expect(readAll()).rejects.toThrow(/error/)
})

test('log probabilities where they are asked for', async () => {
  const answer = await openai.responses.create({
    model: 'echo',
    input: 'one two',
    include: ['message.output_text.logprobs'],
    top_logprobs: 2,
  })
  expect(answer.output).toMatchObject([{ content: [{ logprobs: [{ token: 'one', top_logprobs: [{}, {}] }, { token: ' two' }] }] }])
})

test('no usage where the script says none', async () => {
  expect((await openai.responses.create({ model: 'script', input: '{"text":"x","usage":null}' })).usage).toBe(null)
})
