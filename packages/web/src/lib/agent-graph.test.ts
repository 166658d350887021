import type { SpanKind } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { agentGraph, MOST_NODES } from './agent-graph.ts'
import { outline } from './outline.case.ts'
import { buildSpanTree } from './span-tree.ts'

const span = (
  spanId: string,
  parentId: string | null,
  at: number,
  [kind, name]: [SpanKind, string],
  more: Parameters<typeof outline>[0] = {},
) => outline({ spanId, parentId, at, kind, name, ...more })
const AGENT = [
  span('1', null, 0, ['agent', 'support'], { durationMs: 100 }),
  span('2', '1', 10, ['chain', 'step'], { durationMs: 30 }),
  span('3', '2', 11, ['llm', 'chat'], { inputTokens: 5, outputTokens: 2 }),
  span('4', '1', 20, ['tool', 'lookup'], { status: 'error' }),
  span('5', '1', 30, ['llm', 'chat'], { inputTokens: 7 }),
  span('6', '1', 40, ['tool', 'lookup']),
  span('7', '1', 50, ['llm', 'chat'], { status: 'running' }),
]
const edges = (mode: 'calls' | 'order', spans = AGENT) =>
  agentGraph(buildSpanTree(spans), mode)
    .edges.map(({ from, to, count, errors }) => `${from} → ${to} ${count}/${errors}`)
    .sort()

describe('a trace as a graph', () => {
  it('merges spans of the same kind and name, and looks through what only holds others together', () => {
    const { nodes } = agentGraph(buildSpanTree(AGENT), 'calls')
    expect(nodes.map(({ key, spanIds }) => `${key} ${spanIds.join(',')}`)).toEqual(['agent:support 1', 'llm:chat 3,5,7', 'tool:lookup 4,6'])
    expect(nodes[1]).toMatchObject({ tokens: 14, errors: 0, running: 1, durationMs: 30 })
    expect(nodes[2]).toMatchObject({ errors: 1 })
  })

  it('says who called whom, how often and how often that failed', () =>
    expect(edges('calls')).toEqual(['agent:support → llm:chat 3/0', 'agent:support → tool:lookup 2/1']))

  it('says what came after what, so that a loop shows', () =>
    expect(edges('order')).toEqual(['agent:support → llm:chat 1/0', 'llm:chat → tool:lookup 2/1', 'tool:lookup → llm:chat 2/0']))

  it('shows an agent that calls itself', () =>
    expect(
      edges('calls', [span('1', null, 0, ['agent', 'a']), span('2', '1', 1, ['agent', 'a']), span('3', '2', 2, ['agent', 'a'])]),
    ).toEqual(['agent:a → agent:a 2/0']))

  it('shows plain steps where there is nothing else', () =>
    expect(edges('calls', [span('1', null, 0, ['span', 'job']), span('2', '1', 1, ['span', 'part'])])).toEqual([
      'span:job → span:part 1/0',
    ]))

  it('keeps what took longest where there is too much, and joins what is left', () => {
    const many = Array.from({ length: MOST_NODES + 5 }, (_, at) => span(`t${at}`, 'root', at, ['tool', `tool ${at}`], { durationMs: at }))
    const inner = span('inner', 't0', 1, ['llm', 'chat'], { durationMs: 900 })
    const graph = agentGraph(buildSpanTree([span('root', null, 0, ['agent', 'a'], { durationMs: 1000 }), ...many, inner]), 'calls')
    expect(graph.nodes).toHaveLength(MOST_NODES)
    expect(graph.leftOut).toBe(7)
    expect(graph.edges.find(({ to }) => to === 'llm:chat')).toMatchObject({ from: 'agent:a' })
  })
})
