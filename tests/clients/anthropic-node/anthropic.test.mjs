// The official Anthropic client for JavaScript, unchanged but for its base URL.
import Anthropic from '@anthropic-ai/sdk'
import { converse, TOOLS } from '../conversation.mjs'

const tools = TOOLS.map(({ name, description, schema }) => ({ name, description, input_schema: schema }))
const imageBlock = (data) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } })
const textOf = ({ content }) => content.map((block) => (block.type === 'text' ? block.text : '')).join('')
const request = ({ model, text, system, image }) => ({
  model,
  max_tokens: 10_000,
  ...(system && { system }),
  messages: [{ role: 'user', content: [...(image ? [imageBlock(image)] : []), { type: 'text', text }] }],
})

const speaker = {
  connect: ({ url, key, headers }) => new Anthropic({ baseURL: url, apiKey: key, defaultHeaders: headers, maxRetries: 0 }),

  async whole(client, said) {
    const message = await client.messages.create(request(said))
    return { text: textOf(message), input: message.usage.input_tokens, output: message.usage.output_tokens }
  },

  async *stream(client, { signal, ...said }) {
    for await (const event of await client.messages.create({ ...request(said), stream: true }, { signal })) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') yield event.delta.text
    }
  },

  async tools(client, { stream, answer, ...said }) {
    const body = { ...request(said), tools }
    const ask = () => (stream ? client.messages.stream(body).finalMessage() : client.messages.create(body))
    const { content, stop_reason } = await ask()
    if (stop_reason !== 'tool_use') throw new Error(`It stopped for ${stop_reason}.`)
    const calls = content.filter((block) => block.type === 'tool_use')
    const results = calls.map(({ id, name, input }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: answer({ name, arguments: input }),
    }))
    body.messages.push({ role: 'assistant', content }, { role: 'user', content: results })
    return { calls: calls.map(({ name, input }) => ({ name, arguments: input })), text: textOf(await ask()) }
  },

  async thoughts(client, said) {
    const thinking = { type: 'enabled', budget_tokens: 2000 }
    const { content } = await client.messages.create({ ...request(said), thinking })
    return content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join('')
  },

  async json(client, { schema, ...said }) {
    const output_config = { format: { type: 'json_schema', schema } }
    return (await client.messages.parse({ ...request(said), output_config })).parsed_output
  },

  errors: { 401: Anthropic.AuthenticationError, 404: Anthropic.NotFoundError, 429: Anthropic.RateLimitError },
  statusOf: (error) => error.status,
}

converse('@anthropic-ai/sdk', speaker, { targets: ['openai', 'google', 'bedrock', 'cohere'] })
