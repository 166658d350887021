import type { Random } from '../random.ts'
import type { Weather } from './weather.ts'

/** What can go wrong in a turn, as `error.type`. */
export const TROUBLES = ['rate_limit', 'timeout', 'context_length', 'bad_request', 'tool_error'] as const
export type Trouble = (typeof TROUBLES)[number]

/** Whether something goes wrong at this moment, what, and whether the copilot gets over it. Without tools none can fail. */
export function troubleAt(options: {
  random: Random
  weather: Weather
  /** Milliseconds since 1970. */
  at: number
  usesTools: boolean
}): { kind: Trouble; survives: boolean } | null {
  const { random, weather, at, usesTools } = options
  const share = weather.trouble(at)
  // Drawn in any case, so that the rest of the turn is the same whatever the weather.
  const happens = random.chance(share)
  const survives = random.chance(0.55)
  const usual = random.weighted({ tool_error: usesTools ? 60 : 0, timeout: 9, rate_limit: 34, context_length: 22 })
  const slow = random.weighted({ rate_limit: 50, timeout: 42, tool_error: usesTools ? 10 : 0 })
  const broken = random.weighted({ bad_request: 70, tool_error: usesTools ? 30 : 0 })
  if (!happens) return null
  const reason = weather.reason(at)
  // What a release broke no second try mends.
  if (reason === 'deploy') return { kind: broken, survives: false }
  return { kind: reason === 'incident' ? slow : usual, survives }
}

/** How the provider says it, and after how many milliseconds. */
export const FAILURES: Record<Exclude<Trouble, 'tool_error'>, { message: string; after: number }> = {
  rate_limit: {
    message: '429 Rate limit reached for requests per minute (limit 500, used 500). Please try again in 1.2 s.',
    after: 210,
  },
  timeout: { message: 'No answer within 15 s; the request was given up.', after: 15_000 },
  context_length: {
    message: "400 This model's maximum context length is 128000 tokens. However, your messages resulted in 131402 tokens.",
    after: 380,
  },
  bad_request: {
    message: "400 Invalid schema for function 'lookup_order': in context=('properties', 'order_id'), 'type' is required.",
    after: 160,
  },
}

/** What a customer pastes who then has a message that is too long. The recording keeps its beginning. */
export const PASTED = `\n\nHere is the whole export so that you have everything:\n\norder;date;sku;qty;price;status\n${[
  'KO-40112;2024-03-02;BTL-TITAN-1L;2;79.00;delivered',
  'KO-40398;2024-03-19;MAT-DRIFT-R;1;129.95;returned',
  'KO-41007;2024-04-28;LMP-WISP-400;4;219.80;delivered',
  'KO-41822;2024-06-11;TNT-FJELL-2;1;289.95;delivered',
].join('\n')}\n[… 3,961 more lines]`
