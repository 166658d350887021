import { topLevel } from '../../../lib/json-scan.ts'
import type { WholeFacts } from '../openai-whole.ts'
import { type Json, parseObject, textOf } from './json.ts'
import { finishReasonOf, messageOf } from './watch.ts'

const PARSE_LIMIT = 262_144

/** What a whole response object says of itself. A long body is not parsed: only its small top-level values are. */
export function responsesWholeFacts(body: Buffer): WholeFacts {
  const response = body.length <= PARSE_LIMIT ? parseObject(body.toString('utf8')) : shallow(body)
  if (!response) return { isJson: false, model: '', finishReason: '', usage: undefined, error: '' }
  const isFailed = response.status === 'failed' || response.status === 'cancelled'
  return {
    isJson: true,
    model: textOf(response.model),
    finishReason: finishReasonOf(response),
    usage: response.usage ?? undefined,
    error: response.error ? messageOf(response.error) : isFailed ? textOf(response.status) : '',
  }
}

const SMALL = ['model', 'status', 'incomplete_details', 'usage', 'error']

function shallow(body: Buffer): Json | undefined {
  const found = topLevel(body)
  if (!found) return undefined
  const values = SMALL.flatMap((key) => {
    const range = found.get(key)
    return range ? [`"${key}":${body.toString('utf8', range.start, range.end)}`] : []
  })
  return parseObject(`{${values.join(',')}}`)
}
