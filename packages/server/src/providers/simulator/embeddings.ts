import type { Answer } from './answer.ts'
import { type Ask, askOf, Refusal } from './ask.ts'
import type { Dialect, Incoming } from './dialect.ts'
import { hear } from './hear.ts'
import { openaiErrorBody } from './openai-errors.ts'
import { bodyWithModel, textsIn, wholeNumber } from './values.ts'
import { DIMENSIONS, vectorOf } from './vectors.ts'

/** OpenAI embeddings: the same text always has the same unit vector. A list is one of texts, or of token numbers. */
export const embeddings: Dialect = {
  name: 'embeddings',
  path: '/v1/embeddings',
  decode,
  whole,
  error: openaiErrorBody,
}

function decode(request: Incoming): Ask {
  const body = bodyWithModel(request.json())
  const inputs = inputsOf(body.input)
  wholeNumber(body.dimensions, 'dimensions', { least: 1, most: 4096 })
  const { encoding_format: format = 'float' } = body
  if (format !== 'float' && format !== 'base64') {
    throw new Refusal(400, "'encoding_format' must be float or base64.", { param: 'encoding_format' })
  }
  return askOf({ body, model: body.model, ...hear(inputs.map((text) => ({ by: 'user', text }))), outputTokens: 0 })
}

/** Token numbers stand for themselves, as text. */
function inputsOf(input: unknown): string[] {
  const isNumbers = (value: unknown): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((token) => typeof token === 'number')
  if (isNumbers(input)) return [input.join(' ')]
  if (Array.isArray(input) && input.length > 0 && input.every(isNumbers)) return input.map((tokens) => tokens.join(' '))
  const texts = textsIn(input)
  if (texts.length === 0 || (Array.isArray(input) && texts.length < input.length)) {
    throw new Refusal(400, "'input' must be a text, or a list of texts or tokens, none of them empty.", { param: 'input' })
  }
  return texts
}

function whole(ask: Ask, { usage: { input, own } }: Answer): string {
  const { dimensions = DIMENSIONS, encoding_format } = ask.body
  const data = inputsOf(ask.body.input).map((text, index) => {
    const vector = vectorOf(text, Number(dimensions))
    const embedding = encoding_format === 'base64' ? Buffer.from(vector.buffer).toString('base64') : [...vector]
    return { object: 'embedding', index, embedding }
  })
  const usage = own && { usage: { prompt_tokens: input, total_tokens: input, ...own } }
  return JSON.stringify({ object: 'list', data, model: ask.model, ...usage })
}
