// The official Cohere client for JavaScript, unchanged but for its base URL.
import { Cohere, CohereClientV2 } from 'cohere-ai'
import { converse, TOOLS } from '../conversation.mjs'

const tools = TOOLS.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } }))
const imagePart = (data) => ({ type: 'image_url', imageUrl: { url: `data:image/png;base64,${data}` } })
const textOf = ({ content = [] }) => content.map((part) => (part.type === 'text' ? part.text : '')).join('')
const request = ({ model, text, system, image }) => ({
  model,
  messages: [
    ...(system ? [{ role: 'system', content: system }] : []),
    { role: 'user', content: image ? [imagePart(image), { type: 'text', text }] : text },
  ],
})

/** The events of a stream. The client does not throw for a failure within one: its last event says what went wrong. */
async function* events(client, body, options) {
  for await (const event of await client.chatStream(body, options)) {
    if (event.type === 'message-end' && event.delta.error) throw new Error(event.delta.error)
    yield event
  }
}

/** The message that a stream tells, as Cohere's guides put it together. */
async function told(stream) {
  const message = { role: 'assistant', content: [], toolPlan: '', toolCalls: [] }
  for await (const { type, delta } of stream) {
    if (type === 'content-start') message.content.push({ ...delta.message.content })
    else if (type === 'content-delta')
      for (const [name, piece] of Object.entries(delta.message.content)) message.content.at(-1)[name] += piece
    else if (type === 'tool-plan-delta') message.toolPlan += delta.message.toolPlan
    else if (type === 'tool-call-start') message.toolCalls.push(delta.message.toolCalls)
    else if (type === 'tool-call-delta') message.toolCalls.at(-1).function.arguments += delta.message.toolCalls.function.arguments
    else if (type === 'message-end') message.finishReason = delta.finishReason
  }
  return message
}

const speaker = {
  connect: ({ url, key, headers }) => new CohereClientV2({ token: key, baseUrl: url, headers, maxRetries: 0 }),

  async whole(client, said) {
    const { message, finishReason, usage } = await client.chat(request(said))
    if (finishReason !== 'COMPLETE') throw new Error(`It stopped for ${finishReason}.`)
    return { text: textOf(message), input: usage.billedUnits.inputTokens, output: usage.billedUnits.outputTokens }
  },

  async *stream(client, { signal, ...said }) {
    for await (const { type, delta } of events(client, request(said), { abortSignal: signal }))
      if (type === 'content-delta') yield delta.message.content.text
  },

  async tools(client, { stream, answer, ...said }) {
    const body = { ...request(said), tools }
    const ask = async () => {
      if (stream) return told(events(client, body))
      const { message, finishReason } = await client.chat(body)
      return { ...message, finishReason }
    }
    const { finishReason, ...message } = await ask()
    if (finishReason !== 'TOOL_CALL') throw new Error(`It stopped for ${finishReason}.`)
    const calls = message.toolCalls.map(({ id, function: { name, arguments: given } }) => ({ id, name, arguments: JSON.parse(given) }))
    const results = calls.map(({ id, ...call }) => ({
      role: 'tool',
      toolCallId: id,
      content: [{ type: 'document', document: { data: { result: answer(call) } } }],
    }))
    body.messages.push(message, ...results)
    return { calls: calls.map(({ id: _, ...call }) => call), text: textOf(await ask()) }
  },

  async thoughts(client, said) {
    const { message } = await client.chat({ ...request(said), thinking: { type: 'enabled', tokenBudget: 2000 } })
    return message.content.map((part) => (part.type === 'thinking' ? part.thinking : '')).join('')
  },

  async json(client, { schema, ...said }) {
    const { message } = await client.chat({ ...request(said), responseFormat: { type: 'json_object', jsonSchema: schema } })
    return JSON.parse(textOf(message))
  },

  errors: { 401: Cohere.UnauthorizedError, 404: Cohere.NotFoundError, 429: Cohere.TooManyRequestsError },
  statusOf: (error) => error.statusCode,
}

converse('cohere-ai', speaker, { targets: ['openai', 'anthropic', 'google', 'bedrock', 'cohere'] })
