type Json = { [key: string]: unknown }

/** One thing that a client of a dialect can say, in the smallest request that says it. */
export type Feature = {
  what: string
  /** What it adds to, or replaces in, the smallest request of the dialect. */
  request: Json
  /** The same request without it, where that is not the smallest one. */
  without?: Json
  /** What a target has to get of it, to the letter, to be said to carry it. */
  mark: string
  /** What every target of another dialect does anyway, so that nothing has to arrive. */
  isUsual?: true
}

/** What a client speaks: its smallest request, and everything that can be said beside it. */
export type ClientFeatures = { smallest: Json; features: Feature[] }

export const PNG = 'iVBORw0KGgo='
export const PDF = 'JVBERi0xLjQ='
export const WAV = 'UklGRg=='
export const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false }
