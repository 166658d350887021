import { expect, test } from 'vitest'
import { type History, reduceHistory } from './use-history.ts'

const start: History<string> = { past: [], now: 'a', future: [], tag: undefined }
const set = (history: History<string>, next: string, tag?: string) => reduceHistory(history, { type: 'set', next, tag })

test('back and forward, and a new change forgets what was undone', () => {
  let history = set(set(start, 'b'), 'c')
  history = reduceHistory(history, { type: 'undo' })
  expect(history.now).toBe('b')
  expect(reduceHistory(history, { type: 'redo' }).now).toBe('c')
  history = set(history, 'd')
  expect(reduceHistory(history, { type: 'redo' }).now).toBe('d')
  history = reduceHistory(reduceHistory(reduceHistory(history, { type: 'undo' }), { type: 'undo' }), { type: 'undo' })
  expect(history).toMatchObject({ now: 'a', past: [] })
})

test('changes of one thing in a row are one step', () => {
  let history = set(set(set(start, 'b', 'title'), 'c', 'title'), 'd', 'size')
  expect(history.past).toEqual(['a', 'c'])
  history = reduceHistory(history, { type: 'undo' })
  expect(history.now).toBe('c')
  expect(set(history, 'e', 'title').past).toEqual(['a', 'c'])
})
