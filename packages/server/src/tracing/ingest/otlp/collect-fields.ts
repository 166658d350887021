import type { Attribute, AttributeValue } from './decoded.ts'
import { FIELDS, type Field, FLATTENED, KINDS, METADATA_PREFIXES, TOOL_ATTRIBUTES, USAGE_PREFIXES } from './mapping.ts'

/** What the attributes of one span say in the words of `mapping.ts`. */
export type Collected = {
  /** By slot: `SLOT[field]`, `KIND_SLOTS[i]`, `TOOL_SLOT`; undefined where no attribute gives it. */
  values: (AttributeValue | undefined)[]
  /** By slot: which of its spellings gave it, 0 the best. */
  ranks: Uint8Array
  usage: Record<string, AttributeValue> | undefined
  usageConvention: UsageConvention
  metadata: Record<string, string>
  /** `gen_ai.prompt.0.role` → prefix, path behind it and value, in the order of the attributes. */
  flattened: { input: Flattened[]; output: Flattened[] }
  /** The attributes as members of a JSON object, without the braces. */
  json: string
}
export type Flattened = { prefix: string; path: string; value: AttributeValue }
type UsageConvention = (typeof USAGE_PREFIXES)[number]['convention']

const FIELD_NAMES = Object.keys(FIELDS) as Field[]
export const SLOT = Object.fromEntries(FIELD_NAMES.map((field, index) => [field, index])) as Record<Field, number>
export const KIND_SLOTS = KINDS.map((_, index) => FIELD_NAMES.length + index)
export const TOOL_SLOT = FIELD_NAMES.length + KINDS.length
const SLOTS = TOOL_SLOT + 1
const UNRANKED = 255

/** One pass over the attributes, instead of one look-up for every spelling of every field. */
export function collectFields(attributes: readonly Attribute[]): Collected {
  const found: Collected = {
    values: new Array(SLOTS).fill(undefined),
    ranks: new Uint8Array(SLOTS).fill(UNRANKED),
    usage: undefined,
    usageConvention: 'genai',
    metadata: {},
    flattened: { input: [], output: [] },
    json: '',
  }
  let json = ''
  for (const { key, value } of attributes) {
    const meaning = meaningOf(key)
    json += json === '' ? meaning.json : `,${meaning.json}`
    json += typeof value === 'number' ? value : JSON.stringify(value)
    if (meaning.plain || value === '' || value === null) continue
    for (const { slot, rank } of meaning.targets) {
      if (rank >= (found.ranks[slot] as number)) continue
      found.ranks[slot] = rank
      found.values[slot] = value
    }
    if (meaning.usage) {
      // Of two conventions in one span the first of the table is read.
      if (!found.usage || meaning.usage === USAGE_PREFIXES[0].convention) found.usageConvention = meaning.usage
      found.usage ??= {}
      found.usage[key] = value
    }
    if (meaning.metadata) addMetadata(found.metadata, meaning.metadata, value)
    if (meaning.flattened)
      found.flattened[meaning.flattened.to].push({ prefix: meaning.flattened.prefix, path: meaning.flattened.path, value })
  }
  found.json = json
  return found
}

const MOST_METADATA = 64
const LONGEST_METADATA = 1000

/** Adds a value as text; there is an end to their number and length, because each of them becomes a filter. */
export function addMetadata(metadata: Record<string, string>, key: string, value: AttributeValue): void {
  if (value === null || key === '__proto__' || Object.keys(metadata).length >= MOST_METADATA) return
  metadata[key] = (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, LONGEST_METADATA).toWellFormed()
}

type Meaning = {
  /** The key as it starts a member of a JSON object. */
  json: string
  /** It gives nothing but itself. */
  plain: boolean
  targets: readonly { slot: number; rank: number }[]
  usage: UsageConvention | undefined
  metadata: string | undefined
  flattened: { to: 'input' | 'output'; prefix: string; path: string } | undefined
}

const targetsOf = new Map<string, { slot: number; rank: number }[]>()
const target = (attribute: string, slot: number, rank: number) =>
  targetsOf.set(attribute, [...(targetsOf.get(attribute) ?? []), { slot, rank }])
for (const field of FIELD_NAMES) FIELDS[field].forEach((attribute, rank) => void target(attribute, SLOT[field], rank))
for (const [index, { attribute }] of KINDS.entries()) target(attribute, KIND_SLOTS[index] as number, 0)
TOOL_ATTRIBUTES.forEach((attribute, rank) => void target(attribute, TOOL_SLOT, rank))

/** Keys that were met, worked out once. Clients choose keys, so there is an end to it. */
const meanings = new Map<string, Meaning>()
const MOST_MEANINGS = 8192

function meaningOf(key: string): Meaning {
  const known = meanings.get(key)
  if (known) return known
  const targets = targetsOf.get(key) ?? []
  const usage = targets.length > 0 ? undefined : USAGE_PREFIXES.find(({ prefix }) => key.startsWith(prefix))?.convention
  const metadataPrefix = METADATA_PREFIXES.find((prefix) => key.startsWith(prefix))
  const metadata = metadataPrefix && key.slice(metadataPrefix.length)
  const spread = FLATTENED.find(({ prefix }) => key.startsWith(prefix))
  const flattened = spread && { to: spread.to, prefix: spread.prefix, path: key.slice(spread.prefix.length) }
  const plain = targets.length === 0 && !usage && !metadata && !flattened
  const meaning = { json: `${JSON.stringify(key)}:`, plain, targets, usage, metadata, flattened }
  if (meanings.size < MOST_MEANINGS) meanings.set(key, meaning)
  return meaning
}
