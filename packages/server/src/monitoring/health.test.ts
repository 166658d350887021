import { expect, test } from 'vitest'
import { type HealthFacts, healthOf } from './health.ts'

const GB = 1 << 30
const WELL: HealthFacts = {
  edges: { heard: 2, silent: 0, behind: 0 },
  providers: { usable: 2, open: [], trying: [] },
  ingest: { waitingBytes: 1000, slowestMs: 900 },
  rejected: { accepted: 100, rejected: 0, deadLetters: 0 },
  journal: { full: 0 },
  disk: { freeBytes: 50 * GB, totalBytes: 100 * GB },
  budgets: { total: 2, warned: [], blocked: [] },
}
const part = (id: string, given: Partial<HealthFacts>) => healthOf({ ...WELL, ...given }).find((one) => one.id === id)

test('all is well where all is well, and each part says so in a word', () => {
  const parts = healthOf(WELL)
  expect(parts.map(({ id }) => id)).toEqual(['gateway', 'providers', 'ingest', 'rejected', 'journal', 'disk', 'budgets'])
  expect(parts.every(({ state, word, why }) => state === 'ok' && word !== '' && why !== '')).toBe(true)
})

test.each<[string, string, Partial<HealthFacts>, string, string]>([
  ['no edge', 'gateway', { edges: { heard: 0, silent: 0, behind: 0 } }, 'error', 'silent'],
  ['no edge yet', 'gateway', { edges: { heard: 0, silent: 0, behind: 0, starting: true } }, 'unknown', 'starting'],
  ['one edge of two', 'gateway', { edges: { heard: 1, silent: 1, behind: 0 } }, 'warning', '1 silent'],
  ['an edge with an old configuration', 'gateway', { edges: { heard: 2, silent: 0, behind: 1 } }, 'warning', '1 behind'],
  ['one breaker', 'providers', { providers: { usable: 3, open: ['a/b'], trying: [] } }, 'warning', '1 resting'],
  ['all breakers', 'providers', { providers: { usable: 1, open: ['a/b'], trying: [] } }, 'error', '1 resting'],
  ['a target on trial', 'providers', { providers: { usable: 1, open: [], trying: ['a/b'] } }, 'warning', '1 on trial'],
  ['no provider', 'providers', { providers: { usable: 0, open: [], trying: [] } }, 'unknown', 'none'],
  ['a backlog', 'ingest', { ingest: { waitingBytes: 40 << 20, slowestMs: null } }, 'warning', '40 MB wait'],
  ['a slow store', 'ingest', { ingest: { waitingBytes: 0, slowestMs: 130_000 } }, 'error', 'slow'],
  ['some payloads refused', 'rejected', { rejected: { accepted: 99, rejected: 1, deadLetters: 0 } }, 'warning', '1 refused'],
  ['many payloads refused', 'rejected', { rejected: { accepted: 80, rejected: 20, deadLetters: 0 } }, 'error', '20 refused'],
  ['a dead letter', 'rejected', { rejected: { accepted: 80, rejected: 0, deadLetters: 1 } }, 'warning', '1 dead letter'],
  ['a full journal', 'journal', { journal: { full: 1 } }, 'error', 'full'],
  ['a journal that nobody knows of', 'journal', { edges: { heard: 0, silent: 0, behind: 0 } }, 'unknown', 'unknown'],
  ['a disk near its end', 'disk', { disk: { freeBytes: 4 * GB, totalBytes: 100 * GB } }, 'warning', '4% free'],
  ['a disk at its end', 'disk', { disk: { freeBytes: GB / 2, totalBytes: 100 * GB } }, 'error', '1% free'],
  ['a large disk with little of it free', 'disk', { disk: { freeBytes: 50 * GB, totalBytes: 4000 * GB } }, 'ok', '1% free'],
  ['a disk that is not for everybody', 'disk', { disk: null }, 'unknown', 'not shown'],
  ['a budget near its end', 'budgets', { budgets: { total: 2, warned: ['a'], blocked: [] } }, 'warning', '1 near the end'],
  ['a budget used up', 'budgets', { budgets: { total: 2, warned: ['a'], blocked: ['b'] } }, 'error', '1 used up'],
  ['no budget', 'budgets', { budgets: { total: 0, warned: [], blocked: [] } }, 'unknown', 'none'],
])('%s', (_, id, given, state, word) => expect(part(id, given)).toMatchObject({ state, word }))
