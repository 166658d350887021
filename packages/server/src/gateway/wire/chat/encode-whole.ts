import type { Answer, Block, Call } from '../language.ts'
import type { Json } from './check.ts'
import { mediaField } from './choice-encoder.ts'
import { encodeCitation } from './citations.ts'
import { customTools } from './decode-tools.ts'
import { customInput } from './encode-messages.ts'
import { finishWord } from './finish-reasons.ts'
import { encodeLogprobs } from './logprobs.ts'
import { chatNotes } from './notes.ts'
import { encodeDetail } from './reasoning-details.ts'
import { chatUsage } from './usage-shape.ts'

/** A whole `chat.completion`. */
export function encodeWhole(call: Call, answer: Answer, id: string): Json {
  return {
    id: answer.id || id,
    object: 'chat.completion',
    created: answer.createdAt ?? 0,
    model: answer.model || call.model,
    choices: answer.choices.map((choice, index) => encodeChoice(call, choice, index)),
    ...(answer.usage && { usage: chatUsage(answer.usage) }),
  }
}

function encodeChoice(call: Call, { blocks, finish, logprobs }: Answer['choices'][number], index: number): Json {
  const refused = blocks.some((block) => block.type === 'refusal')
  const legacyFunctions = chatNotes(call).legacyFunctions === true
  const hasText = blocks.some((block) => block.type === 'text')
  const tokens = logprobs && encodeLogprobs(logprobs)
  return {
    index,
    message: encodeMessage(call, blocks),
    logprobs: tokens ? (refused && !hasText ? { content: null, refusal: tokens } : { content: tokens, refusal: null }) : null,
    finish_reason: finish ? finishWord(finish.reason, { refused, legacyFunctions }) : null,
    ...(finish?.stopSequence !== undefined && { stop_reason: finish.stopSequence }),
  }
}

function encodeMessage(call: Call, blocks: Block[]): Json {
  const custom = customTools(call)
  const texts: string[] = []
  const refusals: string[] = []
  const thoughts: string[] = []
  const details: unknown[] = []
  const annotations: unknown[] = []
  const calls: Json[] = []
  const media: Json = {}
  let length = 0
  for (const block of blocks)
    switch (block.type) {
      case 'text':
        for (const citation of block.citations ?? []) annotations.push(encodeCitation(citation, length, block.text.length))
        texts.push(block.text)
        length += block.text.length
        break
      case 'refusal':
        refusals.push(block.text)
        break
      case 'reasoning':
        thoughts.push(block.text)
        if (block.origin !== 'openai-chat' && (block.signature !== undefined || block.encrypted !== undefined))
          details.push(encodeDetail(block, details.length))
        break
      case 'tool-call': {
        const { id, name, signature } = block
        const extra = signature?.dialect === 'gemini' && { extra_content: { google: { thought_signature: signature.value } } }
        if (custom.has(name)) calls.push({ id, type: 'custom', custom: { name, input: customInput(block.arguments) } })
        else calls.push({ id, type: 'function', function: { name, arguments: block.arguments || '{}' }, ...extra })
        break
      }
      default:
        addMedia(media, mediaField(block))
    }
  const links = [...annotations.filter((one) => one !== undefined), ...((media.annotations as unknown[] | undefined) ?? [])]
  const proofs = [...details.filter((one) => one !== undefined), ...((media.reasoning_details as unknown[] | undefined) ?? [])]
  const reasoning = thoughts.join('')
  return {
    role: 'assistant',
    ...media,
    content: texts.length > 0 ? texts.join('') : (media.content ?? null),
    refusal: refusals.length > 0 ? refusals.join('') : null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(proofs.length > 0 && { reasoning_details: proofs }),
    ...(links.length > 0 && { annotations: links }),
    ...encodeCalls(calls, chatNotes(call).legacyFunctions === true),
  }
}

function encodeCalls(calls: Json[], legacyFunctions: boolean): Json {
  if (calls.length === 0) return {}
  return legacyFunctions ? { function_call: calls[0]?.function } : { tool_calls: calls }
}

/** Lists of the same field are joined. */
function addMedia(media: Json, field: Json | undefined): void {
  for (const [key, value] of Object.entries(field ?? {})) {
    const known = media[key]
    media[key] = Array.isArray(known) && Array.isArray(value) ? [...known, ...value] : value
  }
}
