import { textOf } from './openai-answer.ts'
import { sseValues } from './sse-values.ts'

const IS_WHOLE = /\.(done|completed)$/

/** A stream of images, speech or a transcript as what its last events say: of several a list. */
export function foldEndpoint(sse: string): unknown {
  const whole = [...sseValues(sse)].filter(({ type }) => typeof type === 'string' && IS_WHOLE.test(type))
  return whole.length > 1 ? { data: whole } : whole[0]
}

type Request = { input?: unknown; prompt?: unknown; file?: { filename?: unknown }; image?: { filename?: unknown } }

/** What an embedding, a moderation, an image or speech was asked for; of a form without such words the name of its file. */
export function endpointInput(request: unknown): string {
  if (typeof request !== 'object' || request === null) return ''
  const { input, prompt, file, image } = request as Request
  const named = file?.filename ?? image?.filename
  return listText(input) || listText(prompt) || (typeof named === 'string' ? `[${named}]` : '')
}

const listText = (value: unknown): string =>
  Array.isArray(value)
    ? value
        .map((item) => (typeof item === 'string' ? item : textOf([item])))
        .join(' ')
        .trim()
    : textOf(value)

/** What was heard; other answers say nothing that can be read. */
export function endpointText(answer: unknown): string {
  const text = (answer as { text?: unknown } | undefined | null)?.text
  return typeof text === 'string' ? text : ''
}
