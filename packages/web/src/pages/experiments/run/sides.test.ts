import type { ExperimentDetail } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { comparedBy, sidesOf } from './sides.ts'

const detail = (given: Partial<ExperimentDetail>) =>
  ({ id: 'exp_1', variants: ['v1', 'v2', 'v3'], baseline: null, definition: null, ...given }) as ExperimentDetail

describe('what is held against what', () => {
  it('is the second variant against the first where nobody said anything', () => {
    expect(sidesOf(detail({}), {})).toEqual({ candidate: 'v2', baseline: { experimentId: 'exp_1', variant: 'v1' } })
  })

  it('is nothing where there is one variant and no baseline', () => {
    expect(sidesOf(detail({ variants: ['only'] }), {})).toEqual({ candidate: 'only', baseline: undefined })
  })

  it('follows the gate, and the address before it', () => {
    const gated = detail({ definition: { gate: { vs: 'v3' } } as ExperimentDetail['definition'] })
    expect(sidesOf(gated, {})).toEqual({ candidate: 'v1', baseline: { experimentId: 'exp_1', variant: 'v3' } })
    expect(sidesOf(gated, { variant: 'v3', against: 'v2' })).toEqual({
      candidate: 'v3',
      baseline: { experimentId: 'exp_1', variant: 'v2' },
    })
  })

  it('never holds a variant against itself', () => {
    expect(sidesOf(detail({}), { variant: 'v1' })).toEqual({ candidate: 'v1', baseline: { experimentId: 'exp_1', variant: 'v2' } })
    expect(sidesOf(detail({}), { variant: 'v2', against: 'v2' }).candidate).toBe('v1')
  })

  it('takes the pinned baseline of another experiment', () => {
    const pinned = detail({ baseline: { experimentId: 'exp_0', variant: 'good' } })
    expect(sidesOf(pinned, {})).toEqual({ candidate: 'v1', baseline: { experimentId: 'exp_0', variant: 'good' } })
    expect(sidesOf(pinned, { against: 'v2' }).baseline).toEqual({ experimentId: 'exp_1', variant: 'v2' })
  })

  it('holds against the variant of the same name of an experiment of the address', () => {
    const other = { id: 'exp_9', variants: ['v0', 'v2'] }
    expect(sidesOf(detail({}), { baseline: 'exp_9', variant: 'v2' }, other).baseline).toEqual({ experimentId: 'exp_9', variant: 'v2' })
    expect(sidesOf(detail({}), { baseline: 'exp_9' }, other).baseline).toEqual({ experimentId: 'exp_9', variant: 'v0' })
  })

  it('is asked for as the API has it', () => {
    expect(comparedBy('exp_1', { candidate: 'v2', baseline: { experimentId: 'exp_1', variant: 'v1' } })).toEqual({
      variant: 'v2',
      baselineVariant: 'v1',
    })
    expect(comparedBy('exp_1', { candidate: 'v2', baseline: { experimentId: 'exp_0', variant: '' } })).toEqual({
      variant: 'v2',
      baseline: 'exp_0',
    })
  })
})
