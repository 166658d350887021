import { AppError, type CallPrompt } from '@signalbox/schema'
import { type Range, topLevel } from '../../lib/json-scan.ts'
import { type AskedPrompt, askedPrompt } from '../prompts/asked-prompt.ts'
import { describeForm, fieldText, formParts, isForm } from './form.ts'

/** Bodies up to this size are parsed to be sure that they are JSON; of longer ones only the top level is read. */
const PARSE_LIMIT = 65_536

/** What a dialect's requests have at their top level. */
export type RequestShape = {
  /** A list that has to be there. */
  list?: string
  /** Model and stream stand in the path and not in the body. */
  inPath?: boolean
  /** Knows `stream_options.include_usage`. */
  streamOptions?: boolean
  /** Whether a model has to be named: it may be left out, or there is none. */
  model?: 'optional' | 'none'
  /** There is no body. */
  empty?: boolean
  /** May ask for a prompt by name, which brings what is missing here. */
  prompts?: true
  /** What else has to be read: fields that say what is charged. */
  reads?: readonly string[]
}

/** A client's request as the gateway needs it: the bytes as sent, and what was read from them. */
export type WireRequest = {
  body: Buffer
  model: string
  stream: boolean
  /** The client asked for the usage chunk itself, or its dialect always sends usage. */
  wantsUsage: boolean
  ranges: { model: Range | undefined; streamOptions: Range | undefined; close: number }
  /** The most that the answer may be long, in tokens, by whatever name the dialect has for it. */
  maxOutputTokens?: number
  /** How many answers are asked for, where it is more than one. */
  answers?: number
  /** Whom the app serves, where the body says so. */
  user?: string
  /** What the shape reads; of a form it is text. */
  fields?: Record<string, unknown>
  /** The prompt that it asks for, until that is rendered, and what it was rendered from then. */
  asked?: AskedPrompt
  prompt?: PromptOfCall
  /** A form: its fields and the names and sizes of its files as JSON, for the record. */
  described?: Buffer
}

/** What a request knows of the prompt that it was rendered from. */
export type PromptOfCall = {
  start: CallPrompt
  /** The request as it goes to a target: with the variant that is meant for it. Without one it is the usual text. */
  forTarget(target?: { provider: { kind: string }; model: string }): WireRequest
}

/** What the path of a request says. */
export type Address = {
  model?: string
  stream?: boolean
  asArray?: boolean
  /** The id of a file or a batch. */
  id?: string
  /** With its `?`, for operations whose query the provider reads; else ''. */
  query?: string
  contentType?: string
  /** What the header `x-signalbox-prompt` says. */
  prompt?: string
}

/** Reads the top level of a body. Throws `invalid-json` or `invalid-request`. */
export function decodeRequest(body: Buffer, shape: RequestShape, address: Address = {}): WireRequest {
  if (shape.empty) return { body, model: '', stream: false, wantsUsage: true, ranges: NOWHERE }
  if (isForm(address.contentType)) return decodeForm(body, shape, address.contentType)
  const whole = body.length <= PARSE_LIMIT ? (readJson(body) as Record<string, unknown> | null) : undefined
  const found = topLevel(body)
  if (!found) throw new AppError('invalid-json', 'The body is not a JSON object.')
  const value = (key: string): unknown => {
    const range = found.get(key)
    if (!range) return undefined
    if (whole) return whole[key]
    try {
      return JSON.parse(body.toString('utf8', range.start, range.end))
    } catch (cause) {
      throw new AppError('invalid-json', `\`${key}\` is not JSON.`, { cause })
    }
  }
  const named = shape.inPath ? address.model : value('model')
  const asked = shape.prompts && askedPrompt({ body, field: found.get('prompt'), model: named, header: address.prompt })
  const model = asked && (named === undefined || named === null) ? '' : modelOf(shape, named)
  const stream = (shape.inPath ? address.stream : value('stream')) ?? false
  if (typeof stream !== 'boolean') throw invalid('stream', 'must be true or false')
  if (shape.list) {
    const range = found.get(shape.list)
    if (!range && !asked) throw invalid(shape.list, 'is missing')
    if (range && body[range.start] !== 0x5b) throw invalid(shape.list, 'must be a list')
  }
  const options = shape.streamOptions ? (value('stream_options') as { include_usage?: unknown } | null | undefined) : undefined
  if (options !== undefined && options !== null && (typeof options !== 'object' || Array.isArray(options)))
    throw invalid('stream_options', 'must be an object')
  return {
    body,
    model,
    stream,
    wantsUsage: !shape.streamOptions || options?.include_usage === true,
    ranges: {
      model: shape.inPath || shape.model === 'none' ? undefined : found.get('model'),
      streamOptions: shape.streamOptions ? found.get('stream_options') : undefined,
      close: body.lastIndexOf(0x7d),
    },
    ...readCaps((key) => {
      const range = found.get(key)
      return range && (whole ? whole[key] : parsed(body, range))
    }),
    ...(shape.reads && { fields: Object.fromEntries(shape.reads.map((name) => [name, value(name)])) }),
    ...(asked && { asked }),
  }
}

/** The names that dialects have for the most that an answer may be long. Where several are said, the largest is what may come. */
const MAXIMA = ['max_completion_tokens', 'max_output_tokens', 'max_tokens']
const CONFIGS = ['generationConfig', 'generation_config']
const USERS = ['safety_identifier', 'user']
/** A user's name is at most so long. */
const MOST_USER = 1000

type Caps = Pick<WireRequest, 'maxOutputTokens' | 'answers' | 'user'>

/** How long and how many the answers may be, and for whom, by any dialect's names. What is not of its type is the provider's to refuse. */
function readCaps(value: (key: string) => unknown): Caps {
  const caps: Caps = {}
  const first = (keys: readonly string[], read: (key: string) => unknown): unknown => {
    for (const key of keys) {
      const one = read(key)
      if (one !== undefined && one !== null) return one
    }
    return undefined
  }
  const config = first(CONFIGS, value) as Record<string, unknown> | undefined
  const maxima = [...MAXIMA.map(value), config?.maxOutputTokens, config?.max_output_tokens].map(count).filter((most) => most !== undefined)
  const answers = Math.max(count(value('n')) ?? 1, count(value('best_of')) ?? 1, count(config?.candidateCount) ?? 1)
  if (maxima.length > 0) caps.maxOutputTokens = Math.max(...maxima)
  if (answers > 1) caps.answers = answers
  const user = first(USERS, value) ?? (value('metadata') as { user_id?: unknown } | undefined | null)?.user_id
  if (typeof user === 'string' && user !== '') caps.user = user.slice(0, MOST_USER)
  return caps
}

const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

function parsed(body: Buffer, { start, end }: Range): unknown {
  try {
    return JSON.parse(body.toString('utf8', start, end))
  } catch {
    return undefined
  }
}

const NOWHERE: WireRequest['ranges'] = { model: undefined, streamOptions: undefined, close: -1 }

function decodeForm(body: Buffer, shape: RequestShape, contentType: string): WireRequest {
  const parts = formParts(body, contentType)
  const model = modelOf(shape, fieldText(body, parts, 'model'))
  return {
    body,
    model,
    stream: fieldText(body, parts, 'stream') === 'true',
    wantsUsage: true,
    ranges: {
      ...NOWHERE,
      model: model === '' ? undefined : parts.findLast(({ name, filename }) => name === 'model' && filename === undefined),
    },
    ...(shape.reads && { fields: Object.fromEntries(shape.reads.map((name) => [name, fieldText(body, parts, name)])) }),
    described: Buffer.from(describeForm(body, parts)),
  }
}

function modelOf(shape: RequestShape, model: unknown): string {
  if (shape.model === 'none') return ''
  if (shape.model === 'optional' && (model === undefined || model === null)) return ''
  if (typeof model !== 'string' || model === '') throw invalid('model', 'must be a string')
  return model
}

/** The body for a target of the same dialect: the model name replaced in the buffer, the usage chunk asked for. Nothing else is touched. */
export function encodeRequest(request: WireRequest, target: { model: string; askForUsage: boolean }): Buffer[] {
  const { body, ranges } = request
  const edits: (Range & { text: string })[] = []
  if (ranges.model && target.model !== request.model)
    edits.push({ start: ranges.model.start, end: ranges.model.end, text: request.described ? target.model : JSON.stringify(target.model) })
  if (target.askForUsage) edits.push(usageEdit(request))
  if (edits.length === 0) return [body]
  edits.sort((a, b) => a.start - b.start)
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end, text } of edits) {
    pieces.push(body.subarray(at, start), Buffer.from(text))
    at = end
  }
  pieces.push(body.subarray(at))
  return pieces
}

function usageEdit({ body, ranges: { streamOptions, close } }: WireRequest): Range & { text: string } {
  if (!streamOptions) return { start: close, end: close, text: ',"stream_options":{"include_usage":true}' }
  const options = JSON.parse(body.toString('utf8', streamOptions.start, streamOptions.end)) as object | null
  return { ...streamOptions, text: JSON.stringify({ ...options, include_usage: true }) }
}

/** The body that was parsed last: what decides about a call asks for the same one again, in the same turn. */
let latest: { body: Buffer; value: unknown } | undefined

/** A body as JSON, which nobody may change. Throws a `SyntaxError`. */
export function parseBody(body: Buffer): unknown {
  if (latest?.body === body) return latest.value
  const value: unknown = JSON.parse(body.toString('utf8'))
  if (body.length <= PARSE_LIMIT) latest = { body, value }
  return value
}

function readJson(body: Buffer): unknown {
  try {
    return parseBody(body)
  } catch (cause) {
    throw new AppError('invalid-json', `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

const invalid = (param: string, problem: string) => new AppError('invalid-request', `\`${param}\` ${problem}.`, { data: { param } })
