import type { ProviderDialect } from '../providers/kinds.ts'
import { dialectReaders } from '../tracing/dialect-readers.ts'
import { SAID, TOOL } from './mock-providers.case.ts'
import { type Got, SECRET } from './world.case.ts'

/** Where each dialect of a provider is found, and the path that a call takes there. */
export const targets = [
  { dialect: 'openai-chat', model: 'openai-compatible/gpt-4o', path: '/v1/chat/completions' },
  { dialect: 'openai-responses', model: 'openai/gpt-5-pro', path: '/v1/responses' },
  { dialect: 'anthropic', model: 'anthropic/claude-sonnet-4-5', path: '/v1/messages' },
  { dialect: 'gemini', model: 'google/gemini-2.5-pro', path: '/v1beta/models/gemini-2.5-pro:' },
  {
    dialect: 'bedrock',
    model: 'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
    path: '/model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/',
  },
  { dialect: 'cohere', model: 'cohere/command-a-03-2025', path: '/v2/chat' },
] as const satisfies { dialect: ProviderDialect; model: string; path: string }[]

export const ASKED = 'Weather in Paris?'
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
export type Heard = { text: string; tool: { name: unknown; arguments: unknown }; input: unknown; output: unknown }
export type Json = { [key: string]: Json } & Json[]

/** How each dialect of a client asks, and what it reads in the answer. */
export const clients = {
  'openai-chat': {
    ask: (model: string, stream: boolean) => ({
      path: '/v1/chat/completions',
      body: {
        model,
        stream,
        messages: [
          { role: 'system', content: 'Be brief' },
          { role: 'user', content: ASKED },
        ],
        tools: [{ type: 'function', function: { name: TOOL.name, parameters: schema } }],
        max_tokens: 100,
        ...(stream && { stream_options: { include_usage: true } }),
      },
    }),
    read: ({ choices, usage }: Json): Heard => ({
      text: String(choices?.[0]?.message?.content),
      tool: {
        name: choices?.[0]?.message?.tool_calls?.[0]?.function?.name,
        arguments: JSON.parse(String(choices?.[0]?.message?.tool_calls?.[0]?.function?.arguments)),
      },
      input: usage?.prompt_tokens,
      output: usage?.completion_tokens,
    }),
    errorOf: (body: Json) => body.error?.message,
  },
  'openai-responses': {
    ask: (model: string, stream: boolean) => ({
      path: '/v1/responses',
      body: {
        model,
        stream,
        instructions: 'Be brief',
        input: ASKED,
        tools: [{ type: 'function', name: TOOL.name, parameters: schema, strict: false }],
        max_output_tokens: 100,
      },
    }),
    read: ({ output, usage }: Json): Heard => {
      const items = output as unknown as Json[]
      const call = items.find((item) => String(item.type) === 'function_call')
      return {
        text: items.map((item) => (String(item.type) === 'message' ? String(item.content?.[0]?.text) : '')).join(''),
        tool: { name: call?.name, arguments: JSON.parse(String(call?.arguments)) },
        input: usage?.input_tokens,
        output: usage?.output_tokens,
      }
    },
    errorOf: (body: Json) => body.error?.message,
  },
  anthropic: {
    ask: (model: string, stream: boolean) => ({
      path: '/v1/messages',
      headers: { 'anthropic-version': '2023-06-01', 'x-api-key': SECRET, authorization: '' },
      body: {
        model,
        stream,
        system: 'Be brief',
        messages: [{ role: 'user', content: ASKED }],
        tools: [{ name: TOOL.name, input_schema: schema }],
        max_tokens: 100,
      },
    }),
    read: ({ content, usage }: Json): Heard => {
      const blocks = content as unknown as Json[]
      const call = blocks.find((block) => String(block.type) === 'tool_use')
      return {
        text: blocks.map((block) => (String(block.type) === 'text' ? String(block.text) : '')).join(''),
        tool: { name: call?.name, arguments: call?.input },
        input: usage?.input_tokens,
        output: usage?.output_tokens,
      }
    },
    errorOf: (body: Json) => body.error?.message,
  },
  gemini: {
    ask: (model: string, stream: boolean) => ({
      path: `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
      headers: { 'x-goog-api-key': SECRET, authorization: '' },
      body: {
        systemInstruction: { parts: [{ text: 'Be brief' }] },
        contents: [{ role: 'user', parts: [{ text: ASKED }] }],
        tools: [{ functionDeclarations: [{ name: TOOL.name, parametersJsonSchema: schema }] }],
        generationConfig: { maxOutputTokens: 100 },
      },
    }),
    read: ({ candidates, usageMetadata }: Json): Heard => {
      const parts = candidates?.[0]?.content?.parts as unknown as Json[]
      const call = parts.find((part) => part.functionCall)?.functionCall
      return {
        text: parts.map((part) => (part.text === undefined ? '' : String(part.text))).join(''),
        tool: { name: call?.name, arguments: call?.args },
        input: usageMetadata?.promptTokenCount,
        output: usageMetadata?.candidatesTokenCount,
      }
    },
    errorOf: (body: Json) => body.error?.message,
  },
  cohere: {
    ask: (model: string, stream: boolean) => ({
      path: '/v2/chat',
      body: {
        model,
        stream,
        messages: [
          { role: 'system', content: 'Be brief' },
          { role: 'user', content: ASKED },
        ],
        tools: [{ type: 'function', function: { name: TOOL.name, parameters: schema } }],
        max_tokens: 100,
      },
    }),
    read: ({ message, usage }: Json): Heard => {
      const content = message?.content as unknown as Json[]
      const call = message?.tool_calls?.[0]?.function
      return {
        text: content.map(({ text }) => String(text)).join(''),
        tool: { name: call?.name, arguments: JSON.parse(String(call?.arguments)) },
        input: usage?.billed_units?.input_tokens,
        output: usage?.billed_units?.output_tokens,
      }
    },
    errorOf: (body: Json) => body.message,
  },
}
export type Client = keyof typeof clients
/** What every client reads in the answer of a mock. */
export const heard = { text: SAID, tool: TOOL, input: 10, output: 5 }
/** An answer as a whole body of its dialect, also where it was streamed. */
export const bodyOf = (client: Client, { text }: Got, stream: boolean): Json =>
  (stream ? dialectReaders[client].fold(text) : JSON.parse(text)) as Json
