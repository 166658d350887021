import type { ProviderKind } from './provider.ts'

/** What a call may hold, in the words of the provider page. */
export const CAPABILITIES = {
  text: 'Text',
  tools: 'Tools',
  images: 'Images',
  files: 'Files',
  audio: 'Audio',
  reasoning: 'Reasoning',
  jsonSchema: 'JSON schema',
  streaming: 'Streaming',
  embeddings: 'Embeddings',
} as const
export type Capability = keyof typeof CAPABILITIES

/** `yes`, `no`, or in which cases. */
export type Carried = 'yes' | 'no' | { partly: string }
export type Carries = Record<Capability, Carried>

const all: Carries = {
  text: 'yes',
  tools: 'yes',
  images: 'yes',
  files: 'yes',
  audio: 'yes',
  reasoning: 'yes',
  jsonSchema: 'yes',
  streaming: 'yes',
  embeddings: 'yes',
}
const hiddenThoughts = { partly: 'How much to think is sent; the thoughts themselves are not in the answer of OpenAI chat.' }
const chat: Carries = { ...all, files: { partly: 'Files as base64 or by the id of an upload, not by their address.' } }
const someThoughts = { partly: 'Where the host answers with its thoughts (reasoning_content or reasoning).' }
const noLinks = (what: string): Carried => ({ partly: `${what} as base64, not by their address.` })

/**
 * What the dialect of a kind carries through the gateway, to its models that take it: a model that hears nothing is not made to.
 * Whatever is not carried is named in `x-signalbox-dropped`; embeddings without a way are refused. A test asks the codecs whether this is true.
 */
export const carriedBy: Record<ProviderKind, Carries> = {
  openai: { ...chat, reasoning: hiddenThoughts },
  'openai-compatible': { ...chat, reasoning: someThoughts },
  azure: { ...chat, reasoning: hiddenThoughts },
  mistral: { ...chat, reasoning: someThoughts },
  anthropic: { ...all, audio: 'no', embeddings: 'no' },
  google: all,
  vertex: {
    ...all,
    audio: { partly: 'Gemini models hear, Claude models do not.' },
    embeddings: { partly: 'Of Google, with one text in a request to gemini-embedding models; Claude has none.' },
  },
  bedrock: {
    ...all,
    images: noLinks('Images'),
    files: noLinks('Files'),
    embeddings: { partly: 'Titan text embeddings, one text in a request, and Cohere Embed.' },
  },
  cohere: { ...all, files: 'no', audio: 'no' },
  simulator: { ...chat, reasoning: { partly: 'In the dialects that have it.' } },
}
