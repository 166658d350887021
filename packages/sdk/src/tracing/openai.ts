import { type Body, type CallSpec, given, listOf, recordOf, wrapCall } from './wrap-call.ts'

/**
 * Lets a client of the `openai` package leave a span for each call: chat completions, responses, completions and embeddings, whole and
 * streamed, also where a helper of the client (`parse`, `stream`, `runTools`) makes the call. It is the same client, with the same types.
 */
export function wrapOpenAI<C extends object>(client: C): C {
  const { chat, responses, completions, embeddings } = client as unknown as Record<string, (Body & object) | undefined>
  const baseUrl = () => String((client as Body).baseURL ?? '')
  const wrap = (resource: unknown, spec: CallSpec) => wrapCall(resource as object | undefined, 'create', { baseUrl, spec })
  wrap(chat?.completions, CHAT)
  wrap(responses, RESPONSES)
  wrap(completions, COMPLETIONS)
  wrap(embeddings, EMBEDDINGS)
  return client
}

const parameters = (body: Body) =>
  given({
    'gen_ai.request.temperature': body.temperature,
    'gen_ai.request.top_p': body.top_p,
    'gen_ai.request.max_tokens': body.max_completion_tokens ?? body.max_tokens ?? body.max_output_tokens,
    'gen_ai.request.seed': body.seed,
  })
const tools = (body: Body) => given({ 'gen_ai.tool.definitions': listOf(body.tools).length > 0 ? body.tools : undefined })

/** Of both dialects: cached and reasoning tokens are parts of the sums. */
function usage(answer: Body) {
  const used = recordOf(answer.usage)
  const inDetails = recordOf(used.prompt_tokens_details ?? used.input_tokens_details)
  const outDetails = recordOf(used.completion_tokens_details ?? used.output_tokens_details)
  return given({
    'gen_ai.usage.input_tokens': used.prompt_tokens ?? used.input_tokens,
    'gen_ai.usage.output_tokens': used.completion_tokens ?? used.output_tokens,
    'gen_ai.usage.cache_read.input_tokens': inDetails.cached_tokens,
    'gen_ai.usage.audio.input_tokens': inDetails.audio_tokens,
    'gen_ai.usage.reasoning.output_tokens': outDetails.reasoning_tokens,
  })
}
const identity = (answer: Body) => given({ 'gen_ai.response.id': answer.id, 'gen_ai.response.model': answer.model })

type Choice = { index: number; message: Body; finish_reason?: unknown }

const CHAT: CallSpec = {
  operation: 'chat',
  provider: 'openai',
  asked: (body) => ({ attributes: parameters(body), content: { ...given({ 'gen_ai.input.messages': body.messages }), ...tools(body) } }),
  answered(answer) {
    const choices = listOf(answer.choices).map(recordOf)
    return {
      attributes: {
        ...identity(answer),
        ...usage(answer),
        ...given({
          'gen_ai.response.finish_reasons': choices.flatMap(({ finish_reason }) => (finish_reason ? [String(finish_reason)] : [])),
        }),
      },
      content: given({ 'gen_ai.output.messages': choices.length > 0 ? choices.map(({ message }) => message) : undefined }),
    }
  },
  collect() {
    const head: Body = {}
    const choices: Choice[] = []
    return {
      add(event) {
        for (const name of ['id', 'model', 'usage']) if (event[name]) head[name] = event[name]
        for (const one of listOf(event.choices).map(recordOf)) {
          const index = Number(one.index ?? 0)
          let choice = choices.find((known) => known.index === index)
          if (!choice) {
            choice = { index, message: { role: 'assistant', content: null } }
            choices.push(choice)
          }
          addDelta(choice.message, recordOf(one.delta))
          if (one.finish_reason) choice.finish_reason = one.finish_reason
        }
      },
      answer: () => ({ ...head, choices }),
    }
  },
  isAnswer: (event) =>
    listOf(event.choices)
      .map((choice) => recordOf(recordOf(choice).delta))
      .some(({ content, tool_calls, refusal, reasoning_content }) => [content, tool_calls, refusal, reasoning_content].some(Boolean)),
}

/** Texts are continued; calls of tools are by their place. */
function addDelta(message: Body, delta: Body): void {
  for (const name of ['content', 'refusal', 'reasoning_content']) {
    if (typeof delta[name] === 'string') message[name] = `${typeof message[name] === 'string' ? message[name] : ''}${delta[name]}`
  }
  for (const part of listOf(delta.tool_calls).map(recordOf)) {
    message.tool_calls ??= []
    const calls = message.tool_calls as Body[]
    const index = Number(part.index ?? calls.length)
    calls[index] ??= { id: part.id, type: 'function', function: { name: '', arguments: '' } }
    const call = recordOf((calls[index] as Body).function)
    const more = recordOf(part.function)
    if (part.id) (calls[index] as Body).id = part.id
    if (typeof more.name === 'string') call.name = `${call.name}${more.name}`
    if (typeof more.arguments === 'string') call.arguments = `${call.arguments}${more.arguments}`
  }
}

const RESPONSES: CallSpec = {
  operation: 'chat',
  provider: 'openai',
  asked: (body) => ({
    attributes: parameters(body),
    content: {
      ...given({ 'gen_ai.system_instructions': body.instructions, 'gen_ai.input.messages': inputOf(body.input) }),
      ...tools(body),
    },
  }),
  answered: (answer) => ({
    attributes: {
      ...identity(answer),
      ...usage(answer),
      ...given({ 'gen_ai.response.finish_reasons': answer.status ? [String(answer.status)] : undefined }),
    },
    content: given({ 'gen_ai.output.messages': listOf(answer.output).length > 0 ? answer.output : undefined }),
  }),
  collect() {
    let last: Body = {}
    let text = ''
    return {
      add(event) {
        if (event.response) last = recordOf(event.response)
        if (event.type === 'response.output_text.delta') text += String(event.delta ?? '')
      },
      // The last event holds the whole answer; a stream that breaks off has only what it said.
      answer: () =>
        listOf(last.output).length > 0 || text === ''
          ? last
          : { ...last, output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] }] },
    }
  },
  isAnswer: ({ type }) => typeof type === 'string' && type.endsWith('.delta'),
}
const inputOf = (input: unknown) => (typeof input === 'string' ? [{ role: 'user', content: input }] : input)

const COMPLETIONS: CallSpec = {
  operation: 'text_completion',
  provider: 'openai',
  asked: (body) => ({ attributes: parameters(body), content: given({ 'input.value': body.prompt }) }),
  answered(answer) {
    const choices = listOf(answer.choices).map(recordOf)
    const texts = choices.map(({ text }) => String(text ?? ''))
    return {
      attributes: { ...identity(answer), ...usage(answer) },
      content: given({ 'output.value': texts.length === 1 ? texts[0] : texts.length > 1 ? JSON.stringify(texts) : undefined }),
    }
  },
  collect() {
    const head: Body = {}
    let text = ''
    return {
      add(event) {
        for (const name of ['id', 'model', 'usage']) if (event[name]) head[name] = event[name]
        for (const choice of listOf(event.choices).map(recordOf)) if (Number(choice.index ?? 0) === 0) text += String(choice.text ?? '')
      },
      answer: () => ({ ...head, choices: [{ text }] }),
    }
  },
  isAnswer: (event) => listOf(event.choices).some((choice) => Boolean(recordOf(choice).text)),
}

const EMBEDDINGS: CallSpec = {
  operation: 'embeddings',
  provider: 'openai',
  asked: (body) => ({
    attributes: given({ 'gen_ai.embeddings.dimension.count': body.dimensions }),
    content: given({ 'input.value': body.input }),
  }),
  // The vectors are long, and nothing to read.
  answered: (answer) => ({
    attributes: { ...given({ 'gen_ai.response.model': answer.model }), ...usage(answer) },
    content: given({ 'output.value': listOf(answer.data).length > 0 ? `${listOf(answer.data).length} vectors` : undefined }),
  }),
  collect: () => ({ add: () => {}, answer: () => ({}) }),
  isAnswer: () => false,
}
