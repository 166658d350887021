import type { Dialect, Source } from './language.ts'

type Part = 'image' | 'audio' | 'file'

const NAMES: Record<Dialect, Record<Part, string>> = {
  'openai-chat': { image: 'image_url', audio: 'input_audio', file: 'file' },
  'openai-responses': { image: 'input_image', audio: 'input_audio', file: 'input_file' },
  anthropic: { image: 'image', audio: 'audio', file: 'document' },
  gemini: { image: 'inlineData', audio: 'inlineData', file: 'inlineData' },
  bedrock: { image: 'image', audio: 'audio', file: 'document' },
  cohere: { image: 'image_url', audio: 'audio', file: 'document' },
}

/** What a client of a dialect calls a part of a message, to name it where it cannot be carried. */
export const partName = (dialect: Dialect, { type, source }: { type: Part; source: Source }): string =>
  dialect === 'gemini' && source.kind !== 'base64' ? 'fileData' : NAMES[dialect][type]
