/**
 * What vectors are for. OpenAI's clients cannot say it, its API has no word for it: the fields `input_type` (in Cohere's words)
 * and `task_type` (in Google's) of the body do. Where only the other vendor's field is there, its equal is sent.
 */
export type Purpose = { input_type?: string; task_type?: string }

/** Words that mean the same to both. Google has more. */
const EQUAL: readonly (readonly [inputType: string, taskType: string])[] = [
  ['search_document', 'RETRIEVAL_DOCUMENT'],
  ['search_query', 'RETRIEVAL_QUERY'],
  ['classification', 'CLASSIFICATION'],
  ['clustering', 'CLUSTERING'],
]

export type Field = keyof Purpose

/** The word for a target that has this field, undefined where there is none; `dropped` is the field that it has no equal for. */
export function wordFor(field: Field, purpose: Purpose | undefined): { word?: string; dropped: Field[] } {
  const own = purpose?.[field]
  if (own !== undefined) return { word: own, dropped: [] }
  const other = field === 'input_type' ? 'task_type' : 'input_type'
  const said = purpose?.[other]
  if (said === undefined) return { dropped: [] }
  const pair = EQUAL.find(([inputType, taskType]) => said === (other === 'input_type' ? inputType : taskType))
  return pair ? { word: field === 'input_type' ? pair[0] : pair[1], dropped: [] } : { dropped: [other] }
}

/** The fields that say it, for a target that has none. */
export const fieldsOf = (purpose: Purpose | undefined): Field[] => Object.keys(purpose ?? {}) as Field[]
