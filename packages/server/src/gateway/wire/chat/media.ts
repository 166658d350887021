import type { Source } from '../language.ts'

/** How the name of an opaque content part begins, `content.video_url`; other opaque blocks of chat are fields of the message. */
export const PART = 'content.'

/** A `data:` URL of base64 as its parts, any other URL as it is. The data is sliced, never decoded. */
export function sourceOf(url: string): Source {
  if (!url.startsWith('data:')) return { kind: 'url', url }
  const comma = url.indexOf(',')
  const head = url.slice(5, Math.max(comma, 0))
  if (!head.endsWith(';base64')) return { kind: 'url', url }
  const mediaType = head.slice(0, head.indexOf(';')) || 'application/octet-stream'
  return { kind: 'base64', mediaType, data: url.slice(comma + 1) }
}

/** The URL of a source, `data:` for base64; undefined for an uploaded file. */
export function urlOf(source: Source): string | undefined {
  if (source.kind === 'id') return undefined
  return source.kind === 'url' ? source.url : `data:${source.mediaType};base64,${source.data}`
}

const AUDIO_TYPES: Record<string, string> = { mp3: 'audio/mpeg', m4a: 'audio/mp4', pcm16: 'audio/pcm' }
const AUDIO_FORMATS: Record<string, string> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/mp4': 'm4a',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/pcm': 'pcm16',
}

/** The media type of OpenAI's name for an audio format, and back. */
export const audioType = (format: string): string => AUDIO_TYPES[format] ?? `audio/${format}`
export const audioFormat = (mediaType: string): string => AUDIO_FORMATS[mediaType] ?? mediaType.slice(mediaType.indexOf('/') + 1)
