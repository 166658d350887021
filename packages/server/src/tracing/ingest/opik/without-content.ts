import { isObject, type Json, objectOf } from '../json-values.ts'
import type { OpikBody } from './body.ts'

/** The same without what was asked and answered, for projects that do not keep it. Judgements stay: somebody made them to be kept. */
export const withoutContent = (body: OpikBody): OpikBody => {
  const bare: OpikBody = { ...body }
  for (const list of ['traces', 'spans', 'trace_updates', 'span_updates'] as const) {
    const items = body[list]
    if (items) bare[list] = items.map(bareItem)
  }
  return bare
}

function bareItem({ input: _, output: __, ...item }: Json): Json {
  // A traceback shows the values that the code worked on.
  const { exception_type, message } = objectOf(item.error_info)
  return isObject(item.error_info) ? { ...item, error_info: { exception_type, message } } : item
}
