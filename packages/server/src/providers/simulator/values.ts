import { type Body, Refusal } from './ask.ts'

export const isObject = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value)
export const objectIn = (value: unknown): Body => (isObject(value) ? value : {})
export const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')
/** Texts that are not empty, of one text or a list. */
export const textsIn = (value: unknown): string[] =>
  (typeof value === 'string' ? [value] : listIn(value)).filter((text): text is string => typeof text === 'string' && text !== '')

/** Undefined where the client sent none. Throws a `Refusal` for anything that is not a whole number in the range. */
export function wholeNumber(
  value: unknown,
  param: string,
  { least, most = Number.MAX_SAFE_INTEGER }: { least: number; most?: number },
): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  const range = `from ${least}${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}`
  throw new Refusal(400, `'${param}' must be a whole number ${range}.`, { param })
}

/** The list of messages under whatever name a dialect has for it. Throws a `Refusal` for an empty one. */
export function messagesIn(value: unknown, param: string): Body[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new Refusal(400, `'${param}' must be a list with at least one message.`, { param })
  }
  return value.map((message, index) => {
    if (isObject(message)) return message
    throw new Refusal(400, `'${param}.${index}' must be an object.`, { param: `${param}.${index}` })
  })
}

/** The body as an object with a `model`. Throws a `Refusal` for anything else. */
export function bodyWithModel(value: unknown): Body & { model: string } {
  if (!isObject(value)) throw new Refusal(400, 'The body must be a JSON object.')
  if (typeof value.model !== 'string' || value.model === '')
    throw new Refusal(400, 'you must provide a model parameter', { param: 'model' })
  return value as Body & { model: string }
}

/** The arguments of a call as an object, for dialects that have no text for them. */
export function argumentsOf(text: string): Body {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : { INVALID_JSON: text }
  } catch {
    return { INVALID_JSON: text }
  }
}

/** Seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000)
