import fc from 'fast-check'
import { expect, test } from 'vitest'
import { collect, spread } from '../collect.ts'
import type { Answer, AnswerEvent, Block, CacheMark, Call, Turn } from '../language.ts'
import { ServerEventReader } from '../server-events.ts'
import { anthropic } from './codec.ts'

const word = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/)
const cache: fc.Arbitrary<{ cache?: CacheMark }> = fc.oneof(
  fc.constant({}),
  fc.constant({ cache: {} }),
  fc.constantFrom('5m', '1h').map((ttl) => ({ cache: { ttl } })),
)
const textBlock = fc.tuple(word, cache).map(([text, mark]) => ({ type: 'text' as const, text, ...mark }))
const source = fc.oneof(
  fc.base64String({ minLength: 4 }).map((data) => ({ kind: 'base64' as const, mediaType: 'image/png', data })),
  fc.webUrl().map((url) => ({ kind: 'url' as const, url })),
  id.map((file) => ({ kind: 'id' as const, id: file })),
)
const image = fc.tuple(source, cache).map(([from, mark]) => ({ type: 'image' as const, source: from, ...mark }))
const file = fc.tuple(fc.base64String({ minLength: 4 }), fc.option(word, { nil: undefined }), cache).map(([data, name, mark]) => ({
  type: 'file' as const,
  source: { kind: 'base64' as const, mediaType: 'application/pdf', data },
  ...(name !== undefined && { name }),
  ...mark,
}))
const reasoning: fc.Arbitrary<Block> = fc.oneof(
  fc.tuple(word, word).map(([text, signature]) => ({ type: 'reasoning' as const, text, signature, origin: 'anthropic' as const })),
  word.map((encrypted) => ({ type: 'reasoning' as const, text: '', encrypted, origin: 'anthropic' as const })),
)
const json = fc
  .dictionary(
    word.filter((key) => key !== '__proto__'),
    fc.oneof(fc.integer(), fc.boolean(), word, fc.array(word)),
  )
  .map((value) => JSON.stringify(value))
const toolCall = fc
  .tuple(id, word, json, cache)
  .map(([callId, name, args, mark]) => ({ type: 'tool-call' as const, id: callId, name, arguments: args, ...mark }))
const toolResult = fc
  .tuple(id, fc.array(fc.oneof(textBlock, image, file), { maxLength: 3 }), fc.option(fc.boolean(), { nil: undefined }), cache)
  .map(([callId, blocks, isError, mark]) => ({
    type: 'tool-result' as const,
    callId,
    blocks,
    ...(isError !== undefined && { isError }),
    ...mark,
  }))
const opaque = word.map((query) => ({
  type: 'opaque' as const,
  dialect: 'anthropic' as const,
  what: 'server_tool_use',
  value: { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query } },
}))

const userTurn: fc.Arbitrary<Turn> = fc
  .tuple(fc.array(toolResult, { maxLength: 3 }), fc.array(fc.oneof(textBlock, image, file), { minLength: 1, maxLength: 4 }))
  .map(([results, blocks]) => ({ role: 'user', blocks: [...results, ...blocks] }))
const assistantTurn: fc.Arbitrary<Turn> = fc
  .array(fc.oneof(textBlock, reasoning, toolCall, opaque), { minLength: 1, maxLength: 4 })
  .map((blocks) => ({ role: 'assistant', blocks }))

const call: fc.Arbitrary<Call> = fc
  .tuple(
    fc.array(fc.tuple(userTurn, assistantTurn), { maxLength: 3 }),
    userTurn,
    fc.record(
      {
        maxTokens: fc.integer({ min: 1, max: 1e6 }),
        temperature: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
        topP: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
        topK: fc.nat(500),
        stop: fc.array(word),
        user: word,
        serviceTier: fc.constantFrom('auto', 'standard_only'),
        reasoning: fc.oneof(
          fc.constant({ effort: 'none' as const }),
          fc.record({ effort: fc.constantFrom('low', 'medium', 'high', 'xhigh') }),
          fc.record({ budgetTokens: fc.integer({ min: 1024, max: 9000 }) }),
        ),
        format: fc.constant({ type: 'json-schema' as const, name: 'output', schema: { type: 'object' } }),
      },
      { requiredKeys: ['maxTokens'] },
    ),
    fc.array(textBlock, { maxLength: 2 }),
    fc.array(
      fc.record(
        { name: id, description: word, parameters: fc.constant({ type: 'object', properties: {} }), strict: fc.boolean() },
        { requiredKeys: ['name', 'parameters'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    fc.record(
      {
        toolChoice: fc.oneof(
          fc.constantFrom({ type: 'auto' as const }, { type: 'required' as const }),
          id.map((name) => ({ type: 'tool' as const, name })),
        ),
        parallelToolCalls: fc.boolean(),
      },
      { requiredKeys: ['toolChoice'] },
    ),
    fc.boolean(),
  )
  .map(([rounds, last, members, system, tools, choice, stream]) => ({
    dialect: 'anthropic',
    model: 'claude-sonnet-4-5',
    stream,
    system,
    turns: [...rounds.flat(), last],
    tools,
    serverTools: [],
    ...choice,
    ...members,
    extras: {},
  }))

test('a random call is the same after the wire', () => {
  fc.assert(
    fc.property(call, (sent) => {
      const { body, dropped } = anthropic.encodeCall(sent, { model: sent.model, streamUsage: false })
      expect(dropped).toEqual([])
      expect(anthropic.decodeCall(JSON.parse(JSON.stringify(body)), {})).toEqual(sent)
    }),
  )
})

const usage = {
  input: 3,
  cacheRead: 4,
  cacheWrite: 5,
  cacheWrite1h: 6,
  inputAudio: 0,
  inputImage: 0,
  output: 7,
  reasoning: 8,
  outputAudio: 0,
}
const answer: fc.Arbitrary<Answer> = fc
  .tuple(
    fc.array(
      fc.oneof(
        word.map((text) => ({ type: 'text' as const, text })),
        reasoning,
        toolCall,
        opaque,
      ),
      { maxLength: 5 },
    ),
    id,
    fc.boolean(),
  )
  .map(([blocks, messageId, ended]) => ({
    id: messageId,
    model: 'claude',
    choices: [
      {
        blocks: blocks.map((block) =>
          block.type === 'tool-call' ? { type: block.type, id: block.id, name: block.name, arguments: block.arguments } : block,
        ),
        finish: { reason: 'length' as const, native: 'max_tokens' },
      },
    ],
    usage: { usage, raw: {} },
    ended,
  }))

const read = (pieces: Buffer[]): Answer => {
  const reader = new ServerEventReader()
  const decoder = anthropic.decodeAnswer()
  const events: AnswerEvent[] = []
  for (const piece of pieces) for (const event of reader.push(piece)) events.push(...decoder.push(event))
  for (const event of reader.finish()) events.push(...decoder.push(event))
  return collect([...events, ...decoder.finish()])
}
const apart = ({ usage: counted, ...rest }: Answer) => ({ ...rest, usage: counted?.usage })
const ASKED: Call = { dialect: 'anthropic', model: 'm', stream: true, system: [], turns: [], tools: [], serverTools: [], extras: {} }

/** Deltas of a block in two pieces, as a stream has them. */
function* pieces(events: Iterable<AnswerEvent>): Generator<AnswerEvent> {
  for (const event of events) {
    if (event.type === 'block' && event.block.type === 'text') {
      const { text } = event.block
      yield { ...event, block: { ...event.block, text: '' } }
      yield { type: 'text', choice: 0, index: event.index, text: text.slice(0, 3) }
      yield { type: 'text', choice: 0, index: event.index, text: text.slice(3) }
    } else if (event.type === 'block' && event.block.type === 'tool-call') {
      yield { ...event, block: { ...event.block, arguments: '' } }
      for (const text of event.block.arguments) yield { type: 'arguments', choice: 0, index: event.index, text }
    } else yield event
  }
}

test('a random answer is the same after the wire, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(answer, fc.array(fc.nat(4000), { maxLength: 8 }), (sent, cuts) => {
      const encoder = anthropic.encodeAnswer(ASKED, { id: 'x' })
      const bytes = Buffer.from([...pieces(spread({ ...sent, ended: true }))].map((event) => encoder.push(event)).join(''))
      const at = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length]
      const got = read(at.slice(1).map((end, index) => bytes.subarray(at[index], end)))
      expect(apart(got)).toEqual(apart({ ...sent, ended: true }))
    }),
  )
})

test('a random whole answer is the same after the wire', () => {
  fc.assert(
    fc.property(answer, (sent) => {
      const body: unknown = JSON.parse(JSON.stringify(anthropic.encodeAnswer(ASKED, { id: 'x' }).whole(sent)))
      expect(apart(collect(anthropic.decodeAnswer().whole(body)))).toEqual(apart({ ...sent, ended: true }))
    }),
  )
})

test('an answer that did not end is not written as one that did', () => {
  fc.assert(
    fc.property(answer, (sent) => {
      const encoder = anthropic.encodeAnswer(ASKED, { id: 'x' })
      const text = [...spread({ ...sent, ended: false })].map((event) => encoder.push(event)).join('') + encoder.fail({ message: 'cut' })
      expect(text).not.toContain('message_stop"')
      expect(text).not.toContain('message_delta"')
      expect(read([Buffer.from(text)])).toMatchObject({ ended: false, error: { message: 'cut' } })
    }),
  )
})

test('no event makes the decoder throw', () => {
  const type = fc.constantFrom(
    'message_start',
    'content_block_start',
    'content_block_delta',
    'content_block_stop',
    'message_delta',
    'message_stop',
    'error',
  )
  const part = fc.oneof(
    fc.anything(),
    fc.record(
      {
        type: fc.constantFrom('text', 'tool_use', 'thinking', 'text_delta', 'input_json_delta', 'signature_delta', 'citations_delta', 'x'),
        text: fc.anything(),
        partial_json: fc.anything(),
        input: fc.anything(),
        citation: fc.anything(),
        citations: fc.anything(),
      },
      { requiredKeys: [] },
    ),
  )
  const event = fc.record(
    { type, message: part, content_block: part, delta: part, usage: fc.anything(), error: fc.anything() },
    { requiredKeys: ['type'] },
  )
  fc.assert(
    fc.property(fc.array(event), (events) => {
      const decoder = anthropic.decodeAnswer()
      const encoder = anthropic.encodeAnswer(ASKED, { id: 'x' })
      for (const sent of events) {
        const data = JSON.stringify(sent, (_, value: unknown) => (typeof value === 'bigint' ? 1 : value))
        for (const got of decoder.push({ event: '', data })) encoder.push(got)
      }
      decoder.finish()
      anthropic.decodeAnswer().whole(events[0])
    }),
  )
})
