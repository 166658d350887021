type Headers = Record<string, string | string[] | undefined>
type Said = { headers: Headers; body?: Buffer; now?: () => number }

/** A longer time is nobody's rate limit. */
const LONGEST_MS = 24 * 3_600_000

/**
 * How long a provider asks to be left alone, in milliseconds: `retry-after-ms`, `x-ms-retry-after-ms`, or `retry-after` in seconds or
 * as a date (RFC 9110, section 10.2.3); of Google the `retryDelay` in its body; else the longest of the limits that are used up, by
 * `x-ratelimit-*` of OpenAI's dialect or `anthropic-ratelimit-*`. Undefined where it says nothing.
 */
export function retryAfterOf({ headers, body, now = Date.now }: Said): number | undefined {
  const found = toldDirectly(headers, now) ?? (body && delayOfGoogle(body)) ?? untilReset(headers, now)
  return found === undefined ? undefined : Math.min(Math.max(0, found), LONGEST_MS)
}

function toldDirectly(headers: Headers, now: () => number): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = numberOf(headers[name])
    if (ms !== undefined) return ms
  }
  const said = headers['retry-after']
  const seconds = numberOf(said)
  if (seconds !== undefined) return seconds * 1000
  return untilDate(said, now)
}

/** https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto: `RetryInfo.retryDelay`, such as "17.5s". */
function delayOfGoogle(body: Buffer): number | undefined {
  const seconds = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body.toString('utf8'))?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}

/** Of limits that are not used up the time does not matter. */
function untilReset(headers: Headers, now: () => number): number | undefined {
  const times = LIMITS.flatMap(([remaining, reset]) =>
    numberOf(headers[remaining]) === 0 ? [durationOf(headers[reset]) ?? untilDate(headers[reset], now) ?? []].flat() : [],
  )
  return times.length === 0 ? undefined : Math.max(...times)
}

const LIMITS = [
  ...['requests', 'tokens'].map((what) => [`x-ratelimit-remaining-${what}`, `x-ratelimit-reset-${what}`] as const),
  ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
    (what) => [`anthropic-ratelimit-${what}-remaining`, `anthropic-ratelimit-${what}-reset`] as const,
  ),
]

/** "6m0s", "1.5s", "20ms". */
function durationOf(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(value)) return undefined
  const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
  return [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (units[unit] ?? 0),
    0,
  )
}

function untilDate(value: string | string[] | undefined, now: () => number): number | undefined {
  const date = typeof value === 'string' && /^\d{4}-|,/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now())
}

function numberOf(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string' || value.trim() === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}
