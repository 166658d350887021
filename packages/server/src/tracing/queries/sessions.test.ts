import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  api,
  type NewSpanRow,
  type Parsed,
  ScoreRow,
  SESSION_SORTS,
  type SessionSort,
  SpanRow,
  USER_SORTS,
  type UserSort,
} from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { createTraceQueries, type TraceQueries } from './trace-queries.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-sessions-'))
const SECOND = 1_000_000
const NOW = (Math.floor(Date.now() / 1000) - 600) * SECOND
const FROM = new Date(NOW / 1000 - 40 * 86_400_000).toISOString()
let events: Events
let queries: TraceQueries

const hex = (text: string, length: number): string => Buffer.from(text).toString('hex').padEnd(length, '0').slice(0, length)
const traceIdOf = (text: string): string => hex(text, 32)

type Given = Partial<NewSpanRow> & { trace: string; span: string; input?: unknown; output?: unknown }
function both({ trace, span, input, output, ...rest }: Given, projectId: string) {
  const ids = { projectId, traceId: traceIdOf(trace), spanId: hex(span, 16) }
  const text = (value: unknown) => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value))
  const row = SpanRow.parse({
    ...ids,
    kind: 'span',
    name: span,
    source: 'otlp',
    status: 'ok',
    startedAt: NOW,
    durationMs: 1000,
    receivedAt: NOW,
    inputPreview: text(input).slice(0, 200),
    outputPreview: text(output).slice(0, 200),
    inputBytes: text(input).length,
    outputBytes: text(output).length,
    ...rest,
  })
  return { row, payload: { ...ids, startedAt: row.startedAt, input: text(input), output: text(output), attributes: '' } }
}

async function write(given: Given[], token: string, projectId = 'shop'): Promise<void> {
  const made = given.map((one) => both(one, projectId))
  await events.insert(
    'spans',
    made.map(({ row }) => JSON.stringify(row)),
    `${token}-spans`,
  )
  await events.insert(
    'payloads',
    made.map(({ payload }) => JSON.stringify(payload)),
    `${token}-payloads`,
  )
}
const score = (given: Partial<ScoreRow>) =>
  JSON.stringify(
    ScoreRow.parse({
      projectId: 'shop',
      spanId: '',
      traceId: '',
      name: 'thumbs',
      type: 'boolean',
      value: 1,
      source: 'feedback',
      at: NOW,
      receivedAt: NOW,
      ...given,
    }),
  )

const llm = { kind: 'llm', model: 'gpt-4o', provider: 'openai', usageSource: 'provider' } as const
const user = (content: string) => ({ role: 'user', content })
const assistant = (content: string) => ({ role: 'assistant', content })
const answer = (content: string) => ({ choices: [{ message: assistant(content) }] })

/** A chat through a gateway: three calls, each with all that was said before. */
const CHAT: Given[] = [
  // A try that was made again.
  {
    trace: 'g1',
    span: 'try',
    parentId: hex('g1', 16),
    source: 'gateway',
    operation: 'attempt',
    status: 'error',
    startedAt: NOW - 299 * SECOND,
    sessionId: 'chat',
    userId: 'ann',
  },
  {
    ...llm,
    trace: 'g1',
    span: 'g1',
    entry: 1,
    startedAt: NOW - 300 * SECOND,
    sessionId: 'chat',
    userId: 'ann',
    environment: 'production',
    usageInput: 10,
    usageOutput: 5,
    cost: 100,
    input: { model: 'm', messages: [{ role: 'system', content: 'Be kind.' }, user('Hello?')] },
    output: answer('Hi!'),
  },
  {
    ...llm,
    trace: 'g2',
    span: 'g2',
    entry: 1,
    startedAt: NOW - 200 * SECOND,
    sessionId: 'chat',
    userId: 'ann',
    environment: 'production',
    status: 'error',
    errorType: 'timeout',
    statusMessage: 'it took too long',
    usageInput: 20,
    cost: null,
    input: { messages: [user('Hello?'), assistant('Hi!'), user('Where is it?')] },
  },
  {
    ...llm,
    trace: 'g3',
    span: 'g3',
    entry: 1,
    startedAt: NOW - 100 * SECOND,
    durationMs: 5000,
    sessionId: 'chat',
    userId: 'ben',
    environment: 'staging',
    model: 'house',
    usageInput: 1,
    usageOutput: 1,
    cost: 7,
    input: { messages: [user('Hello?'), assistant('Hi!'), user('Where is it?'), user('Anybody?')] },
    output: answer('Here.'),
  },
]
/** An agent whose root alone names session and user, and repeats what its steps used. */
const AGENT: Given[] = [
  {
    trace: 'a1',
    span: 'root',
    entry: 1,
    kind: 'agent',
    startedAt: NOW - 50 * SECOND,
    durationMs: 9000,
    sessionId: 'tour',
    userId: 'cat',
    usageRole: 'aggregate',
    usageInput: 300,
    usageOutput: 30,
    cost: 3_000_000_000,
  },
  {
    ...llm,
    trace: 'a1',
    span: 'plan',
    parentId: hex('root', 16),
    startedAt: NOW - 49 * SECOND,
    usageInput: 100,
    usageOutput: 10,
    cost: 1_000_000_000,
    input: { messages: [user('Find me a hotel')] },
    output: {
      choices: [{ message: { role: 'assistant', tool_calls: [{ id: 'c1', function: { name: 'search', arguments: '{"city":"Rome"}' } }] } }],
    },
  },
  {
    trace: 'a1',
    span: 'search',
    parentId: hex('root', 16),
    kind: 'tool',
    startedAt: NOW - 48 * SECOND,
    input: { city: 'Rome' },
    output: ['Grand'],
  },
  {
    trace: 'a1',
    span: 'docs',
    parentId: hex('root', 16),
    kind: 'retriever',
    startedAt: NOW - 47 * SECOND,
    status: 'error',
    statusMessage: 'no index',
    input: 'Rome',
  },
  {
    ...llm,
    trace: 'a1',
    span: 'say',
    parentId: hex('root', 16),
    startedAt: NOW - 46 * SECOND,
    usageInput: 200,
    usageOutput: 20,
    cost: 2_000_000_000,
    input: { messages: [user('Find me a hotel'), { role: 'assistant', tool_calls: [] }, { role: 'tool', content: 'Grand' }] },
    output: answer('Take the Grand.'),
  },
  {
    trace: 'a2',
    span: 'root2',
    entry: 1,
    kind: 'workflow',
    startedAt: NOW - 20 * SECOND,
    sessionId: 'tour',
    userId: 'cat',
    input: 'And to eat?',
    output: 'Pasta.',
  },
  {
    trace: 'a3',
    span: 'root3',
    entry: 1,
    kind: 'workflow',
    startedAt: NOW - 10 * SECOND,
    sessionId: 'tour',
    userId: 'cat',
    input: 'x'.repeat(70_000),
    output: '<img src=https://evil.example/x.png>',
  },
]

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  queries = createTraceQueries({ events })
  await write([...CHAT, ...AGENT, { trace: 'lone', span: 'lone', entry: 1, startedAt: NOW - 5 * SECOND, cost: 9 }], 'named')
  await write(
    Array.from(
      { length: 60 },
      (_, at): Given => ({
        ...llm,
        trace: `m${at}`,
        span: `m${at}`,
        entry: 1,
        startedAt: NOW - Math.floor((at * 30 * 86_400 * SECOND) / 60) - 400 * SECOND,
        sessionId: `many-${at}`,
        userId: `user-${at % 7}`,
        usageInput: (at * 7) % 11,
        cost: at % 3 === 0 ? null : at * 10,
        status: at % 5 === 0 ? 'error' : 'ok',
      }),
    ),
    'many',
  )
  await write(
    [
      { trace: 'g1', span: 'theirs', entry: 1, sessionId: 'chat', userId: 'ann', cost: 5 },
      { trace: 't', span: 't', entry: 1, sessionId: 'secret', userId: 'secret' },
    ],
    'other',
    'other',
  )
  await events.insert(
    'scores',
    [
      score({ id: '1', traceId: traceIdOf('g1') }),
      score({ id: '2', traceId: traceIdOf('g3'), spanId: hex('g3', 16), type: 'numeric', value: -1, comment: 'wrong' }),
      score({ id: '3', sessionId: 'chat', type: 'categorical', value: null, text: 'up' }),
      score({ id: '4', traceId: traceIdOf('g1'), name: 'helpful', value: 0 }),
      score({ id: '5', traceId: traceIdOf('g1'), projectId: 'other' }),
    ],
    'scores',
  )
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const sessions = (given: Partial<Parsed<'sessions.list'>> = {}) => queries.sessions('shop', { limit: 50, ...given })
const users = (given: Partial<Parsed<'users.list'>> = {}) => queries.users('shop', { limit: 50, ...given })
const session = (sessionId: string, given: Partial<Parsed<'sessions.get'>> = {}) =>
  queries.session('shop', { sessionId, limit: 25, ...given })

describe('a list of sessions', () => {
  test('adds up whole traces, each token once, also where only the root names the session', async () => {
    const { sessions: rows } = await sessions({ limit: 2 })
    expect(rows).toEqual([
      {
        sessionId: 'tour',
        userIds: ['cat'],
        startedAt: new Date(NOW / 1000 - 50_000).toISOString(),
        lastAt: new Date(NOW / 1000 - 10_000).toISOString(),
        durationMs: 41_000,
        traces: 3,
        calls: 2,
        errors: 1,
        inputTokens: 300,
        outputTokens: 30,
        costUsd: '3',
        unpricedCount: 0,
        models: ['gpt-4o'],
        environments: [],
        firstInput: expect.stringContaining('Find me a hotel'),
        lastOutput: '<img src=https://evil.example/x.png>',
        feedback: { up: 0, down: 0 },
      },
      expect.objectContaining({
        sessionId: 'chat',
        userIds: ['ann', 'ben'],
        traces: 3,
        calls: 3,
        errors: 1,
        costUsd: '0.000000107',
        unpricedCount: 1,
        models: ['gpt-4o', 'house'],
        environments: ['production', 'staging'],
        feedback: { up: 2, down: 1 },
        lastOutput: expect.stringContaining('Here.'),
      }),
    ])
  })

  test.each(SESSION_SORTS.flatMap((name): SessionSort[] => [`-${name}`, name]))(
    'by %s, page by page, is the whole list in order',
    async (sort) => {
      const whole = await sessions({ sort, from: FROM, limit: 500 })
      const name = sort.replace('-', '') as (typeof SESSION_SORTS)[number]
      const values = whole.sessions.map((one) =>
        name === 'lastAt'
          ? Date.parse(one.lastAt)
          : name === 'totalTokens'
            ? one.inputTokens + one.outputTokens
            : one[name] === null
              ? null
              : Number(one[name]),
      )
      const known = values.filter((value) => value !== null)
      expect(known).toEqual(known.toSorted((a, b) => (sort.startsWith('-') ? b - a : a - b)))
      expect(values.slice(0, known.length)).toEqual(known)
      expect(whole.sessions).toHaveLength(62)
      const paged: string[] = []
      let cursor: string | undefined
      do {
        const page = await sessions({ sort, from: FROM, limit: 9, ...(cursor !== undefined && { cursor }) })
        paged.push(...page.sessions.map(({ sessionId }) => sessionId))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      expect(paged).toEqual(whole.sessions.map(({ sessionId }) => sessionId))
    },
  )

  test('can be narrowed to a time, a filter and a text, and counts what is left', async () => {
    const window = { from: new Date(NOW / 1000 - 250_000).toISOString(), to: new Date(NOW / 1000 - 150_000).toISOString() }
    expect((await sessions(window)).sessions).toMatchObject([{ sessionId: 'chat', traces: 1, errors: 1 }])
    const filter = [{ field: 'environment', op: 'eq' as const, value: 'staging' }]
    expect((await sessions({ filter })).sessions).toMatchObject([
      { sessionId: 'chat', traces: 1, userIds: ['ben'], feedback: { up: 1, down: 1 } },
    ])
    expect((await sessions({ search: 'ANYBODY' })).sessions).toMatchObject([{ sessionId: 'chat', traces: 1 }])
    expect((await sessions({ search: 'hotel', in: 'content', sort: '-costUsd', from: FROM })).sessions).toMatchObject([
      { sessionId: 'tour' },
    ])
    expect((await sessions({ filter: [{ field: 'userId', op: 'eq', value: 'nobody' }] })).sessions).toEqual([])
  })

  test('refuses an order without a time, and a cursor of another list', async () => {
    await expect(sessions({ sort: '-costUsd' })).rejects.toMatchObject({ code: 'invalid-request' })
    const { nextCursor = '' } = await sessions({ limit: 1 })
    await expect(sessions({ cursor: nextCursor, sort: '-traces', from: FROM })).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(sessions({ cursor: 'nonsense' })).rejects.toMatchObject({ code: 'invalid-request' })
    expect(api['sessions.list'].input.safeParse({ sort: '-name' }).success).toBe(false)
  })

  test('shows nothing of another project, nor what is being deleted', async () => {
    expect((await sessions({ limit: 500 })).sessions.map(({ sessionId }) => sessionId)).not.toContain('secret')
    const theirs = (await queries.sessions('other', { limit: 50 })).sessions.toSorted((a, b) => a.sessionId.localeCompare(b.sessionId))
    expect(theirs).toMatchObject([
      { sessionId: 'chat', costUsd: '0.000000005', feedback: { up: 1, down: 0 } },
      { sessionId: 'secret', costUsd: null },
    ])
    await events.hide({ spans: `traceId != '${traceIdOf('g3')}'` })
    try {
      expect((await sessions({ filter: [{ field: 'sessionId', op: 'eq', value: 'chat' }] })).sessions).toMatchObject([
        { traces: 2, models: ['gpt-4o'] },
      ])
      expect((await session('chat')).turns).toHaveLength(2)
      expect((await users()).users.map(({ userId }) => userId)).not.toContain('ben')
    } finally {
      await events.hide({})
    }
  })
})

describe('a session', () => {
  test('is a conversation: of each call what is new, with what came of it', async () => {
    const { session: head, turns, scores } = await session('chat')
    expect(head).toMatchObject({ sessionId: 'chat', traces: 3 })
    expect(scores).toMatchObject([{ id: '3', value: 'up' }])
    const listed = (await sessions()).sessions.find(({ sessionId }) => sessionId === 'chat')
    expect(listed?.scores).toEqual([{ name: 'thumbs', type: 'categorical', count: 1, mean: null, text: 'up' }])
    expect(turns).toMatchObject([
      {
        trace: { traceId: traceIdOf('g1') },
        input: { earlier: 0, value: { messages: [{ role: 'system' }, user('Hello?')] } },
        output: { value: answer('Hi!') },
        steps: [{ name: 'try', status: 'error' }],
        scores: [{ id: expect.any(String) }, { id: expect.any(String) }],
      },
      {
        trace: { status: 'error' },
        statusMessage: 'it took too long',
        input: { earlier: 2, value: { messages: [user('Where is it?')] } },
        output: null,
      },
      {
        input: { earlier: 2, value: { messages: [user('Where is it?'), user('Anybody?')] } },
        output: { value: answer('Here.') },
        scores: [{ value: -1, comment: 'wrong' }],
      },
    ])
  })

  test('shows of an agent what it was asked, its steps, and what it answered in the end', async () => {
    const { turns } = await session('tour')
    const [agent, flow, long] = turns
    expect(agent).toMatchObject({
      trace: { costUsd: '3', inputTokens: 300 },
      statusMessage: 'no index',
      input: {
        spanId: hex('plan', 16),
        value: { messages: [user('Find me a hotel'), { role: 'assistant' }, { role: 'tool', content: 'Grand' }] },
      },
      output: { spanId: hex('say', 16), value: answer('Take the Grand.') },
      stepCount: 2,
      steps: [
        { kind: 'tool', name: 'search', status: 'ok', outputPreview: '["Grand"]' },
        { kind: 'retriever', status: 'error', statusMessage: 'no index' },
      ],
    })
    expect(flow).toMatchObject({ input: { value: 'And to eat?' }, output: { value: 'Pasta.' } })
    expect(long?.input).toEqual({ spanId: hex('root3', 16), value: null, cut: true, bytes: 70_000, earlier: 0 })
  })

  test('is read in pages, searched in, and unknown where it is', async () => {
    const first = await session('chat', { limit: 2 })
    const second = await session('chat', { limit: 2, cursor: first.nextCursor ?? '' })
    expect([...first.turns, ...second.turns].map(({ trace }) => trace.traceId)).toEqual(['g1', 'g2', 'g3'].map(traceIdOf))
    expect(second.nextCursor).toBeUndefined()
    expect((await session('chat', { search: 'anybody' })).turns).toHaveLength(1)
    expect((await session('tour', { search: '"take the grand"', in: 'content' })).turns).toHaveLength(1)
    expect((await session('chat', { search: 'no such thing' })).turns).toEqual([])
    await expect(session('secret')).rejects.toMatchObject({ code: 'not-found' })
    await expect(session(`x' OR 1=1 --`)).rejects.toMatchObject({ code: 'not-found' })
    await expect(session('chat', { cursor: 'x' })).rejects.toMatchObject({ code: 'invalid-request' })
  })
})

describe('users', () => {
  test.each(USER_SORTS.flatMap((name): UserSort[] => [`-${name}`, name]))('by %s, page by page, are the whole list', async (sort) => {
    const whole = await users({ sort, from: FROM })
    expect(whole.users).toHaveLength(10)
    const first = await users({ sort, from: FROM, limit: 6 })
    const second = await users({ sort, from: FROM, limit: 6, cursor: first.nextCursor ?? '' })
    expect([...first.users, ...second.users]).toEqual(whole.users)
  })

  test('have what they used, over time and by model, and add up to it', async () => {
    expect((await users({ sort: '-costUsd', from: FROM, limit: 1 })).users).toMatchObject([
      {
        userId: 'cat',
        sessions: 1,
        traces: 3,
        calls: 2,
        errors: 1,
        inputTokens: 300,
        costUsd: '3',
        lastSeen: new Date(NOW / 1000 - 10_000).toISOString(),
      },
    ])
    const { user: one, times, models } = await queries.user('shop', { userId: 'user-1', bucket: 'day' })
    const mine = Array.from({ length: 60 }, (_, at) => at).filter((at) => at % 7 === 1)
    expect(one).toMatchObject({ traces: mine.length, sessions: mine.length, calls: mine.length })
    const sum = (parts: readonly { traces: number; calls: number; inputTokens: number; costUsd: string | null }[]) => ({
      calls: parts.reduce((all, part) => all + part.calls, 0),
      tokens: parts.reduce((all, part) => all + part.inputTokens, 0),
      cost: Math.round(parts.reduce((all, part) => all + Number(part.costUsd ?? 0), 0) * 1e9),
    })
    const expected = { calls: mine.length, tokens: one.inputTokens, cost: Math.round(Number(one.costUsd) * 1e9) }
    expect(sum(times)).toEqual(expected)
    expect(sum(models)).toEqual(expected)
    expect(times.map(({ at }) => at)).toEqual(times.map(({ at }) => at).toSorted())
    expect(times.every(({ at }) => at.endsWith('T00:00:00.000Z'))).toBe(true)
    expect((await queries.user('shop', { userId: 'cat', bucket: 'hour' })).models).toMatchObject([
      { model: 'gpt-4o', provider: 'openai', calls: 2, costUsd: '3' },
    ])
    await expect(queries.user('shop', { userId: 'secret', bucket: 'day' })).rejects.toMatchObject({ code: 'not-found' })
  })
})

test('the answers are what the API says', async () => {
  for (const output of [await sessions(), await sessions({ sort: '-costUsd', from: FROM })])
    expect(api['sessions.list'].output.parse(output)).toEqual(output)
  for (const id of ['chat', 'tour']) {
    const output = await session(id)
    expect(api['sessions.get'].output.parse(output)).toEqual(output)
  }
  const listed = await users()
  expect(api['users.list'].output.parse(listed)).toEqual(listed)
  const one = await queries.user('shop', { userId: 'cat', bucket: 'hour' })
  expect(api['users.get'].output.parse(one)).toEqual(one)
})
