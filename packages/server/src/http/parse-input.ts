import { AppError } from '@signalbox/schema'
import type { z } from 'zod'

/** What was sent as its schema says; else an error that names each field that is wrong. */
export function parseInput<T extends z.ZodType>(schema: T, sent: unknown): z.output<T> {
  const result = schema.safeParse(sent)
  if (result.success) return result.data
  throw new AppError('invalid-request', problemsOf(result.error).join('; '))
}

/** `` `field.of.it`: what is wrong with it `` */
export const problemsOf = ({ issues }: z.ZodError): string[] =>
  issues.map(({ path, message }) => (path.length > 0 ? `\`${path.join('.')}\`: ${message}` : message))
