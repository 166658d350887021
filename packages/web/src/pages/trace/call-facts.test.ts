import { describe, expect, it } from 'vitest'
import { callFacts, costDifference } from './call-facts.ts'

type Facts = Parameters<typeof callFacts>[0]

const ATTRIBUTES = {
  httpStatus: 200,
  attempts: [
    { provider: 'openai', model: 'gpt-4o', status: 503, ms: 12, error: 'upstream_error', failure: 'overloaded', key: 0 },
    { provider: 'azure', model: 'gpt-4o', status: 200, ms: 340, reason: 'overloaded at openai/gpt-4o' },
  ],
  route: {
    alias: 'support',
    strategy: 'fallback',
    reason: 'in its order',
    steps: [
      { provider: 'openai', model: 'gpt-4o', place: 'chosen', reason: '' },
      { provider: 'azure', model: 'gpt-4o', place: 'next', reason: 'after it' },
      { provider: 'eu', model: 'm', place: 'odd', reason: 'another region' },
      'no step',
    ],
  },
  variant: { split: 's', arm: 'b', propensity: 0.25 },
  truncated: false,
  dropped: ['top_k', 'thinking'],
  units: { image: 2 },
  costReason: 'Files are free.',
  providerCostUsd: '0.042',
}
const NOTHING = {
  units: [],
  providerCostUsd: null,
  costReason: null,
  dropped: [],
  attempts: [],
  route: null,
  variant: null,
  httpStatus: null,
  objectId: null,
  prompt: null,
}

describe('the facts of a call', () => {
  it('are read from what the gateway keeps', () =>
    expect(callFacts({ source: 'gateway', attributes: ATTRIBUTES })).toEqual({
      units: [['image', 2]],
      providerCostUsd: '0.042',
      costReason: 'Files are free.',
      dropped: ['top_k', 'thinking'],
      attempts: [
        {
          provider: 'openai',
          model: 'gpt-4o',
          status: 503,
          milliseconds: 12,
          error: 'upstream_error',
          reason: null,
          failure: 'overloaded',
          key: 1,
        },
        {
          provider: 'azure',
          model: 'gpt-4o',
          status: 200,
          milliseconds: 340,
          error: null,
          reason: 'overloaded at openai/gpt-4o',
          failure: null,
          key: null,
        },
      ],
      route: {
        alias: 'support',
        strategy: 'fallback',
        reason: 'in its order',
        steps: [
          { target: 'openai/gpt-4o', place: 'chosen', reason: null },
          { target: 'azure/gpt-4o', place: 'next', reason: 'after it' },
          { target: 'eu/m', place: 'skipped', reason: 'another region' },
        ],
      },
      variant: { split: 's', arm: 'b', propensity: 0.25 },
      httpStatus: 200,
      objectId: null,
      prompt: null,
    }))

  it.each<[string, Facts['source'], Facts['attributes']]>([
    ['a span that another program sent', 'otlp', ATTRIBUTES],
    ['a call without attributes', 'gateway', null],
    [
      'attributes of another shape',
      'gateway',
      { units: 3, dropped: 'all', attempts: { a: 1 }, route: [], variant: { arm: 3 }, providerCostUsd: 4, httpStatus: '200' },
    ],
  ])('are none for %s', (_, source, attributes) => expect(callFacts({ source, attributes })).toEqual(NOTHING))
})

describe('the difference to what the provider says', () => {
  it.each([
    ['0.04', '0.042', { usd: 0.002, share: 0.05 }],
    ['0.04', '0.03', { usd: -0.01, share: -0.25 }],
    ['0', '0.03', { usd: 0.03, share: null }],
    ['0.04', '0.0400000001', null],
    [null, '0.04', null],
    ['0.04', null, null],
  ])('of %s and %s', (ours, theirs, difference) => {
    const found = costDifference(ours, theirs)
    expect(found?.usd).toBe(difference?.usd)
    if (typeof difference?.share === 'number') expect(found?.share).toBeCloseTo(difference.share, 9)
    else expect(found?.share ?? null).toBeNull()
  })
})

it('reads the prompt that a call was rendered from, with its variables or what is kept of them', () => {
  const of = (prompt: object) => callFacts({ source: 'gateway', attributes: { prompt } as Facts['attributes'] }).prompt
  expect(
    of({ name: 'a', version: 2, label: 'production', variant: 'claude', variables: { x: 'y', list: [1] }, shapes: { x: 'text 1' } }),
  ).toEqual({
    label: 'production',
    variant: 'claude',
    variables: [
      ['x', 'y'],
      ['list', '[1]'],
    ],
  })
  expect(of({ name: 'a', version: 2, shapes: { x: 'text 1' } })).toEqual({ label: null, variant: null, variables: [['x', 'text 1']] })
})
