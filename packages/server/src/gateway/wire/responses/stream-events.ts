import type { Item, Kind } from './answer-parts.ts'
import { type Json, objectOf, textOf } from './json.ts'

export const indexOf = (value: unknown): number => (typeof value === 'number' ? value : 0)
const content = (data: Json): string => `c${indexOf(data.content_index)}`
const summary = (data: Json): string => `s${indexOf(data.summary_index)}`

/** What reads an answer, as the events of its stream see it. */
export type AnswerReader = {
  start(response: Json): void
  final(response: Json): void
  error(data: Json): void
  itemAdded(at: number, item: Json): void
  itemDone(at: number, item: Json): void
  partDone(item: Item, index: number, content: Json): void
  annotation(item: Item, index: number, annotation: Json): void
  delta(data: Json, prefix: 's' | 'c' | 'call', kind: Kind): void
  textDone(data: Json, key: string, kind: Kind, text: string): void
  openPart(data: Json, key: string, kind: Kind): void
  endPart(data: Json, key: string): void
  locate(data: Json, mayBeNew?: boolean): number
  itemAt(data: Json): Item
}

type Reader = (answer: AnswerReader, data: Json) => void

const begin: Reader = (answer, data) => {
  answer.start(objectOf(data.response) ?? {})
}
const final: Reader = (answer, data) => {
  const response = objectOf(data.response) ?? {}
  // What the event is called counts where the object does not say it itself.
  answer.final(response.status === undefined ? { ...response, status: textOf(data.type).slice('response.'.length) } : response)
}

/** What each event of a stream means. Others say nothing that the end of their item does not say. */
export const STREAM_EVENTS: Record<string, Reader> = {
  'response.created': begin,
  'response.in_progress': begin,
  'response.queued': begin,
  'response.completed': final,
  'response.incomplete': final,
  'response.failed': final,
  'response.cancelled': final,
  error(answer, data) {
    answer.error(data)
  },
  'response.output_item.added'(answer, data) {
    const item = objectOf(data.item)
    if (item) answer.itemAdded(answer.locate({ ...data, item_id: item.id }, true), item)
  },
  'response.output_item.done'(answer, data) {
    const item = objectOf(data.item)
    if (item) answer.itemDone(answer.locate({ ...data, item_id: item.id }, true), item)
  },
  'response.content_part.added'(answer, data) {
    const kind = KIND_OF_PART[textOf(objectOf(data.part)?.type)]
    if (kind) answer.openPart(data, content(data), kind)
  },
  'response.content_part.done'(answer, data) {
    const part = objectOf(data.part)
    if (part && part.type !== 'reasoning_text') answer.partDone(answer.itemAt(data), indexOf(data.content_index), part)
    else answer.endPart(data, content(data))
  },
  'response.output_text.delta'(answer, data) {
    answer.delta(data, 'c', 'text')
  },
  'response.output_text.done'(answer, data) {
    answer.textDone(data, content(data), 'text', textOf(data.text))
  },
  'response.output_text.annotation.added'(answer, data) {
    const annotation = objectOf(data.annotation)
    if (annotation) answer.annotation(answer.itemAt(data), indexOf(data.content_index), annotation)
  },
  'response.refusal.delta'(answer, data) {
    answer.delta(data, 'c', 'refusal')
  },
  'response.refusal.done'(answer, data) {
    answer.textDone(data, content(data), 'refusal', textOf(data.refusal))
  },
  'response.function_call_arguments.delta'(answer, data) {
    answer.delta(data, 'call', 'call')
  },
  'response.function_call_arguments.done'(answer, data) {
    answer.textDone(data, 'call', 'call', textOf(data.arguments))
  },
  'response.reasoning_summary_part.added'(answer, data) {
    answer.openPart(data, summary(data), 'summary')
  },
  'response.reasoning_summary_part.done'(answer, data) {
    answer.endPart(data, summary(data))
  },
  'response.reasoning_summary_text.delta'(answer, data) {
    answer.delta(data, 's', 'summary')
  },
  'response.reasoning_summary_text.done'(answer, data) {
    answer.textDone(data, summary(data), 'summary', textOf(data.text))
  },
  'response.reasoning_text.delta'(answer, data) {
    answer.delta(data, 'c', 'reasoning')
  },
  'response.reasoning_text.done'(answer, data) {
    answer.textDone(data, content(data), 'reasoning', textOf(data.text))
    answer.endPart(data, content(data))
  },
}

const KIND_OF_PART: Record<string, Kind> = { output_text: 'text', refusal: 'refusal', reasoning_text: 'reasoning' }
