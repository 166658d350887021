import { newTraceId } from '../../lib/ids.ts'
import { type Ask, askOf, Refusal } from './ask.ts'
import type { Dialect, Incoming } from './dialect.ts'
import { hear } from './hear.ts'
import { openaiErrorBody } from './openai-errors.ts'
import { isObject, listIn, objectIn, textsIn } from './values.ts'

/** OpenAI moderations. What names a category, such as `violence` or `self-harm`, is flagged for it, and nothing else. */
export const moderations: Dialect = {
  name: 'moderations',
  path: '/v1/moderations',
  decode,
  whole: (ask, answer) => {
    const inputs = ask.text === answer.text ? inputsOf(ask.body.input) : [answer.text]
    return JSON.stringify({ id: `modr-sim-${newTraceId()}`, model: ask.model, results: inputs.map(resultOf) })
  },
  error: openaiErrorBody,
}

function decode(request: Incoming): Ask {
  const body = request.json()
  if (!isObject(body)) throw new Refusal(400, 'The body must be a JSON object.')
  const inputs = inputsOf(body.input)
  if (inputs.length === 0) throw new Refusal(400, "'input' must be a text, a list of texts, or a list of parts.", { param: 'input' })
  const media = listIn(body.input).filter((part) => objectIn(part).type === 'image_url').length
  const heard = hear(inputs.map((text, index) => ({ by: 'user', text, media: index === 0 ? media : 0, images: index === 0 ? media : 0 })))
  return askOf({ body, model: typeof body.model === 'string' ? body.model : 'echo', ...heard, outputTokens: 0 })
}

/** Parts are judged together. */
function inputsOf(input: unknown): string[] {
  const parts = listIn(input).filter(isObject)
  return parts.length > 0 ? [parts.flatMap((part) => textsIn(part.text)).join('')] : textsIn(input)
}

const CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
]

function resultOf(text: string) {
  const found = new Set(CATEGORIES.filter((category) => text.toLowerCase().includes(category)))
  const each = <Value>(value: (category: string) => Value) => Object.fromEntries(CATEGORIES.map((name) => [name, value(name)]))
  return {
    flagged: found.size > 0,
    categories: each((name) => found.has(name)),
    category_scores: each((name) => (found.has(name) ? 0.99 : 0.01)),
    category_applied_input_types: each((name) => (found.has(name) ? ['text'] : [])),
  }
}
