import type { Filter } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { operatorsFor, parseFilters, readValue, writeFilters } from './filter-search.ts'

describe('filters in the address', () => {
  it.each<[string, Filter[]]>([
    ['status:eq:error', [{ field: 'status', op: 'eq', value: 'error' }]],
    ['model:in:gpt-4o,gpt-4o-mini', [{ field: 'model', op: 'in', value: ['gpt-4o', 'gpt-4o-mini'] }]],
    ['durationMs:gte:1500', [{ field: 'durationMs', op: 'gte', value: 1500 }]],
    ['stream:eq:true', [{ field: 'stream', op: 'eq', value: true }]],
    ['sessionId:exists', [{ field: 'sessionId', op: 'exists' }]],
    ['sessionId:exists:false', [{ field: 'sessionId', op: 'exists', value: false }]],
    [
      'score.helpful:gte:0.5;score.tone:eq:rude;score.thumbs:eq:false',
      [
        { field: 'score.helpful', op: 'gte', value: 0.5 },
        { field: 'score.tone', op: 'eq', value: 'rude' },
        { field: 'score.thumbs', op: 'eq', value: false },
      ],
    ],
    ['startedAt:gte:2026-11-20T12\\:00Z', [{ field: 'startedAt', op: 'gte', value: '2026-11-20T12:00Z' }]],
    ['metadata.tier:eq:gold', [{ field: 'metadata.tier', op: 'eq', value: 'gold' }]],
    ['name:eq:a\\;b\\:c\\,d\\\\e', [{ field: 'name', op: 'eq', value: 'a;b:c,d\\e' }]],
    [
      'status:eq:error;kind:ne:llm',
      [
        { field: 'status', op: 'eq', value: 'error' },
        { field: 'kind', op: 'ne', value: 'llm' },
      ],
    ],
  ])('reads and writes %s', (text, filters) => {
    expect(parseFilters(text)).toEqual({ filters, rejected: [] })
    expect(writeFilters(filters)).toBe(text)
  })

  it.each(['nonsense', 'colour:eq:red', 'status:like:x', 'status:eq'])('hands back what it cannot read: %s', (text) => {
    expect(parseFilters(text)).toEqual({ filters: [], rejected: [text] })
  })

  it('keeps values that look like something else as what the field holds', () => {
    expect(parseFilters('userId:eq:12345').filters[0]?.value).toBe('12345')
    expect(parseFilters('name:eq:true').filters[0]?.value).toBe('true')
  })

  it('survives every sign in a value', () => {
    const filters: Filter[] = [
      { field: 'name', op: 'in', value: ['a,b', 'c;d', 'e:f', '\\', '%2C', 'ü 漢'] },
      { field: 'userId', op: 'ne', value: '' },
    ]
    expect(parseFilters(writeFilters(filters)).filters).toEqual(filters)
  })

  it('leaves the address clean without filters', () => {
    expect(writeFilters([])).toBeUndefined()
    expect(parseFilters(undefined)).toEqual({ filters: [], rejected: [] })
  })
})

describe('typed values', () => {
  it('offers operators by the type of the field', () => {
    expect(operatorsFor('durationMs')[0]).toBe('gte')
    expect(operatorsFor('model')[0]).toBe('eq')
    expect(operatorsFor('tags')[0]).toBe('contains')
    expect(operatorsFor('metadata.tier')).toContain('contains')
  })
  it('reads text as the type of the field', () => {
    expect(readValue('inputTokens', 'gte', '1e3')).toBe(1000)
    expect(readValue('inputTokens', 'gte', 'many')).toBe('many')
    expect(readValue('model', 'in', 'a,b')).toEqual(['a', 'b'])
  })
})
