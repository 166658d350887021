import { topLevel } from '../../../lib/json-scan.ts'
import type { WholeFacts } from '../openai-whole.ts'
import { readAnswerError } from './errors.ts'
import { type Fields, isFields } from './fields.ts'

const PARSE_LIMIT = 262_144
/** More than the largest `finishReason` that exists. */
const WORD = 64
const FINISH = Buffer.from('"finishReason"')

/** What a whole Gemini answer says of itself. A long body is not parsed: only its small top-level values are. */
export function wholeFacts(body: Buffer): WholeFacts {
  const answer = body.length <= PARSE_LIMIT ? parse(body.toString('utf8')) : shallow(body)
  if (!isFields(answer)) return { isJson: answer !== undefined, model: '', finishReason: '', usage: undefined, error: errorOf(answer) }
  const { modelVersion, usageMetadata } = answer
  return {
    isJson: true,
    model: typeof modelVersion === 'string' ? modelVersion : '',
    finishReason: finishReasonOf(answer),
    usage: usageMetadata ?? undefined,
    error: errorOf(answer),
  }
}

const errorOf = (body: unknown): string => readAnswerError(body)?.message ?? ''

function finishReasonOf({ candidates, promptFeedback }: Fields): string {
  const first: unknown = Array.isArray(candidates) ? candidates[0] : undefined
  if (isFields(first) && typeof first.finishReason === 'string') return first.finishReason
  return isFields(promptFeedback) && typeof promptFeedback.blockReason === 'string' ? promptFeedback.blockReason : ''
}

function shallow(body: Buffer): Fields | undefined {
  const found = topLevel(body)
  if (!found) return undefined
  const value = (name: string): unknown => {
    const range = found.get(name)
    return range && parse(body.toString('utf8', range.start, range.end))
  }
  const candidates = found.get('candidates')
  // Inside of a string the quotes have backslashes, so what is found is the key.
  const at = candidates ? body.indexOf(FINISH, candidates.start) : -1
  const word = at === -1 ? undefined : /^"finishReason"\s*:\s*"([A-Z_]+)"/.exec(body.toString('latin1', at, at + WORD))?.[1]
  return {
    modelVersion: value('modelVersion'),
    usageMetadata: value('usageMetadata'),
    promptFeedback: value('promptFeedback'),
    error: value('error'),
    ...(word && { candidates: [{ finishReason: word }] }),
  }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value ?? undefined
  } catch {
    return undefined
  }
}
