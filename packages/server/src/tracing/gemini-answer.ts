import { isJson, type Json, listOf, sseValues } from './sse-values.ts'

type Candidate = Json & { content: Json & { parts: Json[] } }

/** A `streamGenerateContent` stream folded into the one response that it tells: texts joined, the last usage. */
export const foldGemini = (sse: string): Json | undefined => join([...sseValues(sse)])

/** The same for what came as a JSON array. */
export const joinGemini = (body: unknown): unknown => (Array.isArray(body) ? join(body.filter(isJson)) : body)

function join(chunks: Json[]): Json | undefined {
  if (chunks.length === 0) return undefined
  const candidates = new Map<unknown, Candidate>()
  for (const chunk of chunks) {
    for (const candidate of listOf(chunk.candidates).filter(isJson)) {
      const index = candidate.index ?? 0
      const before = candidates.get(index)
      const content = isJson(candidate.content) ? candidate.content : {}
      const parts = before?.content.parts ?? []
      for (const part of listOf(content.parts).filter(isJson)) addPart(parts, part)
      candidates.set(index, { ...before, ...candidate, content: { ...before?.content, ...content, parts } })
    }
  }
  const merged = Object.assign({}, ...chunks) as Json
  return candidates.size === 0 ? merged : { ...merged, candidates: [...candidates.values()] }
}

function addPart(parts: Json[], part: Json): void {
  const last = parts.at(-1)
  const joins = last && isPlain(last) && isPlain(part) && last.thought === part.thought
  if (joins) last.text = String(last.text) + String(part.text)
  else parts.push({ ...part })
}

const isPlain = (part: Json): boolean =>
  typeof part.text === 'string' && Object.keys(part).every((key) => key === 'text' || key === 'thought')

const saidIn = (content: unknown): string => {
  const parts = listOf((content as Json | undefined)?.parts).filter(isJson)
  const text = parts.map((part) => (typeof part.text === 'string' && part.thought !== true ? part.text : '')).join('')
  return text || parts.flatMap(({ functionCall: call }) => (isJson(call) ? [`${String(call.name ?? 'tool')}()`] : [])).join(', ')
}

/** What a response says: its text, or the functions that it calls. */
export const geminiText = (response: unknown): string =>
  listOf((response as Json | undefined)?.candidates)
    .filter(isJson)
    .map(({ content }) => saidIn(content))
    .filter(Boolean)
    .join('\n')

/** What the last user content of a request says. */
export function geminiInput(request: unknown): string {
  const contents = listOf((request as Json | undefined)?.contents).filter(isJson)
  return saidIn(contents.findLast(({ role }) => role !== 'model') ?? contents.at(-1))
}
