import type { ServerResponse } from 'node:http'
import type { ProviderDialect } from '../providers/kinds.ts'
import { encodeFrame } from './wire/bedrock/event-stream.ts'

/** What every mock answers: a text, then a call of a tool, with 10 input and 5 output tokens. */
export const SAID = 'Grüß dich, 世界'
export const TOOL = { name: 'look', arguments: { city: 'Paris', days: [1, 2] } }
const ARGUMENTS = JSON.stringify(TOOL.arguments)
const [ONE, TWO] = [SAID.slice(0, 4), SAID.slice(4)]
const [HALF, REST] = [ARGUMENTS.slice(0, 9), ARGUMENTS.slice(9)]

type Mock = {
  whole: object
  /** The bytes of a stream, event by event. */
  stream: (string | Buffer)[]
  contentType: string
  /** An error body as the provider writes it. */
  error: object
  /** The name of the model that answers. */
  model: string
}

const sse = (event: object, name = ''): string => `${name && `event: ${name}\n`}data: ${JSON.stringify(event)}\n\n`
const named = (event: { type: string; [key: string]: unknown }): string => sse(event, event.type)

const chatChunk = (delta: object, finish: string | null = null) =>
  sse({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [{ index: 0, delta, finish_reason: finish }] })
const chatUsage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const chatCall = (args: string) => ({ index: 0, id: 'call_1', type: 'function', function: { name: TOOL.name, arguments: args } })

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-sonnet-4-5' }
const responseItems = [
  { id: 'm1', type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: SAID, annotations: [] }] },
  { id: 'f1', type: 'function_call', status: 'completed', call_id: 'call_1', name: TOOL.name, arguments: ARGUMENTS },
]
const response = (status: string, output: object[]) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'gpt-5-pro',
  status,
  output,
  ...(status === 'completed' && { usage: { input_tokens: 10, output_tokens: 5, total_tokens: 15 } }),
})
const geminiChunk = (parts: object[], more: object = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...more }],
  modelVersion: 'gemini-2.5-pro',
  responseId: 'g1',
})
const geminiUsage = { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 }
const frame = (event: string, data: object): Buffer => encodeFrame({ event, data: JSON.stringify(data) })

/** Recorded shapes of each provider, for tests of the walk. */
export const mocks: Record<ProviderDialect, Mock> = {
  'openai-chat': {
    model: 'gpt-4o',
    contentType: 'text/event-stream',
    whole: {
      id: 'c1',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-4o',
      choices: [
        { index: 0, message: { role: 'assistant', content: SAID, tool_calls: [chatCall(ARGUMENTS)] }, finish_reason: 'tool_calls' },
      ],
      usage: chatUsage,
    },
    stream: [
      chatChunk({ role: 'assistant', content: '' }),
      chatChunk({ content: ONE }),
      chatChunk({ content: TWO }),
      chatChunk({ tool_calls: [chatCall('')] }),
      chatChunk({ tool_calls: [{ index: 0, function: { arguments: HALF } }] }),
      chatChunk({ tool_calls: [{ index: 0, function: { arguments: REST } }] }),
      chatChunk({}, 'tool_calls'),
      sse({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [], usage: chatUsage }),
      'data: [DONE]\n\n',
    ],
    error: { error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
  },
  'openai-responses': {
    model: 'gpt-5-pro',
    contentType: 'text/event-stream',
    whole: response('completed', responseItems),
    stream: [
      named({ type: 'response.created', sequence_number: 0, response: response('in_progress', []) }),
      named({
        type: 'response.output_item.added',
        sequence_number: 1,
        output_index: 0,
        item: { ...responseItems[0], status: 'in_progress', content: [] },
      }),
      named({
        type: 'response.content_part.added',
        sequence_number: 2,
        item_id: 'm1',
        output_index: 0,
        content_index: 0,
        part: { type: 'output_text', text: '', annotations: [] },
      }),
      named({ type: 'response.output_text.delta', sequence_number: 3, item_id: 'm1', output_index: 0, content_index: 0, delta: ONE }),
      named({ type: 'response.output_text.delta', sequence_number: 4, item_id: 'm1', output_index: 0, content_index: 0, delta: TWO }),
      named({ type: 'response.output_text.done', sequence_number: 5, item_id: 'm1', output_index: 0, content_index: 0, text: SAID }),
      named({ type: 'response.output_item.done', sequence_number: 6, output_index: 0, item: responseItems[0] }),
      named({
        type: 'response.output_item.added',
        sequence_number: 7,
        output_index: 1,
        item: { ...responseItems[1], status: 'in_progress', arguments: '' },
      }),
      named({ type: 'response.function_call_arguments.delta', sequence_number: 8, item_id: 'f1', output_index: 1, delta: ARGUMENTS }),
      named({ type: 'response.function_call_arguments.done', sequence_number: 9, item_id: 'f1', output_index: 1, arguments: ARGUMENTS }),
      named({ type: 'response.output_item.done', sequence_number: 10, output_index: 1, item: responseItems[1] }),
      named({ type: 'response.completed', sequence_number: 11, response: response('completed', responseItems) }),
    ],
    error: { error: { message: 'slow down', type: 'requests', param: null, code: 'rate_limit_exceeded' } },
  },
  anthropic: {
    model: 'claude-sonnet-4-5',
    contentType: 'text/event-stream; charset=utf-8',
    whole: {
      ...message,
      content: [
        { type: 'text', text: SAID },
        { type: 'tool_use', id: 'call_1', name: TOOL.name, input: TOOL.arguments },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 10, output_tokens: 5 },
    },
    stream: [
      named({
        type: 'message_start',
        message: { ...message, content: [], stop_reason: null, usage: { input_tokens: 10, output_tokens: 1 } },
      }),
      named({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
      named({ type: 'ping' }),
      named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ONE } }),
      named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: TWO } }),
      named({ type: 'content_block_stop', index: 0 }),
      named({ type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 'call_1', name: TOOL.name, input: {} } }),
      named({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: HALF } }),
      named({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: REST } }),
      named({ type: 'content_block_stop', index: 1 }),
      named({ type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 5 } }),
      named({ type: 'message_stop' }),
    ],
    error: { type: 'error', error: { type: 'rate_limit_error', message: 'slow down' } },
  },
  gemini: {
    model: 'gemini-2.5-pro',
    contentType: 'text/event-stream',
    whole: {
      ...geminiChunk([{ text: SAID }, { functionCall: { name: TOOL.name, args: TOOL.arguments } }], { finishReason: 'STOP' }),
      usageMetadata: geminiUsage,
    },
    stream: [
      sse(geminiChunk([{ text: ONE }])),
      sse(geminiChunk([{ text: TWO }])),
      sse({
        ...geminiChunk([{ functionCall: { name: TOOL.name, args: TOOL.arguments } }], { finishReason: 'STOP' }),
        usageMetadata: geminiUsage,
      }),
    ],
    error: { error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED' } },
  },
  bedrock: {
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    contentType: 'application/vnd.amazon.eventstream',
    whole: {
      output: {
        message: {
          role: 'assistant',
          content: [{ text: SAID }, { toolUse: { toolUseId: 'call_1', name: TOOL.name, input: TOOL.arguments } }],
        },
      },
      stopReason: 'tool_use',
      usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 },
      metrics: { latencyMs: 5 },
    },
    stream: [
      frame('messageStart', { role: 'assistant' }),
      frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: ONE } }),
      frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: TWO } }),
      frame('contentBlockStop', { contentBlockIndex: 0 }),
      frame('contentBlockStart', { contentBlockIndex: 1, start: { toolUse: { toolUseId: 'call_1', name: TOOL.name } } }),
      frame('contentBlockDelta', { contentBlockIndex: 1, delta: { toolUse: { input: ARGUMENTS } } }),
      frame('contentBlockStop', { contentBlockIndex: 1 }),
      frame('messageStop', { stopReason: 'tool_use' }),
      frame('metadata', { usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 }, metrics: { latencyMs: 5 } }),
    ],
    error: { message: 'slow down' },
  },
  cohere: {
    model: 'command-a-03-2025',
    contentType: 'text/event-stream',
    whole: {
      id: 'co1',
      finish_reason: 'TOOL_CALL',
      message: {
        role: 'assistant',
        content: [{ type: 'text', text: SAID }],
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: TOOL.name, arguments: ARGUMENTS } }],
      },
      usage: { billed_units: { input_tokens: 10, output_tokens: 5 }, tokens: { input_tokens: 10, output_tokens: 5 } },
    },
    stream: [
      named({ type: 'message-start', id: 'co1', delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [] } } }),
      named({ type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
      named({ type: 'content-delta', index: 0, delta: { message: { content: { text: ONE } } } }),
      named({ type: 'content-delta', index: 0, delta: { message: { content: { text: TWO } } } }),
      named({ type: 'content-end', index: 0 }),
      named({
        type: 'tool-call-start',
        index: 0,
        delta: { message: { tool_calls: { id: 'call_1', type: 'function', function: { name: TOOL.name, arguments: '' } } } },
      }),
      named({ type: 'tool-call-delta', index: 0, delta: { message: { tool_calls: { function: { arguments: ARGUMENTS } } } } }),
      named({ type: 'tool-call-end', index: 0 }),
      named({
        type: 'message-end',
        delta: {
          finish_reason: 'TOOL_CALL',
          usage: { billed_units: { input_tokens: 10, output_tokens: 5 }, tokens: { input_tokens: 10, output_tokens: 5 } },
        },
      }),
    ],
    error: { message: 'slow down' },
  },
}

/** Answers as the provider would; a stream in its events, the last `cutAt` of them and the end left out, or broken off. */
export function play(
  response: ServerResponse,
  dialect: ProviderDialect,
  { stream, upTo, thenBreak }: { stream: boolean; upTo?: number; thenBreak?: boolean },
): void {
  const mock = mocks[dialect]
  if (!stream) return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(mock.whole))
  response.writeHead(200, { 'content-type': mock.contentType })
  for (const event of mock.stream.slice(0, upTo)) response.write(event)
  if (thenBreak) setTimeout(() => response.destroy(), 20)
  else response.end()
}
