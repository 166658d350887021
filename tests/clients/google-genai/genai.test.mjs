// The official Gemini client for JavaScript, unchanged but for its base URL.
import { ApiError, GoogleGenAI } from '@google/genai'
import { converse, TOOLS } from '../conversation.mjs'

const tools = [
  { functionDeclarations: TOOLS.map(({ name, description, schema }) => ({ name, description, parametersJsonSchema: schema })) },
]
const request = ({ model, text, system, image }, config = {}) => ({
  model,
  contents: [{ role: 'user', parts: [...(image ? [{ inlineData: { mimeType: 'image/png', data: image } }] : []), { text }] }],
  config: { ...(system && { systemInstruction: system }), ...config },
})

const speaker = {
  connect: ({ url, key, headers }) =>
    new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, headers, retryOptions: { attempts: 1 } } }).models,

  async whole(models, said) {
    const { text, usageMetadata } = await models.generateContent(request(said))
    return { text, input: usageMetadata.promptTokenCount, output: usageMetadata.candidatesTokenCount }
  },

  async *stream(models, { signal, ...said }) {
    for await (const { text } of await models.generateContentStream(request(said, { abortSignal: signal }))) yield text
  },

  async tools(models, { stream, answer, ...said }) {
    const body = request(said, { tools })
    const ask = async () => {
      if (!stream) return (await models.generateContent(body)).candidates[0].content.parts
      const parts = []
      for await (const { candidates } of await models.generateContentStream(body)) parts.push(...(candidates?.[0]?.content?.parts ?? []))
      return parts
    }
    const parts = await ask()
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? [])
    const results = calls.map(({ id, name, args }) => ({
      functionResponse: { id, name, response: { output: answer({ name, arguments: args }) } },
    }))
    body.contents.push({ role: 'model', parts }, { role: 'user', parts: results })
    const text = (await ask()).map((part) => part.text ?? '').join('')
    return { calls: calls.map(({ name, args }) => ({ name, arguments: args })), text }
  },

  async thoughts(models, said) {
    const { candidates } = await models.generateContent(request(said, { thinkingConfig: { includeThoughts: true } }))
    return candidates[0].content.parts.map((part) => (part.thought ? part.text : '')).join('')
  },

  async json(models, { schema, ...said }) {
    const config = { responseMimeType: 'application/json', responseJsonSchema: schema }
    return JSON.parse((await models.generateContent(request(said, config))).text)
  },

  errors: { 401: ApiError, 404: ApiError, 429: ApiError },
  statusOf: (error) => error.status,
}

converse('@google/genai', speaker, { targets: ['openai', 'anthropic', 'bedrock', 'cohere'] })
