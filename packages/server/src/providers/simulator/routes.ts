import { anthropic, anthropicCountTokens } from './anthropic.ts'
import { speech, transcriptions } from './audio.ts'
import { bedrock } from './bedrock.ts'
import { bedrockEmbeddings } from './bedrock-embeddings.ts'
import { cohere } from './cohere.ts'
import { cohereEmbeddings } from './cohere-embeddings.ts'
import type { Dialect } from './dialect.ts'
import { embeddings } from './embeddings.ts'
import { gemini, geminiCountTokens } from './gemini.ts'
import { geminiEmbeddings, vertexEmbeddings } from './gemini-embeddings.ts'
import { images } from './images.ts'
import { moderations } from './moderations.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiCompletions } from './openai-completions.ts'
import { openaiResponses } from './openai-responses.ts'

/** Wire formats that it speaks; a new one is a file and a row. */
const DIALECTS: readonly Dialect[] = [
  openaiChat,
  openaiResponses,
  openaiCompletions,
  anthropic,
  anthropicCountTokens,
  gemini,
  geminiCountTokens,
  bedrock,
  cohere,
  embeddings,
  geminiEmbeddings,
  vertexEmbeddings,
  cohereEmbeddings,
  bedrockEmbeddings,
  moderations,
  images,
  speech,
  transcriptions,
]

const FIXED = new Map(DIALECTS.map((dialect) => [dialect.path, dialect] as const))
const PATTERNS = DIALECTS.flatMap((dialect) => (typeof dialect.path === 'string' ? [] : [{ dialect, path: dialect.path }]))

/** Azure's paths for what is else the same. The model is the one of the body. */
const AZURE = /^\/openai\/(?:v1|deployments\/[^/]+)\//

/** The dialect of a path, with what the path says. */
export function dialectAt(path: string): { dialect: Dialect; groups: string[] } | undefined {
  const fixed = FIXED.get(path) ?? FIXED.get(path.replace(AZURE, '/v1/'))
  if (fixed) return { dialect: fixed, groups: [] }
  for (const { dialect, path: pattern } of PATTERNS) {
    const groups = groupsOf(pattern, path)
    if (groups) return { dialect, groups }
  }
  return undefined
}

/** URL-decoded groups of a pattern; null where it does not fit, or cannot be decoded. */
export function groupsOf(pattern: RegExp, path: string): string[] | null {
  const match = pattern.exec(path)
  if (!match) return null
  try {
    return match.slice(1).map((group) => decodeURIComponent(group ?? ''))
  } catch {
    return null
  }
}

/** The dialect whose errors a path gets when it is not known. */
export function errorDialectOf(path: string): Dialect {
  if (path.startsWith('/v1beta')) return gemini
  if (path.startsWith('/v1/messages')) return anthropic
  if (path.startsWith('/model/')) return bedrock
  return path.startsWith('/v2/') ? cohere : openaiChat
}
