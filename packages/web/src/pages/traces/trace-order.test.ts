import { TraceSort } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { COLUMNS } from './columns.tsx'
import { directionOf, NEWEST_FIRST, nextOrder, readOrder } from './trace-order.ts'

test.each([
  [undefined, '-startedAt'],
  ['', '-startedAt'],
  ['-durationMs', '-durationMs'],
  ['costUsd', 'costUsd'],
  ['--costUsd', '-startedAt'],
  ['-name', '-startedAt'],
])('the address %j means %s', (text, order) => expect(readOrder(text)).toBe(order))

test.each([
  ['durationMs', ['-durationMs', 'durationMs', '-startedAt']],
  ['startedAt', ['startedAt', '-startedAt', 'startedAt']],
])('presses on the head of %s', (column, orders) => {
  let order = NEWEST_FIRST
  expect(orders.map(() => (order = nextOrder(column, order)))).toEqual(orders)
})

test('another column begins with its largest', () => expect(nextOrder('costUsd', 'durationMs')).toBe('-costUsd'))

test('every order but that of both tokens together has a column, and says which', () => {
  for (const order of TraceSort.options) {
    const sorted = COLUMNS.filter(({ id }) => ['ascending', 'descending'].includes(directionOf(id, order) ?? ''))
    expect(sorted.map(({ id }) => id)).toEqual(order.endsWith('totalTokens') ? [] : [order.replace('-', '')])
  }
  expect(directionOf('durationMs', NEWEST_FIRST)).toBe('none')
  expect(directionOf('name', NEWEST_FIRST)).toBeUndefined()
})
