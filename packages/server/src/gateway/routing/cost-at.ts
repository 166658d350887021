import type { Usage } from '@signalbox/schema'
import type { Pricing } from '../../pricing/price.ts'
import { priceAnswer } from '../price-answer.ts'
import type { Candidate } from './router.ts'

/** Nano-USD of this use at a target; null where its price is not known. `at` in milliseconds since 1970. */
export const costAt = (route: Candidate, { usage, pricing, at }: { usage: Usage; pricing: Pricing; at: number }): number | null =>
  priceAnswer({ usage, route, model: route.model, pricing, at }).cost
