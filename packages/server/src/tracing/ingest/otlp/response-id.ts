import { answerIdOf } from '../../answer-id.ts'
import { type Collected, SLOT } from './collect-fields.ts'
import type { DecodedSpan } from './decoded.ts'
import { short } from './values.ts'

/** What the provider called its answer; '' where the span does not say. OpenInference has it only in the whole answer. */
export function responseIdOf({ values }: Collected, { attributes }: DecodedSpan): string {
  const named = short(values[SLOT.responseId])
  if (named !== '') return named.length <= 200 ? named : ''
  if (values[SLOT.requestModel] === undefined) return ''
  const answer = attributes.find(({ key }) => key === 'output.value')?.value
  return typeof answer === 'string' ? answerIdOf(answer) : ''
}
