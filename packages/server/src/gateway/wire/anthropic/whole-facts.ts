import { type Range, topLevel } from '../../../lib/json-scan.ts'
import type { WholeFacts } from '../openai-whole.ts'
import { decodeErrorBody } from './errors.ts'
import { type Fields, isObject } from './fields.ts'

const PARSE_LIMIT = 262_144

/** What a whole Messages answer says of itself. A long body is not parsed: only its small top-level values are. */
export function anthropicWholeFacts(body: Buffer): WholeFacts {
  const answer = body.length <= PARSE_LIMIT ? parse(body.toString('utf8')) : shallow(body)
  const message = isObject(answer) ? answer : {}
  return {
    isJson: typeof answer === 'object' && answer !== null,
    model: typeof message.model === 'string' ? message.model : '',
    finishReason: typeof message.stop_reason === 'string' ? message.stop_reason : '',
    usage: message.usage ?? undefined,
    error: message.type === 'error' || message.error ? decodeErrorBody(message).message : '',
  }
}

function shallow(body: Buffer): Fields | undefined {
  const found = topLevel(body)
  if (!found) return undefined
  const value = (range: Range | undefined): unknown => range && parse(body.toString('utf8', range.start, range.end))
  return Object.fromEntries(['type', 'model', 'stop_reason', 'usage', 'error'].map((name) => [name, value(found.get(name))]))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
