import type { CallTarget, EncodedCall } from '../codec.ts'
import type { Call } from '../language.ts'
import { isObject, type Json } from './check.ts'
import { mistralMessages } from './mistral-messages.ts'

/** A body of OpenAI's chat as this target wants it. What it does not take is named in `dropped`. */
export function applyQuirks(body: Json, dropped: Set<string>, { call, target }: { call: Call; target: CallTarget }): EncodedCall {
  const { model, chatQuirks } = target
  if (!chatQuirks) return { body, dropped: [...dropped] }
  const { takes, names = {}, completionTokens, efforts, requiredChoice, callIdLength, messages } = chatQuirks
  const written: Json = {}
  for (const key of Object.keys(body)) {
    const value = efforts && key === 'reasoning_effort' ? effortFor(body[key], model, efforts) : body[key]
    const name = key === 'max_tokens' && completionTokens?.test(model) ? 'max_completion_tokens' : (names[key] ?? key)
    if (value === undefined || (takes && !takes.has(name))) {
      // It thinks so much as its budget said, which is named already.
      if (key !== 'reasoning_effort') dropped.add(key)
      else if (call.reasoning?.effort !== undefined) dropped.add('reasoning.effort')
    } else written[name] = value
  }
  if (requiredChoice !== undefined && written.tool_choice === 'required') written.tool_choice = requiredChoice
  if (messages === 'mistral' && Array.isArray(written.messages)) {
    written.messages = mistralMessages(written.messages as Json[], { callIdLength, dropped })
    if (Array.isArray(written.tools)) written.tools = written.tools.map(withParameters)
  }
  return { body: written, dropped: [...dropped] }
}

function effortFor(
  effort: unknown,
  model: string,
  { models, words }: NonNullable<NonNullable<CallTarget['chatQuirks']>['efforts']>,
): string | undefined {
  return models.test(model) && typeof effort === 'string' && Object.hasOwn(words, effort) ? words[effort] : undefined
}

/** A function without a schema is refused. */
function withParameters(tool: unknown): unknown {
  if (!isObject(tool) || !isObject(tool.function) || tool.function.parameters !== undefined) return tool
  return { ...tool, function: { ...tool.function, parameters: { type: 'object', properties: {} } } }
}
