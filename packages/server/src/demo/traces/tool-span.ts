import type { ToolName } from '../world/tools.ts'
import { TOOLS } from '../world/tools.ts'
import type { Tools } from './chat-span.ts'
import type { DemoSpan } from './trace.ts'

export type ToolCall = {
  name: ToolName
  id: string
  parent: DemoSpan
  start: number
  arguments: Record<string, unknown>
  result: unknown
  failed?: boolean
}

/** A tool that the copilot used, with what it asked for and got. */
export function toolSpan({ builder, random }: Tools, call: ToolCall): DemoSpan {
  const tool = TOOLS[call.name]
  return builder.add({
    parent: call.parent,
    name: `execute_tool ${call.name}`,
    start: call.start,
    end: call.start + random.around(call.failed ? tool.takes * 6 : tool.takes, 0.35),
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': call.name,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.description': tool.description,
      'gen_ai.tool.call.id': call.id,
      'gen_ai.tool.call.arguments': JSON.stringify(call.arguments),
      'gen_ai.tool.call.result': call.failed ? undefined : JSON.stringify(call.result),
    },
    ...(call.failed && { error: { type: 'tool_error', message: tool.failure } }),
  })
}
