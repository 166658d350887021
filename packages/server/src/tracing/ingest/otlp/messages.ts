import type { SpanKind } from '@signalbox/schema'
import { type Collected, collectFields, SLOT } from './collect-fields.ts'
import type { AttributeValue, DecodedEvent } from './decoded.ts'
import { CONTENT_EVENTS, DETAILS_EVENT, FIELDS, FLATTENED, FLATTENED_BEFORE, MESSAGE_EVENTS } from './mapping.ts'
import { unflatten } from './unflatten.ts'

type Side = 'input' | 'output'

/**
 * What a span read and wrote, as text; '' where it does not say. In this order: its attributes, the event with the
 * details of the exchange, events with one message each, events with all of them. Text is kept as it was sent.
 */
export function messagesOf(found: Collected, events: readonly DecodedEvent[], kind: SpanKind): { input: string; output: string } {
  const own = sidesOf(found, kind)
  if (events.length === 0 || (own.input !== '' && own.output !== '')) return own
  const details = events.find(({ name }) => name === DETAILS_EVENT)
  const detailed = details ? sidesOf(collectFields(details.attributes), kind) : NOTHING
  return {
    input: own.input || detailed.input || fromEvents(events, 'input'),
    output: own.output || detailed.output || fromEvents(events, 'output'),
  }
}

const NOTHING = { input: '', output: '' }
const sidesOf = (found: Collected, kind: SpanKind) => ({
  input: withSystem(found.values[SLOT.system], sideOf(found, 'input', kind)),
  output: answerOf(found) ?? sideOf(found, 'output', kind),
})

const TEXT_RANK = (FIELDS.output as readonly string[]).indexOf('ai.response.text')

/** The AI SDK spreads one answer over several attributes; together they are a message. */
function answerOf({ values, ranks }: Collected): string | undefined {
  const [calls, reasoning] = [values[SLOT.toolCalls], values[SLOT.reasoning]]
  if ((calls === undefined && reasoning === undefined) || (ranks[SLOT.output] as number) < TEXT_RANK) return undefined
  const parts: AttributeValue[] = []
  if (reasoning !== undefined) parts.push({ type: 'reasoning', content: textOf(reasoning) })
  if (ranks[SLOT.output] === TEXT_RANK) parts.push({ type: 'text', content: textOf(values[SLOT.output]) })
  const called = parsed(calls ?? null)
  for (const call of Array.isArray(called) ? called : []) {
    const { toolCallId, toolName, input, args } = (call ?? {}) as Record<string, AttributeValue>
    parts.push({ type: 'tool_call', id: toolCallId ?? null, name: toolName ?? null, arguments: parsed(input ?? args ?? null) })
  }
  return parts.length === 0 ? undefined : JSON.stringify([{ role: 'assistant', parts }])
}

const FLATTENED_RANK = {
  input: (FIELDS.input as readonly string[]).indexOf(FLATTENED_BEFORE.input),
  output: (FIELDS.output as readonly string[]).indexOf(FLATTENED_BEFORE.output),
}

function sideOf(found: Collected, side: Side, kind: SpanKind): string {
  const leaves =
    isOfSteps(kind) && found.values[SLOT[side]] !== undefined ? found.flattened[side].filter(isNoMessage) : found.flattened[side]
  if (leaves.length > 0 && (found.ranks[SLOT[side]] as number) >= FLATTENED_RANK[side]) {
    // One library may write several of them; the first of the table is read.
    const prefix = FLATTENED.find((known) => known.to === side && leaves.some((leaf) => leaf.prefix === known.prefix))?.prefix
    const list = unflatten(leaves.filter((leaf) => leaf.prefix === prefix))
    const asked = prefix === 'reranker.input_documents.' && found.rerankerQuery !== undefined
    return JSON.stringify(asked ? { query: found.rerankerQuery, documents: list } : list)
  }
  return textOf(found.values[SLOT[side]])
}

/** Of a step around calls, OpenInference flattens a message or two out of a whole state; `input.value` has all of it. */
const isOfSteps = (kind: SpanKind): boolean => kind === 'chain' || kind === 'agent' || kind === 'workflow'
const isNoMessage = ({ prefix }: { prefix: string }): boolean => !/^llm\.(input|output)_messages\.$/.test(prefix)

const textOf = (value: AttributeValue | undefined): string =>
  value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value)

/** System instructions stand apart in newer conventions; before the messages, as their first one, they read as they ran. */
function withSystem(system: AttributeValue | undefined, input: string): string {
  const instructions = textOf(system)
  if (instructions === '') return input
  const parts = instructions.startsWith('[') ? instructions : JSON.stringify([{ type: 'text', content: instructions }])
  const message = `{"role":"system","parts":${parts}}`
  if (input === '' || input === '[]') return `[${message}]`
  return input.startsWith('[')
    ? `[${message},${input.slice(1)}`
    : `[${message},${JSON.stringify({ role: 'user', parts: [{ type: 'text', content: input }] })}]`
}

function fromEvents(events: readonly DecodedEvent[], side: Side): string {
  const messages = events.flatMap(({ name, attributes }) => {
    const known = MESSAGE_EVENTS[name]
    if (known?.to !== side) return []
    const message: Record<string, AttributeValue> = Object.assign(Object.create(null), { role: known.role })
    for (const { key, value } of attributes) message[key.replace(/^gen_ai\.event\./, '')] = parsed(value)
    return [message]
  })
  if (messages.length > 0) return JSON.stringify(messages)
  for (const { name, attributes } of events) {
    const known = CONTENT_EVENTS[name]
    if (known?.to === side) return textOf(attributes.find(({ key }) => key === known.attribute)?.value)
  }
  return ''
}

/** Attributes of events carry structure as JSON text. */
function parsed(value: AttributeValue): AttributeValue {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as AttributeValue
  } catch {
    return value
  }
}
