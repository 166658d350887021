import { asText, type Fields, isFields, type Json, parseJson } from '@signalbox/sdk/conversation'

/** Something that was found: as retrievers, rerankers and search tools of any framework say it. */
export type FoundDocument = {
  id: string | null
  title: string | null
  text: string
  score: number | null
  source: string | null
  metadata: Fields
}
export type Found = { query: string | null; documents: FoundDocument[] }

const LISTS = ['documents', 'docs', 'results', 'matches', 'hits', 'chunks', 'nodes', 'data', 'output', 'context']
const TEXTS = ['text', 'content', 'pageContent', 'page_content', 'document', 'chunk', 'body', 'snippet', 'passage']
const SCORES = ['score', 'relevance_score', 'relevanceScore', 'similarity', 'similarity_score', '_score', 'rerank_score', 'certainty']
const SOURCES = ['source', 'url', 'uri', 'link', 'path', 'file', 'file_path', 'file_name', 'filename']
const IDS = ['id', 'document_id', 'doc_id', '_id', 'chunk_id', 'node_id']
const TITLES = ['title', 'name', 'heading']

/** The documents of a payload in the order in which they were found; null where it is no list of them. */
export function readDocuments(payload: Json): Found | null {
  const list = Array.isArray(payload) ? payload : isFields(payload) ? LISTS.map((name) => payload[name]).find(Array.isArray) : undefined
  if (!list || list.length === 0) return null
  const documents = list.map(readDocument)
  if (documents.some((document) => document === null)) return null
  const query = isFields(payload) ? (asText(payload.query) ?? asText(payload.question) ?? asText(payload.input)) : null
  return { query, documents: documents.filter((document) => document !== null) }
}

function readDocument(item: Json): FoundDocument | null {
  if (typeof item === 'string') return { id: null, title: null, text: item, score: null, source: null, metadata: {} }
  // `[document, score]`, as LangChain answers a search with scores.
  if (Array.isArray(item)) {
    const [document, score] = item
    const found = item.length === 2 && typeof score === 'number' && document !== undefined ? readDocument(document) : null
    return found && { ...found, score: score as number }
  }
  if (!isFields(item)) return null
  // OpenInference writes `document.content`; others put the document inside, beside its score.
  const plain = Object.fromEntries(Object.entries(item).map(([name, value]) => [name.replace(/^document\./, ''), value]))
  const inner = [plain.document, plain.node, plain._source, plain.kwargs, plain.payload].find(isFields) ?? {}
  // OpenInference carries it as JSON in a text.
  const metadata = [plain.metadata, inner.metadata].map((value) => parseJson(value ?? null)).find(isFields) ?? {}
  const all = [plain, inner, metadata]
  const text = first(TEXTS, all)
  if (text === null) return null
  const shown = new Set([...TEXTS, ...SCORES, ...SOURCES, ...IDS, ...TITLES])
  return {
    id: first(IDS, all),
    title: first(TITLES, all),
    text,
    score: SCORES.flatMap((name) => all.map((fields) => toNumber(fields[name]))).find((score) => score !== null) ?? null,
    source: first(SOURCES, all),
    metadata: Object.fromEntries(Object.entries(metadata).filter(([name]) => !shown.has(name))),
  }
}

const first = (names: readonly string[], all: readonly Fields[]): string | null => {
  for (const name of names)
    for (const fields of all) {
      const value = fields[name]
      if (typeof value === 'string' && value !== '') return value
      if (typeof value === 'number' && IDS.includes(name)) return String(value)
    }
  return null
}

const toNumber = (value: Json | undefined): number | null =>
  typeof value === 'number' ? value : typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : null

/** Fewer numbers than this are a list, not a vector. */
const LEAST = 8

/** The vectors of an embedding, wherever in the answer they are; null where there is none. */
export function readVectors(payload: Json): number[][] | null {
  const found: number[][] = []
  const look = (value: Json, depth: number): void => {
    if (Array.isArray(value)) {
      if (value.length >= LEAST && value.every((item) => typeof item === 'number')) found.push(value as number[])
      else if (depth < 5) for (const item of value) look(item, depth + 1)
    } else if (isFields(value) && depth < 5) {
      for (const item of Object.values(value)) look(item, depth + 1)
    }
  }
  look(payload, 0)
  return found.length > 0 ? found : null
}
