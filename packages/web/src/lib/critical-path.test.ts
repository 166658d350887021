import { describe, expect, it } from 'vitest'
import { criticalPath } from './critical-path.ts'
import { outline } from './outline.case.ts'
import { buildSpanTree } from './span-tree.ts'

const span = (spanId: string, parentId: string | null, at: number, durationMs: number, kind: 'llm' | 'tool' | 'agent' = 'tool') =>
  outline({ spanId, parentId, at, durationMs, kind })
const path = (...spans: ReturnType<typeof span>[]) =>
  criticalPath(buildSpanTree(spans), 0).stretches.map(({ node, from, to }) => `${node.span.spanId} ${from / 1000}-${to / 1000}`)

describe('the critical path', () => {
  it('goes through the children that were waited for, and the time between them', () =>
    expect(path(span('root', null, 0, 100), span('a', 'root', 10, 30), span('b', 'root', 50, 40))).toEqual([
      'root 0-10',
      'a 10-40',
      'root 40-50',
      'b 50-90',
      'root 90-100',
    ]))

  it('leaves out what ran beside something longer', () =>
    expect(path(span('root', null, 0, 100), span('long', 'root', 0, 100), span('beside', 'root', 20, 30))).toEqual(['long 0-100']))

  it('clips children that outlive their parent, and those that overlap', () =>
    expect(path(span('root', null, 0, 50), span('a', 'root', 0, 30), span('b', 'root', 20, 60))).toEqual(['a 0-20', 'b 20-50']))

  it('covers several roots and leaves out where nothing ran', () =>
    expect(path(span('a', null, 0, 10), span('b', null, 20, 10))).toEqual(['a 0-10', 'b 20-30']))

  it('adds up by kind, without a stack for each level', () => {
    const deep = Array.from({ length: 4000 }, (_, at) =>
      span(`s${at}`, at === 0 ? null : `s${at - 1}`, at, 8000 - 2 * at, at % 2 ? 'llm' : 'agent'),
    )
    const { byKind, spanIds } = criticalPath(buildSpanTree(deep), 0)
    expect(spanIds.size).toBe(4000)
    expect(byKind.reduce((sum, [, micros]) => sum + micros, 0)).toBe(8_000_000)
  })
})
