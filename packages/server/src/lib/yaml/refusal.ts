import { AppError } from '@signalbox/schema'
import type { Problem } from './yaml.ts'

/** In the order of the file. */
export const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column
/** As people and editors read it: `FILE:LINE:COLUMN message`. */
export const place = (name: string, { line, column, message }: Problem): string => `${name}:${line}:${column} ${message}`

/** One error with all that is wrong. */
export function refusal(name: string, problems: Problem[], hint = 'Correct the file and start again.'): AppError {
  const lines = [...new Set([...problems].sort(byPlace).map((problem) => place(name, problem)))]
  const message = lines.length === 1 ? (lines[0] ?? '') : `${name} has ${lines.length} problems:\n${lines.join('\n')}`
  return new AppError('invalid-request', message, { hint, data: { problems: lines } })
}
