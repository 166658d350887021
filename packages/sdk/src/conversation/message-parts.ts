/** Any JSON value, as payloads hold it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type Fields = { [key: string]: Json }

export type Part =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'refusal'; text: string }
  | { type: 'tool-call'; id: string | null; name: string; arguments: Json }
  | { type: 'tool-result'; id: string | null; name: string | null; content: Json; failed: boolean }
  /** `source` is a `data:` URL that may be shown, or null where the image would have to be loaded from elsewhere. */
  | { type: 'image'; source: string | null; address: string }
  /** Sound, film or a document, inline, kept here (`mediaId`), or elsewhere: then only its address is told. */
  | {
      type: 'file'
      mime: string | null
      name: string | null
      source: string | null
      mediaId: string | null
      address: string
      /** A transcript, or the text of a document. */
      said: string | null
    }
  | { type: 'other'; value: Json }

export function readToolCall(call: Fields): Part {
  const inner = isFields(call.function) ? call.function : isFields(call.custom) ? call.custom : call
  return {
    type: 'tool-call',
    id: asText(call.id),
    name: asText(inner.name) ?? 'unnamed',
    arguments: parseJson(inner.arguments ?? inner.input ?? null),
  }
}

export function readContent(content: Json | undefined): Part[] {
  if (content === null || content === undefined || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) return isFields(content) ? [readBlock(content)] : [{ type: 'other', value: content }]
  return content.map((block) =>
    typeof block === 'string' ? { type: 'text', text: block } : isFields(block) ? readBlock(block) : { type: 'other', value: block },
  )
}

export function readBlock(block: Fields): Part {
  if (block.type === undefined) return readGeminiPart(block) ?? { type: 'other', value: block }
  return BLOCKS[String(block.type ?? '')]?.(block) ?? { type: 'other', value: block }
}

/** Parts of Gemini have no type: what they are is told by the one field that they have. */
function readGeminiPart(part: Fields): Part | undefined {
  const { text, thought, functionCall, functionResponse, inlineData } = part
  if (typeof text === 'string') return { type: thought === true ? 'reasoning' : 'text', text }
  if (isFields(functionCall))
    return {
      type: 'tool-call',
      id: asText(functionCall.id),
      name: asText(functionCall.name) ?? 'unnamed',
      arguments: functionCall.args ?? null,
    }
  if (isFields(functionResponse)) {
    const { id, name, response } = functionResponse
    return { type: 'tool-result', id: asText(id), name: asText(name), content: response ?? null, failed: false }
  }
  return isFields(inlineData) || isFields(part.fileData) ? fileBlock(null)(part) : undefined
}

const textBlock = (block: Fields): Part | undefined => {
  const value = block.text ?? block.content
  return typeof value === 'string' ? { type: 'text', text: value } : undefined
}
const reasoningBlock = (block: Fields): Part | undefined => {
  const summary = Array.isArray(block.summary)
    ? block.summary.map((part) => (isFields(part) ? (asText(part.text) ?? '') : '')).join('\n\n')
    : null
  const value = block.thinking ?? block.reasoning ?? block.content ?? block.text ?? summary
  return typeof value === 'string' ? { type: 'reasoning', text: value } : undefined
}
const callBlock = (block: Fields): Part => ({
  type: 'tool-call',
  id: asText(block.call_id ?? block.toolCallId ?? block.id),
  name: asText(block.name ?? block.toolName) ?? 'unnamed',
  arguments: parseJson(block.arguments ?? block.input ?? block.args ?? null),
})
const resultBlock = (block: Fields): Part => ({
  type: 'tool-result',
  id: asText(block.call_id ?? block.tool_use_id ?? block.toolCallId ?? block.id),
  name: asText(block.name ?? block.toolName),
  content: unwrapOutput(parseJson(block.response ?? block.result ?? block.output ?? block.content ?? null)),
  failed: block.is_error === true || block.isError === true || (isFields(block.output) && String(block.output.type).startsWith('error')),
})
/** The AI SDK wraps what a tool answered: `{ type: 'json', value }`. */
const unwrapOutput = (output: Json): Json =>
  isFields(output) && typeof output.type === 'string' && 'value' in output && Object.keys(output).length === 2
    ? (output.value ?? null)
    : output

/** A picture; a kept one, or one whose address is a token of Langfuse's, is a file that is asked for. */
const imageBlock = (block: Fields): Part => {
  const { address, mime, mediaId } = addressOf(block, 'image/png')
  if (mediaId) return { type: 'file', mime, name: null, source: null, mediaId, address, said: null }
  return { type: 'image', source: SHOWN_IMAGE.test(address) ? address : null, address }
}
const SHOWN_IMAGE = /^data:image\/(png|jpe?g|gif|webp|avif);base64,/i
const SHOWN_MEDIA = /^data:(audio|video)\/[\w.+-]+;base64,/i

const fileBlock =
  (fallback: string | null) =>
  (block: Fields): Part => {
    const inner = isFields(block.file) ? block.file : block
    const name = asText(inner.filename ?? inner.title ?? inner.name ?? inner.file_name)
    if (isFields(block.source) && block.source.type === 'text')
      return {
        type: 'file',
        mime: asText(block.source.media_type),
        name,
        source: null,
        mediaId: null,
        address: '',
        said: asText(block.source.data),
      }
    const { address, mime, mediaId } = addressOf(block, fallback)
    if (mime?.startsWith('image/') && !mediaId) return { type: 'image', source: SHOWN_IMAGE.test(address) ? address : null, address }
    return {
      type: 'file',
      mime,
      name,
      source: SHOWN_MEDIA.test(address) ? address : null,
      mediaId,
      address,
      said: asText(block.transcript),
    }
  }

/** `@@@langfuseMedia:type=image/png|id=…|source=base64_data_uri@@@`: a file that its client sent here on its own. */
const MEDIA = /^@@@langfuseMedia:type=([^|@]+)\|id=([\w-]+)\|source=[^@]*@@@$/

/** Where the bytes of a block are, in any dialect: as a `data:` URL, or as an address elsewhere. */
function addressOf(block: Fields, fallback: string | null): { address: string; mime: string | null; mediaId: string | null } {
  const inner =
    [block.source, block.input_audio, block.inlineData, block.inline_data, block.fileData, block.file, block.file_data].find(isFields) ?? {}
  const format = asText(inner.format ?? block.format)
  const mime =
    asText(
      inner.media_type ?? inner.mimeType ?? inner.mime_type ?? block.mediaType ?? block.media_type ?? block.mime_type ?? block.mimeType,
    ) ?? (format && fallback?.startsWith('audio') ? `audio/${format}` : fallback)
  const url = isFields(block.image_url)
    ? block.image_url.url
    : (block.image_url ?? block.uri ?? inner.url ?? inner.fileUri ?? inner.file_id ?? block.file_url ?? block.file_id)
  const data = asText(inner.data ?? inner.file_data ?? block.data ?? block.image ?? block.file_data ?? block.base64)
  const found = data ?? asText(url) ?? ''
  const media = MEDIA.exec(found.startsWith('data:') ? (found.split('base64,')[1] ?? '') : found)
  if (media) return { address: found, mime: media[1] ?? null, mediaId: media[2] ?? null }
  const inline = data && !/^(data:|https?:)/i.test(data)
  const address = inline ? `data:${mime ?? 'application/octet-stream'};base64,${data}` : found
  return { address, mime: /^data:([\w.+/-]+)/i.exec(address)?.[1] ?? mime, mediaId: null }
}

const BLOCKS: Record<string, (block: Fields) => Part | undefined> = {
  text: textBlock,
  input_text: textBlock,
  output_text: textBlock,
  refusal: (block) => (typeof block.refusal === 'string' ? { type: 'refusal', text: block.refusal } : undefined),
  reasoning: reasoningBlock,
  thinking: reasoningBlock,
  'tool-call': callBlock,
  'tool-result': resultBlock,
  server_tool_use: callBlock,
  mcp_tool_use: callBlock,
  mcp_call: callBlock,
  web_search_tool_result: resultBlock,
  mcp_tool_result: resultBlock,
  redacted_thinking: () => ({ type: 'reasoning', text: '[redacted by the provider]' }),
  tool_call: callBlock,
  tool_use: callBlock,
  function_call: callBlock,
  tool_call_response: resultBlock,
  tool_result: resultBlock,
  function_call_output: resultBlock,
  image: imageBlock,
  image_url: imageBlock,
  input_image: imageBlock,
  image_file: imageBlock,
  blob: fileBlock(null),
  uri: fileBlock(null),
  audio: fileBlock('audio/wav'),
  input_audio: fileBlock('audio/wav'),
  video: fileBlock('video/mp4'),
  document: fileBlock(null),
  file: fileBlock(null),
  input_file: fileBlock(null),
  media: fileBlock(null),
}

export const isFields = (value: Json | undefined): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
export const asText = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** Arguments and results often travel as JSON in a string; what is no JSON stays a string. */
export function parseJson(value: Json): Json {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as Json
  } catch {
    return value
  }
}
