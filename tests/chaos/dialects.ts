/** What a client of one dialect made of an answer. */
export type Heard = {
  text: string
  /** The dialect's own words for a complete answer were there, and nothing that cannot be read or says that it failed. */
  clean: boolean
  /** An event could not be read. */
  broken?: boolean
}
type Asking = { model: string; script: string; stream: boolean }
/** A client that knows no more than its own API: how it asks, and how it reads what comes. */
export type Client = {
  path(asking: Asking): string
  body(asking: Asking): object
  /** How often a reader has seen a piece of the text: in a part of a stream as well. */
  pieces(raw: string): number
  hear(raw: string, stream: boolean): Heard
}

type Json = Record<string, unknown>
const objectOf = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.map(objectOf) : [])
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Data of events in their order; `broken` where one of them cannot be read. */
function eventsIn(raw: string): { events: Json[]; done: boolean; broken: boolean } {
  const found = { events: [] as Json[], done: false, broken: false }
  const frames = raw.split(/\r?\n\r?\n/)
  // What stands behind the last blank line is no event.
  for (const frame of frames.slice(0, -1)) {
    const data = frame
      .split(/\r?\n/)
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart())
      .join('\n')
    if (data === '') continue
    if (data === '[DONE]') found.done = true
    else
      try {
        found.events.push(objectOf(JSON.parse(data)))
      } catch {
        found.broken = true
      }
  }
  return found
}

function wholeIn(raw: string): Json | undefined {
  try {
    return objectOf(JSON.parse(raw))
  } catch {
    return undefined
  }
}

/** Of tokens: more than any answer here has. A budget sets it aside for each call. */
const MOST = 100
const occurrences = (raw: string, what: RegExp): number => raw.match(what)?.length ?? 0
const geminiText = (answer: Json): string =>
  listOf(objectOf(listOf(answer.candidates)[0]?.content).parts)
    .map(({ text }) => textOf(text))
    .join('')
const responseText = (answer: Json): string =>
  listOf(answer.output)
    .flatMap(({ content }) => listOf(content).map(({ text }) => textOf(text)))
    .join('')

/** The dialects of the clients. */
export const clients = {
  chat: {
    path: () => '/v1/chat/completions',
    body: ({ model, script, stream }) => ({
      model,
      max_tokens: MOST,
      messages: [{ role: 'user', content: script }],
      ...(stream && { stream }),
    }),
    pieces: (raw) => occurrences(raw, /"delta":\{"content":"[^"]/g),
    hear(raw, stream) {
      if (!stream) {
        const choice = listOf(wholeIn(raw)?.choices)[0]
        return { text: textOf(objectOf(choice?.message).content), clean: choice?.finish_reason === 'stop' }
      }
      const { events, done, broken } = eventsIn(raw)
      const choices = events.flatMap((event) => listOf(event.choices))
      const finished = choices.some((choice) => choice.finish_reason === 'stop')
      const failed = broken || events.some((event) => 'error' in event)
      return { text: choices.map(({ delta }) => textOf(objectOf(delta).content)).join(''), clean: done && finished && !failed, broken }
    },
  },
  messages: {
    path: () => '/v1/messages',
    body: ({ model, script, stream }) => ({
      model,
      max_tokens: MOST,
      messages: [{ role: 'user', content: script }],
      ...(stream && { stream }),
    }),
    pieces: (raw) => occurrences(raw, /"type":"text_delta"/g),
    hear(raw, stream) {
      if (!stream) {
        const answer = wholeIn(raw) ?? {}
        return {
          text: listOf(answer.content)
            .map(({ text }) => textOf(text))
            .join(''),
          clean: answer.stop_reason === 'end_turn',
        }
      }
      const { events, broken } = eventsIn(raw)
      const failed = broken || events.some(({ type }) => type === 'error')
      return {
        text: events.map(({ delta }) => textOf(objectOf(delta).text)).join(''),
        clean: events.at(-1)?.type === 'message_stop' && !failed,
        broken,
      }
    },
  },
  gemini: {
    path: ({ model, stream }) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: ({ script }) => ({
      contents: [{ role: 'user', parts: [{ text: script }] }],
      generationConfig: { maxOutputTokens: MOST },
    }),
    pieces: (raw) => occurrences(raw, /"text":"[^"]/g),
    hear(raw, stream) {
      const { events, broken } = stream ? eventsIn(raw) : { events: [wholeIn(raw) ?? {}], broken: false }
      const finished = events.some((event) => listOf(event.candidates)[0]?.finishReason === 'STOP')
      return { text: events.map(geminiText).join(''), clean: finished && !broken && !events.some((event) => 'error' in event) }
    },
  },
  responses: {
    path: () => '/v1/responses',
    body: ({ model, script, stream }) => ({ model, input: script, max_output_tokens: MOST, ...(stream && { stream }) }),
    pieces: (raw) => occurrences(raw, /"type":"response\.output_text\.delta"/g),
    hear(raw, stream) {
      if (!stream) {
        const answer = wholeIn(raw) ?? {}
        return { text: responseText(answer), clean: answer.status === 'completed' }
      }
      const { events, broken } = eventsIn(raw)
      const deltas = events.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => textOf(delta))
      const failed = broken || events.some(({ type }) => type === 'error' || type === 'response.failed')
      return { text: deltas.join(''), clean: events.at(-1)?.type === 'response.completed' && !failed }
    },
  },
} as const satisfies Record<string, Client>
export type Dialect = keyof typeof clients
export const DIALECTS = Object.keys(clients) as Dialect[]
