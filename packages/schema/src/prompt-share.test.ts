import { expect, test } from 'vitest'
import { shareOf } from './prompt-share.ts'

const shares = [
  { version: 12, weight: 9 },
  { version: 13, weight: 1 },
]
const of = { name: 'support/refund', label: 'production' }

test('a session stays with its version, and the parts are those of the weights', () => {
  const sessions = Array.from({ length: 10_000 }, (_, index) => `session-${index}`)
  const got = sessions.map((session) => shareOf(shares, of, session))
  expect(sessions.map((session) => shareOf(shares, of, session))).toEqual(got)
  const part = got.filter((version) => version === 13).length / got.length
  // Four standard deviations of a fair draw.
  expect(Math.abs(part - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / got.length))
})

test('another prompt divides the same sessions in another way', () => {
  const halves = [
    { version: 1, weight: 1 },
    { version: 2, weight: 1 },
  ]
  const sessions = Array.from({ length: 2000 }, (_, index) => String(index))
  const same = sessions.filter((session) => shareOf(halves, of, session) === shareOf(halves, { ...of, name: 'other' }, session)).length
  expect(Math.abs(same / sessions.length - 0.5)).toBeLessThan(0.05)
})

test('without a session chance decides', () => {
  expect(new Set(Array.from({ length: 200 }, () => shareOf(shares, of, undefined)))).toEqual(new Set([12, 13]))
})

test('these are what they always were: a session must not change sides with an update', () => {
  expect(
    ['a', 'b', 'c', 'user-1', 'user-2'].map((session) =>
      shareOf(
        [
          { version: 1, weight: 1 },
          { version: 2, weight: 1 },
        ],
        of,
        session,
      ),
    ),
  ).toEqual([1, 2, 2, 1, 1])
})
