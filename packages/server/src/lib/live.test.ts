import { describe, expect, test } from 'vitest'
import { createSpansGatherer, MOST_NAMED, newsOfSpans } from './live.ts'

const row = (projectId: string, traceId: string, receivedAt: number) => ({ projectId, traceId, receivedAt })

describe('news of spans', () => {
  test('are told for each project, with each trace and when its first new span was received', () =>
    expect(newsOfSpans([row('shop', 'a', 7), row('shop', 'b', 9), row('shop', 'a', 5), row('other', 'c', 1)])).toEqual([
      {
        type: 'spans',
        projectId: 'shop',
        count: 3,
        traces: new Map([
          ['a', 5],
          ['b', 9],
        ]),
      },
      { type: 'spans', projectId: 'other', count: 1, traces: new Map([['c', 1]]) },
    ]))

  test('are gathered until they are taken', () => {
    const gatherer = createSpansGatherer()
    expect(gatherer.take()).toBeNull()
    for (const news of newsOfSpans([row('shop', 'a', 7), row('shop', 'b', 9)])) gatherer.add(news)
    for (const news of newsOfSpans([row('shop', 'a', 3)])) gatherer.add(news)
    expect(gatherer.take()).toEqual({ count: 3, traces: { a: 3, b: 9 } })
    expect(gatherer.take()).toBeNull()
  })

  test('name no trace where there are too many, and name them again afterwards', () => {
    const gatherer = createSpansGatherer()
    const rows = Array.from({ length: MOST_NAMED + 1 }, (_, at) => row('shop', `t${at}`, at))
    for (const news of newsOfSpans(rows)) gatherer.add(news)
    expect(gatherer.take()).toEqual({ count: MOST_NAMED + 1 })
    for (const news of newsOfSpans(rows.slice(0, MOST_NAMED))) gatherer.add(news)
    expect(Object.keys(gatherer.take()?.traces ?? {})).toHaveLength(MOST_NAMED)
  })
})
