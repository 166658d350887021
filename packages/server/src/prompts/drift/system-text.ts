/** What tells a model how to behave, in a request of any dialect; undefined where there is nothing of it, or the request is none. */
export function systemTextOf(request: unknown): string | undefined {
  if (!isObject(request)) return undefined
  const texts = [
    ...textsOf(request.system),
    ...textsOf(request.instructions),
    ...textsOf(request.systemInstruction ?? request.system_instruction),
    ...saidBySystem(request.messages),
    ...saidBySystem(request.input),
  ]
  const text = normal(texts.join(' '))
  return text === '' ? undefined : text
}

/** Texts are compared without regard to white space. */
export const normal = (text: string): string => text.replace(/\s+/g, ' ').trim()

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function saidBySystem(messages: unknown): string[] {
  if (!Array.isArray(messages)) return []
  return messages.flatMap((message) =>
    isObject(message) && (message.role === 'system' || message.role === 'developer') ? textsOf(message.content) : [],
  )
}

function textsOf(content: unknown): string[] {
  if (typeof content === 'string') return [content]
  if (Array.isArray(content)) return content.flatMap(textsOf)
  if (!isObject(content)) return []
  return typeof content.text === 'string' ? [content.text] : textsOf(content.parts)
}
