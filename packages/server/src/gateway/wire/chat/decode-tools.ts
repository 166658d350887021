import type { Call, Tool } from '../language.ts'
import { flagAt, invalid, isObject, type Json, listAt, objectAt, textAt } from './check.ts'
import { cacheOf } from './decode-content.ts'
import type { ChatNotes } from './notes.ts'

type Decoded = {
  call: Pick<Call, 'tools' | 'serverTools' | 'toolChoice' | 'parallelToolCalls'>
  extras: [string, unknown][]
}

/**
 * `tools`, `tool_choice` and the older `functions`, `function_call`. Custom tools, whose input is free text, and tools that a
 * vendor runs stand among the `serverTools`: only chat can carry them.
 */
export function decodeTools(body: Json, notes: ChatNotes): Decoded {
  const tools: Tool[] = []
  const serverTools: Call['serverTools'] = []
  for (const [index, tool] of (listAt(body, 'tools') ?? []).entries()) {
    const path = `tools[${index}]`
    if (!isObject(tool)) throw invalid(path, 'must be an object')
    const type = textAt(tool, 'type', `${path}.type`) ?? 'function'
    if (type === 'function') tools.push(decodeFunction(tool, path))
    else serverTools.push({ dialect: 'openai-chat', name: nameOf(tool, type, path), value: tool })
  }
  const functions = listAt(body, 'functions')
  if (functions || isFunctionChoice(body.function_call)) notes.legacyFunctions = true
  for (const [index, value] of (functions ?? []).entries()) {
    const path = `functions[${index}]`
    if (!isObject(value)) throw invalid(path, 'must be an object')
    tools.push(toolOf(value, path))
  }
  const parallel = flagAt(body, 'parallel_tool_calls')
  const choice = decodeChoice(body)
  return {
    call: {
      tools,
      serverTools,
      ...(choice.toolChoice && { toolChoice: choice.toolChoice }),
      ...(parallel !== undefined && { parallelToolCalls: parallel }),
    },
    extras: choice.extras,
  }
}

/** The names of the client's custom tools: calls of them hold text, `{"input":"…"}` in the inner language. */
export const customTools = (call: Call): Set<string> =>
  new Set(
    call.serverTools.flatMap(({ dialect, name, value }) =>
      dialect === 'openai-chat' && isObject(value) && value.type === 'custom' ? [name] : [],
    ),
  )

function decodeFunction(tool: Json, path: string): Tool {
  const value = objectAt(tool, 'function', `${path}.function`)
  if (!value) throw invalid(`${path}.function`, 'is missing')
  const cache = cacheOf(tool) ?? cacheOf(value)
  return { ...toolOf(value, `${path}.function`), ...(cache && { cache }) }
}

function toolOf(value: Json, path: string): Tool {
  const name = textAt(value, 'name', `${path}.name`)
  if (!name) throw invalid(`${path}.name`, 'is missing')
  const description = textAt(value, 'description', `${path}.description`)
  const parameters = objectAt(value, 'parameters', `${path}.parameters`)
  const strict = flagAt(value, 'strict', `${path}.strict`)
  const own = Object.entries(value).filter(([key, one]) => !OF_FUNCTIONS.has(key) && one !== undefined)
  return {
    name,
    ...(description !== undefined && { description }),
    ...(parameters && { parameters }),
    ...(strict !== undefined && { strict }),
    ...(own.length > 0 && { native: { dialect: 'openai-chat', value: Object.fromEntries(own) } }),
  }
}

const OF_FUNCTIONS = new Set(['name', 'description', 'parameters', 'strict', 'cache_control'])

function nameOf(tool: Json, type: string, path: string): string {
  if (type !== 'custom') return type
  const name = isObject(tool.custom) ? textAt(tool.custom, 'name', `${path}.custom.name`) : undefined
  if (!name) throw invalid(`${path}.custom.name`, 'is missing')
  return name
}

const CHOICES = new Set(['auto', 'none', 'required'])
const isFunctionChoice = (choice: unknown): boolean => choice !== undefined && choice !== null

function decodeChoice(body: Json): { toolChoice?: NonNullable<Call['toolChoice']>; extras: [string, unknown][] } {
  const isTools = body.tool_choice !== undefined && body.tool_choice !== null
  const param = isTools ? 'tool_choice' : 'function_call'
  const choice = isTools ? body.tool_choice : body.function_call
  if (choice === undefined || choice === null) return { extras: [] }
  if (choice === 'any') return { toolChoice: { type: 'required' }, extras: [] }
  if (typeof choice === 'string') {
    if (!CHOICES.has(choice)) throw invalid(param, 'must be `auto`, `none`, `required` or an object')
    return { toolChoice: { type: choice as 'auto' | 'none' | 'required' }, extras: [] }
  }
  if (!isObject(choice)) throw invalid(param, 'must be a string or an object')
  const { allowed_tools: allowed } = choice
  if (choice.type === 'allowed_tools' && isObject(allowed))
    // The mode is for any target; which tools are allowed, only chat knows.
    return { toolChoice: { type: allowed.mode === 'required' ? 'required' : 'auto' }, extras: [['tool_choice', choice]] }
  const named = isTools ? (choice.type === 'custom' ? choice.custom : choice.function) : choice
  const name = isObject(named) ? textAt(named, 'name', `${param}.name`) : undefined
  if (!name) throw invalid(param, 'must name a tool')
  return { toolChoice: { type: 'tool', name }, extras: [] }
}
