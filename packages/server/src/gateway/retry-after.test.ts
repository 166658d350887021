import { expect, test } from 'vitest'
import { retryAfterOf } from './retry-after.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
test.each<[Record<string, string>, string | undefined, number | undefined]>([
  [{}, undefined, undefined],
  [{ 'retry-after': '7' }, undefined, 7000],
  [{ 'retry-after': '1.5' }, undefined, 1500],
  [{ 'retry-after': 'Sat, 21 Nov 2026 12:00:30 GMT' }, undefined, 30_000],
  [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, undefined, 0],
  [{ 'retry-after': 'soon' }, undefined, undefined],
  [{ 'retry-after': '-3' }, undefined, undefined],
  [{ 'retry-after-ms': '250', 'retry-after': '7' }, undefined, 250],
  [{ 'x-ms-retry-after-ms': '900' }, undefined, 900],
  [{ 'retry-after': '99999999' }, undefined, 86_400_000],
  [{}, '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay": "17.5s"}]}}', 17_500],
  [
    {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '6m0s',
      'x-ratelimit-remaining-tokens': '9',
      'x-ratelimit-reset-tokens': '1h',
    },
    undefined,
    360_000,
  ],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '20ms' }, undefined, 20],
  [{ 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '20ms' }, undefined, undefined],
  [
    { 'anthropic-ratelimit-input-tokens-remaining': '0', 'anthropic-ratelimit-input-tokens-reset': '2026-11-21T12:01:00Z' },
    undefined,
    60_000,
  ],
])('%j %s', (headers, body, expected) => {
  expect(retryAfterOf({ headers, ...(body !== undefined && { body: Buffer.from(body) }), now: () => NOW })).toBe(expected)
})
