import { ViewState } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { isShown, toAddress, toState } from './view-address.ts'

const address = {
  filter: 'status:eq:error;score.helpful:gte:0.5',
  search: 'refund hotel',
  in: 'content',
  sort: '-costUsd',
  columns: 'name,cost',
}

test('an address becomes a view and the same address again', () => {
  const state = toState(address)
  expect(ViewState.parse(state)).toEqual({
    filters: [
      { field: 'status', op: 'eq', value: 'error' },
      { field: 'score.helpful', op: 'gte', value: 0.5 },
    ],
    search: 'refund hotel',
    in: 'content',
    sort: '-costUsd',
    columns: ['name', 'cost'],
  })
  expect(toAddress(state)).toEqual(address)
  expect(isShown(address, state)).toBe(true)
})

test('what is not in the address is taken out of it', () => {
  expect(toAddress(toState({}))).toEqual({ filter: undefined, search: undefined, in: undefined, sort: undefined, columns: undefined })
  expect(toState({ filter: 'nonsense', sort: 'nonsense', in: 'content' })).toEqual({ filters: [] })
})

test('a change to what is shown is seen', () => {
  const state = toState(address)
  for (const change of [{ filter: undefined }, { search: 'refund' }, { in: undefined }, { sort: undefined }, { columns: 'name' }])
    expect(isShown({ ...address, ...change } as typeof address, state)).toBe(false)
})
