import { FailureClass, ModelEntry, Retries, type SnapshotProvider } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import type { Verdict } from './breaker.ts'
import { nextTry } from './next-try.ts'
import type { Candidate, Choice } from './router.ts'

const provider = (name: string, moreKeys?: string[]): SnapshotProvider => ({
  name,
  kind: 'openai',
  baseUrl: '',
  apiKey: 'k',
  ...(moreKeys && { moreKeys }),
  headers: {},
  from: 'file',
  problem: null,
})
const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ provider: provider(name), model: 'm' })) as [Candidate, Candidate, Candidate]
const keyed: Candidate = { provider: provider('keyed', ['k1', 'k2']), model: 'm' }

type Situation = {
  /** The first is tried first. */
  candidates?: [Candidate, ...Candidate[]]
  /** Failures so far; the last one is what is asked about. */
  failed?: { candidate?: Candidate; what: FailureClass; retryAfterMs?: number }[]
  retries?: Partial<Retries>
  entry?: Partial<ModelEntry>
  msLeft?: number
  paused?: Record<string, number>
  badKeys?: number[]
  random?: number
}
function next({ candidates = [a, b], failed = [], retries, entry, msLeft, paused = {}, badKeys = [], random = 1 }: Situation): string {
  const targets = candidates.map(({ provider: { name }, model }) => ({ provider: name, model }))
  const choice: Choice = { candidates, canMoveOn: true, entry: ModelEntry.parse({ targets, ...entry }) }
  const tries = failed.map(({ candidate = candidates[0], what, retryAfterMs }) => ({
    candidate,
    failure: { class: what, status: 500, message: '', ...(retryAfterMs !== undefined && { retryAfterMs }), deliver: () => {} },
  }))
  const found = nextTry(choice, tries, {
    retries: Retries.parse(retries ?? {}),
    msLeft,
    random: () => random,
    mayTry: ({ provider: { name } }): Verdict => {
      const forMs = paused[name]
      return forMs === undefined ? { ok: true } : { ok: false, reason: 'left alone', forMs }
    },
    keyFor: ({ provider: { moreKeys = [] } }, except) =>
      [0, ...moreKeys.map((_, at) => at + 1)].find((key) => !except.includes(key) && !badKeys.includes(key)),
  })
  if (!found) return 'the failure is the answer'
  const { candidate, waitMs } = found
  return `${candidate.provider.name}${candidate.key === undefined ? '' : ` key ${candidate.key}`}${waitMs > 0 ? ` after ${waitMs} ms` : ''}`
}

const AGAIN = 'a after 200 ms'
const OVER = 'the failure is the answer'
type Row = { first: string; last: string; secondTime: string; alone: string; keys: string; fallbackOff: string }
const passing: Row = { first: AGAIN, last: OVER, secondTime: 'b', alone: AGAIN, keys: 'keyed after 200 ms', fallbackOff: AGAIN }
const busy: Row = { first: 'b', last: OVER, secondTime: 'b', alone: AGAIN, keys: 'keyed after 200 ms', fallbackOff: AGAIN }
const refused: Row = { first: 'b', last: OVER, secondTime: 'b', alone: OVER, keys: 'keyed key 1', fallbackOff: OVER }
const elsewhere: Row = { first: 'b', last: OVER, secondTime: 'b', alone: OVER, keys: OVER, fallbackOff: OVER }
const never: Row = { first: OVER, last: OVER, secondTime: OVER, alone: OVER, keys: OVER, fallbackOff: OVER }
const table: Record<FailureClass, Row> = {
  transport: passing,
  timeout: passing,
  server: passing,
  garbage: passing,
  overloaded: busy,
  rate: { ...busy, keys: 'keyed key 1' },
  auth: refused,
  quota: refused,
  'not-found': elsewhere,
  'context-length': elsewhere,
  'content-policy': elsewhere,
  guardrail: elsewhere,
  'too-large': elsewhere,
  unsupported: elsewhere,
  'bad-request': never,
}

describe.each(FailureClass.options)('%s', (what) => {
  const row = table[what]
  test.each<[keyof Row, Situation]>([
    ['first', { failed: [{ what }] }],
    [
      'last',
      {
        failed: [
          { what, candidate: a },
          { what, candidate: a },
          { what, candidate: b },
          { what, candidate: b },
        ],
      },
    ],
    ['secondTime', { failed: [{ what }, { what }] }],
    ['alone', { candidates: [a], failed: [{ what }] }],
    ['keys', { candidates: [keyed], failed: [{ what, candidate: keyed }] }],
    ['fallbackOff', { failed: [{ what }], entry: { fallbackOn: [] } }],
  ])('%s', (name, situation) => {
    expect(next(situation)).toBe(row[name])
  })
})

test.each<[string, Situation, string]>([
  ['no more than the tries of a call', { failed: [{ what: 'server' }], retries: { total: 1 } }, OVER],
  [
    'the pause doubles',
    { failed: [{ what: 'server' }, { what: 'server' }, { what: 'server' }], retries: { attempts: 5 } },
    'a after 800 ms',
  ],
  ['with full jitter', { failed: [{ what: 'server' }], random: 0.1 }, 'a after 20 ms'],
  ['a retry-after is waited for', { candidates: [a], failed: [{ what: 'rate', retryAfterMs: 3000 }] }, 'a after 3000 ms'],
  ['unless it is too long', { candidates: [a], failed: [{ what: 'rate', retryAfterMs: 6000 }] }, OVER],
  ['too long a pause: the next one', { failed: [{ what: 'server', retryAfterMs: 6000 }] }, 'b'],
  ['no wait past the end of the call', { candidates: [a], failed: [{ what: 'rate', retryAfterMs: 900 }], msLeft: 900 }, OVER],
  ['then the next one at once', { failed: [{ what: 'server', retryAfterMs: 900 }], msLeft: 900 }, 'b'],
  ['a target that is left alone is passed over', { candidates: [a, b, c], failed: [{ what: 'rate' }], paused: { b: 9000 } }, 'c'],
  ['one that opened its breaker is not tried again', { failed: [{ what: 'server' }], paused: { a: 10_000 } }, 'b'],
  ['the pause of a breaker is waited for', { candidates: [a], failed: [{ what: 'rate' }], paused: { a: 4000 } }, 'a after 4000 ms'],
  [
    'where all are left alone, the one that is back first',
    { candidates: [a, b, c], failed: [{ what: 'auth' }], paused: { b: 4000, c: 3000 } },
    'c after 3000 ms',
  ],
  ['and none that takes too long', { candidates: [a, b, c], failed: [{ what: 'auth' }], paused: { b: 40_000, c: 30_000 } }, OVER],
  ['only what the alias names', { failed: [{ what: 'auth' }], entry: { fallbackOn: ['rate'] } }, OVER],
  ['also a bad request, where it names it', { failed: [{ what: 'bad-request' }], entry: { fallbackOn: ['bad-request'] } }, 'b'],
  [
    'the third key',
    {
      candidates: [keyed, b],
      failed: [
        { what: 'auth', candidate: keyed },
        { what: 'rate', candidate: { ...keyed, key: 1 } },
      ],
    },
    'keyed key 2',
  ],
  [
    'keys that are left alone are passed over',
    { candidates: [keyed, b], failed: [{ what: 'auth', candidate: keyed }], badKeys: [1] },
    'keyed key 2',
  ],
  ['after the last key, the next target', { candidates: [keyed, b], failed: [{ what: 'auth', candidate: keyed }], badKeys: [1, 2] }, 'b'],
  [
    'tries with other keys are no tries of this one',
    {
      candidates: [keyed],
      failed: [
        { what: 'auth', candidate: keyed },
        { what: 'server', candidate: { ...keyed, key: 1 } },
      ],
    },
    'keyed key 1 after 200 ms',
  ],
  [
    'the same model at two places of the list is one target',
    { candidates: [a, { ...a, provider: provider('a') }, c], failed: [{ what: 'auth' }] },
    'c',
  ],
  ['nothing before the first try', {}, OVER],
])('%s', (_, situation, expected) => {
  expect(next(situation)).toBe(expected)
})
