import type { SpanOutline } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { ancestorsOf, buildSpanTree, flattenSpanTree, type SpanTree } from './span-tree.ts'

const span = (spanId: string, parentId: string | null, startMs = 0, durationMs = 10, status = 'ok'): SpanOutline =>
  ({ spanId, parentId, startedAt: new Date(1_700_000_000_000 + startMs).toISOString(), durationMs, status }) as SpanOutline

const outline = (tree: SpanTree, collapsed = new Set<string>()) =>
  flattenSpanTree(tree, collapsed).map(({ node }) => `${'.'.repeat(node.depth)}${node.span.spanId}`)

describe('the tree of a trace', () => {
  it('says that a span is running, which is no failure', () => {
    const tree = buildSpanTree([span('a', null, 0, 0, 'running'), span('b', 'a', 1)])
    expect({ running: tree.running, failed: tree.roots[0]?.failed }).toEqual({ running: true, failed: false })
    expect(buildSpanTree([span('a', null)]).running).toBe(false)
  })

  it('puts children below their parents in the order of time, whatever the order of arrival', () => {
    const tree = buildSpanTree([span('c', 'a', 5), span('d', 'b', 3), span('b', 'a', 2), span('a', null, 0, 100)])
    expect(outline(tree)).toEqual(['a', '.b', '..d', '.c'])
    expect(tree.roots[0]?.descendants).toBe(3)
    expect(tree.duration).toBe(100_000)
  })

  it('measures from the first span to the last end', () => {
    const tree = buildSpanTree([span('a', null, 10, 5), span('b', 'a', 12, 50)])
    expect(tree.duration).toBe(52_000)
    expect(tree.roots[0]?.children[0]?.offset).toBe(2_000)
  })

  it('shows spans whose parent is missing as roots, marked', () => {
    const tree = buildSpanTree([span('a', null), span('x', 'lost', 1)])
    expect(outline(tree)).toEqual(['a', 'x'])
    expect(tree.roots.map((root) => root.orphan)).toEqual([false, true])
  })

  it.each([
    ['itself', [span('a', 'a')], ['a']],
    ['each other', [span('a', 'b', 0), span('b', 'a', 1)], ['a', '.b']],
    [
      'a circle of three with a tail',
      [span('a', 'c', 0), span('b', 'a', 1), span('c', 'b', 2), span('d', 'b', 3)],
      ['a', '.b', '..c', '..d'],
    ],
  ])('shows every span once where spans are parents of %s', (_, spans, expected) => expect(outline(buildSpanTree(spans))).toEqual(expected))

  it('leaves out what is below a collapsed span', () => {
    const tree = buildSpanTree([span('a', null), span('b', 'a', 1), span('c', 'b', 2), span('d', 'a', 3)])
    expect(outline(tree, new Set(['b']))).toEqual(['a', '.b', '.d'])
  })

  it('marks what has a failure below it', () => {
    const tree = buildSpanTree([span('a', null), span('b', 'a', 1), span('c', 'b', 2, 1, 'error'), span('d', 'a', 3)])
    expect(flattenSpanTree(tree, new Set()).map(({ node }) => node.failed)).toEqual([true, true, true, false])
  })

  it('holds 3,000 spans in one chain without overflowing, and in one fan', () => {
    const chain = Array.from({ length: 3000 }, (_, at) => span(`s${at}`, at === 0 ? null : `s${at - 1}`, at))
    const deep = buildSpanTree(chain.reverse())
    expect(flattenSpanTree(deep, new Set()).at(-1)?.node.depth).toBe(2999)
    expect(ancestorsOf(deep, 's2999')).toHaveLength(2999)
    const fan = buildSpanTree([span('root', null), ...Array.from({ length: 3000 }, (_, at) => span(`s${at}`, 'root', at))])
    expect(fan.roots[0]?.descendants).toBe(3000)
  })

  it('is empty without spans', () => expect(buildSpanTree([])).toEqual({ roots: [], count: 0, start: 0, duration: 0, running: false }))
})
