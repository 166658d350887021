import type { SpanKind } from '@signalbox/schema'
import { type Collected, KIND_SLOTS, SLOT, TOOL_SLOT } from './collect-fields.ts'
import { KINDS } from './kinds.ts'

/** What kind of step a span is, by the first of the conventions that says so. */
export function kindOf({ values }: Collected): SpanKind {
  for (let i = 0; i < KIND_SLOTS.length; i++) {
    const value = values[KIND_SLOTS[i] as number]
    if (typeof value !== 'string') continue
    const { kinds } = KINDS[i] as (typeof KINDS)[number]
    // MLflow writes its attributes as JSON.
    const name = value.toLowerCase().replaceAll('"', '')
    if (Object.hasOwn(kinds, name)) return kinds[name] as SpanKind
  }
  if (values[TOOL_SLOT] !== undefined) return 'tool'
  return values[SLOT.requestModel] !== undefined || values[SLOT.responseModel] !== undefined ? 'llm' : 'span'
}
