import { type Range, topLevel } from '../../../lib/json-scan.ts'
import type { WholeFacts } from '../openai-whole.ts'
import { objectOf, textOf, type Untyped } from '../untyped.ts'

const PARSE_LIMIT = 262_144
const QUOTE = 0x22

/** What a whole answer of Cohere's chat says of itself. A long body is not parsed: only its small top-level values are. */
export function cohereWholeFacts(body: Buffer): WholeFacts {
  const answer = body.length <= PARSE_LIMIT ? parse(body.toString('utf8')) : shallow(body)
  const { finish_reason, usage, message } = objectOf(answer)
  return {
    isJson: typeof answer === 'object' && answer !== null,
    model: '',
    finishReason: textOf(finish_reason),
    usage: usage ?? undefined,
    // The message of an answer is an object, that of an error its text.
    error: textOf(message),
  }
}

function shallow(body: Buffer): Untyped | undefined {
  const found = topLevel(body)
  if (!found) return undefined
  const value = (range: Range | undefined): unknown => range && parse(body.toString('utf8', range.start, range.end))
  const message = found.get('message')
  return {
    finish_reason: value(found.get('finish_reason')),
    usage: value(found.get('usage')),
    ...(message && body[message.start] === QUOTE && { message: value(message) }),
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
