import type { Json } from '@signalbox/sdk/conversation'

export type FoundDocument = { title: string; text: string; score: number | null }
type Fields = { [key: string]: Json }

const LISTS = ['documents', 'results', 'matches', 'hits', 'output']
const TEXTS = ['content', 'text', 'page_content', 'pageContent', 'document', 'chunk', 'body']
const SCORES = ['score', 'relevance_score', 'similarity', 'distance']

/** What a retrieval found, as the common libraries write it: texts, or things with one. `null` where it is neither. */
export function documentsOf(output: Json): FoundDocument[] | null {
  const list = Array.isArray(output) ? output : isFields(output) ? LISTS.map((name) => output[name]).find(Array.isArray) : undefined
  if (!Array.isArray(list) || list.length === 0) return null
  const found = list.map(documentOf)
  return found.every((one) => one !== null) ? found : null
}

function documentOf(item: Json): FoundDocument | null {
  if (typeof item === 'string') return { title: '', text: item, score: null }
  if (!isFields(item)) return null
  // OpenInference and LangChain put the document one level down.
  const inner = isFields(item.document) ? item.document : item
  const text = firstOf(inner, TEXTS, 'string')
  if (text === null) return null
  const metadata = isFields(inner.metadata) ? inner.metadata : {}
  const title = firstOf({ ...metadata, ...inner }, ['title', 'source', 'name', 'id'], 'string') ?? ''
  return { title: String(title), text: String(text), score: firstOf(item, SCORES, 'number') as number | null }
}

function firstOf(fields: Fields, names: readonly string[], type: 'string' | 'number'): string | number | null {
  const name = names.find((one) => typeof fields[one] === type)
  return name === undefined ? null : (fields[name] as string | number)
}
const isFields = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
