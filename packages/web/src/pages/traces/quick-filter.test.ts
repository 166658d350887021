import { describe, expect, it } from 'vitest'
import { beginsAField, describeFilter, operatorChoices, quickFilter, suggestFields, thumbFilters } from './quick-filter.ts'

describe('a filter written in one go', () => {
  it.each([
    ['status:error', { field: 'status', op: 'eq', value: 'error' }],
    ['Model != gpt-4o', { field: 'model', op: 'ne', value: 'gpt-4o' }],
    ['durationMs>=1000', { field: 'durationMs', op: 'gte', value: 1000 }],
    ['metadata.tier=gold', { field: 'metadata.tier', op: 'eq', value: 'gold' }],
    ['score.thumbs=false', { field: 'score.thumbs', op: 'eq', value: false }],
    ['where is order 4711?', null],
    ['http://example.com', null],
    ['colour:red', null],
  ])('reads %s', (text, filter) => expect(quickFilter(text)).toEqual(filter))
})

describe('suggestions', () => {
  it('puts fields that begin with the text first', () => {
    expect(suggestFields('mod')[0]).toBe('model')
    expect(suggestFields('mod')).toContain('requestModel')
    expect(suggestFields('metadata.tier')).toEqual(['metadata.tier'])
    expect(suggestFields('zebra')).toEqual([])
  })
  it('completes thumbs', () => {
    const down = { title: 'thumbs down', filter: { field: 'score.thumbs', op: 'eq', value: false } }
    expect(thumbFilters('Thumbs')).toEqual([down, { title: 'thumbs up', filter: { ...down.filter, value: true } }])
    expect(thumbFilters('thumbs:down')).toEqual([down])
    expect(thumbFilters('th')).toEqual([])
    expect(thumbFilters('thumbs of rule')).toEqual([])
  })
  it('tells a field from a word to search for', () => {
    expect(beginsAField('stat')).toBe(true)
    expect(beginsAField('where is my order')).toBe(false)
    expect(beginsAField('')).toBe(false)
  })
  it('offers "is not set" beside "is set"', () => {
    expect(operatorChoices('sessionId', 'is').map(({ title }) => title)).toEqual(['is', 'is not', 'is any of', 'is set', 'is not set'])
  })
})

it('puts a filter in words', () => {
  expect(describeFilter({ field: 'model', op: 'in', value: ['a', 'b'] })).toEqual({ field: 'Model', operator: 'is any of', value: 'a, b' })
  expect(describeFilter({ field: 'userId', op: 'exists', value: false })).toEqual({ field: 'User', operator: 'is not set', value: '' })
})
