import { newTraceId } from '../../lib/ids.ts'
import type { Answer, Piece } from './answer.ts'
import { type Ask, characters, IMAGE_TOKENS, type JsonSchema, Refusal, tokensOf } from './ask.ts'
import type { Dialect } from './dialect.ts'
import { logprobsOf } from './logprobs.ts'

/** OpenAI chat completions, https://platform.openai.com/docs/api-reference/chat. */
export const openaiChat: Dialect = {
  path: '/v1/chat/completions',
  decode,
  whole,
  stream,
  error: (refusal) => JSON.stringify({ error: errorOf(refusal) }),
  errorFrame: (refusal) => `data: ${JSON.stringify({ error: errorOf(refusal) })}\n\n`,
}

type Body = { [key: string]: unknown }

function decode(body: unknown): Ask {
  if (!isObject(body)) throw new Refusal(400, 'The body must be a JSON object.')
  if (typeof body.model !== 'string' || body.model === '') throw new Refusal(400, 'you must provide a model parameter', { param: 'model' })
  const { messages } = body
  if (!Array.isArray(messages) || messages.length === 0)
    throw new Refusal(400, "'messages' must be a list with at least one message.", { param: 'messages' })

  const read = { text: '', toolResults: [] as string[], characters: 0, media: 0, images: 0 }
  for (const [index, message] of messages.entries()) readMessage(message, `messages.${index}`, read)
  const { json, schema } = responseFormat(body.response_format)
  const tools = Array.isArray(body.tools) ? body.tools.map(toolOf) : []
  return {
    model: body.model,
    text: read.text,
    toolResults: read.toolResults,
    inputTokens: tokensOf(read.characters) + read.media * IMAGE_TOKENS,
    images: read.images,
    choices: wholeNumber(body.n, 'n', { least: 1, most: 128 }) ?? 1,
    stream: body.stream === true,
    includeUsage: body.stream === true && isObject(body.stream_options) && body.stream_options.include_usage === true,
    json: schema ?? json,
    tools,
    toolChoice: toolChoice(body.tool_choice, tools),
    parallelTools: body.parallel_tool_calls !== false,
    logprobs: body.logprobs === true ? (wholeNumber(body.top_logprobs, 'top_logprobs', { least: 0, most: 20 }) ?? 0) : null,
    maxTokens:
      wholeNumber(body.max_completion_tokens, 'max_completion_tokens', { least: 1 }) ??
      wholeNumber(body.max_tokens, 'max_tokens', { least: 1 }) ??
      null,
    stop:
      typeof body.stop === 'string'
        ? [body.stop]
        : Array.isArray(body.stop)
          ? body.stop.filter((stop) => typeof stop === 'string' && stop)
          : [],
  }
}

type Read = { text: string; toolResults: string[]; characters: number; media: number; images: number }
const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function']

function readMessage(message: unknown, path: string, read: Read): void {
  if (!isObject(message)) throw new Refusal(400, `'${path}' must be an object.`, { param: path })
  const { role, content } = message
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    throw new Refusal(400, `'${path}.role' must be one of ${ROLES.join(', ')}.`, { param: `${path}.role` })
  }
  let text = ''
  let images = 0
  if (typeof content === 'string') text = content
  else if (Array.isArray(content)) {
    for (const [index, part] of content.entries()) {
      if (!isObject(part) || typeof part.type !== 'string') {
        throw new Refusal(400, `'${path}.content.${index}' must be a part with a type.`, { param: `${path}.content.${index}` })
      }
      if (part.type === 'text' && typeof part.text === 'string') text += part.text
      else if (part.type === 'refusal' && typeof part.refusal === 'string') text += part.refusal
      else read.media++
      if (part.type === 'image_url') images++
    }
  } else if (content !== null && content !== undefined) {
    throw new Refusal(400, `'${path}.content' must be text or a list of parts.`, { param: `${path}.content` })
  } else if (role === 'user') {
    throw new Refusal(400, `'${path}.content' is missing.`, { param: `${path}.content` })
  }
  read.characters += characters(text)
  read.images += images
  if (role === 'user') {
    read.text = text
    read.toolResults = []
  } else if (role === 'tool' || role === 'function') read.toolResults.push(text)
}

function responseFormat(format: unknown): { json: true | null; schema: JsonSchema | null } {
  if (!isObject(format) || format.type === 'text') return { json: null, schema: null }
  if (format.type === 'json_object') return { json: true, schema: null }
  const named = isObject(format.json_schema) ? format.json_schema : {}
  if (format.type !== 'json_schema' || !isObject(named.schema)) {
    throw new Refusal(400, "'response_format' must be text, json_object, or json_schema with a schema.", { param: 'response_format' })
  }
  return { json: true, schema: named.schema }
}

function toolOf(tool: unknown, index: number): Ask['tools'][number] {
  const inner = isObject(tool) ? (tool.type === 'custom' ? tool.custom : tool.function) : undefined
  if (!isObject(inner) || typeof inner.name !== 'string') {
    throw new Refusal(400, `'tools.${index}.function.name' is missing.`, { param: `tools.${index}.function.name` })
  }
  return { name: inner.name, parameters: isObject(inner.parameters) ? inner.parameters : { type: 'object' } }
}

function toolChoice(choice: unknown, tools: Ask['tools']): string {
  if (choice === undefined || choice === null) return 'auto'
  if (typeof choice === 'string' && ['auto', 'none', 'required'].includes(choice)) {
    if (choice === 'required' && tools.length === 0)
      throw new Refusal(400, "'tool_choice' is required, but there are no tools.", { param: 'tool_choice' })
    return choice
  }
  const named = isObject(choice) && isObject(choice.function) ? choice.function.name : undefined
  if (tools.some((tool) => tool.name === named)) return String(named)
  throw new Refusal(400, "'tool_choice' must be none, auto, required, or the name of one of the tools.", { param: 'tool_choice' })
}

function wholeNumber(
  value: unknown,
  param: string,
  { least, most = Number.MAX_SAFE_INTEGER }: { least: number; most?: number },
): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw new Refusal(400, `'${param}' must be a whole number from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}.`, {
    param,
  })
}

const FINISH = { stop: 'stop', length: 'length', tools: 'tool_calls' } as const

function whole(ask: Ask, answer: Answer): string {
  const id = newId()
  const message = {
    role: 'assistant',
    content: answer.text === '' && answer.calls.length > 0 ? null : answer.text,
    refusal: null,
    annotations: [],
    ...(answer.calls.length > 0 && {
      tool_calls: answer.calls.map((call, index) => ({ id: callId(id, index), type: 'function', function: call })),
    }),
  }
  const finish_reason = FINISH[answer.finish]
  const logprobs =
    ask.logprobs === null ? null : { content: answer.pieces.flatMap((piece) => tokensIn(piece, ask.logprobs ?? 0)), refusal: null }
  const usage = usageOf(answer)
  return JSON.stringify({
    id,
    object: 'chat.completion',
    created: now(),
    model: ask.model,
    choices: Array.from({ length: ask.choices }, (_, index) => ({ index, message, logprobs, finish_reason })),
    ...(usage && { usage }),
    service_tier: 'default',
    system_fingerprint: 'simulator',
  })
}

function stream(ask: Ask, answer: Answer): ReturnType<Dialect['stream']> {
  const id = newId()
  const before = `data: {"id":"${id}","object":"chat.completion.chunk","created":${now()},"model":${JSON.stringify(ask.model)},"service_tier":"default","system_fingerprint":"simulator","choices":[`
  const after = ask.includeUsage ? '],"usage":null}\n\n' : ']}\n\n'
  const frames = (delta: string, logprobs: string, finish: string): string => {
    let text = ''
    for (let index = 0; index < ask.choices; index++) {
      text += `${before}{"index":${index},"delta":${delta},"logprobs":${logprobs},"finish_reason":${finish}}${after}`
    }
    return text
  }
  const logprobs = (piece: Piece): string =>
    ask.logprobs === null || !('text' in piece) ? 'null' : JSON.stringify({ content: tokensIn(piece, ask.logprobs), refusal: null })
  const usage = usageOf(answer)
  const last = ask.includeUsage && usage ? `${before}],"usage":${JSON.stringify(usage)}}\n\n` : ''
  return {
    head: frames('{"role":"assistant","content":"","refusal":null}', 'null', 'null'),
    chunks: answer.pieces.map((piece) => frames(deltaOf(piece, id), logprobs(piece), 'null')),
    tail: `${frames('{}', 'null', `"${FINISH[answer.finish]}"`)}${last}data: [DONE]\n\n`,
  }
}

function deltaOf(piece: Piece, id: string): string {
  if ('text' in piece) return `{"content":${JSON.stringify(piece.text)}}`
  const call =
    piece.name === null
      ? { index: piece.call, function: { arguments: piece.fragment } }
      : { index: piece.call, id: callId(id, piece.call), type: 'function', function: { name: piece.name, arguments: piece.fragment } }
  return JSON.stringify({ tool_calls: [call] })
}

const tokensIn = (piece: Piece, top: number) => ('text' in piece ? logprobsOf(piece.text, top) : [])

function usageOf({ usage: { input, output, reported } }: Answer): Body | null {
  if (reported === null) return null
  const { input: _input, output: _output, cached, reasoning, ...own } = reported ?? {}
  const usage = {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached ?? 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoning ?? 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }
  return {
    ...usage,
    ...own,
    prompt_tokens_details: { ...usage.prompt_tokens_details, ...(own.prompt_tokens_details as object | undefined) },
    completion_tokens_details: { ...usage.completion_tokens_details, ...(own.completion_tokens_details as object | undefined) },
  }
}

const TYPES: Record<number, string> = { 401: 'authentication_error', 403: 'permission_error', 429: 'rate_limit_error' }
const errorOf = ({ status, message, code, param }: Parameters<Dialect['error']>[0]) => ({
  message,
  type: TYPES[status] ?? (status >= 500 ? 'server_error' : 'invalid_request_error'),
  param,
  code,
})

const newId = (): string => `chatcmpl-sim-${newTraceId().slice(0, 24)}`
const callId = (id: string, index: number): string => `call_${id.slice(-12)}_${index}`
const now = (): number => Math.floor(Date.now() / 1000)
const isObject = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value)
