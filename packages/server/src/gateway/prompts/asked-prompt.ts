import type { Range } from '../../lib/json-scan.ts'

/** A prompt that a request asks for, as `name@label`, and where it says so. */
export type AskedPrompt = { ref: string; by: 'model' | 'body' | 'header' }

export const PROMPT_MODEL = 'prompt:'
const QUOTE = 0x22

type Told = {
  body: Buffer
  /** Of the field `prompt`, where there is one. */
  field: Range | undefined
  model: unknown
  header: string | undefined
}

/**
 * Whether a request of a chat dialect is to be rendered from a prompt: its model is `prompt:NAME@LABEL`, its field `prompt` is a text, or
 * the header says so. A field `prompt` that is an object is OpenAI's own, of its stored prompts, and none of ours.
 */
export function askedPrompt({ body, field, model, header }: Told): AskedPrompt | undefined {
  const isModel = typeof model === 'string' && model.startsWith(PROMPT_MODEL)
  if (field && body[field.start] === QUOTE) return { ref: JSON.parse(body.toString('utf8', field.start, field.end)) as string, by: 'body' }
  if (header !== undefined) return { ref: header, by: 'header' }
  return isModel ? { ref: model.slice(PROMPT_MODEL.length), by: 'model' } : undefined
}
