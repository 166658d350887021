import { AppError } from '@signalbox/schema'
import { type Range, topLevel } from '../../lib/json-scan.ts'

/** Bodies up to this size are parsed to be sure that they are JSON; of longer ones only the top level is read. */
const PARSE_LIMIT = 65_536

/** A chat completion request as the gateway needs it: the bytes as sent, and what was read from them. */
export type ChatRequest = {
  body: Buffer
  model: string
  stream: boolean
  /** The client asked for the usage chunk itself. */
  wantsUsage: boolean
  choices: number
  ranges: { model: Range; streamOptions: Range | undefined; close: number }
}

/** Reads a `POST /v1/chat/completions` body. Throws `invalid-json` or `invalid-request`. */
export function decodeChat(body: Buffer): ChatRequest {
  if (body.length <= PARSE_LIMIT) assertJson(body)
  const found = topLevel(body)
  if (!found) throw new AppError('invalid-json', 'The body is not a JSON object.')
  const value = (key: string): unknown => {
    const range = found.get(key)
    if (!range) return undefined
    try {
      return JSON.parse(body.toString('utf8', range.start, range.end))
    } catch (cause) {
      throw new AppError('invalid-json', `\`${key}\` is not JSON.`, { cause })
    }
  }
  const model = value('model')
  const modelRange = found.get('model')
  if (typeof model !== 'string' || model === '' || !modelRange) throw invalid('model', 'must be a string')
  const stream = value('stream') ?? false
  if (typeof stream !== 'boolean') throw invalid('stream', 'must be true or false')
  if (!found.has('messages')) throw invalid('messages', 'is missing')
  if (body[found.get('messages')?.start ?? 0] !== 0x5b) throw invalid('messages', 'must be a list')
  const options = value('stream_options') as { include_usage?: unknown } | null | undefined
  if (options !== undefined && options !== null && (typeof options !== 'object' || Array.isArray(options)))
    throw invalid('stream_options', 'must be an object')
  const n = value('n')
  return {
    body,
    model,
    stream,
    wantsUsage: options?.include_usage === true,
    choices: typeof n === 'number' ? n : 1,
    ranges: { model: modelRange, streamOptions: found.get('stream_options'), close: body.lastIndexOf(0x7d) },
  }
}

/** The body for the target: the model name replaced in the buffer, the usage chunk asked for. Nothing else is touched. */
export function encodeChat(request: ChatRequest, target: { model: string; askForUsage: boolean }): Buffer[] {
  const { body, ranges } = request
  const edits: (Range & { text: string })[] = []
  if (target.model !== request.model) edits.push({ ...ranges.model, text: JSON.stringify(target.model) })
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

function usageEdit({ body, ranges: { streamOptions, close } }: ChatRequest): Range & { text: string } {
  if (!streamOptions) return { start: close, end: close, text: ',"stream_options":{"include_usage":true}' }
  const options = JSON.parse(body.toString('utf8', streamOptions.start, streamOptions.end)) as object | null
  return { ...streamOptions, text: JSON.stringify({ ...options, include_usage: true }) }
}

function assertJson(body: Buffer): void {
  try {
    JSON.parse(body.toString('utf8'))
  } catch (cause) {
    throw new AppError('invalid-json', `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
}

const invalid = (param: string, problem: string) => new AppError('invalid-request', `\`${param}\` ${problem}.`, { data: { param } })
