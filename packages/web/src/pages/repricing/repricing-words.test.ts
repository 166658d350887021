import { expect, test } from 'vitest'
import { progressOf, readModels, stateOf } from './repricing-words.ts'

test.each([
  ['', undefined],
  [' , ', undefined],
  ['gpt-4o', ['gpt-4o']],
  ['gpt-4o, house-*  gpt-4o', ['gpt-4o', 'house-*']],
])('reads %j as %j', (text, expected) => expect(readModels(text)).toEqual(expected))

test('a dry run that is through has changed nothing, and is not called done', () => {
  expect(stateOf({ status: 'done', dryRun: true }).word).toBe('dry run')
  expect(stateOf({ status: 'done', dryRun: false }).word).toBe('done')
  expect(stateOf({ status: 'running', dryRun: true }).word).toBe('running')
})

test('says how far a job is, how fast, and how long it takes yet', () => {
  const startedAt = '2026-01-01T00:00:00.000Z'
  const job = { total: 1000, done: 250, startedAt } as Parameters<typeof progressOf>[0]
  expect(progressOf(job, Date.parse(startedAt) + 5_000)).toEqual({
    part: 0.25,
    says: expect.stringMatching(/^250 of 1,000 spans · 50 a second · 15(\.0+)? s left$/),
  })
  expect(progressOf({ ...job, total: null }, 0)).toBeUndefined()
  expect(progressOf({ ...job, total: 0, done: 0 }, Date.parse(startedAt))?.part).toBe(1)
})
