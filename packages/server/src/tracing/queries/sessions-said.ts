import type { Turn } from '@signalbox/schema'

/** The spans of a trace that may say what was asked and answered; '' where there is none. */
export type Ends = { faceId: string; faceKind: string; firstCall: string; lastCall: string }
/** A payload as it is stored; `read` and `wrote` are empty where they are too long to be read here. */
export type Payload = { spanId: string; inputBytes: number; outputBytes: number; read: string; wrote: string }

type Said = NonNullable<Turn['input']>
type Json = Said['value']
type Item = { [key: string]: Json }

/** What of a payload is answered; a longer one is opened in its trace. */
const MOST_CHARACTERS = 64 * 1024

/**
 * What a turn began and ended with: what the root says, where it is not itself a call of a model, else what the first call of a model
 * read and the last one wrote. An app sends the whole conversation along each time; what is new in it is the turn.
 */
export function readSaid(
  { faceId, faceKind, firstCall, lastCall }: Ends,
  payloads: ReadonlyMap<string, Payload>,
): Pick<Turn, 'input' | 'output'> {
  const face = payloads.get(faceId)
  const own = faceKind === 'llm' ? undefined : face
  const first = payloads.get(firstCall)
  const last = payloads.get(lastCall)
  const input = own && own.inputBytes > 0 ? inputOf(own, own) : first ? inputOf(first, last ?? first) : face ? inputOf(face, face) : null
  const answer = own && own.outputBytes > 0 ? own : (last ?? face)
  return { input, output: answer && answer.outputBytes > 0 ? outputOf(answer) : null }
}

/** The new messages of the first call, and what came to them until the last. */
function inputOf(first: Payload, last: Payload): Said | null {
  if (first.inputBytes === 0) return null
  const asked = parse(first.read)
  const list = listIn(asked)
  const whole = { spanId: first.spanId, bytes: first.inputBytes }
  if (!list) return limited({ ...whole, value: asked, earlier: 0 }, first.read === '')
  const begin = list.items.findLastIndex(isAnswer) + 1
  // Where nothing follows the last answer, the answer was begun for the model, and is part of what it was asked.
  const from = begin >= list.items.length ? 0 : begin
  const later = last === first ? null : listIn(parse(last.read))
  const longer = later && later.items.length >= list.items.length ? later : list
  return limited({ ...whole, value: longer.with(longer.items.slice(from)), earlier: from }, false)
}

/** An agent may write all that was said; the answer is what stands behind the last question. */
function outputOf(answer: Payload): Said {
  const wrote = parse(answer.wrote)
  const list = listIn(wrote)
  const whole = { spanId: answer.spanId, bytes: answer.outputBytes }
  const from = list ? list.items.findLastIndex(({ role }) => role === 'user' || role === 'human') + 1 : 0
  if (!list || from === 0 || from >= list.items.length) return limited({ ...whole, value: wrote, earlier: 0 }, answer.wrote === '')
  return limited({ ...whole, value: list.with(list.items.slice(from)), earlier: from }, false)
}

function limited(said: Omit<Said, 'cut'>, unread: boolean): Said {
  const tooLong = unread || JSON.stringify(said.value).length > MOST_CHARACTERS
  return { ...said, value: tooLong ? null : said.value, cut: tooLong }
}

const isAnswer = ({ role, type }: Item): boolean =>
  role === 'assistant' || role === 'model' || role === 'ai' || (role === undefined && (type === 'function_call' || type === 'reasoning'))

/** Where APIs of models keep the messages of a request. */
const LISTS = ['messages', 'input', 'contents'] as const

/** The messages of a payload, and the same payload with others in their place. */
function listIn(value: Json): { items: Item[]; with: (items: Item[]) => Json } | null {
  if (isMessages(value)) return { items: value, with: (items) => items }
  if (!isItem(value)) return null
  for (const name of LISTS) {
    const list = value[name]
    if (list !== undefined && isMessages(list)) return { items: list, with: (items) => ({ ...value, [name]: items }) }
  }
  return null
}

const isItem = (value: Json): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value)
const isMessages = (value: Json): value is Item[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((item) => isItem(item) && (typeof item.role === 'string' || typeof item.type === 'string'))

function parse(text: string): Json {
  if (text === '') return null
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
