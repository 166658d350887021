import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { completions } from '../completions/codec.ts'
import type { AnswerEvent, Call } from '../language.ts'
import { chat } from './codec.ts'
import { answerOf, call, fixture, streamed } from './test-support.ts'

const asked = call({ notes: { streamOptions: { include_usage: true } } })

/** The official client, whose answer is what the codec writes. */
function client(codec: Pick<typeof chat, 'encodeAnswer'>, events: AnswerEvent[], of: Call = asked): OpenAI {
  const encoder = codec.encodeAnswer(of, { id: 'made' })
  const stream = events.map((event) => encoder.push(event)).join('')
  const body = JSON.stringify(encoder.whole(answerOf(events)))
  const answer = async (_: unknown, init?: { body?: unknown }) =>
    String(init?.body).includes('"stream":true')
      ? new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
      : new Response(body, { headers: { 'content-type': 'application/json' } })
  return new OpenAI({ apiKey: 'none', baseURL: 'http://localhost/v1', fetch: answer, maxRetries: 0 })
}

test.each(['text', 'parallel-tools', 'reasoning', 'refusal', 'choices'])(
  '%s: the official client reads the stream as the whole',
  async (name) => {
    const events = streamed(fixture(`${name}.sse`))
    const openai = client(chat, events)
    const request = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] }
    const whole = await openai.chat.completions.create(request)
    const final = await openai.chat.completions.stream({ ...request, stream_options: { include_usage: true } }).finalChatCompletion()
    const plain = ({ id, model, created, usage, choices }: OpenAI.ChatCompletion) => ({
      ...{ id, model, created, usage: usage ?? null },
      choices: choices
        .toSorted((a, b) => a.index - b.index)
        .map(({ index, finish_reason, message, logprobs }) => ({
          ...{ index, finish_reason },
          content: message.content || null,
          refusal: message.refusal || null,
          calls: message.tool_calls?.map((one) => one.type === 'function' && [one.id, one.function.name, one.function.arguments]),
          tokens: logprobs?.content?.map(({ token }) => token),
        })),
    })
    expect(plain(final)).toEqual(plain(whole))
    expect(whole.choices.map(({ finish_reason }) => finish_reason)).not.toContain(null)
  },
)

test('the official client reads an error within a stream as a failure', async () => {
  const events = streamed(
    `${fixture('text.sse').split('\n\n').slice(0, 2).join('\n\n')}\n\ndata: {"error":{"message":"gone","code":502}}\n\n`,
  )
  const stream = await client(chat, events).chat.completions.create({ model: 'm', messages: [], stream: true })
  const read = async () => {
    for await (const _ of stream);
  }
  await expect(read()).rejects.toThrow('gone')
})

test('the official client reads completions', async () => {
  const openai = client(completions, streamed(fixture('text.sse')))
  const whole = await openai.completions.create({ model: 'm', prompt: 'hi' })
  let text = ''
  for await (const chunk of await openai.completions.create({ model: 'm', prompt: 'hi', stream: true }))
    text += chunk.choices[0]?.text ?? ''
  expect([whole.choices[0]?.text, whole.usage?.total_tokens]).toEqual([text, 26])
})
