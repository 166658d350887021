import { expect, test } from 'vitest'
import { type BreakerBeat, breakersBeat, targetStateHandlers } from './target-states.ts'

const breaker = (model: string, more: Partial<BreakerBeat> = {}): BreakerBeat => ({
  projectId: 'p',
  provider: 'a',
  model,
  state: 'open',
  forMs: 1000,
  reason: '5 of 5 calls failed',
  ...more,
})
const context = (projectId: string) => ({
  caller: { projectId, permissions: ['*'] },
  ip: '',
  sessionToken: undefined,
  setSession: () => {},
})

test('tells each edge and its breakers that are not closed, of the project of the caller alone', async () => {
  const at = Date.parse('2026-11-21T10:00:00Z')
  const handlers = targetStateHandlers({
    beats: () => [
      {
        edgeId: 'one',
        at,
        ...breakersBeat([breaker('x'), breaker('y', { state: 'half-open', forMs: 0 }), breaker('z', { projectId: 'q' })]),
      },
      { edgeId: 'old', at },
    ],
  })
  const told = await handlers['models.health']({}, context('p'))
  expect(told.edges).toEqual([
    { id: 'one', at: '2026-11-21T10:00:00.000Z', more: 0 },
    { id: 'old', at: '2026-11-21T10:00:00.000Z', more: 0 },
  ])
  const place = { edge: 'one', provider: 'a', reason: '5 of 5 calls failed' }
  expect(told.breakers).toEqual([
    { ...place, model: 'x', state: 'open', until: '2026-11-21T10:00:01.000Z' },
    { ...place, model: 'y', state: 'half-open', until: null },
  ])
})

test('where there are more than fit, those that stay open longest are told, and the number of the others', async () => {
  const beat = breakersBeat([
    ...Array.from({ length: 600 }, (_, at) => breaker(`m${at}`, { forMs: at })),
    breaker('q', { projectId: 'q', forMs: 1e6 }),
  ])
  const handlers = targetStateHandlers({ beats: () => [{ edgeId: 'one', at: 0, ...beat }] })
  const told = await handlers['models.health']({}, context('p'))
  expect([told.breakers.length, told.breakers[0]?.model, told.edges[0]?.more]).toEqual([499, 'm599', 101])
  expect((await handlers['models.health']({}, context('q'))).edges[0]?.more).toBe(0)
})
