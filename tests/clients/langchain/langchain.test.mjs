// LangChain JS with its chat models for OpenAI and Anthropic, unchanged but for their base URLs.
import { ChatAnthropic } from '@langchain/anthropic'
import { HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages'
import { ChatOpenAI } from '@langchain/openai'
import { converse, TOOLS } from '../conversation.mjs'

const tools = TOOLS.map(({ name, description, schema }) => ({ type: 'function', function: { name, description, parameters: schema } }))
const messagesOf = ({ text, system, image }) => [
  ...(system ? [new SystemMessage(system)] : []),
  new HumanMessage({
    content: image
      ? [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
          { type: 'text', text },
        ]
      : text,
  }),
]

/** `modelOf` makes a chat model of address, key, headers and the name of a model. */
const speakerOf = (modelOf) => ({
  connect: (access) => (model) => modelOf({ ...access, model }),

  async whole(models, { model, ...said }) {
    const { text, usage_metadata: usage } = await models(model).invoke(messagesOf(said))
    return { text, input: usage.input_tokens, output: usage.output_tokens }
  },

  async *stream(models, { model, signal, ...said }) {
    for await (const { text } of await models(model).stream(messagesOf(said), { signal })) yield text
  },

  async tools(models, { model, stream, answer, ...said }) {
    const bound = models(model).bindTools(tools)
    const messages = messagesOf(said)
    const ask = async () => (stream ? gathered(await bound.stream(messages)) : bound.invoke(messages))
    const message = await ask()
    const calls = message.tool_calls.map(({ name, args }) => ({ name, arguments: args }))
    const results = message.tool_calls.map(({ id }, index) => new ToolMessage({ tool_call_id: id, content: answer(calls[index]) }))
    messages.push(message, ...results)
    return { calls, text: (await ask()).text }
  },

  json: (models, { model, schema, ...said }) =>
    models(model).withStructuredOutput(schema, { name: 'answer', method: 'jsonSchema' }).invoke(messagesOf(said)),

  statusOf: (error) => error.status,
})

async function gathered(stream) {
  let whole
  for await (const chunk of stream) whole = whole?.concat(chunk) ?? chunk
  return whole
}

const openai = (more) =>
  speakerOf(
    ({ url, key, headers, model }) =>
      new ChatOpenAI({ model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1`, defaultHeaders: headers }, ...more }),
  )
const anthropic = speakerOf(
  ({ url, key, headers, model }) =>
    new ChatAnthropic({
      model,
      apiKey: key,
      maxTokens: 10_000,
      maxRetries: 0,
      anthropicApiUrl: url,
      clientOptions: { defaultHeaders: headers },
    }),
)

converse('@langchain/openai, chat', openai({}), { targets: ['anthropic', 'google', 'bedrock', 'cohere'] })
converse('@langchain/openai, responses', openai({ useResponsesApi: true }), { targets: ['anthropic', 'google', 'cohere'] })
converse('@langchain/anthropic', anthropic, { targets: ['openai', 'google', 'bedrock'] })
