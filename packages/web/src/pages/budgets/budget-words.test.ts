import { describe, expect, it } from 'vitest'
import { amountOf, formatAmount, tracesOf, whoOf } from './budget-words.ts'

const EUR = { code: 'EUR', perUsd: 0.9 }

describe('a budget in words', () => {
  it.each([
    [{ scope: 'project' }, 'this project'],
    [{ scope: 'key' }, 'each key'],
    [{ scope: 'key', id: 'checkout' }, 'key checkout'],
    [{ scope: 'end-user', model: 'gpt-4o*' }, 'each end user, calls of gpt-4o*'],
  ] as const)('%j is of %s', (budget, who) => expect(whoOf(budget)).toBe(who))
  it.each([
    [{ amount: 50, measure: 'money' }, '€50 a month'],
    [{ amount: 0.5, measure: 'money', per: 'day' }, '€0.50 a day'],
    [{ amount: 600, measure: 'requests', per: 'minute' }, '600 requests a minute'],
    [{ amount: 20, measure: 'concurrent' }, '20 at once'],
  ] as const)('%j is %s', (budget, text) => expect(amountOf(budget, EUR)).toBe(text))
  it('shows money to three digits, and what is not known as such', () => {
    expect(formatAmount(0.0106029, 'money', EUR)).toBe('€0.0106')
    expect(formatAmount(null, 'money', EUR)).toBe('–')
  })
})

describe('the calls that a budget counts', () => {
  const month = { periodStart: '2026-11-01T00:00:00.000Z', periodEnd: '2026-12-01T00:00:00.000Z' }
  it('are those of the subject in the period', () =>
    expect(tracesOf({ scope: 'end-user', ...month }, 'ada')).toMatchObject({
      from: month.periodStart,
      to: month.periodEnd,
      filters: [{ field: 'kind' }, { field: 'userId', op: 'eq', value: 'ada' }],
    }))
  it('are of some models only where it says so', () =>
    expect(tracesOf({ scope: 'key', model: 'openai/*', ...month }, 'key_1')?.filters).toContainEqual({
      field: 'requestModel',
      op: 'contains',
      value: 'openai/',
    }))
  const keys = [
    { id: 'key_1', owner: { id: 'ada', email: null, member: true }, team: { id: 'team_1', name: 'shop' } },
    { id: 'key_2', owner: null, team: { id: 'team_1', name: 'shop' } },
    { id: 'key_3', owner: { id: 'ada', email: null, member: true }, team: null },
  ]
  it.each([
    ['team', 'team_1', ['key_1', 'key_2']],
    ['user', 'ada', ['key_1', 'key_3']],
  ] as const)('are those of the keys of a %s', (scope, subject, ids) =>
    expect(tracesOf({ scope, ...month }, subject, keys)?.filters).toContainEqual({ field: 'keyId', op: 'in', value: [...ids] }),
  )
  it('are told by no filter where a team has no key here', () => expect(tracesOf({ scope: 'team', ...month }, 'team_2', keys)).toBeNull())
  it('are those of this project where the organisation is counted', () =>
    expect(tracesOf({ scope: 'organisation', ...month }, 'organisation')?.filters).toEqual([expect.objectContaining({ field: 'kind' })]))
})
