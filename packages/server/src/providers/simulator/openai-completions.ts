import { newTraceId } from '../../lib/ids.ts'
import type { Answer } from './answer.ts'
import { type Ask, askOf, Refusal } from './ask.ts'
import type { Dialect, Frames, Incoming } from './dialect.ts'
import { hear } from './hear.ts'
import { logprobsOf } from './logprobs.ts'
import { openaiUsage } from './openai-chat.ts'
import { openaiErrorBody } from './openai-errors.ts'
import { bodyWithModel, isObject, now, textsIn, wholeNumber } from './values.ts'

/** OpenAI legacy completions, https://platform.openai.com/docs/api-reference/completions. One prompt per request, as text. */
export const openaiCompletions: Dialect = {
  name: 'completions',
  path: '/v1/completions',
  decode,
  whole,
  stream,
  error: openaiErrorBody,
}

function decode(request: Incoming): Ask {
  const body = bodyWithModel(request.json())
  const prompt = Array.isArray(body.prompt) && body.prompt.length === 1 ? body.prompt[0] : body.prompt
  if (typeof prompt !== 'string') throw new Refusal(400, "'prompt' must be one text: the simulator answers no lists.", { param: 'prompt' })
  return askOf({
    body,
    model: body.model,
    ...hear([{ by: 'user', text: prompt }]),
    choices: wholeNumber(body.n, 'n', { least: 1, most: 128 }) ?? 1,
    stream: body.stream === true,
    includeUsage: body.stream === true && isObject(body.stream_options) && body.stream_options.include_usage === true,
    logprobs: wholeNumber(body.logprobs, 'logprobs', { least: 0, most: 5 }) ?? null,
    maxTokens: wholeNumber(body.max_tokens, 'max_tokens', { least: 0 }) ?? null,
    stop: textsIn(body.stop),
  })
}

const finishOf = (answer: Answer): string => (answer.finish === 'length' ? 'length' : 'stop')
const textsOf = ({ pieces }: Answer): string[] => pieces.flatMap((piece) => ('text' in piece ? [piece.text] : []))
const echoed = (ask: Ask): string => (ask.body.echo === true ? ask.text : '')
const common = (ask: Ask) => ({
  id: `cmpl-sim-${newTraceId().slice(0, 24)}`,
  object: 'text_completion',
  created: now(),
  model: ask.model,
  system_fingerprint: 'simulator',
})

function whole(ask: Ask, answer: Answer): string {
  const text = echoed(ask) + answer.text
  const logprobs = logprobsIn(ask, [echoed(ask), ...textsOf(answer)])
  const usage = openaiUsage(answer)
  return JSON.stringify({
    ...common(ask),
    choices: Array.from({ length: ask.choices }, (_, index) => ({ text, index, logprobs, finish_reason: finishOf(answer) })),
    ...(usage && { usage }),
  })
}

function stream(ask: Ask, answer: Answer): Frames {
  const base = common(ask)
  let offset = 0
  const frame = (text: string, finish_reason: string | null): string => {
    const logprobs = logprobsIn(ask, [text], offset)
    offset += text.length
    const choice = (index: number) => ({ text, index, logprobs, finish_reason })
    return Array.from({ length: ask.choices }, (_, index) => data({ ...base, choices: [choice(index)], ...nothingYet })).join('')
  }
  const nothingYet = ask.includeUsage ? { usage: null } : {}
  const usage = openaiUsage(answer)
  return {
    head: echoed(ask) === '' ? '' : frame(echoed(ask), null),
    chunks: answer.pieces.map((piece) => ('text' in piece ? frame(piece.text, null) : '')),
    tail: `${frame('', finishOf(answer))}${ask.includeUsage && usage ? data({ ...base, choices: [], usage }) : ''}data: [DONE]\n\n`,
    error: (refusal) => `data: ${openaiErrorBody(refusal)}\n\n`,
  }
}

/** The older shape: parallel lists. */
function logprobsIn(ask: Ask, texts: string[], offset = 0) {
  const { logprobs } = ask
  if (logprobs === null) return null
  const tokens = texts.flatMap((text) => logprobsOf(text, logprobs))
  let place = offset
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map((token) => Object.fromEntries(token.top_logprobs.map((other) => [other.token, other.logprob]))),
    text_offset: tokens.map(({ token }) => {
      place += token.length
      return place - token.length
    }),
  }
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`
