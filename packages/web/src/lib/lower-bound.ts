import type { Trace } from '@signalbox/schema'
import { plural } from './format-number.ts'

/** The cost of a trace leaves out what has no price: then it is shown with a `+`, and this says why. */
export const lowerBound = ({ costUsd, unpricedCount }: Pick<Trace, 'costUsd' | 'unpricedCount'>): string | null =>
  costUsd !== null && unpricedCount > 0 ? `At least: ${plural(unpricedCount, 'span')} without a known price` : null
