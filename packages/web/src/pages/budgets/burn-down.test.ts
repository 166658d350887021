import type { BudgetUse } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { burnDown } from './burn-down.ts'

const NOW = Date.parse('2026-11-03T12:00:00Z')
const subject = {
  subject: 'default',
  name: null,
  used: 30,
  reserved: 0,
  percent: 10,
  forecast: 300,
  unpricedCalls: 0,
  state: 'ok' as const,
}
const use: BudgetUse = {
  name: 'whole',
  scope: 'project',
  measure: 'money',
  amount: 300,
  per: 'month',
  warnAt: 0.8,
  action: 'block',
  from: 'project',
  hidden: false,
  periodStart: '2026-11-01T00:00:00.000Z',
  periodEnd: '2026-12-01T00:00:00.000Z',
  used: 30,
  subjects: [subject],
  moreSubjects: false,
  days: [
    { day: '2026-11-01', used: 10 },
    { day: '2026-11-03', used: 20 },
  ],
}

describe('the use of a month', () => {
  it('is added up day by day until now, and nothing is said of what comes', () => {
    const { starts = [], used = [] } = burnDown(use, NOW) ?? {}
    expect(starts.slice(0, 5).map((start) => new Date(start).toISOString().slice(5, 13))).toEqual([
      '11-01T00',
      '11-02T00',
      '11-03T00',
      '11-03T12',
      '11-04T00',
    ])
    expect(used.slice(0, 5)).toEqual([0, 10, 10, 30, null])
    expect(starts).toHaveLength(32)
  })
  it('stands beside an even use that ends at the amount, and leads to the forecast', () => {
    const { even, forecast } = burnDown(use, NOW) ?? {}
    expect([even?.[0], even?.at(-1)]).toEqual([0, 300])
    expect([forecast?.[2], forecast?.[3], forecast?.at(-1)]).toEqual([null, 30, 300])
  })
  it('has no even line where several have an amount each', () => {
    const { even, forecast } = burnDown({ ...use, subjects: [subject, { ...subject, subject: 'other' }] }, NOW) ?? {}
    expect([even, forecast]).toEqual([null, null])
  })
  it.each(['day', 'minute'] as const)('is not drawn for a %s', (per) => expect(burnDown({ ...use, per }, NOW)).toBeNull())
})
