// The Vercel AI SDK with the providers that it has for our three dialects, unchanged but for their base URLs.
import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai'
import { converse, TOOLS } from '../conversation.mjs'

const request = ({ text, system, image }) => ({
  maxRetries: 0,
  ...(system && { instructions: system }),
  messages: [
    { role: 'user', content: [...(image ? [{ type: 'file', mediaType: 'image/png', data: image }] : []), { type: 'text', text }] },
  ],
})

/** `modelsOf` makes of address, key and headers what makes a model of its name. */
const speakerOf = (modelsOf, more = { thoughts }) => ({
  connect: modelsOf,

  async whole(models, { model, ...said }) {
    const { text, usage } = await generateText({ model: models(model), ...request(said) })
    return { text, input: usage.inputTokens, output: usage.outputTokens }
  },

  async *stream(models, { model, signal, ...said }) {
    yield* piecesOf(streamText({ model: models(model), ...request(said), abortSignal: signal, onError: () => {} }))
  },

  async tools(models, { model, stream, answer, ...said }) {
    const calls = []
    const tools = TOOLS.map(({ name, description, schema }) => {
      const execute = (given) => {
        calls.push({ name, arguments: given })
        return answer({ name, arguments: given })
      }
      return [name, tool({ description, inputSchema: jsonSchema(schema), execute })]
    })
    const asked = { model: models(model), ...request(said), tools: Object.fromEntries(tools), stopWhen: stepCountIs(3) }
    if (!stream) return { text: (await generateText(asked)).text, calls }
    const pieces = []
    for await (const piece of piecesOf(streamText({ ...asked, onError: () => {} }))) pieces.push(piece)
    return { text: pieces.join(''), calls }
  },

  async json(models, { model, schema, ...said }) {
    const output = Output.object({ schema: jsonSchema(schema), name: 'answer' })
    return (await generateText({ model: models(model), ...request(said), output })).output
  },

  errors: { 401: APICallError, 404: APICallError, 429: APICallError },
  statusOf: (error) => error.statusCode,
  ...more,
})

async function thoughts(models, { model, ...said }) {
  const providerOptions = {
    google: { thinkingConfig: { includeThoughts: true } },
    openai: { reasoningSummary: 'auto', forceReasoning: true, store: false },
  }
  return (await generateText({ model: models(model), ...request(said), providerOptions })).reasoningText
}

async function* piecesOf({ fullStream }) {
  for await (const part of fullStream) {
    if (part.type === 'error') throw part.error
    if (part.type === 'text-delta') yield part.text
  }
}

/** Chat completions of OpenAI itself have no thoughts, so its client has no place for them. */
const WITHOUT_THOUGHTS = {}
const openai = ({ url, key, headers }) => createOpenAI({ baseURL: `${url}/v1`, apiKey: key, headers })
const compatible = ({ url, key, headers }) =>
  createOpenAICompatible({
    name: 'signalbox',
    baseURL: `${url}/v1`,
    apiKey: key,
    headers,
    supportsStructuredOutputs: true,
    includeUsage: true,
  })

converse(
  '@ai-sdk/openai, responses',
  speakerOf((access) => openai(access).responses),
  { targets: ['anthropic', 'google', 'bedrock'] },
)
converse(
  '@ai-sdk/openai, chat',
  speakerOf((access) => openai(access).chat, WITHOUT_THOUGHTS),
  { targets: ['anthropic', 'google', 'cohere'] },
)
converse(
  '@ai-sdk/openai-compatible',
  speakerOf((access) => compatible(access).chatModel),
  { targets: ['anthropic', 'bedrock'] },
)
converse(
  '@ai-sdk/anthropic',
  speakerOf(({ url, key, headers }) => createAnthropic({ baseURL: `${url}/v1`, apiKey: key, headers })),
  { targets: ['openai', 'google', 'cohere'] },
)
converse(
  '@ai-sdk/google',
  speakerOf(({ url, key, headers }) => createGoogle({ baseURL: `${url}/v1beta`, apiKey: key, headers })),
  // It takes a name with a slash for a whole path.
  { targets: ['openai', 'anthropic', 'bedrock'], slash: '-' },
)
