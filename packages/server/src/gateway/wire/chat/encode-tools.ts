import type { Call } from '../language.ts'
import type { Json } from './check.ts'
import { customTools } from './decode-tools.ts'

/** `tools`, `tool_choice` and `parallel_tool_calls`. Tools that another vendor runs are named in `dropped`. */
export function encodeTools(call: Call, dropped: Set<string>): Json {
  const isChat = call.dialect === 'openai-chat'
  const tools: unknown[] = call.tools.map(({ name, description, parameters, strict, cache, native }) => {
    if (cache && !isChat) dropped.add('cache_control')
    const own = native?.dialect === 'openai-chat' ? native.value : {}
    return {
      type: 'function',
      function: {
        name,
        ...(description !== undefined && { description }),
        ...(parameters && { parameters }),
        ...(strict !== undefined && { strict }),
        ...own,
      },
      ...(cache && isChat && { cache_control: { type: 'ephemeral', ...cache } }),
    }
  })
  for (const { dialect, name, value } of call.serverTools) {
    if (dialect === 'openai-chat') tools.push(value)
    else dropped.add(name)
  }
  // OpenAI refuses these two without tools.
  const has = tools.length > 0 || isChat
  return {
    ...(tools.length > 0 && { tools }),
    ...(has && call.toolChoice && { tool_choice: encodeChoice(call, call.toolChoice) }),
    ...(has && call.parallelToolCalls !== undefined && { parallel_tool_calls: call.parallelToolCalls }),
  }
}

function encodeChoice(call: Call, choice: NonNullable<Call['toolChoice']>): unknown {
  if (choice.type !== 'tool') return choice.type
  const named = { name: choice.name }
  return customTools(call).has(choice.name) ? { type: 'custom', custom: named } : { type: 'function', function: named }
}
