import type { AudioBlock, FileBlock, ImageBlock, Source } from '../language.ts'
import type { Untyped } from '../untyped.ts'

type Kind = 'image' | 'document' | 'video' | 'audio'

/** What Converse takes, by media type: the member of the block and the `format` in it. */
const FORMATS: Record<string, readonly [Kind, string]> = {
  'image/png': ['image', 'png'],
  'image/jpeg': ['image', 'jpeg'],
  'image/jpg': ['image', 'jpeg'],
  'image/gif': ['image', 'gif'],
  'image/webp': ['image', 'webp'],
  'application/pdf': ['document', 'pdf'],
  'text/csv': ['document', 'csv'],
  'application/csv': ['document', 'csv'],
  'application/msword': ['document', 'doc'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['document', 'docx'],
  'application/vnd.ms-excel': ['document', 'xls'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['document', 'xlsx'],
  'text/html': ['document', 'html'],
  'text/markdown': ['document', 'md'],
  'text/plain': ['document', 'txt'],
  'video/mp4': ['video', 'mp4'],
  'video/quicktime': ['video', 'mov'],
  'video/x-matroska': ['video', 'mkv'],
  'video/webm': ['video', 'webm'],
  'video/x-flv': ['video', 'flv'],
  'video/mpeg': ['video', 'mpeg'],
  'video/x-ms-wmv': ['video', 'wmv'],
  'video/3gpp': ['video', 'three_gp'],
  'audio/mpeg': ['audio', 'mp3'],
  'audio/mp3': ['audio', 'mp3'],
  'audio/wav': ['audio', 'wav'],
  'audio/x-wav': ['audio', 'wav'],
  'audio/aac': ['audio', 'aac'],
  'audio/flac': ['audio', 'flac'],
  'audio/ogg': ['audio', 'ogg'],
  'audio/opus': ['audio', 'opus'],
  'audio/mp4': ['audio', 'm4a'],
  'audio/webm': ['audio', 'webm'],
}

/**
 * An image, document, video or sound as a block of Converse; `undefined` where its place or its format cannot be carried.
 * `nameDocument` makes the name that each document needs.
 */
export function encodeMedia(
  block: ImageBlock | AudioBlock | FileBlock,
  nameDocument: (name: string | undefined) => string,
): Untyped | undefined {
  const source = encodeSource(block.source)
  const found = FORMATS[mediaTypeOf(block)]
  if (!source || !found) return undefined
  const [kind, format] = found
  if (kind !== 'document') return { [kind]: { format, source } }
  return { document: { format, name: nameDocument('name' in block ? block.name : undefined), source, ...documentFields(block) } }
}

/** What Anthropic's documents and Converse's have in common beyond the inner language. */
export const DOCUMENT_FIELDS = ['citations', 'context'] as const

function documentFields({ native }: ImageBlock | AudioBlock | FileBlock): Untyped {
  const fields: Untyped = {}
  if (native?.dialect !== 'anthropic') return fields
  for (const name of DOCUMENT_FIELDS) if (native.value[name] !== undefined) fields[name] = native.value[name]
  return fields
}

/** Base64 as it came, or an object in S3: Bedrock fetches nothing else. */
function encodeSource(source: Source): Untyped | undefined {
  if (source.kind === 'base64') return { bytes: source.data }
  return source.kind === 'url' && source.url.startsWith('s3://') ? { s3Location: { uri: source.url } } : undefined
}

function mediaTypeOf(block: ImageBlock | AudioBlock | FileBlock): string {
  const { source } = block
  const given = source.kind === 'id' ? undefined : source.mediaType
  const type = (given ?? '').split(';', 1)[0]?.trim().toLowerCase()
  if (type) return type.startsWith('text/') && !Object.hasOwn(FORMATS, type) ? 'text/plain' : type
  if (block.type === 'audio' && block.format) return `audio/${block.format.toLowerCase()}`
  return source.kind === 'url' ? typeOfEnding(source.url) : ''
}

/** Of an object in S3 only its ending tells what it is. */
function typeOfEnding(url: string): string {
  const ending = /\.([a-z0-9]+)$/i.exec(url)?.[1]?.toLowerCase()
  const format = ending === 'jpg' ? 'jpeg' : ending
  return Object.entries(FORMATS).find(([, [, known]]) => known === format)?.[0] ?? ''
}

const LONGEST_NAME = 200

/**
 * Names for documents as Converse takes them: ASCII letters and digits, single spaces, hyphens, round and square brackets,
 * each name once in a call.
 */
export function documentNamer(): (name: string | undefined) => string {
  const used = new Set<string>()
  return (name) => {
    const clean = (name ?? '')
      .replace(/[^a-zA-Z0-9\-()[\]]+/g, ' ')
      .slice(0, LONGEST_NAME)
      .trim()
    const base = clean || 'document'
    let unique = base
    for (let count = 2; used.has(unique); count++) {
      const end = ` ${count}`
      unique = base.slice(0, LONGEST_NAME - end.length).trimEnd() + end
    }
    used.add(unique)
    return unique
  }
}
