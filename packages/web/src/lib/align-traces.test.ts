import { describe, expect, it } from 'vitest'
import { alignTraces } from './align-traces.ts'
import { outline } from './outline.case.ts'
import { buildSpanTree } from './span-tree.ts'

type More = Parameters<typeof outline>[0]
let ids = 0
/** A trace in few words: a name, indented below its parent by dots; `kind!name` for another kind than `span`. */
function trace(lines: string[], more: Record<string, More> = {}) {
  const path: string[] = []
  return buildSpanTree(
    lines.map((line, at) => {
      const [, dots = '', kind, name = ''] = /^(\.*)(?:(\w+)!)?(.+)$/.exec(line) ?? []
      const spanId = `s${ids++}`
      path.splice(dots.length, Number.POSITIVE_INFINITY, spanId)
      const given = more[name] ?? {}
      return outline({ spanId, parentId: path[dots.length - 1] ?? null, at, name, kind: (kind ?? 'span') as 'span', ...given })
    }),
  )
}
const SIGNS = { same: '=', changed: '~', added: '+', removed: '-' }
const aligned = (a: ReturnType<typeof trace>, b: ReturnType<typeof trace>) =>
  alignTraces(a, b).map(({ a: one, b: other, depth, change, differs }) => {
    const names = [...new Set([one?.span.name, other?.span.name].filter(Boolean))].join('→')
    return `${SIGNS[change]}${'.'.repeat(depth)}${names}${differs.length ? ` ${differs.join(',')}` : ''}`
  })

describe('two traces beside each other', () => {
  it('are the same where they do the same, however long it took', () => {
    const lines = ['agent!root', '.llm!chat', '.tool!find', '..span!http', '.llm!chat']
    expect(aligned(trace(lines, { chat: { durationMs: 5 } }), trace(lines, { chat: { durationMs: 900 } }))).toEqual([
      '=root',
      '=.chat',
      '=.find',
      '=..http',
      '=.chat',
    ])
  })

  it('show what was added and removed with all below it, in its place', () =>
    expect(aligned(trace(['root', '.a', '..deep', '.b', '.c']), trace(['root', '.b', '.new', '..inner', '.c', '.c']))).toEqual([
      '=root',
      '-.a',
      '-..deep',
      '=.b',
      '+.new',
      '+..inner',
      '+.c',
      '=.c',
    ]))

  it('say what of a step is another one', () =>
    expect(
      aligned(
        trace(['root', '.llm!chat', '.tool!find'], { chat: { model: 'gpt-4o', inputTokens: 5, costUsd: '0.1' } }),
        trace(['root', '.llm!chat', '.tool!find'], { chat: { model: 'gpt-5', inputTokens: 6, costUsd: '0.2' }, find: { status: 'error' } }),
      ),
    ).toEqual(['=root', '~.chat model,tokens,cost', '~.find status']))

  it('pair a step that was renamed, where it disturbs nothing', () => {
    expect(aligned(trace(['root', '.tool!find', '.llm!chat']), trace(['root', '.tool!search', '.llm!chat']))).toEqual([
      '=root',
      '~.find→search name',
      '=.chat',
    ])
    expect(aligned(trace(['root', '.tool!a', '.tool!b']), trace(['root', '.tool!b', '.tool!c']))).toEqual(['=root', '-.a', '=.b', '+.c'])
  })

  it('prefer, of steps alike, the one with the same model', () =>
    expect(
      alignTraces(
        trace(['root', '.x', '.llm!chat'], { chat: { model: 'b' } }),
        buildSpanTree([
          outline({ spanId: 'r', name: 'root' }),
          outline({ spanId: '1', parentId: 'r', at: 1, kind: 'llm', name: 'chat', model: 'a' }),
          outline({ spanId: '2', parentId: 'r', at: 2, kind: 'llm', name: 'chat', model: 'b' }),
          outline({ spanId: '3', parentId: 'r', at: 3, kind: 'tool', name: 'last' }),
        ]),
      ).map(({ change, b }) => `${SIGNS[change]}${b?.span.spanId ?? ''}`),
    ).toEqual(['=r', '-', '+1', '=2', '+3']))

  it('lose nobody, also with thousands of children', () => {
    const many = (names: number[]) => trace(['root', ...names.map((name) => `.tool!t${name}`)])
    const numbers = Array.from({ length: 3000 }, (_, at) => at)
    const rows = alignTraces(
      many(numbers),
      many(numbers.filter((at) => at % 7 !== 3).flatMap((at) => (at % 11 === 5 ? [at, 90_000 + at] : [at]))),
    )
    expect(rows.filter(({ change }) => change === 'removed')).toHaveLength(numbers.filter((at) => at % 7 === 3).length)
    expect(rows.filter(({ change }) => change === 'added')).toHaveLength(numbers.filter((at) => at % 7 !== 3 && at % 11 === 5).length)
    expect(rows.filter(({ change }) => change === 'changed')).toEqual([])
  })

  it('hold against each other also where they share nothing, or one is empty', () => {
    expect(aligned(trace(['llm!a']), trace(['tool!b']))).toEqual(['-a', '+b'])
    expect(aligned(trace([]), trace(['b', '.c']))).toEqual(['+b', '+.c'])
  })
})
