import { type Range, topLevel } from '../../lib/json-scan.ts'

const PARSE_LIMIT = 262_144

export type WholeFacts = { isJson: boolean; model: string; finishReason: string; usage: unknown; error: string }

/** What a whole chat completion says of itself. A long body is not parsed: only its small top-level values are. */
export function wholeFacts(body: Buffer): WholeFacts {
  const answer = (body.length <= PARSE_LIMIT ? parse(body.toString('utf8')) : shallow(body)) as Answer | undefined
  const error = answer?.error
  return {
    isJson: typeof answer === 'object',
    model: typeof answer?.model === 'string' ? answer.model : '',
    finishReason: answer?.choices?.[0]?.finish_reason ?? '',
    usage: answer?.usage ?? undefined,
    error: typeof error === 'string' ? error : (error?.message ?? ''),
  }
}

type Answer = {
  model?: unknown
  usage?: unknown
  error?: string | { message?: string } | null
  choices?: { finish_reason?: string | null }[]
}

function shallow(body: Buffer): Answer | undefined {
  const found = topLevel(body)
  if (!found) return undefined
  const value = (range: Range | undefined) => range && parse(body.toString('utf8', range.start, range.end))
  return { model: value(found.get('model')), usage: value(found.get('usage')) }
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value ?? undefined
  } catch {
    return undefined
  }
}
