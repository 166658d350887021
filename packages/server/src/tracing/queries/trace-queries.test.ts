import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api, type Filter, type NewSpanRow, type Parsed, Query, SpanRow, type Trace, TraceSort, toUsd } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import { traceIdOf } from '../../lib/ids.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { traceHandlers } from '../handlers.ts'
import { runQuery } from './run-query.ts'
import { toIso } from './time.ts'
import { createTraceQueries, type TraceQueries } from './trace-queries.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-queries-'))
const NOW = Date.UTC(2026, 10, 20, 12, 30, 15) * 1000
const SECOND = 1_000_000
const DAY = 86_400 * SECOND
const shop: SpanRow[] = []
let events: Events
let queries: TraceQueries

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  queries = createTraceQueries({ events })
  for (const rows of [named(), crowd(220)]) {
    shop.push(...rows)
    await write('shop', rows)
  }
  // The same traces in another project, and one more: nothing of it may ever show in the shop.
  await write('other', [...named().map((row) => ({ ...row, name: 'secret', userId: 'secret' })), ...crowd(3, 'o')])
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const id = (text: string): string => Buffer.from(text).toString('hex').padEnd(32, '0').slice(0, 32)
const spanIdOf = (text: string): string => Buffer.from(text).toString('hex').padEnd(16, '0').slice(0, 16)

function row(given: Partial<NewSpanRow> & { span: string; trace: string }): SpanRow {
  const { span, trace, ...rest } = given
  return SpanRow.parse({
    projectId: 'shop',
    traceId: id(trace),
    spanId: spanIdOf(span),
    kind: 'span',
    name: span,
    source: 'otlp',
    status: 'ok',
    startedAt: NOW,
    durationMs: 100,
    receivedAt: (rest.startedAt ?? NOW) + SECOND,
    ...rest,
  })
}

/** Traces that each show one thing. */
function named(): SpanRow[] {
  const llm = { kind: 'llm', provider: 'openai', model: 'gpt-4o', requestModel: 'gpt-4o', usageSource: 'provider' } as const
  return [
    row({
      ...llm,
      trace: 'call',
      span: 'call',
      entry: 1,
      source: 'gateway',
      startedAt: NOW - 10 * SECOND + 123,
      durationMs: 1500.5,
      firstTokenMs: 200.25,
      externalId: 'order-1234',
      sessionId: 's1',
      userId: `O'Hara`,
      environment: 'production',
      tags: ['vip', `it's`],
      metadata: { region: 'eu-1', 'quo"te': `v'alue` },
      usageInput: 10,
      usageCacheRead: 5,
      usageOutput: 20,
      cost: 1_500_000,
      costParts: { input: 500_000, output: 1_000_000 },
      stream: 1,
      keyId: 'key_1',
      inputPreview: 'Where is my PARCEL?',
      outputPreview: 'On its way.',
    }),
    row({
      trace: 'agent',
      span: 'root',
      entry: 1,
      kind: 'agent',
      startedAt: NOW - 20 * SECOND,
      durationMs: 4000,
      usageRole: 'aggregate',
      usageInput: 30,
    }),
    row({
      ...llm,
      trace: 'agent',
      span: 'step1',
      parentId: spanIdOf('root'),
      startedAt: NOW - 19 * SECOND,
      usageInput: 10,
      usageOutput: 1,
      cost: 700,
      inputPreview: 'first question',
    }),
    row({
      trace: 'agent',
      span: 'tool',
      parentId: spanIdOf('root'),
      kind: 'tool',
      status: 'error',
      errorType: 'timeout',
      startedAt: NOW - 18 * SECOND,
      durationMs: 9000,
      outputPreview: 'late',
    }),
    row({
      ...llm,
      trace: 'agent',
      span: 'step2',
      parentId: spanIdOf('root'),
      startedAt: NOW - 17 * SECOND,
      model: 'house',
      usageInput: 20,
      usageOutput: 2,
      firstTokenMs: 10,
      outputPreview: 'the end',
    }),
    row({ trace: 'orphans', span: 'orphan1', entry: 1, parentId: 'f'.repeat(16), startedAt: NOW - 30 * SECOND, userId: 'u-orphan' }),
    row({ trace: 'orphans', span: 'orphan2', parentId: 'f'.repeat(16), startedAt: NOW - 31 * SECOND, status: 'error' }),
    row({ trace: 'late', span: 'child', entry: 1, parentId: spanIdOf('lateroot'), startedAt: NOW - 39 * SECOND }),
    row({ trace: 'late', span: 'lateroot', entry: 1, startedAt: NOW - 40 * SECOND, durationMs: 3000 }),
    row({ ...llm, trace: 'unpriced', span: 'unpriced', entry: 1, startedAt: NOW - 50 * SECOND, model: 'house', usageInput: 7 }),
    row({ ...llm, trace: 'broken', span: 'broken', entry: 1, startedAt: NOW - 60 * SECOND, status: 'interrupted', cost: 0 }),
    row({
      trace: 'foreign',
      span: 'foreign',
      entry: 1,
      startedAt: NOW - 70 * SECOND,
      traceId: traceIdOf('shop', 'conversation 42'),
      externalId: 'conversation 42',
    }),
  ]
}

/** Many small traces over forty days, with every tenth root at the same moment as its neighbour. */
function crowd(count: number, prefix = 'c'): SpanRow[] {
  return Array.from({ length: count }, (_, index) => {
    const trace = `${prefix}${index}`
    const startedAt = NOW - 3600 * SECOND - Math.floor((index - (index % 10 === 0 && index > 0 ? 1 : 0)) * ((40 * DAY) / count))
    const common = { trace, userId: `user-${index % 9}`, environment: index % 2 ? 'production' : 'staging', tags: [`team-${index % 4}`] }
    return [
      row({ ...common, span: `${trace}r`, entry: 1, kind: 'agent', startedAt, durationMs: 50 + index }),
      row({
        ...common,
        span: `${trace}a`,
        parentId: spanIdOf(`${trace}r`),
        kind: 'llm',
        model: `model-${index % 3}`,
        provider: 'p',
        startedAt: startedAt + 5,
        durationMs: 10 + (index % 50),
        firstTokenMs: 1 + (index % 7),
        usageInput: index,
        usageOutput: 3,
        cost: index % 3 ? index * 1000 : null,
      }),
      row({
        ...common,
        span: `${trace}b`,
        parentId: spanIdOf(`${trace}r`),
        kind: 'tool',
        status: index % 20 ? 'ok' : 'error',
        startedAt: startedAt + 9,
        durationMs: 1,
      }),
    ]
  }).flat()
}

let batch = 0
async function write(projectId: string, rows: SpanRow[]): Promise<void> {
  const lines = rows.map((one) => JSON.stringify({ ...one, projectId }))
  await events.insert('spans', lines, `${projectId}-${batch++}`)
}

const list = (input: Partial<Parsed<'traces.list'>> = {}) => queries.list('shop', { limit: 50, ...input })
async function listAll(input: Partial<Parsed<'traces.list'>> = {}): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const page = api['traces.list'].output.parse(await list({ ...input, cursor }))
    ids.push(...page.traces.map((trace) => trace.traceId))
    cursor = page.nextCursor
  } while (cursor)
  return ids
}

/** What the list must answer, worked out from the rows: traces with a matching span, newest entry first. */
function expected(matches: (span: SpanRow) => boolean, within: (entry: SpanRow) => boolean = () => true): string[] {
  const entries = new Map<string, SpanRow>()
  for (const span of shop.filter((one) => one.entry === 1)) {
    const known = entries.get(span.traceId)
    if (!known || span.startedAt < known.startedAt) entries.set(span.traceId, span)
  }
  const matching = new Set(shop.filter(matches).map((span) => span.traceId))
  const order = (a: SpanRow, b: SpanRow) => b.startedAt - a.startedAt || (a.traceId < b.traceId ? 1 : -1)
  return [...entries.values()]
    .filter((entry) => matching.has(entry.traceId) && within(entry))
    .sort(order)
    .map((entry) => entry.traceId)
}

describe('the list of traces', () => {
  test.each([1, 7, 50, 500])('pages of %i show every trace once, newest first', async (limit) => {
    if (limit === 1) expect((await list({ limit })).traces[0]?.traceId).toBe(id('call'))
    else expect(await listAll({ limit })).toEqual(expected(() => true))
  })

  test('an exact last page has no cursor', async () => {
    const total = expected(() => true).length
    expect((await list({ limit: total })).nextCursor).toBeUndefined()
    expect((await list({ limit: total - 1 })).nextCursor).toBeDefined()
  })

  test('a trace is what its spans make it', async () => {
    const { traces } = await list({ limit: 7 })
    const byName = new Map(traces.map((trace) => [trace.traceId, trace]))
    expect(byName.get(id('call'))).toEqual({
      traceId: id('call'),
      externalId: 'order-1234',
      name: 'call',
      startedAt: '2026-11-20T12:30:05.000123Z',
      durationMs: 1500.5,
      status: 'ok',
      spanCount: 1,
      errorCount: 0,
      inputTokens: 15,
      outputTokens: 20,
      costUsd: '0.0015',
      unpricedCount: 0,
      firstTokenMs: 200.25,
      models: ['gpt-4o'],
      sessionId: 's1',
      userId: `O'Hara`,
      environment: 'production',
      tags: [`it's`, 'vip'],
      inputPreview: 'Where is my PARCEL?',
      outputPreview: 'On its way.',
    })
    // Sums leave the aggregate out; the handled error of a tool does not fail the trace; the last to end speaks for it.
    expect(byName.get(id('agent'))).toMatchObject({
      name: 'root',
      durationMs: 11_000,
      status: 'ok',
      spanCount: 4,
      errorCount: 1,
      inputTokens: 30,
      outputTokens: 3,
      costUsd: '0.0000007',
      firstTokenMs: 3010,
      models: ['gpt-4o', 'house'],
      inputPreview: 'first question',
      outputPreview: 'late',
    })
    expect(byName.get(id('orphans'))).toMatchObject({
      name: 'orphan1',
      startedAt: '2026-11-20T12:29:44.000Z',
      status: 'ok',
      errorCount: 1,
      userId: 'u-orphan',
    })
    expect(byName.get(id('late'))).toMatchObject({ name: 'lateroot', spanCount: 2, durationMs: 3000 })
    expect(byName.get(id('unpriced'))).toMatchObject({ costUsd: null, inputTokens: 7, unpricedCount: 1 })
    expect(byName.get(id('broken'))).toMatchObject({ status: 'interrupted', errorCount: 1, costUsd: '0' })
  })

  const filters: [Filter[], (span: SpanRow) => boolean][] = [
    [[{ field: 'model', op: 'eq', value: 'gpt-4o' }], (span) => span.model === 'gpt-4o'],
    [[{ field: 'model', op: 'in', value: ['house', 'model-2'] }], (span) => ['house', 'model-2'].includes(span.model)],
    [[{ field: 'kind', op: 'ne', value: 'agent' }], (span) => span.kind !== 'agent'],
    [[{ field: 'name', op: 'contains', value: 'ORPHAN' }], (span) => span.name.includes('orphan')],
    [[{ field: 'sessionId', op: 'exists' }], (span) => span.sessionId !== ''],
    [[{ field: 'provider', op: 'exists', value: false }], (span) => span.provider === ''],
    [[{ field: 'userId', op: 'eq', value: `O'Hara` }], (span) => span.userId === `O'Hara`],
    [[{ field: 'userId', op: 'eq', value: `' OR 1=1 --` }], () => false],
    [[{ field: 'name', op: 'gte', value: 'tool' }], (span) => span.name >= 'tool'],
    [[{ field: 'tags', op: 'eq', value: `it's` }], (span) => span.tags.includes(`it's`)],
    [[{ field: 'tags', op: 'ne', value: 'team-1' }], (span) => !span.tags.includes('team-1')],
    [[{ field: 'tags', op: 'in', value: ['vip', 'team-3'] }], (span) => span.tags.some((tag) => ['vip', 'team-3'].includes(tag))],
    [[{ field: 'tags', op: 'contains', value: 'VI' }], (span) => span.tags.includes('vip')],
    [[{ field: 'tags', op: 'exists', value: false }], (span) => span.tags.length === 0],
    [[{ field: 'durationMs', op: 'gt', value: 4000 }], (span) => span.durationMs > 4000],
    [[{ field: 'durationMs', op: 'lte', value: 1 }], (span) => span.durationMs <= 1],
    [[{ field: 'firstTokenMs', op: 'exists' }], (span) => span.firstTokenMs !== null],
    [[{ field: 'firstTokenMs', op: 'lt', value: 2 }], (span) => span.firstTokenMs !== null && span.firstTokenMs < 2],
    [[{ field: 'firstTokenMs', op: 'ne', value: 1 }], (span) => span.firstTokenMs !== 1],
    [[{ field: 'inputTokens', op: 'eq', value: 15 }], (span) => span.usageInput + span.usageCacheRead === 15],
    [[{ field: 'cost', op: 'gte', value: 0.0015 }], (span) => span.cost !== null && span.cost >= 1_500_000],
    [[{ field: 'cost', op: 'exists', value: false }], (span) => span.cost === null],
    [[{ field: 'stream', op: 'eq', value: true }], (span) => span.stream === 1],
    [[{ field: 'entry', op: 'eq', value: false }], (span) => span.entry === 0],
    [[{ field: 'metadata.region', op: 'eq', value: 'eu-1' }], (span) => span.metadata.region === 'eu-1'],
    [[{ field: 'metadata.nowhere', op: 'exists' }], () => false],
    [[{ field: 'traceId', op: 'eq', value: id('agent') }], (span) => span.traceId === id('agent')],
    [
      [
        { field: 'kind', op: 'eq', value: 'tool' },
        { field: 'status', op: 'eq', value: 'error' },
      ],
      (span) => span.kind === 'tool' && span.status === 'error',
    ],
    // Both are true of the trace, but of no single span.
    [
      [
        { field: 'kind', op: 'eq', value: 'agent' },
        { field: 'model', op: 'eq', value: 'gpt-4o' },
      ],
      () => false,
    ],
  ]
  test.each(filters)('%j finds the traces of which one span matches all of it', async (filter, matches) => {
    expect(await listAll({ filter, limit: 20 })).toEqual(expected(matches))
  })

  test.each([
    ['parcel', ['call']],
    ['THE END', ['agent']],
    ['order-12', ['call']],
    ['u-orphan', ['orphans']],
    [id('late'), ['late']],
    ['lateROOT', ['late']],
    [`o'hara`, ['call']],
    ['100%_found nowhere', []],
  ])('search for %s', async (search, traces) => {
    expect(await listAll({ search })).toEqual(traces.map(id))
  })

  test('filter and search may be met by different spans', async () => {
    expect(await listAll({ search: 'the end', filter: [{ field: 'kind', op: 'eq', value: 'agent' }] })).toEqual([id('agent')])
  })

  test.each([
    ['2026-11-20T12:29:55.000Z', undefined],
    ['2026-10-30T00:00:00Z', '2026-11-10T00:00:00Z'],
    [undefined, '2026-10-20T10:00:00.000001Z'],
    ['2026-11-20T12:30:05.000123Z', '2026-11-20T12:30:05.000124Z'],
    ['2027-01-01T00:00:00Z', undefined],
  ])('from %s to %s, with and without a filter', async (from, to) => {
    const micros = (iso: string) => Date.parse(iso) * 1000 + (Number(/\.\d{3}(\d{3})Z/.exec(iso)?.[1] ?? 0) || 0)
    const within = (entry: SpanRow) => (!from || entry.startedAt >= micros(from)) && (!to || entry.startedAt < micros(to))
    const window = { ...(from && { from }), ...(to && { to }), limit: 30 }
    expect(await listAll(window)).toEqual(expected(() => true, within))
    expect(await listAll({ ...window, filter: [{ field: 'kind', op: 'eq', value: 'llm' }] })).toEqual(
      expected((span) => span.kind === 'llm', within),
    )
    expect(await listAll({ ...window, filter: [{ field: 'userId', op: 'eq', value: 'user-3' }] })).toEqual(
      expected((span) => span.userId === 'user-3', within),
    )
  })

  test.each([
    [{ field: 'tags', op: 'gt', value: 'a' }, /tags cannot be filtered with "gt"/],
    [{ field: 'durationMs', op: 'contains', value: '1' }, /durationMs cannot be filtered with "contains"/],
    [{ field: 'durationMs', op: 'gt', value: 'long' }, /durationMs is a number, so "long"/],
    [{ field: 'stream', op: 'eq', value: 'maybe' }, /stream is a boolean, so "maybe"/],
    [{ field: 'nope', op: 'eq', value: 1 }, /no field "nope"/],
    [{ field: 'constructor', op: 'eq', value: 1 }, /no field "constructor"/],
  ] as [Filter, RegExp][])('%j is refused in words', async (filter, message) => {
    await expect(list({ filter: [filter] })).rejects.toThrow(message)
    await expect(list({ filter: [filter] })).rejects.toMatchObject({ code: 'invalid-request' })
  })

  test.each(['', 'nonsense', Buffer.from(`1.${'a'.repeat(32)}.x' OR 1`).toString('base64url')])(
    'the cursor %j is refused',
    async (cursor) => {
      await expect(list({ cursor })).rejects.toMatchObject({ code: 'invalid-request' })
    },
  )

  test('a key of metadata is bound, whatever is in it', async () => {
    expect(await listAll({ filter: [{ field: `metadata.quo"te`, op: 'eq', value: `v'alue` }] })).toEqual([id('call')])
    expect(await listAll({ filter: [{ field: `metadata.x'] = '' OR 1 = 1 --`, op: 'exists' }] })).toEqual([])
  })
})

describe('the list in another order', () => {
  const VALUE: Record<string, (trace: Trace) => number | null> = {
    durationMs: (trace) => trace.durationMs,
    costUsd: (trace) => (trace.costUsd === null ? null : Number(trace.costUsd)),
    inputTokens: (trace) => trace.inputTokens,
    outputTokens: (trace) => trace.outputTokens,
    totalTokens: (trace) => trace.inputTokens + trace.outputTokens,
  }
  const ages = '2020-01-01T00:00:00Z'
  /** From the traces as they are shown: by their value, unknown ones last, and by id where it is the same. */
  async function sorted(sort: TraceSort, input: Partial<Parsed<'traces.list'>>): Promise<string[]> {
    const { traces } = await list({ ...input, limit: 500 })
    const sign = sort.startsWith('-') ? -1 : 1
    const of = VALUE[sort.replace('-', '')] ?? (() => null)
    const unknown = sign === 1 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    const value = (trace: Trace) => of(trace) ?? unknown
    const byId = (a: Trace, b: Trace) => (a.traceId < b.traceId ? -1 : 1)
    return traces
      .toSorted((a, b) => (value(a) === value(b) ? sign * byId(a, b) : sign * (value(a) - value(b))))
      .map(({ traceId }) => traceId)
  }

  test.each(TraceSort.options.filter((sort) => !sort.endsWith('startedAt')))('%s shows every trace once, in order', async (sort) => {
    const everything = await sorted(sort, {})
    expect(everything.length).toBe(expected(() => true).length)
    for (const limit of [1, 7, 50, 500]) {
      if (limit === 1)
        expect((await list({ sort, from: ages, limit })).traces.map(({ traceId }) => traceId)).toEqual(everything.slice(0, 1))
      else expect(await listAll({ sort, from: ages, limit })).toEqual(everything)
    }
  })

  test('the oldest first is the newest first turned around', async () => {
    expect(await listAll({ sort: 'startedAt', from: ages, limit: 30 })).toEqual(expected(() => true).toReversed())
    expect(await listAll({ sort: '-startedAt', limit: 30 })).toEqual(expected(() => true))
  })

  test.each([
    ['2026-10-30T00:00:00Z', '2026-11-10T00:00:00Z'],
    ['2026-11-20T12:30:05.000123Z', '2026-11-20T12:30:05.000124Z'],
    ['2027-01-01T00:00:00Z', undefined],
  ])('from %s to %s it has the traces of the other list, with and without a filter', async (from, to) => {
    const window = { from, ...(to && { to }) }
    for (const more of [{}, { filter: [{ field: 'kind', op: 'eq', value: 'llm' } as const] }, { search: 'user' }]) {
      expect(await listAll({ ...window, ...more, sort: '-durationMs', limit: 9 })).toEqual(
        await sorted('-durationMs', { ...window, ...more }),
      )
    }
  })

  test('a span that was sent twice counts once', async () => {
    const span = (trace: string, usageInput: number) => row({ trace, span: trace, entry: 1, kind: 'llm', usageInput })
    const again = span('sent again', 5)
    await write('again', [again, span('sent once', 8)])
    await write('again', [{ ...again, receivedAt: again.receivedAt + 1 }])
    const { traces } = await queries.list('again', { limit: 50, sort: '-inputTokens', from: ages })
    expect(traces.map(({ inputTokens }) => inputTokens)).toEqual([8, 5])
  })

  test('it needs a time to begin at, and cursors of its own order', async () => {
    await expect(list({ sort: '-costUsd' })).rejects.toThrow(/needs `from`/)
    const { nextCursor = '' } = await list({ sort: '-costUsd', from: ages, limit: 2 })
    const newest = (await list({ limit: 2 })).nextCursor ?? ''
    const refused = { code: 'invalid-request', message: expect.stringMatching(/cursor/) }
    await expect(list({ sort: 'costUsd', from: ages, cursor: nextCursor })).rejects.toMatchObject(refused)
    await expect(list({ sort: '-costUsd', from: ages, cursor: newest })).rejects.toMatchObject(refused)
    await expect(list({ cursor: nextCursor })).rejects.toMatchObject(refused)
    expect(api['traces.list'].input.safeParse({ sort: '-name' }).error?.issues[0]?.message).toMatch(/"-durationMs"/)
  })
})

describe('one trace', () => {
  test('its header is the same as in the list, for every trace', async () => {
    const { traces } = await list({ limit: 200 })
    for (const trace of traces) expect((await queries.get('shop', trace.traceId)).trace).toEqual(trace)
  })

  test('its spans come by start, in the shape of the API', async () => {
    const { trace, spans } = api['traces.get'].output.parse(await queries.get('shop', id('agent')))
    expect(trace.spanCount).toBe(4)
    expect(spans.map((span) => span.name)).toEqual(['root', 'step1', 'tool', 'step2'])
    const { spans: call } = await queries.get('shop', id('call'))
    expect(call[0]).toMatchObject({
      parentId: null,
      startedAt: '2026-11-20T12:30:05.000123Z',
      usage: { input: 10, cacheRead: 5, output: 20, reasoning: 0 },
      inputTokens: 15,
      costUsd: '0.0015',
      costParts: { input: '0.0005', output: '0.001' },
      stream: true,
      metadata: { region: 'eu-1' },
      service: null,
    })
  })

  test('its outline has the same header and the same spans in short', async () => {
    const whole = await queries.get('shop', id('agent'))
    const outline = api['traces.outline'].output.parse(await queries.outline('shop', { traceId: id('agent') }))
    expect(outline.trace).toEqual(whole.trace)
    expect(outline.spans).toEqual(whole.spans.map((span) => api['traces.outline'].output.shape.spans.element.parse(span)))
    await expect(queries.outline('shop', { traceId: 'nothing' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(queries.outline('other', { traceId: id('crowd-219') })).rejects.toMatchObject({ code: 'not-found' })
  })

  test('its outline since a time has the spans received from then on, in their last version, and the whole header', async () => {
    const at = NOW + 3 * SECOND
    const first = row({ trace: 'grows', span: 'first', entry: 1, receivedAt: at })
    const second = row({ trace: 'grows', span: 'second', parentId: first.spanId, status: 'running', durationMs: 0, receivedAt: at + 5 })
    await write('growing', [first, second])
    await write('growing', [{ ...second, status: 'ok', durationMs: 40, receivedAt: at + 9 }])
    const since = async (micros: number) => queries.outline('growing', { traceId: id('grows'), since: toIso(micros) })
    const { trace, spans } = await since(at + 5)
    expect(trace.spanCount).toBe(2)
    expect(spans).toMatchObject([{ spanId: second.spanId, status: 'ok', durationMs: 40 }])
    expect((await since(at)).spans).toHaveLength(2)
    expect((await since(at + 10)).spans).toEqual([])
  })

  test('it is found by the id of its client, by a UUID and in capitals', async () => {
    expect((await queries.get('shop', 'conversation 42')).trace.externalId).toBe('conversation 42')
    const uuid = id('agent')
      .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
      .toUpperCase()
    expect((await queries.get('shop', uuid)).trace.name).toBe('root')
  })

  test('a span that was sent twice counts once, the last received', async () => {
    const first = row({ trace: 'twice', span: 'twice', entry: 1, startedAt: NOW - 100 * DAY, status: 'error', usageInput: 5, kind: 'llm' })
    await write('resent', [first])
    await write('resent', [{ ...first, status: 'ok', receivedAt: first.receivedAt + 1 }])
    await write('resent', [{ ...first, status: 'error', startedAt: first.startedAt - 7, receivedAt: first.receivedAt - 1 }])
    const { trace, spans } = await queries.get('resent', id('twice'))
    expect(trace).toMatchObject({ spanCount: 1, status: 'ok', inputTokens: 5 })
    expect(spans).toHaveLength(1)
    expect((await queries.list('resent', { limit: 50 })).traces).toEqual([trace])
  })

  test.each([id('nothing'), 'order-0', `' OR 1=1`])('%s is not found', async (reference) => {
    await expect(queries.get('shop', reference)).rejects.toMatchObject({ code: 'not-found' })
  })
})

test('calls under way stand in the outline of their trace until the store has them', async () => {
  const stored = await queries.outline('shop', { traceId: id('agent') })
  const known = stored.spans[0]?.spanId ?? ''
  const underWay = (spanId: string, traceId: string) => {
    const { startedAt, ...rest } = { ...row({ span: 'later', trace: 'x', status: 'running' }), spanId, traceId }
    return { ...rest, startedAtMicros: startedAt, inputTokens: 0, outputTokens: 0 }
  }
  const rows = [underWay('f'.repeat(16), id('agent')), underWay(known, id('agent')), underWay('e'.repeat(16), 'e'.repeat(32))]
  const running = {
    list: () => ({ spans: [], more: 0 }),
    ofTrace: (_: string, traceId: string) => rows.filter((one) => one.traceId === traceId),
  }
  const both = createTraceQueries({ events, running })
  const outline = await both.outline('shop', { traceId: id('agent'), since: '2200-01-01T00:00:00Z' })
  expect(outline.spans).toMatchObject([{ spanId: 'f'.repeat(16), status: 'running' }])
  expect(outline.trace).toEqual({ ...stored.trace, spanCount: stored.trace.spanCount + 1 })
  // Who reads the whole trace reads what has ended.
  const whole = await both.get('shop', id('agent'))
  expect(whole.spans).toHaveLength(stored.trace.spanCount)
  await expect(both.get('shop', 'e'.repeat(32))).rejects.toMatchObject({ code: 'not-found' })
  const alone = await both.outline('shop', { traceId: 'e'.repeat(32) })
  expect([alone.trace.status, alone.trace.spanCount, alone.spans.length]).toEqual(['running', 1, 1])
  expect(await both.span('shop', { traceId: 'e'.repeat(32), spanId: 'e'.repeat(16) })).toMatchObject({ status: 'running', input: null })
})

describe('one span', () => {
  const at = { traceId: id('call'), spanId: spanIdOf('call') }
  test.each([
    ['JSON', '{"a":[1,"é"]}', { a: [1, 'é'] }],
    ['text', 'plain {text', 'plain {text'],
    ['nothing', '', null],
    ['a JSON null', 'null', null],
  ])('a payload that is %s', async (_, stored, answered) => {
    const span = spanIdOf(stored.slice(0, 6))
    const both = { projectId: 'shop', traceId: id('payload'), spanId: span, startedAt: NOW }
    await write('shop-payloads', [row({ trace: 'payload', span: stored.slice(0, 6) })])
    await events.insert(
      'payloads',
      [JSON.stringify({ ...both, projectId: 'shop-payloads', input: stored, output: stored, attributes: '' })],
      `payload-${stored}`,
    )
    const detail = api['spans.get'].output.parse(await queries.span('shop-payloads', { traceId: both.traceId, spanId: span }))
    expect(detail).toMatchObject({ spanId: span, input: answered, output: answered, attributes: null })
  })

  test('it is there before its payload is', async () => {
    expect(await queries.span('shop', at)).toMatchObject({ name: 'call', input: null, output: null, attributes: null })
  })

  test('it is not found under another trace or in another project', async () => {
    await expect(queries.span('shop', { ...at, traceId: id('agent') })).rejects.toMatchObject({ code: 'not-found' })
    await expect(queries.span('empty', at)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('values of a field', () => {
  test.each([
    ['model', 'MODEL', ['model-0', 'model-1', 'model-2']],
    ['tags', 'team', ['team-0', 'team-1', 'team-2', 'team-3']],
    ['metadata.region', undefined, ['eu-1']],
    ['stream', undefined, ['false', 'true']],
    ['status', undefined, ['ok', 'error', 'interrupted']],
    ['firstTokenMs', '200.2', ['200.25']],
  ])('%s', async (field, search, values) => {
    const found = api['traces.values'].output.parse(await queries.values('shop', { field, limit: 10, ...(search && { search }) }))
    expect(found.values.map(({ value }) => value).sort()).toEqual([...values].sort())
    expect(found.values.map(({ count }) => count)).toEqual(found.values.map(({ count }) => count).sort((a, b) => b - a))
  })
})

describe('measures', () => {
  const ask = (query: object, options = {}) => runQuery(events, 'shop', Query.parse(query), options)
  const calls = () => shop.filter((span) => span.kind === 'llm' || span.kind === 'embedding')
  const leaves = () => shop.filter((span) => span.usageRole === 'leaf')
  const sum = (numbers: number[]) => numbers.reduce((total, one) => total + one, 0)
  const ALL = [
    'calls',
    'errors',
    'errorRate',
    'inputTokens',
    'outputTokens',
    'totalTokens',
    'costUsd',
    'unpriced',
    'tokensPerSecond',
  ] as const
  const PERCENTILES = ['durationP50', 'durationP95', 'durationP99', 'firstTokenP50', 'firstTokenP95', 'firstTokenP99'] as const

  test('the whole project, without any window', async () => {
    const [row] = await ask({ measures: [...ALL, 'traces'] })
    const errors = calls().filter(({ status }) => status === 'error' || status === 'interrupted').length
    const written = leaves().filter((span) => span.usageOutput > 0 && span.durationMs > (span.firstTokenMs ?? 0))
    expect(row).toEqual({
      calls: calls().length,
      errors,
      errorRate: errors / calls().length,
      inputTokens: sum(leaves().map((span) => span.usageInput + span.usageCacheRead)),
      outputTokens: sum(leaves().map((span) => span.usageOutput)),
      totalTokens: sum(leaves().map((span) => span.usageInput + span.usageCacheRead + span.usageOutput)),
      costUsd: toUsd(sum(leaves().map((span) => span.cost ?? 0))),
      unpriced: leaves().filter((span) => span.cost === null && span.usageInput + span.usageOutput > 0).length,
      tokensPerSecond: expect.closeTo(
        (sum(written.map((span) => span.usageOutput)) / sum(written.map((span) => span.durationMs - (span.firstTokenMs ?? 0)))) * 1000,
        1,
      ),
      traces: new Set(shop.map((span) => span.traceId)).size,
    })
  })

  test.each([
    [{ measures: [...ALL] }],
    [{ measures: [...ALL], dimensions: ['model'] }],
    [{ measures: [...ALL], dimensions: ['kind', 'status'] }],
    [{ measures: [...ALL], bucket: 'hour', dimensions: ['model', 'environment'] }],
    [{ measures: [...ALL], bucket: 'week' }],
    [{ measures: [...ALL], filters: [{ field: 'model', op: 'contains', value: 'MODEL' }], bucket: 'day' }],
    [{ measures: [...ALL], dimensions: ['model'], from: '2026-11-01T10:11:12.131415Z', to: '2026-11-20T12:30:05.000123Z' }],
    [{ measures: [...ALL], from: '2026-11-20T12:29:17Z', to: '2026-11-20T12:30:05.000124Z', bucket: 'minute' }],
    [{ measures: [...ALL], from: '2026-11-20T12:00:00Z', bucket: 'minute', filters: [{ field: 'status', op: 'eq', value: 'ok' }] }],
  ])('the rollup answers as the spans do: %j', async (query) => {
    const wide = { limit: 10_000, ...query }
    const rolledUp = await ask(wide)
    expect(rolledUp.length).toBeGreaterThan(0)
    expect(rolledUp).toEqual(await ask(wide, { source: 'spans' }))
  })

  test('percentiles are within two per cent of the exact ones, from spans and from the rollup', async () => {
    const exact = (numbers: number[], level: number) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length * level)] ?? Number.NaN
    const durations = calls().map((span) => span.durationMs)
    const firstTokens = calls().flatMap(({ firstTokenMs }) => (firstTokenMs === null ? [] : [firstTokenMs]))
    const wanted = [
      exact(durations, 0.5),
      exact(durations, 0.95),
      exact(durations, 0.99),
      exact(firstTokens, 0.5),
      exact(firstTokens, 0.95),
    ]
    for (const options of [{}, { source: 'spans' }]) {
      const [row] = await ask({ measures: [...PERCENTILES] }, options)
      PERCENTILES.slice(0, 2).forEach((name, index) => {
        const value = Number(row?.[name])
        expect(Math.abs(value - (wanted[index] ?? 0))).toBeLessThanOrEqual(Math.max(1, (wanted[index] ?? 0) * 0.02))
      })
      expect(Math.abs(Number(row?.firstTokenP50) - (wanted[3] ?? 0))).toBeLessThanOrEqual(1)
    }
  })

  test('calls are model calls, unless kind or entry is asked about', async () => {
    const count = (kind: string) => shop.filter((span) => span.kind === kind).length
    expect(await ask({ measures: ['calls'], filters: [{ field: 'kind', op: 'eq', value: 'tool' }] })).toEqual([{ calls: count('tool') }])
    expect(await ask({ measures: ['calls'], filters: [{ field: 'entry', op: 'eq', value: true }] })).toEqual([
      { calls: shop.filter((span) => span.entry === 1).length },
    ])
    expect(await ask({ measures: ['calls'], dimensions: ['kind'] })).toContainEqual({ kind: 'agent', calls: count('agent') })
  })

  test('rows are ordered by bucket, then by the first measure, and cut at the limit', async () => {
    const rows = await ask({ measures: ['calls', 'costUsd'], dimensions: ['model'], bucket: 'week', limit: 10_000 })
    const sorted = rows.toSorted((a, b) => String(a.bucket).localeCompare(String(b.bucket)) || Number(b.calls) - Number(a.calls))
    expect(rows.map((row) => [row.bucket, row.calls])).toEqual(sorted.map((row) => [row.bucket, row.calls]))
    expect(rows.every(({ bucket }) => new Date(String(bucket)).getUTCDay() === 1)).toBe(true)
    expect(await ask({ measures: ['calls', 'costUsd'], dimensions: ['model'], bucket: 'week', limit: 2 })).toEqual(rows.slice(0, 2))
  })

  test('what is unknown is null, and never 0', async () => {
    const [house] = await ask({
      measures: ['costUsd', 'unpriced', 'firstTokenP50', 'errorRate'],
      filters: [{ field: 'model', op: 'eq', value: 'house' }],
    })
    expect(house).toEqual({ costUsd: null, unpriced: 2, firstTokenP50: 10, errorRate: 0 })
    const [none] = await ask({
      measures: ['calls', 'costUsd', 'durationP99', 'errorRate', 'tokensPerSecond'],
      from: '2030-01-01T00:00:00Z',
    })
    expect(none).toEqual({ calls: 0, costUsd: null, durationP99: null, errorRate: null, tokensPerSecond: null })
  })

  test('any field can be a dimension, a list cannot', async () => {
    const rows = await ask({
      measures: ['traces'],
      dimensions: ['metadata.region', 'stream', 'userId'],
      filters: [{ field: 'sessionId', op: 'eq', value: 's1' }],
    })
    expect(rows).toEqual([{ 'metadata.region': 'eu-1', stream: true, userId: `O'Hara`, traces: 1 }])
    await expect(ask({ measures: ['calls'], dimensions: ['tags'] })).rejects.toMatchObject({ code: 'invalid-request' })
  })
})

describe('a list of spans', () => {
  const read = (input: Partial<Parsed<'spans.list'>> = {}) => queries.spans('shop', { limit: 500, ...input })

  test('has every span once, newest first, page by page', async () => {
    const whole = (await read()).spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`)
    expect(new Set(whole).size).toBe(whole.length)
    expect(whole).toHaveLength(Math.min(500, shop.length))
    const paged: string[] = []
    let cursor: string | undefined
    do {
      const page = await read({ limit: 70, ...(cursor && { cursor }) })
      paged.push(...page.spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`))
      cursor = page.nextCursor
    } while (cursor)
    expect(paged.slice(0, whole.length)).toEqual(whole)
    expect(new Set(paged).size).toBe(shop.length)
  })

  test('takes filters, a search and a time, and shows a span as the trace does', async () => {
    const found = await read({ filter: [{ field: 'kind', op: 'eq', value: 'llm' }], search: 'parcel' })
    expect(found.spans).toEqual((await queries.get('shop', id('call'))).spans)
    expect(found.nextCursor).toBeUndefined()
    expect((await read({ from: '2030-01-01T00:00:00Z' })).spans).toEqual([])
    expect((await queries.spans('nobody', { limit: 10 })).spans).toEqual([])
  })
})

describe('another project', () => {
  test('sees its own and nothing else', async () => {
    expect((await queries.list('other', { limit: 500 })).traces.filter(({ userId }) => userId === 'secret').length).toBeGreaterThan(0)
    for (const search of ['secret', 'o1r']) expect((await list({ search })).traces).toEqual([])
    expect((await queries.values('shop', { field: 'userId', search: 'secret', limit: 5 })).values).toEqual([])
    expect((await queries.get('shop', id('call'))).trace.name).toBe('call')
    expect((await queries.get('other', id('call'))).trace.name).toBe('secret')
    await expect(queries.get('shop', id('o1'))).rejects.toMatchObject({ code: 'not-found' })
    expect(await queries.spanCount('shop')).toBe(shop.length)
    expect(await queries.spanCount('nobody')).toBe(0)
    expect(await queries.spanCount()).toBeGreaterThan(shop.length)
    expect(await runQuery(events, 'nobody', Query.parse({ measures: ['calls', 'traces'] }))).toEqual([{ calls: 0, traces: 0 }])
  })

  test('handlers take the project from the caller and from nowhere else', async () => {
    const handlers = traceHandlers(queries)
    const context: Context = { caller: { projectId: 'other', permissions: ['*'] }, ip: '', sessionToken: undefined, setSession() {} }
    expect((await handlers['traces.get']({ traceId: id('call') }, context)).trace.name).toBe('secret')
    expect((await handlers['query.run'](Query.parse({ measures: ['traces'] }), context)).rows).not.toEqual([{ traces: 0 }])
    expect((await handlers['spans.get']({ traceId: id('call'), spanId: spanIdOf('call') }, context)).name).toBe('secret')
  })
})
