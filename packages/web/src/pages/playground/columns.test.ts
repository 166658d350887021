import { MOST_COLUMNS, PromptContent } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { type Column, close, duplicated, emptyColumn, isLinked, isUnchanged, keyed, open, without } from './columns.ts'

const one = () => keyed(emptyColumn('support'))

test('columns are copied beside the one they come from, and at most six', () => {
  const [a, b] = [one(), one()]
  const more = duplicated([a, b], a.key)
  expect(more.map(({ key }) => key)).toEqual([a.key, expect.any(String), b.key])
  expect(new Set(more.map(({ key }) => key)).size).toBe(3)
  let columns: Column[] = [a]
  for (let time = 0; time < 10; time += 1) columns = duplicated(columns, a.key)
  expect(columns).toHaveLength(MOST_COLUMNS)
})

test('the last column cannot be taken away', () => {
  const [a, b] = [one(), one()]
  expect(without([a, b], a.key)).toEqual([b])
  expect(without([a], a.key)).toEqual([a])
})

test('what is kept is what was filled in', () => {
  const state = { columns: [emptyColumn('support')], variables: { city: 'Rome' } }
  const playground = open(state)
  expect(close({ ...playground, variables: { city: 'Rome', empty: '' } })).toEqual(state)
})

test('a column is linked to its version until something is changed but the model', () => {
  const saved = PromptContent.parse({
    type: 'chat',
    messages: [{ role: 'user', content: 'Hi' }],
    model: { route: 'a', parameters: { seed: 1 } },
  })
  const column: Column = {
    key: 'c',
    mocks: {},
    prompt: { name: 'hello', version: 2 },
    saved: { content: saved, labels: ['latest'] },
    content: saved,
  }
  expect(isUnchanged(column)).toBe(true)
  expect(isUnchanged({ ...column, content: { ...saved, model: { parameters: { seed: 1 }, route: 'b' } } })).toBe(true)
  expect(isUnchanged({ ...column, content: { ...saved, model: { route: 'a', parameters: { seed: 2 } } } })).toBe(false)
  expect(isUnchanged({ ...column, content: { ...saved, messages: [{ role: 'user', content: 'Ho' }] } })).toBe(false)
  const { prompt: _, ...typed } = column
  expect(isUnchanged(typed)).toBe(false)
  expect(isLinked(column)).toBe(true)
  expect(isLinked({ ...column, saved: { content: saved, labels: [] } })).toBe(true)
  const text = PromptContent.parse({ type: 'text', text: 'Hi', tools: [{ name: 'f' }] })
  expect(isLinked({ ...column, content: text, saved: { content: text, labels: ['latest'] } })).toBe(false)
})
