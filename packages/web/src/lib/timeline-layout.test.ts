import { describe, expect, it } from 'vitest'
import { outline } from './outline.case.ts'
import { buildSpanTree } from './span-tree.ts'
import { layOutTimeline } from './timeline-layout.ts'

const span = (spanId: string, parentId: string | null, at: number, durationMs: number, status: 'ok' | 'running' = 'ok') =>
  outline({ spanId, parentId, at, durationMs, status })
const names = (spans: ReturnType<typeof span>[], now = 0) =>
  layOutTimeline(buildSpanTree(spans), now).lanes.map((lane) => lane.map(({ node }) => node.span.spanId).join(' '))

describe('the rows of a timeline', () => {
  it('hold steps that follow each other, below their parent', () =>
    expect(names([span('root', null, 0, 100), span('a', 'root', 0, 30), span('b', 'root', 30, 30), span('c', 'root', 70, 10)])).toEqual([
      'root',
      'a b c',
    ]))

  it('put steps at the same time below each other', () =>
    expect(
      names([
        span('root', null, 0, 100),
        span('a', 'root', 0, 50),
        span('b', 'root', 10, 20),
        span('inner', 'a', 5, 10),
        span('c', 'root', 40, 5),
      ]),
    ).toEqual(['root', 'a', 'inner c', 'b']))

  it('draw a child that began before its parent from where the parent begins', () => {
    const { lanes } = layOutTimeline(buildSpanTree([span('root', null, 10, 10), span('early', 'root', 0, 15)]), 0)
    expect(lanes[1]).toMatchObject([{ start: 10_000, end: 15_000 }])
  })

  it('keep a row for what still runs', () =>
    expect(names([span('root', null, 0, 0, 'running'), span('a', 'root', 0, 0, 'running'), span('b', 'root', 50, 10)], 90_000)).toEqual([
      'root',
      'a',
      'b',
    ]))

  it('never hold two at once, with thousands of parallel steps too', () => {
    const spans = [
      span('root', null, 0, 60_000),
      ...Array.from({ length: 20_000 }, (_, at) => span(`s${at}`, 'root', (at * 7919) % 1000, 1 + ((at * 31) % 9000))),
    ]
    const { lanes } = layOutTimeline(buildSpanTree(spans), 0)
    expect(lanes.flat()).toHaveLength(spans.length)
    for (const lane of lanes) for (const [at, placed] of lane.entries()) expect(placed.start >= (lane[at - 1]?.end ?? 0)).toBe(true)
  })
})
