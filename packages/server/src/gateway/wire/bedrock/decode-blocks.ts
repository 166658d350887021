import { own } from '../../../lib/own.ts'
import type { Block, Citation } from '../language.ts'
import { listOf, objectOf, textOf, type Untyped } from '../untyped.ts'

/** A content block of a whole answer. What the inner language has no word for stays as it is. */
export function decodeBlock(value: unknown, nameOf: (sent: string) => string): Block {
  const block = objectOf(value)
  const [member = ''] = Object.keys(block)
  const decoded = own(DECODERS, member)?.(block[member], nameOf)
  return decoded ?? { type: 'opaque', dialect: 'bedrock', what: member || 'content', value }
}

const DECODERS: Record<string, (value: unknown, nameOf: (sent: string) => string) => Block | undefined> = {
  text: (value) => ({ type: 'text', text: textOf(value) }),
  toolUse(value, nameOf) {
    const { toolUseId, name, input, type } = objectOf(value)
    if (type === 'server_tool_use') return undefined
    return { type: 'tool-call', id: textOf(toolUseId), name: nameOf(textOf(name)), arguments: JSON.stringify(input ?? {}) }
  },
  reasoningContent(value) {
    const { reasoningText, redactedContent } = objectOf(value)
    if (typeof redactedContent === 'string') return { type: 'reasoning', text: '', encrypted: redactedContent, origin: 'bedrock' }
    const { text, signature } = objectOf(reasoningText)
    return { type: 'reasoning', text: textOf(text), ...(typeof signature === 'string' && { signature }), origin: 'bedrock' }
  },
  citationsContent(value) {
    const { content, citations } = objectOf(value)
    const text = listOf(content)
      .map((part) => textOf(objectOf(part).text))
      .join('')
    return { type: 'text', text, citations: listOf(citations).map(decodeCitation) }
  },
  image: (value) => decodeImage(objectOf(value)),
}

/** `{ format, source: { bytes } }`; `undefined` where there are no bytes. */
export function decodeImage({ format, source }: Untyped): Block | undefined {
  const { bytes } = objectOf(source)
  if (typeof bytes !== 'string') return undefined
  return { type: 'image', source: { kind: 'base64', mediaType: `image/${textOf(format) || 'png'}`, data: bytes } }
}

/** Where a text of the answer comes from. Converse gives places in the source, not in the answer. */
export function decodeCitation(value: unknown): Citation {
  const { title, source, sourceContent, location } = objectOf(value)
  const web = objectOf(objectOf(location).web).url
  const url = typeof web === 'string' ? web : textOf(source).startsWith('http') ? textOf(source) : undefined
  const text = listOf(sourceContent)
    .map((part) => textOf(objectOf(part).text))
    .join('')
  return {
    ...(url !== undefined && { url }),
    ...(typeof title === 'string' && { title }),
    ...(text !== '' && { text }),
    native: { dialect: 'bedrock', value },
  }
}
