import type { Source } from '../language.ts'
import { type Json, textOf } from './json.ts'

const DATA_URL = /^data:([^;,]*)[^,]{0,200}?;base64,/

/** Where the media of a URL is: a data URL is base64 text, which is cut out and never decoded. */
export function sourceOfUrl(url: string): Source {
  const head = url.startsWith('data:') ? DATA_URL.exec(url.slice(0, 400)) : null
  return head ? { kind: 'base64', mediaType: head[1] ?? '', data: url.slice(head[0].length) } : { kind: 'url', url }
}

/** Where the media of an `input_image` or `input_file` part is, `undefined` where the part names none. */
export function sourceOfPart(part: Json): Source | undefined {
  const url = textOf(part.image_url) || textOf(part.file_url)
  if (url) return sourceOfUrl(url)
  if (typeof part.file_id === 'string') return { kind: 'id', id: part.file_id }
  if (typeof part.file_data !== 'string') return undefined
  const source = sourceOfUrl(part.file_data)
  return source.kind === 'base64' ? source : { kind: 'base64', mediaType: mediaTypeOfName(textOf(part.filename)), data: part.file_data }
}

export const dataUrl = (source: { mediaType: string; data: string }): string => `data:${source.mediaType};base64,${source.data}`

/** OpenAI reads the kind of a file from its name, so one without a name gets one that fits. */
export const nameOfMediaType = (mediaType: string): string =>
  `file.${Object.keys(MEDIA_TYPES).find((ending) => MEDIA_TYPES[ending] === mediaType) ?? 'bin'}`

const mediaTypeOfName = (name: string): string =>
  MEDIA_TYPES[name.slice(name.lastIndexOf('.') + 1).toLowerCase()] ?? 'application/octet-stream'

const MEDIA_TYPES: Record<string, string> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  xml: 'application/xml',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
}
