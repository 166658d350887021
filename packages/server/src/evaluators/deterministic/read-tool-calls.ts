import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { jsonOf } from '../row.ts'

export type Call = { name: string; args: Record<string, unknown> | undefined }

type Anything = Record<string, unknown>
const isObject = (value: unknown): value is Anything => typeof value === 'object' && value !== null && !Array.isArray(value)
/** Where answers and messages of all dialects keep what they hold. */
const INSIDE = ['choices', 'message', 'messages', 'tool_calls', 'toolCalls', 'output', 'content', 'candidates', 'parts', 'function_call']
const ARGUMENTS = ['arguments', 'args', 'input', 'parameters']
const DEEPEST = 8

/** The calls of tools in anything: plain ones, and the answers and messages of OpenAI, Anthropic, Gemini and Cohere. */
export function callsIn(value: unknown, depth = 0): Call[] {
  if (depth > DEEPEST) return []
  if (Array.isArray(value)) return value.flatMap((member) => callsIn(member, depth + 1))
  if (!isObject(value)) return []
  if (isObject(value.function) && typeof value.function.name === 'string') return [callOf(value.function.name, value.function)]
  if (isObject(value.functionCall) && typeof value.functionCall.name === 'string')
    return [callOf(value.functionCall.name, value.functionCall)]
  const isCall = value.type === 'tool_use' || value.type === 'function_call' || (value.role === undefined && typeof value.name === 'string')
  if (isCall && typeof value.name === 'string') return [callOf(value.name, value)]
  return INSIDE.flatMap((field) => callsIn(value[field], depth + 1))
}

function callOf(name: string, holder: Anything): Call {
  const given = ARGUMENTS.map((field) => holder[field]).find((found) => found !== undefined)
  const args = jsonOf(given)
  return { name, args: isObject(args) ? args : undefined }
}

/** The calls that were made: in the answer, else in the messages, else the spans of tools. */
export function callsMade({ output, messages, spans }: EvaluatorRow): Call[] {
  const inAnswer = callsIn(jsonOf(output))
  if (inAnswer.length > 0) return inAnswer
  const inMessages = callsIn(messages)
  if (inMessages.length > 0) return inMessages
  return (spans ?? []).filter(({ kind }) => kind?.toLowerCase() === 'tool').map(({ name, input }) => callOf(name, { input }))
}

/** The calls that are expected: objects, or names alone, where the arguments do not matter. */
export function callsWanted(expected: unknown): Call[] {
  const value = jsonOf(expected) ?? expected
  if (typeof value === 'string') return [{ name: value, args: undefined }]
  if (Array.isArray(value))
    return value.flatMap((member) => (typeof member === 'string' ? [{ name: member, args: undefined }] : callsIn(member)))
  return callsIn(value)
}
