import type { SpanWithPayload } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { createEntryMarker } from './mark-entries.ts'

const row = (traceId: string, spanId: string, startedAt: number, entry = 0, projectId = 'p') =>
  ({ span: { projectId, traceId, spanId, startedAt, entry }, payload: {} }) as unknown as SpanWithPayload
const marked = (rows: SpanWithPayload[]) => rows.filter(({ span }) => span.entry === 1).map(({ span }) => span.spanId)

test('the earliest span of a trace without its root is the entry; a trace with its root has one already', () => {
  const rows = [row('t1', 'b', 20), row('t1', 'a', 10), row('t2', 'c', 5), row('t2', 'root', 9, 1)]
  createEntryMarker()(rows)
  expect(marked(rows)).toEqual(['a', 'root'])
})

test('later batches of a trace are not marked again', () => {
  const mark = createEntryMarker()
  mark([row('t1', 'a', 10)])
  const later = [row('t1', 'b', 1), row('t1', 'c', 30)]
  mark(later)
  expect(marked(later)).toEqual([])
})

test('a batch that is applied a second time gets the same marks', () => {
  const mark = createEntryMarker()
  const batch = () => [row('t1', 'b', 20), row('t1', 'a', 10)]
  const [first, second] = [batch(), batch()]
  mark(first)
  mark([row('t1', 'z', 1)])
  mark(second)
  expect(marked(second)).toEqual(marked(first))
})

test('the same trace id in two projects is two traces', () => {
  const rows = [row('t1', 'a', 10), row('t1', 'b', 20, 0, 'q')]
  createEntryMarker()(rows)
  expect(marked(rows)).toEqual(['a', 'b'])
})

test('what is remembered has an end', () => {
  const mark = createEntryMarker(2)
  for (const trace of ['t1', 't2', 't3']) mark([row(trace, 'a', 1)])
  const [old, recent] = [[row('t1', 'b', 2)], [row('t3', 'b', 2)]]
  mark(recent)
  mark(old)
  expect([marked(recent), marked(old)]).toEqual([[], ['b']])
})
