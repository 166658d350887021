import type { ExperimentSummary } from '@signalbox/schema'
import { expect, it } from 'vitest'
import { evidenceOf } from './evidence.ts'

const run = (id: string, ...versions: number[]) =>
  ({ id, state: 'done', prompts: versions.map((version) => ({ name: 'support/refund', version })) }) as unknown as ExperimentSummary
const asked = { name: 'support/refund', from: 1, to: 2, tests: [], last: [] }

it('takes the tests of the version first', () => {
  const tests = [
    { version: 2, against: 1, experiment: { ...run('exp_now', 1, 2), state: 'running' as const } },
    { version: 2, against: 1, experiment: run('exp_test', 1, 2) },
  ]
  expect(evidenceOf({ ...asked, tests, last: [run('exp_a', 1, 2)] })?.id).toBe('exp_test')
})

it('else the last experiment that asked both versions', () => {
  expect(evidenceOf({ ...asked, last: [run('exp_c', 2, 3), run('exp_b', 2, 1), run('exp_a', 1, 2)] })?.id).toBe('exp_b')
  expect(evidenceOf({ ...asked, last: [run('exp_c', 2, 3)] })).toBeUndefined()
  expect(evidenceOf({ ...asked, from: undefined, last: [run('exp_c', 2, 3)] })?.id).toBe('exp_c')
})
