import type { ExperimentAnswer, ExperimentRow } from '@signalbox/schema'
import type { Sides } from '../run/sides.ts'
import { PASS } from '../words/verdict-words.ts'

/** What an item or an answer says, as text: messages as they would be read aloud, all else as JSON. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.length > 0 && value.every(isMessage))
    return value.length === 1 ? textOf(value[0]?.content) : value.map(({ role, content }) => `${role}: ${textOf(content)}`).join('\n')
  return JSON.stringify(value, null, 2)
}

/** For one line of a list: of the variables of a prompt their values, all else as text. */
export function lineOf(value: unknown): string {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
  const values = isRecord ? Object.values(value) : []
  const text =
    isRecord && values.length > 0 ? values.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(' · ') : textOf(value)
  return text.slice(0, 300).replace(/\s+/g, ' ').trim()
}

const isMessage = (value: unknown): value is { role: string; content: unknown } =>
  typeof value === 'object' && value !== null && 'role' in value && 'content' in value

/** The answers of a side of a comparison, by repeat. */
export function answersOf(row: ExperimentRow, id: string, side: { experimentId: string; variant: string }): ExperimentAnswer[] {
  const from = side.experimentId === id && row.answers.some(({ variant }) => variant === side.variant) ? row.answers : row.baseline
  return from.filter(({ variant }) => side.variant === '' || variant === side.variant).toSorted((a, b) => a.repeat - b.repeat)
}

export const candidateOf = (id: string, { candidate }: Sides) => ({ experimentId: id, variant: candidate })

/** What came of an answer by a metric: whether it passed, and its score where that says more. */
export function verdictOf(
  answer: ExperimentAnswer,
  metric: string,
): { pass: boolean | null; score: number | null; status: 'scored' | 'na' | 'error' | 'none' } {
  if (metric === PASS)
    return { pass: answer.pass, score: null, status: answer.error !== null ? 'error' : answer.pass === null ? 'none' : 'scored' }
  const one = answer.scores.find(({ key }) => key === metric) ?? answer.scores.find((score) => score.metric === metric)
  return { pass: one?.pass ?? null, score: one?.score ?? null, status: one?.status ?? 'none' }
}
