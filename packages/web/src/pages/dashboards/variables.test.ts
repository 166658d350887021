import { Dashboard } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { filtersOf, readChosen, writeChosen } from './variables.ts'

test('what is chosen survives the address, whatever is in it', () => {
  for (const chosen of [{}, { model: 'gpt-4o' }, { a: 'x:y;z', b: '100%', c: '', d: 'größe & mehr' }])
    expect(readChosen(writeChosen(chosen))).toEqual(chosen)
  expect(writeChosen({ model: 'openai/gpt-4o', tier: 'gold' })).toBe('model:openai/gpt-4o;tier:gold')
  expect(readChosen('nonsense;:x;a:%zz')).toEqual({ a: '%zz' })
})

test('variables become filters of the type of their field; all values become none', () => {
  const dashboard = Dashboard.parse({
    name: 'A',
    filters: [{ field: 'status', op: 'eq', value: 'error' }],
    variables: [
      { name: 'model', field: 'model', default: 'gpt-4o' },
      { name: 'stream', field: 'stream' },
      { name: 'tries', field: 'attempts' },
    ],
  })
  const fixed = { field: 'status', op: 'eq', value: 'error' }
  expect(filtersOf(dashboard, {})).toEqual([fixed, { field: 'model', op: 'eq', value: 'gpt-4o' }])
  expect(filtersOf(dashboard, { model: '', stream: 'true', tries: '2' })).toEqual([
    fixed,
    { field: 'stream', op: 'eq', value: true },
    { field: 'attempts', op: 'eq', value: 2 },
  ])
})
