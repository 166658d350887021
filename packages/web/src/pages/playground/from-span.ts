import type { PromptContent, PromptMessage, SpanDetail } from '@signalbox/schema'
import { type Json, type Message, type Part, readConversation } from '@signalbox/sdk/conversation'

type Said = Exclude<PromptMessage, { type: 'placeholder' }>
type Call = Pick<SpanDetail, 'input' | 'model' | 'provider' | 'requestModel'>

/** How a text stays as it was said, in the engine that has a way to say so. */
const AS_IT_IS = (text: string): string =>
  LOOKS_LIKE_TEMPLATE.test(text) ? `{% raw %}${text.replace(/\{%(?=-?\s*endraw)/g, '{% endraw %}{{ "{%" }}{% raw %}')}{% endraw %}` : text
const LOOKS_LIKE_TEMPLATE = /\{\{|\{%|\{#/

/** What a call of a trace asked, to be asked again; `null` where it cannot be read. Nothing of it is a template: what was said, was said. */
export function contentOfCall(call: Call): PromptContent | null {
  const given = readConversation(call.input as Json, 'user')
  if (!given || given.messages.length === 0) return null
  const messages = given.messages.flatMap(toMessages)
  const isPlain = !LOOKS_LIKE_TEMPLATE.test(JSON.stringify(messages))
  const fields = isFields(call.input) ? call.input : {}
  const parameters = parametersOf(fields)
  const tools = given.tools.flatMap(toTool)
  const route = call.requestModel || (call.provider && call.model ? `${call.provider}/${call.model}` : call.model) || ''
  return {
    type: 'chat',
    // Braces in what was said would be variables; in this engine they can be said to be none.
    engine: isPlain ? 'mustache' : 'jinja',
    messages: isPlain ? messages : messages.map(literally),
    ...(tools.length > 0 && { tools }),
    model: { ...(route && { route }), ...(Object.keys(parameters).length > 0 && { parameters }) },
  }
}

const literally = (message: Said): Said => ({
  ...message,
  content:
    typeof message.content === 'string'
      ? AS_IT_IS(message.content)
      : message.content.map((part) => (part.type === 'text' ? { ...part, text: AS_IT_IS(part.text) } : part)),
  ...(message.toolCalls && { toolCalls: message.toolCalls.map((call) => ({ ...call, arguments: AS_IT_IS(call.arguments) })) }),
})

/** Results of tools stand in one message in some dialects, and are a message each here. */
function toMessages({ role, parts }: Message): Said[] {
  const results = parts.filter((part) => part.type === 'tool-result')
  const rest = parts.filter((part) => part.type !== 'tool-result')
  const calls = rest.filter((part) => part.type === 'tool-call')
  const content = contentOf(rest.filter((part) => part.type !== 'tool-call'))
  const isEmpty = content === '' && calls.length === 0
  return [
    ...results.map(
      (part): Said => ({
        role: 'tool',
        content: typeof part.content === 'string' ? part.content : JSON.stringify(part.content),
        ...(part.id && { toolCallId: part.id }),
      }),
    ),
    ...(isEmpty && results.length > 0
      ? []
      : [
          {
            role,
            content,
            ...(calls.length > 0 && {
              toolCalls: calls.map((part, at) => ({
                id: part.id ?? `call_${at + 1}`,
                name: part.name,
                arguments: typeof part.arguments === 'string' ? part.arguments : JSON.stringify(part.arguments ?? {}),
              })),
            }),
          } satisfies Said,
        ]),
  ]
}

type ContentPart = Exclude<Said['content'], string>[number]
function contentOf(parts: readonly Part[]): Said['content'] {
  const kept = parts.flatMap((part): ContentPart[] => {
    if (part.type === 'text' || part.type === 'refusal') return [{ type: 'text', text: part.text }]
    return part.type === 'image' && part.address ? [{ type: 'image', url: part.address }] : []
  })
  return kept.some(({ type }) => type === 'image') ? kept : kept.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n')
}

function toTool(given: Json): NonNullable<PromptContent['tools']> {
  const inner = isFields(given) && isFields(given.function) ? given.function : given
  if (!isFields(inner) || typeof inner.name !== 'string' || inner.name === '') return []
  const parameters = [inner.parameters, inner.input_schema, inner.inputSchema].find(isFields)
  return [
    {
      name: inner.name,
      ...(typeof inner.description === 'string' && { description: inner.description }),
      ...(parameters && { parameters: parameters as never }),
    },
  ]
}

/** As each dialect calls them, to what a prompt calls them. */
const PARAMETERS: Record<string, string> = {
  temperature: 'temperature',
  top_p: 'topP',
  topP: 'topP',
  p: 'topP',
  max_tokens: 'maxTokens',
  max_completion_tokens: 'maxTokens',
  max_output_tokens: 'maxTokens',
  maxOutputTokens: 'maxTokens',
  seed: 'seed',
  stop: 'stop',
  stop_sequences: 'stop',
  stopSequences: 'stop',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  reasoning_effort: 'reasoningEffort',
}

function parametersOf(fields: Record<string, unknown>): Record<string, never> {
  const given = isFields(fields.generationConfig) ? fields.generationConfig : fields
  return Object.fromEntries(
    Object.entries(PARAMETERS).flatMap(([theirs, ours]) =>
      given[theirs] === undefined || given[theirs] === null ? [] : [[ours, given[theirs]]],
    ),
  ) as Record<string, never>
}

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
