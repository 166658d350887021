/** What a client asks, in no dialect's words. */
type Asked = { model: string; text: string; system?: string; stream: boolean }

/** What a body, or one event of a stream, says. Tokens are cumulative. `ended`: the answer is whole with this. */
export type Told = { text?: string; input?: number; output?: number; error?: string; ended?: boolean }

/** How a client of one dialect asks the gateway for a text, and reads the answer. */
export type CallDialect = {
  path(asked: Asked): string
  headers(key: string): Record<string, string>
  body(asked: Asked): unknown
  /** Of a parsed body. */
  whole(body: unknown): Told
  /** Of the parsed data of one event. */
  event(data: unknown): Told
  /** What ends a stream in place of an event. */
  endMark?: string
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })

const chat: CallDialect = {
  path: () => '/v1/chat/completions',
  headers: bearer,
  body: ({ model, text, system, stream }) => ({
    model,
    ...(stream && { stream, stream_options: { include_usage: true } }),
    messages: [...(system ? [{ role: 'system', content: system }] : []), { role: 'user', content: text }],
  }),
  whole: (body) => chatTold(body, 'message'),
  event: (data) => chatTold(data, 'delta'),
  endMark: '[DONE]',
}

function chatTold(body: unknown, part: 'message' | 'delta'): Told {
  const said = at(body, 'choices', 0, part)
  return told({
    text: at(said, 'content') ?? at(said, 'refusal'),
    input: at(body, 'usage', 'prompt_tokens'),
    output: at(body, 'usage', 'completion_tokens'),
    error: errorIn(body),
  })
}

const responses: CallDialect = {
  path: () => '/v1/responses',
  headers: bearer,
  body: ({ model, text, system, stream }) => ({ model, ...(stream && { stream }), ...(system && { instructions: system }), input: text }),
  whole: (body) => ({
    ...told({ text: textIn(itemsAt(body, 'output').flatMap((item) => itemsAt(item, 'content'))) }),
    ...responsesTold(body),
  }),
  event: (data) => {
    const type = at(data, 'type')
    if (type === 'response.output_text.delta' || type === 'response.refusal.delta') return told({ text: at(data, 'delta') })
    if (type === 'error') return { error: errorIn(data) ?? String(at(data, 'message') ?? 'The stream broke.') }
    const ended = type === 'response.completed' || type === 'response.incomplete'
    return ended || type === 'response.failed' ? { ...responsesTold(at(data, 'response')), ...(ended && { ended }) } : {}
  },
}

const responsesTold = (response: unknown): Told =>
  told({ input: at(response, 'usage', 'input_tokens'), output: at(response, 'usage', 'output_tokens'), error: errorIn(response) })

/** `max_tokens` is required; every model of the last years can say as much. */
const MAX_TOKENS = 4096

const anthropic: CallDialect = {
  path: () => '/v1/messages',
  headers: (key) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  body: ({ model, text, system, stream }) => ({
    model,
    max_tokens: MAX_TOKENS,
    ...(stream && { stream }),
    ...(system && { system }),
    messages: [{ role: 'user', content: text }],
  }),
  whole: (body) => ({ ...told({ text: textIn(itemsAt(body, 'content')), error: errorIn(body) }), ...anthropicUsage(at(body, 'usage')) }),
  event: (data) => ({
    ...told({ text: at(data, 'delta', 'text'), error: errorIn(data) }),
    ...anthropicUsage(at(data, 'message', 'usage') ?? at(data, 'usage')),
    ...(at(data, 'type') === 'message_stop' && { ended: true }),
  }),
}

/** What was read from a cache or written to one stands beside `input_tokens`. */
function anthropicUsage(usage: unknown): Told {
  const parts = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'].map((name) => at(usage, name))
  const counted = parts.filter((part) => typeof part === 'number')
  return told({ input: counted.length > 0 ? counted.reduce((sum, part) => sum + part, 0) : undefined, output: at(usage, 'output_tokens') })
}

const gemini: CallDialect = {
  path: ({ model, stream }) =>
    `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers: (key) => ({ 'x-goog-api-key': key }),
  body: ({ text, system }) => ({
    ...(system && { systemInstruction: { parts: [{ text: system }] } }),
    contents: [{ role: 'user', parts: [{ text }] }],
  }),
  whole: geminiTold,
  event: geminiTold,
}

function geminiTold(body: unknown): Told {
  const candidate = at(body, 'candidates', 0)
  const usage = at(body, 'usageMetadata')
  const [said, thought] = [at(usage, 'candidatesTokenCount'), at(usage, 'thoughtsTokenCount')]
  const output = typeof said === 'number' || typeof thought === 'number' ? Number(said ?? 0) + Number(thought ?? 0) : undefined
  const text = textIn(itemsAt(at(candidate, 'content'), 'parts').filter((part) => at(part, 'thought') !== true))
  return {
    ...told({ text, input: at(usage, 'promptTokenCount'), output, error: errorIn(body) }),
    ...((at(candidate, 'finishReason') ?? at(body, 'promptFeedback', 'blockReason')) !== undefined && { ended: true }),
  }
}

const cohere: CallDialect = {
  path: () => '/v2/chat',
  headers: bearer,
  body: ({ model, text, system, stream }) => ({
    model,
    ...(stream && { stream }),
    messages: [...(system ? [{ role: 'system', content: system }] : []), { role: 'user', content: text }],
  }),
  whole: (body) => ({
    ...told({ text: textIn(itemsAt(at(body, 'message'), 'content')), error: cohereError(body) }),
    ...cohereUsage(at(body, 'usage')),
  }),
  event: (data) => {
    const type = at(data, 'type')
    if (type === 'content-delta') return told({ text: at(data, 'delta', 'message', 'content', 'text') })
    if (type !== 'message-end') return {}
    const delta = at(data, 'delta')
    return { ...told({ error: at(delta, 'error') }), ...cohereUsage(at(delta, 'usage')), ended: true }
  },
  endMark: '[DONE]',
}

/** Errors are nothing but `{ message }`; of an answer `message` is an object. */
const cohereError = (body: unknown): unknown => (typeof at(body, 'message') === 'string' ? at(body, 'message') : undefined)

const cohereUsage = (usage: unknown): Told =>
  told({ input: at(usage, 'tokens', 'input_tokens'), output: at(usage, 'tokens', 'output_tokens') })

/** By the name that `--dialect` takes. */
export const callDialects = { openai: chat, responses, anthropic, gemini, cohere } as const satisfies Record<string, CallDialect>

/** The message of an error in any of the shapes: `{ error: { message } }`. */
export function errorIn(body: unknown): string | undefined {
  const error = at(body, 'error')
  if (error === undefined || error === null) return undefined
  const message = at(error, 'message')
  return typeof message === 'string' ? message : JSON.stringify(error)
}

/** What stands at a place in parsed JSON, undefined where there is nothing. */
export function at(value: unknown, ...place: (string | number)[]): unknown {
  let found = value
  for (const step of place)
    found = typeof found === 'object' && found !== null ? (found as Record<string | number, unknown>)[step] : undefined
  return found
}

const itemsAt = (value: unknown, name: string): unknown[] => {
  const found = at(value, name)
  return Array.isArray(found) ? found : []
}

const textIn = (parts: readonly unknown[]): string =>
  parts
    .map((part) => at(part, 'text') ?? at(part, 'refusal'))
    .filter((text) => typeof text === 'string')
    .join('')

/** Keeps what has the right type. */
function told({ text, input, output, error }: { [K in keyof Told]: unknown }): Told {
  return {
    ...(typeof text === 'string' && { text }),
    ...(typeof input === 'number' && { input }),
    ...(typeof output === 'number' && { output }),
    ...(typeof error === 'string' && { error }),
  }
}
