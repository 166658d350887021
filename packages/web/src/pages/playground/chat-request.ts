import type { PromptContent } from '@signalbox/schema'
import type { RenderedMessage } from '@signalbox/sdk/templates'
import type { Answer } from './answer.ts'

/** A message of chat completions. */
export type ChatMessage = { role: string; content: unknown; [more: string]: unknown }

/** What is sent for messages whose placeholders are filled in. The parameters of a prompt are called as the API calls them, in its own spelling. */
export function chatRequest(
  { model, tools, toolChoice, output }: Pick<PromptContent, 'model' | 'tools' | 'toolChoice' | 'output'>,
  messages: readonly ChatMessage[],
): Record<string, unknown> {
  return {
    ...(model?.parameters && snakeCased(model.parameters)),
    model: model?.route ?? '',
    messages,
    ...(tools &&
      tools.length > 0 && {
        tools: tools.map(({ name, description, parameters = { type: 'object', properties: {} } }) => ({
          type: 'function',
          function: { name, ...(description && { description }), parameters },
        })),
        ...(toolChoice && { tool_choice: toolChoiceOf(toolChoice) }),
      }),
    ...(output && {
      response_format: {
        type: 'json_schema',
        json_schema: { name: output.name || 'answer', schema: output.schema, strict: output.strict },
      },
    }),
    stream: true,
    stream_options: { include_usage: true },
  }
}

const toolChoiceOf = (choice: string) =>
  ['auto', 'none', 'required'].includes(choice) ? choice : { type: 'function', function: { name: choice } }

/** `maxTokens` → `max_tokens`; what is spelt so already stays. */
const snakeCased = (parameters: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  )

/** A message of a prompt as chat completions have it. What came in by a variable may be in their words already, and stays so. */
export function toChatMessage({ content, toolCallId, toolCalls, ...rest }: RenderedMessage): ChatMessage {
  return {
    ...rest,
    content: Array.isArray(content) ? content.map(toChatPart) : content,
    ...(toolCallId && { tool_call_id: toolCallId }),
    ...(toolCalls && toolCalls.length > 0 && { tool_calls: toolCalls.map(toChatCall) }),
  }
}
const toChatPart = (part: Exclude<RenderedMessage['content'], string>[number]) =>
  part.type === 'image' ? { type: 'image_url', image_url: { url: part.url } } : part
const toChatCall = (call: { id: string; name: string; arguments: string }) => ({
  id: call.id,
  type: 'function',
  function: { name: call.name, arguments: call.arguments },
})

/** What comes after an answer that called tools: the calls, and what each was answered. */
export const afterTools = ({ text, toolCalls }: Answer, results: ReadonlyMap<string, string>): ChatMessage[] => [
  { role: 'assistant', content: text || null, tool_calls: toolCalls.map(toChatCall) },
  ...toolCalls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: results.get(id) ?? '' })),
]
