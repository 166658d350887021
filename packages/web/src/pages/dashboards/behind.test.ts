import { type Measure, PanelQuery } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { CALLS } from '../../data/calls.ts'
import { behind, isValue } from './behind.ts'

const query = (measure: string, given: object = {}) => PanelQuery.parse({ measures: [measure], ...given })
const of = (measure: string, given: object = {}, value?: number) =>
  behind(query(measure, given), [], { measure: measure as Measure, ...(value !== undefined && { value }) })

test.each<[string, object, object[]]>([
  ['calls', {}, [CALLS]],
  ['calls', { filters: [{ field: 'kind', op: 'eq', value: 'tool' }] }, [{ field: 'kind', op: 'eq', value: 'tool' }]],
  ['calls', { dimensions: ['kind'] }, []],
  ['traces', {}, []],
  ['errorRate', {}, [CALLS, { field: 'status', op: 'in', value: ['error', 'interrupted'] }]],
  ['cacheHits', {}, [{ field: 'cache', op: 'in', value: ['hit', 'semantic'] }]],
  ['scoreFalse.helpful', {}, [{ field: 'score.helpful', op: 'eq', value: 0 }]],
  ['scoreAvg.helpful', {}, [{ field: 'score.helpful', op: 'exists' }]],
])('what %s is made of, with %j', (measure, given, filters) => expect(of(measure, given)).toEqual(filters))

test('a percentile leads to what took as long', () => {
  expect(of('durationP95', {}, 812.6)).toEqual([CALLS, { field: 'durationMs', op: 'gte', value: 812 }])
  expect(of('firstTokenP50', {}, 80)).toContainEqual({ field: 'firstTokenMs', op: 'gte', value: 80 })
})

test('a value that is not there is asked for as not set', () => {
  expect(isValue('model', '')).toEqual({ field: 'model', op: 'exists', value: false })
  expect(isValue('stream', false)).toEqual({ field: 'stream', op: 'eq', value: false })
})
