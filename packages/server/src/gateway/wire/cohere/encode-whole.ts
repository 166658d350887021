import { packCallId } from '../anthropic/foreign-proof.ts'
import type { Answer, AudioBlock, Block, Citation, FileBlock, ImageBlock, Logprob, OpaqueBlock } from '../language.ts'
import { objectOf, type Untyped } from '../untyped.ts'
import { encodeCitation, type Segment } from './citations.ts'
import { TOOL_PLAN } from './encode-messages.ts'
import { encodeFinish } from './finish-reasons.ts'
import { encodeUsage } from './usage.ts'

type Text = { type: 'text'; text: string }

/** A whole answer as the body of a response of `POST /v2/chat`. An answer that is an error is `{ message }`. */
export function encodeWhole(answer: Answer, { id, logprobs: wantsLogprobs }: { id: string; logprobs: boolean }): Untyped {
  if (answer.error) return { id: answer.id || id, message: answer.error.message }
  const { blocks = [], finish, logprobs = [] } = answer.choices[0] ?? {}
  const seen = { toolCalls: blocks.some(({ type }) => type === 'tool-call'), refusal: blocks.some(({ type }) => type === 'refusal') }
  return {
    id: answer.id || id,
    message: encodeMessage(blocks),
    finish_reason: encodeFinish(finish?.reason ?? 'stop', seen),
    ...(answer.usage && { usage: encodeUsage(answer.usage) }),
    ...(wantsLogprobs && logprobs.length > 0 && { logprobs: logprobs.map((token) => logprobItem([token])) }),
  }
}

/** Probabilities of the tokens of a piece of text. Other vendors give tokens no numbers. */
export const logprobItem = (tokens: readonly Logprob[]): Untyped => ({
  text: tokens.map(({ token }) => token).join(''),
  token_ids: [],
  logprobs: tokens.map(({ logprob }) => logprob),
})

/** A message has no place for media of the model's own; that it was there must not go unsaid. */
export const mediaNote = ({ type }: ImageBlock | AudioBlock | FileBlock): string => `[${type}: a message of Cohere cannot carry it]`

/** A part of the content that Cohere itself wrote. */
export const isOwn = ({ dialect, value }: OpaqueBlock): boolean => dialect === 'cohere' && typeof objectOf(value).type === 'string'

function encodeMessage(blocks: readonly Block[]): Untyped {
  const content: Untyped[] = []
  const calls: Untyped[] = []
  const cited: { citation: Citation; segment: Segment; part: Text; contentIndex: number }[] = []
  let plan = ''
  let open: Text | undefined
  const write = (text: string, citations: readonly Citation[] = []): void => {
    if (text === '') return
    if (!open) {
      open = { type: 'text', text: '' }
      content.push(open)
    }
    const segment = { start: open.text.length, end: open.text.length + text.length }
    open.text += text
    for (const citation of citations) cited.push({ citation, segment, part: open, contentIndex: content.length - 1 })
  }
  for (const block of blocks) {
    if (block.type === 'text') write(block.text, block.citations)
    else if (block.type === 'refusal') write(block.text)
    else if (block.type === 'image' || block.type === 'audio' || block.type === 'file') write(mediaNote(block))
    else if (block.type === 'tool-call') {
      open = undefined
      const { id, signature, name, arguments: given } = block
      calls.push({ id: packCallId(id, signature), type: 'function', function: { name, arguments: given || '{}' } })
    } else if (block.type === 'reasoning') {
      open = undefined
      if (block.id === TOOL_PLAN && block.origin === 'cohere') plan += block.text
      else if (block.text !== '') content.push({ type: 'thinking', thinking: block.text })
    } else if (block.type === 'opaque' && isOwn(block)) {
      open = undefined
      content.push(objectOf(block.value))
    }
  }
  if (content.length === 0 && calls.length === 0) content.push({ type: 'text', text: '' })
  const citations = cited.flatMap(
    ({ citation, segment, part, contentIndex }) => encodeCitation(citation, { ...segment, text: part.text, contentIndex }) ?? [],
  )
  return {
    role: 'assistant',
    ...(plan !== '' && { tool_plan: plan }),
    ...(content.length > 0 && { content }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(citations.length > 0 && { citations }),
  }
}
