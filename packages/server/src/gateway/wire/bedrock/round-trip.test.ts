import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { anthropic } from '../anthropic/codec.ts'
import { collect } from '../collect.ts'
import type { Call } from '../language.ts'
import { bedrock } from './codec.ts'

type Body = { output: { message: { content: unknown[] } } }
const TRANSCRIPTS: Record<string, { body: Body }> = JSON.parse(readFileSync(new URL('__fixtures__/answers.json', import.meta.url), 'utf8'))
const TARGET = { model: 'anthropic.claude-sonnet-4-5-20250929-v1:0', streamUsage: false }
const ASK = { model: 'claude', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] }

/** What an Anthropic client gets as an answer and sends back in its next request, as Bedrock sees it. */
function throughClient(body: Body): unknown {
  const call: Call = anthropic.decodeCall(ASK, {})
  const answer = anthropic.encodeAnswer(call, { id: 'msg_1' }).whole(collect(bedrock.decodeAnswer(call).whole(body)))
  const next = anthropic.decodeCall({ ...ASK, messages: [...ASK.messages, { role: 'assistant', content: answer.content }] }, {})
  const { messages } = bedrock.encodeCall(next, TARGET).body as { messages: { content: unknown }[] }
  return messages[1]?.content
}

test.each(['text', 'parallel tools after text', 'reasoning with its signature, sealed reasoning and a cache'])(
  'an answer comes back through an Anthropic client as it was: %s',
  (name) => {
    const body = TRANSCRIPTS[name]?.body
    expect(body && throughClient(body)).toEqual(body?.output.message.content)
  },
)
