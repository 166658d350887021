import { AppError } from '@signalbox/schema'
import type { ProviderSpec } from '../providers/spec.ts'
import type { Block, Call, Source, ToolResultBlock } from './wire/language.ts'

type ProviderDialect = ReturnType<ProviderSpec['dialectOf']>

/**
 * A call as a target of another dialect can be given it: without the files that only another vendor has, which are named in
 * `dropped`, and without what every other target does anyway. Throws `invalid-request` for what makes no sense there.
 */
export function portable(call: Call, target: ProviderDialect): { call: Call; dropped: string[] } {
  if (call.dialect === target) return { call, dropped: [] }
  refuseStored(call)
  const dropped = new Set<string>()
  const keep = (block: Block): boolean => {
    if (!('source' in block) || isReachable(block.source, call, target)) return true
    dropped.add(block.source.kind === 'id' ? 'file_id' : 'fileData')
    return false
  }
  const turns = call.turns.flatMap((turn) => {
    const blocks = turn.blocks
      .filter(keep)
      .map(
        (block): Block =>
          block.type === 'tool-result' ? { ...block, blocks: block.blocks.filter(keep) as ToolResultBlock['blocks'] } : block,
      )
    return blocks.length > 0 || turn.blocks.length === 0 ? [{ ...turn, blocks }] : []
  })
  return { call: { ...call, ...(dropped.size > 0 && { turns }), extras: withoutSatisfied(call) }, dropped: [...dropped] }
}

/** What a vendor stored of a conversation. Left out, the answer would be one to another question. */
const STORED: Partial<Record<Call['dialect'], { names: readonly string[]; hint: string }>> = {
  'openai-responses': {
    names: ['previous_response_id', 'conversation', 'prompt'],
    hint: 'Send the whole conversation in `input`, or choose a model of the provider that has stored it.',
  },
  gemini: {
    names: ['cachedContent'],
    hint: 'Send the contents themselves, or choose a model of the provider that has cached them.',
  },
}

function refuseStored({ dialect, extras, model }: Call): void {
  const { names, hint } = STORED[dialect] ?? { names: [], hint: '' }
  const param = names.find((name) => extras[name] !== undefined)
  if (param !== undefined)
    throw new AppError('invalid-request', `The target of ${model} does not have what "${param}" refers to.`, { hint, data: { param } })
  if (dialect === 'openai-responses' && extras.background === true)
    throw new AppError('invalid-request', `The target of ${model} cannot answer in the background.`, {
      hint: 'Leave `background` out and read the answer, best as a stream, or choose a model that the Responses API serves.',
      data: { param: 'background' },
    })
}

const VENDORS: Partial<Record<ProviderDialect, string>> = { 'openai-chat': 'openai', 'openai-responses': 'openai' }
const vendorOf = (dialect: ProviderDialect): string => VENDORS[dialect] ?? dialect

/** Addresses that only the vendor can open, or only for the one who put something there. */
const PRIVATE: readonly (readonly [address: RegExp, dialect: ProviderDialect])[] = [
  [/^gs:\/\//, 'gemini'],
  [/^https:\/\/generativelanguage\.googleapis\.com\//, 'gemini'],
  // A page for people: Google alone takes it for the video.
  [/^https?:\/\/(www\.|m\.)?(youtube\.com|youtu\.be)\//, 'gemini'],
]

/** A file that was uploaded to a vendor is known to nobody else. What is at an address of the client's own, its provider says. */
function isReachable(source: Source, { dialect }: Call, target: ProviderDialect): boolean {
  if (source.kind === 'id') return vendorOf(dialect) === vendorOf(target)
  if (source.kind !== 'url' || dialect !== 'gemini') return true
  return !PRIVATE.some(([address, owner]) => owner !== target && address.test(source.url))
}

/** Only Responses stores an answer or seals thoughts unless it is told otherwise; elsewhere both is as it was asked for. */
function withoutSatisfied({ dialect, extras }: Call): Call['extras'] {
  const rest = { ...extras }
  if ((dialect === 'openai-responses' || dialect === 'openai-chat') && rest.store === false) delete rest.store
  if (dialect !== 'openai-responses' || !Array.isArray(rest.include)) return rest
  const include = rest.include.filter((name) => name !== 'reasoning.encrypted_content')
  if (include.length > 0) rest.include = include
  else delete rest.include
  return rest
}
