import { AppError } from '@signalbox/schema'

/**
 * The one prompt of a call: a string, or a list of one. Several prompts are several answers in one, and token ids mean something
 * only to the model they were made for, so both are refused.
 */
export function decodePrompt(prompt: unknown): string {
  if (typeof prompt === 'string') return prompt
  if (prompt === undefined || prompt === null) throw refuse('is missing', 'Send the text to complete as a string.')
  if (!Array.isArray(prompt) || prompt.length === 0) throw refuse('must be a string or a list of one string', 'Send one string.')
  if (prompt.some((one) => typeof one !== 'string'))
    throw refuse('must be text, not token ids', 'Send the text; a model of another provider has other tokens.')
  if (prompt.length > 1)
    throw refuse(`has ${prompt.length} entries, but only one prompt can be answered`, 'Send one request for each prompt.')
  return prompt[0] as string
}

const refuse = (problem: string, hint: string): AppError =>
  new AppError('invalid-request', `\`prompt\` ${problem}.`, { hint, data: { param: 'prompt' } })
