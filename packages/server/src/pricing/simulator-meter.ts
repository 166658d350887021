import { noUsage, type Usage } from '@signalbox/schema'

/** Counts along what one answer of a provider uses, by a rule that its kind publishes, for answers that do not tell it themselves. */
export type UsageMeter = {
  /** The head of the answer. */
  head(status: number, headers: Record<string, string | string[] | undefined>): void
  /** Bytes of it, as they come. */
  data(chunk: Buffer): void
  /** What was used so far. Cheap until it is asked. */
  used(): Usage
}

const CHARACTERS_PER_TOKEN = 4
const MEDIA_TOKENS = 100

/**
 * The simulator's published rule, for a chat completion: a token for every four Unicode code points, begun ones included, of all texts
 * of the request together, 100 for every image or sound; of the answer likewise for each choice, with reasoning, names and arguments of
 * tools. Nothing where no answer began; of one that broke off, its input and the pieces that came, but no piece of a whole one.
 */
export function simulatorMeter(request: readonly Buffer[]): UsageMeter {
  const chunks: Buffer[] = []
  let began = false
  let isStream = false
  return {
    head(status, headers) {
      began = status >= 200 && status < 300
      isStream = String(headers['content-type'] ?? '').startsWith('text/event-stream')
    },
    data: (chunk) => void (began && chunks.push(chunk)),
    used() {
      if (!began) return noUsage()
      const answer = Buffer.concat(chunks).toString('utf8')
      const said = new Map<unknown, number>()
      for (const value of isStream ? eventsIn(answer) : [parse(answer)]) addChoices(value, said)
      let output = 0
      for (const characters of said.values()) output += tokensOf(characters)
      return { ...noUsage(), input: inputOf(parse(Buffer.concat(request).toString('utf8'))), output }
    },
  }
}

function inputOf(request: unknown): number {
  let characters = 0
  let media = 0
  for (const { content } of listOf(objectOf(request).messages)) {
    if (typeof content === 'string') characters += charactersOf(content)
    for (const { type, text, refusal } of listOf(content)) {
      if (type === 'text' && typeof text === 'string') characters += charactersOf(text)
      else if (type === 'refusal' && typeof refusal === 'string') characters += charactersOf(refusal)
      else media++
    }
  }
  return tokensOf(characters) + media * MEDIA_TOKENS
}

/** Characters by the index of a choice. */
function addChoices(value: unknown, said: Map<unknown, number>): void {
  for (const { index, delta, message } of listOf(objectOf(value).choices)) {
    const { content, reasoning_content: reasoning, tool_calls: calls } = objectOf(delta ?? message)
    let characters = charactersOf(content) + charactersOf(reasoning)
    for (const call of listOf(calls)) {
      const { name, arguments: given } = objectOf(call.function)
      characters += charactersOf(name) + charactersOf(given)
    }
    said.set(index, (said.get(index) ?? 0) + characters)
  }
}

/** Whole events only: what was cut off is no piece. */
function* eventsIn(text: string): Generator<unknown> {
  for (const event of text.split('\n\n').slice(0, -1)) if (event.startsWith('data: {')) yield parse(event.slice(6))
}

const tokensOf = (characters: number): number => Math.ceil(characters / CHARACTERS_PER_TOKEN)
const charactersOf = (text: unknown): number => (typeof text === 'string' ? Array.from(text).length : 0)
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const objectOf = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})
const listOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isObject) : [])

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
