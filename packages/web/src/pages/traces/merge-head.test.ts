import type { Trace } from '@signalbox/schema'
import { expect, it } from 'vitest'
import { countNew, mergeHead, type TracePage, type TracePages } from './merge-head.ts'

const trace = (traceId: string, spanCount = 1) => ({ traceId, spanCount }) as Trace
const page = (ids: string[], nextCursor?: string): TracePage => ({ traces: ids.map((id) => trace(id)), nextCursor })
const list = (...pages: TracePage[]): TracePages => ({ pages, pageParams: pages.map(() => undefined) })
const ids = (pages: TracePages) => pages.pages.map((one) => one.traces.map((row) => row.traceId).join(''))

it('puts new rows on top and keeps every page and cursor', () => {
  const merged = mergeHead(list(page(['c', 'b'], 'x'), page(['a'])), page(['e', 'd', 'c'], 'y'))
  expect(ids(merged)).toEqual(['edcb', 'a'])
  expect(merged.pages[0]?.nextCursor).toBe('x')
  expect(countNew(list(page(['c', 'b'])), page(['e', 'd', 'c']))).toBe(2)
})
it('brings known rows up to date, wherever they are', () => {
  const merged = mergeHead(list(page(['b']), page(['a'])), { traces: [trace('b', 9), trace('a', 7)] })
  expect(merged.pages.flatMap((one) => one.traces.map((row) => row.spanCount))).toEqual([9, 7])
})
it('begins anew where a gap would open', () => {
  expect(ids(mergeHead(list(page(['b', 'a'])), page(['z', 'y'], 'more')))).toEqual(['zy'])
})
it('fills an empty list', () => expect(ids(mergeHead(list(page([])), page(['a'])))).toEqual(['a']))
