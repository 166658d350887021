import { encodeFrame } from '../../packages/server/src/gateway/wire/bedrock/event-stream.ts'
import { english } from '../store/english.ts'
import { random } from '../store/random.ts'

export type ProviderDialect = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini' | 'bedrock' | 'cohere'

const TEXTS = 160
const FRAGMENTS = 40

/** An answer of 160 pieces of text and then a tool call in 40 fragments, as each provider streams it: one event per element. */
export function providerStreams(): Record<ProviderDialect, Buffer[]> {
  const chance = random(9)
  const texts = Array.from({ length: TEXTS }, () => `${english(12, chance)} `)
  const fragments = Array.from(
    { length: FRAGMENTS },
    (_, at) => `${at === 0 ? '{"q":"' : ''}${english(10, chance)} ${at === FRAGMENTS - 1 ? '"}' : ''}`,
  )
  return {
    'openai-chat': chat(texts, fragments),
    'openai-responses': responses(texts, fragments),
    anthropic: anthropic(texts, fragments),
    gemini: gemini(texts, fragments),
    bedrock: bedrock(texts, fragments),
    cohere: cohere(texts, fragments),
  }
}

type Make = (texts: string[], fragments: string[]) => Buffer[]
const data = (value: object): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\n\n`)
const typed = (value: { type: string; [name: string]: unknown }): Buffer =>
  Buffer.from(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`)
const MODEL = 'gpt-4o-mini-2024-07-18'

const chat: Make = (texts, fragments) => {
  const head = {
    id: 'chatcmpl-9fYq2b7mVJq8QvGk1rXw3',
    object: 'chat.completion.chunk',
    created: 1_790_000_000,
    model: MODEL,
    service_tier: 'default',
    system_fingerprint: 'fp_a1b2c3d4e5',
  }
  const chunk = (delta: object, finish: string | null = null) =>
    data({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] })
  const call = (fields: object) => chunk({ tool_calls: [{ index: 0, ...fields }] })
  const details = { prompt_tokens_details: { cached_tokens: 128 }, completion_tokens_details: { reasoning_tokens: 0 } }
  return [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...texts.map((content) => chunk({ content })),
    call({ id: 'call_9fYq2b7mVJq8QvGk', type: 'function', function: { name: 'search', arguments: '' } }),
    ...fragments.map((part) => call({ function: { arguments: part } })),
    chunk({}, 'tool_calls'),
    data({ ...head, choices: [], usage: { prompt_tokens: 243, completion_tokens: 200, total_tokens: 443, ...details } }),
    Buffer.from('data: [DONE]\n\n'),
  ]
}

const responses: Make = (texts, fragments) => {
  let sequence = 0
  const event = (type: string, fields: object) => typed({ type, sequence_number: sequence++, ...fields })
  const response = { id: 'resp_67ccd2bed1ec8190b14f964abc054267', object: 'response', created_at: 1_790_000_000, model: MODEL, error: null }
  const message = { id: 'msg_67ccd2bf17f0819081ff3bb2cf6508e6', type: 'message', role: 'assistant' }
  const call = { id: 'fc_67ccd2bf17f0819081ff3bb2', type: 'function_call', call_id: 'call_9fYq2b7mVJq8QvGk', name: 'search' }
  const part = { item_id: message.id, output_index: 0, content_index: 0 }
  const text = { type: 'output_text', annotations: [], logprobs: [], text: texts.join('') }
  const said = { ...message, status: 'completed', content: [text] }
  const called = { ...call, status: 'completed', arguments: fragments.join('') }
  const usage = {
    input_tokens: 243,
    input_tokens_details: { cached_tokens: 128 },
    output_tokens: 200,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 443,
  }
  return [
    event('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } }),
    event('response.output_item.added', { output_index: 0, item: { ...message, status: 'in_progress', content: [] } }),
    event('response.content_part.added', { ...part, part: { ...text, text: '' } }),
    ...texts.map((delta) => event('response.output_text.delta', { ...part, delta, logprobs: [], obfuscation: 'aBcDeF' })),
    event('response.output_text.done', { ...part, text: text.text, logprobs: [] }),
    event('response.content_part.done', { ...part, part: text }),
    event('response.output_item.done', { output_index: 0, item: said }),
    event('response.output_item.added', { output_index: 1, item: { ...call, status: 'in_progress', arguments: '' } }),
    ...fragments.map((delta) =>
      event('response.function_call_arguments.delta', { item_id: call.id, output_index: 1, delta, obfuscation: 'aBcDeF' }),
    ),
    event('response.function_call_arguments.done', { item_id: call.id, output_index: 1, arguments: called.arguments }),
    event('response.output_item.done', { output_index: 1, item: called }),
    event('response.completed', { response: { ...response, status: 'completed', output: [said, called], usage } }),
  ]
}

const anthropic: Make = (texts, fragments) => {
  const message = { id: 'msg_014p7gG3wDgGV9EUtLvnow3U', type: 'message', role: 'assistant', model: MODEL, content: [] }
  const delta = (index: number, fields: object) => typed({ type: 'content_block_delta', index, delta: fields })
  const start = (index: number, block: object) => typed({ type: 'content_block_start', index, content_block: block })
  const stop = (index: number) => typed({ type: 'content_block_stop', index })
  return [
    typed({ type: 'message_start', message: { ...message, stop_reason: null, usage: { input_tokens: 243, output_tokens: 2 } } }),
    start(0, { type: 'text', text: '' }),
    ...texts.map((text) => delta(0, { type: 'text_delta', text })),
    stop(0),
    start(1, { type: 'tool_use', id: 'toolu_01T1x1fJ34qAmk2tNTrN7Up6', name: 'search', input: {} }),
    ...fragments.map((part) => delta(1, { type: 'input_json_delta', partial_json: part })),
    stop(1),
    typed({ type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 200 } }),
    typed({ type: 'message_stop' }),
  ]
}

/** Gemini gives calls whole, and repeats its usage in every event. */
const gemini: Make = (texts, fragments) => {
  const event = (part: object, index: number, rest: object = {}) =>
    data({
      candidates: [{ content: { parts: [part], role: 'model' }, index: 0, ...rest }],
      usageMetadata: {
        promptTokenCount: 243,
        candidatesTokenCount: index,
        totalTokenCount: 243 + index,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: 243 }],
      },
      modelVersion: MODEL,
      responseId: 'kQ4fabCdE_-x1PIP',
    })
  const args: unknown = JSON.parse(fragments.join(''))
  return [
    ...texts.map((text, index) => event({ text }, index + 1)),
    event({ functionCall: { name: 'search', args } }, TEXTS + 1, { finishReason: 'STOP' }),
  ]
}

const bedrock: Make = (texts, fragments) => {
  const frame = (event: string, value: object) => encodeFrame({ event, data: JSON.stringify(value) })
  const delta = (contentBlockIndex: number, fields: object) => frame('contentBlockDelta', { contentBlockIndex, delta: fields })
  return [
    frame('messageStart', { role: 'assistant' }),
    ...texts.map((text) => delta(0, { text })),
    frame('contentBlockStop', { contentBlockIndex: 0 }),
    frame('contentBlockStart', {
      contentBlockIndex: 1,
      start: { toolUse: { toolUseId: 'tooluse_hbTgdi0CSLq_hM4P8csZJA', name: 'search' } },
    }),
    ...fragments.map((input) => delta(1, { toolUse: { input } })),
    frame('contentBlockStop', { contentBlockIndex: 1 }),
    frame('messageStop', { stopReason: 'tool_use' }),
    frame('metadata', { usage: { inputTokens: 243, outputTokens: 200, totalTokens: 443 }, metrics: { latencyMs: 900 } }),
  ]
}

const cohere: Make = (texts, fragments) => {
  const event = (type: string, fields: object) => typed({ type, ...fields })
  const message = (fields: object) => ({ delta: { message: fields } })
  const counts = { input_tokens: 243, output_tokens: 200 }
  const call = { id: 'search_9fYq2b7mVJq8', type: 'function', function: { name: 'search', arguments: '' } }
  return [
    event('message-start', { id: 'c14c80c3-18eb-4519-9460-6c92edd8cfb4', ...message({ role: 'assistant', content: [] }) }),
    event('content-start', { index: 0, ...message({ content: { type: 'text', text: '' } }) }),
    ...texts.map((text) => event('content-delta', { index: 0, ...message({ content: { text } }) })),
    event('content-end', { index: 0 }),
    event('tool-call-start', { index: 0, ...message({ tool_calls: call }) }),
    ...fragments.map((part) => event('tool-call-delta', { index: 0, ...message({ tool_calls: { function: { arguments: part } } }) })),
    event('tool-call-end', { index: 0 }),
    event('message-end', { delta: { finish_reason: 'TOOL_CALL', usage: { billed_units: counts, tokens: counts } } }),
  ]
}
