import type { Attribute, AttributeValue } from './decoded.ts'
import { KINDS, TOOL_ATTRIBUTES } from './kinds.ts'
import {
  COST_PREFIX,
  FEEDBACK,
  FIELDS,
  type Field,
  FLATTENED,
  METADATA_AS_JSON,
  METADATA_ATTRIBUTES,
  METADATA_OBJECTS,
  METADATA_PREFIXES,
  RERANKER_QUERY,
  USAGE_PREFIXES,
} from './mapping.ts'
import { parsedObject, unquoted } from './values.ts'

/** What the attributes of one span say in the words of `mapping.ts`. */
export type Collected = {
  /** By slot: `SLOT[field]`, `KIND_SLOTS[i]`, `TOOL_SLOT`; undefined where no attribute gives it. */
  values: (AttributeValue | undefined)[]
  /** By slot: which of its spellings gave it, 0 the best. */
  ranks: Uint8Array
  usage: Record<string, AttributeValue> | undefined
  usageConvention: UsageConvention
  metadata: Record<string, string>
  /** What `METADATA_ATTRIBUTES` names: by name, its place in the table and its value. */
  named: Record<string, { rank: number; value: AttributeValue }> | undefined
  costs: Record<string, AttributeValue> | undefined
  /** Judgements as flat attributes, in the order in which they came. */
  feedback: (Flattened & { about: Feedback['about']; member: string })[] | undefined
  rerankerQuery: AttributeValue | undefined
  /** `gen_ai.prompt.0.role` → prefix, path behind it and value, in the order of the attributes. */
  flattened: { input: Flattened[]; output: Flattened[] }
  /** The attributes as members of a JSON object, without the braces. */
  json: string
}
export type Flattened = { prefix: string; path: string; value: AttributeValue }
export type Feedback = (typeof FEEDBACK)[number]
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
    named: undefined,
    costs: undefined,
    feedback: undefined,
    rerankerQuery: undefined,
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
    if (meaning.metadata) addMetadata(found.metadata, meaning.metadata, meaning.quoted ? unquoted(value) : value)
    if (meaning.flattened)
      found.flattened[meaning.flattened.to].push({ prefix: meaning.flattened.prefix, path: meaning.flattened.path, value })
    if (meaning.more) meaning.more(found, value)
  }
  found.json = json
  return found
}

const MOST_METADATA = 64
const LONGEST_METADATA = 1000

/** Adds each member of an object, which may be there as JSON. */
function addMetadataObject(metadata: Record<string, string>, value: AttributeValue): void {
  for (const [key, inner] of Object.entries(parsedObject(value) ?? {})) addMetadata(metadata, key, inner)
}

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
  /** Its value may be a text written as JSON. */
  quoted: boolean
  flattened: { to: 'input' | 'output'; prefix: string; path: string } | undefined
  /** What few attributes give. */
  more: ((found: Collected, value: AttributeValue) => void) | undefined
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
  const quoted = metadataPrefix !== undefined && METADATA_AS_JSON.includes(metadataPrefix)
  // Vectors are no text to read; they stay among the attributes.
  const spread = key.endsWith('.vector') ? undefined : FLATTENED.find(({ prefix }) => key.startsWith(prefix))
  const flattened = spread && { to: spread.to, prefix: spread.prefix, path: key.slice(spread.prefix.length) }
  const more = moreOf(key)
  const plain = targets.length === 0 && !usage && !metadata && !flattened && !more
  const meaning = { json: `${JSON.stringify(key)}:`, plain, targets, usage, metadata, quoted, flattened, more }
  if (meanings.size < MOST_MEANINGS) meanings.set(key, meaning)
  return meaning
}

const NAMED_RANKS = new Map(Object.keys(METADATA_ATTRIBUTES).map((attribute, rank) => [attribute, rank]))

function moreOf(key: string): Meaning['more'] {
  const rank = NAMED_RANKS.get(key)
  if (rank !== undefined) {
    const name = METADATA_ATTRIBUTES[key] as string
    return (found, value) => {
      found.named ??= {}
      const known = found.named[name]
      if (!known || rank < known.rank) found.named[name] = { rank, value }
    }
  }
  if (METADATA_OBJECTS.includes(key)) return (found, value) => addMetadataObject(found.metadata, value)
  if (key === RERANKER_QUERY) {
    return (found, value) => {
      found.rerankerQuery = value
    }
  }
  if (key.startsWith(COST_PREFIX)) {
    return (found, value) => {
      found.costs ??= {}
      found.costs[key.slice(COST_PREFIX.length)] = value
    }
  }
  const feedback = FEEDBACK.find(({ prefix }) => key.startsWith(prefix))
  if (!feedback) return undefined
  const { prefix, about, member } = feedback
  return (found, value) => {
    found.feedback ??= []
    found.feedback.push({ prefix, path: key.slice(prefix.length), value, about, member })
  }
}
