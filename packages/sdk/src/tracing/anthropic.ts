import { type Body, type CallSpec, given, listOf, recordOf, wrapCall } from './wrap-call.ts'

/**
 * Lets a client of the `@anthropic-ai/sdk` package leave a span for each message, whole and streamed, also where a helper of the client
 * (`messages.stream`, tool runners) makes the call. It is the same client, with the same types.
 */
export function wrapAnthropic<C extends object>(client: C): C {
  const { messages, beta } = client as unknown as Record<string, (Body & object) | undefined>
  // Newer versions of the package leave spans of their own once there is a provider: the same call would be there twice.
  if ('_tracer' in client) (client as { _tracer?: unknown })._tracer = undefined
  const baseUrl = () => String((client as Body).baseURL ?? '')
  for (const resource of [messages, beta?.messages]) wrapCall(resource as object | undefined, 'create', { baseUrl, spec: MESSAGES })
  return client
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** Anthropic counts cached tokens beside the input; the convention wants one sum of which they are parts. */
function usage(answer: Body) {
  const used = recordOf(answer.usage)
  if (used.input_tokens === undefined && used.output_tokens === undefined) return {}
  const [read, written] = [number(used.cache_read_input_tokens), number(used.cache_creation_input_tokens)]
  return given({
    'gen_ai.usage.input_tokens': number(used.input_tokens) + read + written,
    'gen_ai.usage.output_tokens': used.output_tokens,
    'gen_ai.usage.cache_read.input_tokens': read || undefined,
    'gen_ai.usage.cache_creation.input_tokens': written || undefined,
  })
}

const MESSAGES: CallSpec = {
  operation: 'chat',
  provider: 'anthropic',
  asked: (body) => ({
    attributes: given({
      'gen_ai.request.temperature': body.temperature,
      'gen_ai.request.top_p': body.top_p,
      'gen_ai.request.max_tokens': body.max_tokens,
    }),
    content: given({
      'gen_ai.system_instructions': body.system,
      'gen_ai.input.messages': body.messages,
      'gen_ai.tool.definitions': listOf(body.tools).length > 0 ? body.tools : undefined,
    }),
  }),
  answered: (answer) => ({
    attributes: {
      ...given({
        'gen_ai.response.id': answer.id,
        'gen_ai.response.model': answer.model,
        'gen_ai.response.finish_reasons': answer.stop_reason ? [String(answer.stop_reason)] : undefined,
      }),
      ...usage(answer),
    },
    content: given({
      'gen_ai.output.messages': listOf(answer.content).length > 0 ? [{ role: 'assistant', content: answer.content }] : undefined,
    }),
  }),
  collect() {
    let message: Body = {}
    const blocks: Body[] = []
    const jsons: string[] = []
    return {
      add(event) {
        const index = Number(event.index ?? 0)
        if (event.type === 'message_start') message = { ...recordOf(event.message) }
        if (event.type === 'content_block_start') blocks[index] = { ...recordOf(event.content_block) }
        if (event.type === 'content_block_delta') addDelta(blocks, jsons, { index, delta: recordOf(event.delta) })
        if (event.type === 'message_delta') {
          Object.assign(message, given({ stop_reason: recordOf(event.delta).stop_reason }))
          message.usage = { ...recordOf(message.usage), ...recordOf(event.usage) }
        }
      },
      answer: () => ({
        ...message,
        content: blocks.map((block, index) => (jsons[index] ? { ...block, input: parsed(jsons[index]) } : block)),
      }),
    }
  },
  isAnswer: ({ type }) => type === 'content_block_delta',
}

function addDelta(blocks: Body[], jsons: string[], { index, delta }: { index: number; delta: Body }): void {
  blocks[index] ??= { type: 'text', text: '' }
  const block = blocks[index]
  for (const name of ['text', 'thinking', 'signature']) {
    if (typeof delta[name] === 'string') block[name] = `${typeof block[name] === 'string' ? block[name] : ''}${delta[name]}`
  }
  if (typeof delta.partial_json === 'string') jsons[index] = (jsons[index] ?? '') + delta.partial_json
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return json
  }
}
