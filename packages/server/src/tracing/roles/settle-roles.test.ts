import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, SpanRow, type SpanWithPayload, usageColumn } from '@signalbox/schema'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { insertSpans } from '../insert-spans.ts'
import { createTraceQueries } from '../queries/trace-queries.ts'
import { AnswerMemory } from './answer-memory.ts'
import { createRoles } from './settle-roles.ts'

let folder: string
let events: Events
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'roles-'))
  events = await openEvents({ folder: join(folder, 'events') })
  await migrateEvents(events)
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const NOW = Math.floor(Date.now() / 1000) * 1_000_000
type Shape = { kind?: SpanRow['kind']; source?: SpanRow['source']; input?: number; responseId?: string; output?: string; provided?: number }

/** A span of trace 1 by its number and that of its parent; 0 is none. */
function span(id: number, parent: number, shape: Shape = {}, trace = 1): SpanWithPayload {
  const hex = (number: number) => number.toString(16).padStart(16, '0')
  const { kind = 'span', source = 'otlp', input, provided } = shape
  const row = SpanRow.parse({
    projectId: 'p',
    traceId: trace.toString(16).padStart(32, '0'),
    spanId: hex(id),
    parentId: parent === 0 ? '' : hex(parent),
    entry: parent === 0 ? 1 : 0,
    kind,
    name: String(id),
    source,
    status: 'ok',
    startedAt: NOW,
    durationMs: 1,
    model: 'm',
    ...(input !== undefined && { [usageColumn('input')]: input, usageSource: 'provider' }),
    usageRole: kind === 'agent' || kind === 'chain' || kind === 'workflow' ? 'aggregate' : 'leaf',
    ...(input !== undefined && kind === 'llm' && { cost: input * 1000, priceVersion: 'test' }),
    ...(provided !== undefined && { cost: provided, priceVersion: 'provided' }),
    receivedAt: NOW,
  })
  const { projectId, traceId, spanId, startedAt } = row
  const payload = { projectId, traceId, spanId, startedAt, input: '', output: shape.output ?? '', attributes: '{}' }
  return { span: row, payload, ...(shape.responseId && { responseId: shape.responseId }) }
}

const price = ({ usage }: { usage: { input: number } }) => ({
  cost: usage.input * 1000,
  parts: { input: usage.input * 1000 },
  version: 'test',
})
const rolesOf = (of: Events = events) => createRoles({ events: of, price, now: () => NOW / 1000 - 60_000 })
function settled(...rows: SpanWithPayload[]) {
  rolesOf().settle(rows)
  return Object.fromEntries(rows.map((row) => [row.span.name, row.span.usageRole]))
}

test.each<[string, SpanWithPayload[], Record<string, string>]>([
  [
    'an agent whose call reports usage',
    [span(1, 0, { kind: 'agent', input: 10 }), span(2, 1, { kind: 'llm', input: 10 })],
    { 1: 'aggregate', 2: 'leaf' },
  ],
  ['an agent whose call reports none', [span(1, 0, { kind: 'agent', input: 10 }), span(2, 1, { kind: 'llm' })], { 1: 'leaf', 2: 'leaf' }],
  ['an agent alone', [span(1, 0, { kind: 'agent', input: 10 })], { 1: 'leaf' }],
  [
    'steps between them',
    [
      span(1, 0, { kind: 'workflow', input: 10 }),
      span(2, 1, { kind: 'agent', input: 10 }),
      span(3, 2),
      span(4, 3, { kind: 'llm', input: 10 }),
    ],
    { 1: 'aggregate', 2: 'aggregate', 3: 'leaf', 4: 'leaf' },
  ],
  ['a plain step that repeats', [span(1, 0, { input: 10 }), span(2, 1, { kind: 'llm', input: 10 })], { 1: 'aggregate' }],
  [
    'two libraries that see the same call',
    [span(1, 0, { kind: 'llm', input: 10 }), span(2, 1, { kind: 'llm', input: 10 })],
    { 1: 'aggregate', 2: 'leaf' },
  ],
  [
    'a call whose tool makes another call is no repetition',
    [span(1, 0, { kind: 'llm', input: 10 }), span(2, 1, { kind: 'tool' }), span(3, 2, { kind: 'llm', input: 5 })],
    { 1: 'leaf', 3: 'leaf' },
  ],
  [
    'a call that went through the gateway, with the request between them',
    [span(1, 0, { kind: 'llm', input: 10 }), span(2, 1), span(3, 2, { kind: 'llm', source: 'gateway', input: 11 })],
    { 1: 'aggregate', 3: 'leaf' },
  ],
  [
    'one that the gateway answered from its cache',
    [span(1, 0, { kind: 'llm', input: 10 }), span(2, 1, { kind: 'llm', source: 'gateway' })],
    { 1: 'aggregate', 2: 'leaf' },
  ],
  [
    'the gateway is never outdone',
    [
      span(1, 0, { kind: 'llm', source: 'gateway', input: 10 }),
      span(2, 1, { source: 'gateway', input: 3 }),
      span(3, 1, { kind: 'llm', input: 10 }),
    ],
    { 1: 'leaf', 2: 'leaf' },
  ],
  [
    'parents in a circle',
    [span(1, 2, { kind: 'agent', input: 1 }), span(2, 1, { kind: 'agent', input: 1 })],
    { 1: 'aggregate', 2: 'aggregate' },
  ],
  ['its own parent', [span(1, 1, { kind: 'llm', input: 1 })], {}],
])('%s', (_name, rows, expected) => {
  expect(settled(...rows)).toMatchObject(expected)
})

test('who counts has its price, who repeats has none of ours and keeps what it brought along', () => {
  const agent = span(1, 0, { kind: 'agent', input: 10 })
  const call = span(2, 0, { kind: 'llm', input: 10 }, 2)
  const told = span(3, 0, { kind: 'llm', input: 10, provided: 5 }, 3)
  rolesOf().settle([
    agent,
    call,
    told,
    span(4, 2, { kind: 'llm', source: 'gateway' }, 2),
    span(5, 3, { kind: 'llm', source: 'gateway' }, 3),
  ])
  expect(agent.span).toMatchObject({ usageRole: 'leaf', cost: 10_000, costParts: { input: 10_000 } })
  expect(call.span).toMatchObject({ usageRole: 'aggregate', cost: null, priceVersion: '' })
  expect(told.span).toMatchObject({ usageRole: 'aggregate', cost: 5 })
})

test('the same answer in two traces is one call, in either order', () => {
  const answer = '{"id":"chatcmpl-12345678","choices":[]}'
  const gateway = span(1, 0, { kind: 'llm', source: 'gateway', input: 10, output: answer }, 7)
  for (const order of [0, 1]) {
    const client = span(2, 0, { kind: 'llm', input: 10, responseId: 'chatcmpl-12345678' }, 8)
    const rows = [gateway, client]
    rolesOf().settle(order === 0 ? rows : rows.toReversed())
    expect(client.span).toMatchObject({ usageRole: 'aggregate', metadata: { gatewayTraceId: gateway.span.traceId } })
  }
  const other = span(3, 0, { kind: 'llm', input: 10, responseId: 'chatcmpl-87654321' }, 9)
  rolesOf().settle([gateway, other])
  expect(other.span.usageRole).toBe('leaf')
})

test('a client that stores the whole answer says its id by it', () => {
  const answer = '{"id":"chatcmpl-12345678","choices":[]}'
  const client = span(2, 0, { kind: 'llm', source: 'langsmith', input: 10, output: answer }, 8)
  rolesOf().settle([span(1, 0, { kind: 'llm', source: 'gateway', input: 10, output: answer }, 7), client])
  expect(client.span.usageRole).toBe('aggregate')
})

test('of answers only so many are kept, whoever they are of', () => {
  const answers = new AnswerMemory(2)
  const gateway = (id: string) => span(1, 0, { kind: 'llm', source: 'gateway', output: `{"id":"${id}"}` }, 7)
  const client = (id: string) => span(2, 0, { kind: 'llm', input: 10, responseId: id }, 8)
  for (const id of ['answer-1', 'answer-2', 'answer-3']) answers.add(gateway(id))
  expect(['answer-1', 'answer-2', 'answer-3'].map((id) => answers.isServed(client(id)))).toEqual([false, true, true])
})

test('projects do not know of each other', () => {
  const agent = span(1, 0, { kind: 'agent', input: 10 })
  const call = span(2, 1, { kind: 'llm', input: 10 })
  call.span.projectId = 'other'
  rolesOf().settle([agent, call])
  expect(agent.span.usageRole).toBe('leaf')
})

test('of a trace that began before our time the kind has to tell', () => {
  const agent = span(1, 0, { kind: 'agent', input: 10 })
  createRoles({ events, price, now: () => NOW / 1000 + 60_000 }).settle([agent])
  expect(agent.span.usageRole).toBe('aggregate')
})

test('traces that were not heard of for longest are forgotten', () => {
  const roles = createRoles({ events, price, now: () => NOW / 1000 - 60_000 }, { spans: 2, answers: 2 })
  roles.settle([span(2, 1, { kind: 'llm', input: 10 }, 1)])
  roles.settle([span(2, 1, { kind: 'llm', input: 10 }, 2)])
  const [first, second] = [span(1, 0, { kind: 'agent', input: 10 }, 1), span(1, 0, { kind: 'agent', input: 10 }, 2)]
  roles.settle([second])
  roles.settle([first])
  expect([first.span.usageRole, second.span.usageRole]).toEqual(['leaf', 'aggregate'])
})

/** A trace of an agent with calls, tools and the gateway, as numbers. */
const TREE = (trace: number) => [
  span(1, 0, { kind: 'agent', input: 60 }, trace),
  span(2, 1, { kind: 'chain', input: 60 }, trace),
  span(3, 2, { kind: 'llm', input: 20 }, trace),
  span(4, 3, { kind: 'span' }, trace),
  span(5, 4, { kind: 'llm', source: 'gateway', input: 21 }, trace),
  span(6, 2, { kind: 'tool' }, trace),
  span(7, 6, { kind: 'agent', input: 40 }, trace),
  span(8, 7, { kind: 'llm', input: 40 }, trace),
]

test('in any order and any parts, what is stored counts once: in the trace, in its sums, in the rollups', async () => {
  let trace = 1000
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { maxLength: 3 }),
      async (order, cuts) => {
        trace++
        const rows = TREE(trace)
        for (const { span: row, payload } of rows) row.projectId = payload.projectId = `p${trace}`
        const roles = rolesOf()
        const edges = [0, ...cuts.sort((a, b) => a - b), 8]
        for (const [index, from] of edges.slice(0, -1).entries()) {
          const part = order.slice(from, edges[index + 1]).map((at) => rows[at] as SpanWithPayload)
          roles.settle(part)
          const token = `${trace}-${index}`
          expect(await insertSpans(events, { rows: part, token })).toEqual([])
          expect(await roles.correct(token)).toEqual([])
        }
        const projectId = `p${trace}`
        const traceId = trace.toString(16).padStart(32, '0')
        const found = await createTraceQueries({ events }).get(projectId, traceId)
        expect(found.trace).toMatchObject({ inputTokens: 61, spanCount: 8 })
        expect(Object.fromEntries(found.spans.map(({ name, usageRole }) => [name, usageRole]))).toMatchObject({
          1: 'aggregate',
          2: 'aggregate',
          3: 'aggregate',
          5: 'leaf',
          7: 'aggregate',
          8: 'leaf',
        })
        const [sums] = await events.query<{ spans: number; inputTokens: number }>(
          'SELECT sum(spans) AS spans, sum(inputTokens) AS inputTokens FROM spans_1m WHERE projectId = {projectId:String}',
          { projectId },
        )
        expect(sums).toEqual({ spans: 8, inputTokens: 61 })
      },
    ),
    { numRuns: 12 },
  )
})

test('a correction that stops half-way is made once all the same', async () => {
  let broken = true
  const failing: Events = Object.assign(Object.create(events) as Events, {
    insert: async (table: string, lines: readonly string[], token: string) => {
      if (table === 'spans' && broken) throw new AppError('unavailable', 'not now')
      return events.insert(table, lines, token)
    },
  })
  const roles = rolesOf(failing)
  const parent = span(1, 0, { kind: 'llm', input: 10 }, 5000)
  const child = span(2, 1, { kind: 'llm', source: 'gateway', input: 11 }, 5000)
  for (const row of [parent, child]) row.span.projectId = row.payload.projectId = 'again'
  roles.settle([parent])
  await insertSpans(events, { rows: [parent], token: 'again-1' })
  roles.settle([child])
  await insertSpans(events, { rows: [child], token: 'again-2' })
  await expect(roles.correct('again-2')).rejects.toThrow('not now')
  broken = false
  await roles.correct('again-3')
  await roles.correct('again-4')
  const [sums] = await events.query<{ spans: number; inputTokens: number }>(
    `SELECT sum(spans) AS spans, sum(inputTokens) AS inputTokens FROM spans_1m WHERE projectId = 'again'`,
  )
  expect(sums).toEqual({ spans: 2, inputTokens: 11 })
  const found = await createTraceQueries({ events }).get('again', parent.span.traceId)
  expect(found.trace.inputTokens).toBe(11)
})
