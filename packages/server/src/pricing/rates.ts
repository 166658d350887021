import type { Usage } from '@signalbox/schema'

/** Nano-USD per token. From `tiers[i].above` total input tokens on, all tokens cost `tiers[i].rate`; ascending. */
export type Rate = { rate: number; tiers: readonly { above: number; rate: number }[] }

/** What a model costs: a rate per usage bucket, and perhaps a fee per call, in nano-USD. A bucket without a rate has no known price. */
export type Rates = { version: string; buckets: Partial<Record<keyof Usage, Rate>>; perCall: number; units?: Units }

/** What is charged where no tokens are counted, or its price in nano-USD: images made, characters spoken, seconds of audio, requests. */
export type Units = { image?: number; character?: number; second?: number; request?: number }
export const UNITS = ['image', 'character', 'second', 'request'] as const satisfies readonly (keyof Units)[]

/** US dollars per million tokens, as price lists say it. */
export const perMillion = (usd: number): Rate => ({ rate: nanoPerToken(usd), tiers: [] })
/** Dollars per million × 10⁹ ÷ 10⁶, without the last bits of binary fractions: $0.07 is 70 nano-USD, not 70.00000000000001. */
export const nanoPerToken = (usd: number): number => Number((usd * 1000).toPrecision(12))
