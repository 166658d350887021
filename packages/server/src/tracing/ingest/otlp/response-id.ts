import { type Collected, SLOT } from './collect-fields.ts'
import type { DecodedSpan } from './decoded.ts'
import { short } from './values.ts'

/** An answer of a provider as JSON begins with its id, as all of them write it. */
const ANSWER_ID = /^\s*\{\s*"id"\s*:\s*"([\w.-]{8,200})"/

/** What the provider called its answer; '' where the span does not say. OpenInference has it only in the whole answer. */
export function responseIdOf({ values }: Collected, { attributes }: DecodedSpan): string {
  const named = short(values[SLOT.responseId])
  if (named !== '') return named.length <= 200 ? named : ''
  if (values[SLOT.requestModel] === undefined) return ''
  const answer = attributes.find(({ key }) => key === 'output.value')?.value
  return typeof answer === 'string' ? (ANSWER_ID.exec(answer.slice(0, 300))?.[1] ?? '') : ''
}
