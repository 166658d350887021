import { type Fields, invalid, isObject } from '../anthropic/fields.ts'
import type { TextBlock } from '../language.ts'

/** A document of the request or of a tool's result (a text, or `{ id?, data }`) as text that any model can read, with the document itself for Cohere. */
export function documentBlock(document: unknown, path: string): TextBlock {
  const said = typeof document === 'string' ? { data: document } : document
  if (!isObject(said)) throw invalid(path, 'must be a string or an object with `data`')
  const { id, data } = said
  if (typeof data !== 'string' && !isObject(data)) throw invalid(`${path}.data`, 'must be an object')
  const named = typeof id === 'string' && id !== '' ? ` id=${JSON.stringify(id)}` : ''
  const text = `<document${named}>\n${typeof data === 'string' ? data : JSON.stringify(data)}\n</document>`
  return { type: 'text', text, native: { dialect: 'cohere', value: { document } } }
}

/** The document that a text was made of; `undefined` where it is only a text. */
export const documentOf = ({ native }: TextBlock): Fields['document'] => (native?.dialect === 'cohere' ? native.value.document : undefined)
