// The official Mistral client for JavaScript, which speaks chat completions, unchanged but for its server URL.
import { Mistral } from '@mistralai/mistralai'
import { MistralError } from '@mistralai/mistralai/models/errors'
import { converse, TOOLS } from '../conversation.mjs'

const tools = TOOLS.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } }))
const request = ({ model, text, system, image }) => ({
  model,
  messages: [
    ...(system ? [{ role: 'system', content: system }] : []),
    {
      role: 'user',
      content: image
        ? [
            { type: 'image_url', imageUrl: `data:image/png;base64,${image}` },
            { type: 'text', text },
          ]
        : text,
    },
  ],
})
const parsed = (text) => (typeof text === 'string' ? JSON.parse(text) : text)

const speaker = {
  connect: ({ url, key, headers }) => {
    const { chat } = new Mistral({ apiKey: key, serverURL: url, retryConfig: { strategy: 'none' } })
    return {
      // Strict: nothing that it says by itself gets lost on the way.
      complete: (body) => chat.complete(body, { headers: { ...headers, 'x-signalbox-strict': 'true' } }),
      stream: (body, signal) => chat.stream(body, { headers, ...(signal && { signal }) }),
    }
  },

  async whole(chat, said) {
    const { choices, usage } = await chat.complete(request(said))
    return { text: choices[0].message.content, input: usage.promptTokens, output: usage.completionTokens }
  },

  async *stream(chat, { signal, ...said }) {
    for await (const { data } of await chat.stream(request(said), signal)) yield data.choices[0]?.delta.content ?? ''
  },

  // It wants the name of the tool in every piece of a call, as Mistral sends it; in OpenAI's streams only the first one has it.
  cannotStreamTools: true,
  async tools(chat, { answer, ...said }) {
    const body = { ...request(said), tools }
    const ask = async () => (await chat.complete(body)).choices[0].message
    const message = await ask()
    const calls = message.toolCalls.map(({ id, function: { name, arguments: given } }) => ({ id, name, arguments: parsed(given) }))
    const results = calls.map(({ id, ...call }) => ({ role: 'tool', toolCallId: id, name: call.name, content: answer(call) }))
    body.messages.push({ role: 'assistant', content: message.content, toolCalls: message.toolCalls }, ...results)
    return { calls: calls.map(({ id: _, ...call }) => call), text: (await ask()).content }
  },

  async json(chat, { schema, ...said }) {
    const responseFormat = { type: 'json_schema', jsonSchema: { name: 'answer', schemaDefinition: schema, strict: true } }
    return JSON.parse((await chat.complete({ ...request(said), responseFormat })).choices[0].message.content)
  },

  errors: { 401: MistralError, 404: MistralError, 429: MistralError },
  statusOf: (error) => error.statusCode,
}

converse('@mistralai/mistralai', speaker, { targets: ['anthropic', 'google', 'bedrock', 'cohere'] })
