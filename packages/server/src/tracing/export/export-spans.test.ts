import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api, type ExportQuery, SpanDetail, SpanRow } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { exportSpans } from './export-spans.ts'

const folder = mkdtempSync(join(tmpdir(), 'signalbox-export-'))
const Shape = api['export.spans'].input
const NOW = Date.UTC(2026, 10, 20, 12) * 1000
const COUNT = 1300
let events: Events

beforeAll(async () => {
  events = await openEvents({ folder: join(folder, 'store') })
  await migrateEvents(events)
  const rows = Array.from({ length: COUNT }, (_, at) => row(at))
  await events.insert(
    'spans',
    rows.map((span) => JSON.stringify(span)),
    'spans',
  )
  await events.insert(
    'payloads',
    rows.map((span, at) => JSON.stringify(payload(span, at))),
    'payloads',
  )
  // Sent again, and of somebody else.
  await events.insert('spans', [JSON.stringify({ ...row(7), name: 'told last', receivedAt: NOW + 9 })], 'again')
  await events.insert('spans', [JSON.stringify({ ...row(1), projectId: 'other', name: 'secret' })], 'other')
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

/** Several at the same moment, so that a slice ends among equals. */
const row = (at: number): SpanRow =>
  SpanRow.parse({
    projectId: 'shop',
    traceId: `${at % 13}`.padStart(32, 'a'),
    spanId: `${at}`.padStart(16, '0'),
    kind: 'llm',
    name: at === 3 ? '=1+1, "quoted"\nline' : `span ${at}`,
    source: 'otlp',
    status: at % 10 === 0 ? 'error' : 'ok',
    startedAt: NOW + Math.floor(at / 7) * 1000,
    durationMs: at,
    cost: at * 1_000_000,
    metadata: { at: String(at) },
    inputBytes: 20,
    receivedAt: NOW,
  })
const payload = ({ projectId, traceId, spanId, startedAt }: SpanRow, at: number) => ({
  projectId,
  traceId,
  spanId,
  startedAt,
  input: JSON.stringify({ ask: at }),
  output: `say ${at}`,
  attributes: '',
})

async function taken(query: Partial<ExportQuery> & { format: ExportQuery['format'] }): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of exportSpans({ events, folder: join(folder, 'files') }, 'shop', Shape.parse({ content: 'true', ...query }))
    .pieces)
    pieces.push(piece)
  return Buffer.concat(pieces)
}
const lines = async (query: Partial<ExportQuery> = {}): Promise<SpanDetail[]> => {
  const text = (await taken({ format: 'jsonl', ...query })).toString('utf8')
  return text === ''
    ? []
    : text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
}

test('every span once, oldest first, whole', async () => {
  const spans = await lines()
  expect(spans).toHaveLength(COUNT)
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(COUNT)
  expect(spans.map(({ startedAt }) => startedAt)).toEqual(spans.map(({ startedAt }) => startedAt).toSorted())
  const some = spans.find(({ spanId }) => spanId.endsWith('00042'))
  expect(SpanDetail.parse(some)).toMatchObject({
    name: 'span 42',
    costUsd: '0.042',
    input: { ask: 42 },
    output: 'say 42',
    metadata: { at: '42' },
  })
  expect(spans.filter(({ name }) => name === 'told last')).toHaveLength(1)
  expect(spans.some(({ name }) => name === 'secret')).toBe(false)
})

test('of a time and a filter, without inputs and outputs', async () => {
  const spans = await lines({
    from: '2026-11-20T12:00:00.010Z',
    to: '2026-11-20T12:00:00.020Z',
    content: 'false',
    filter: [{ field: 'status', op: 'eq', value: 'error' }],
  })
  expect(spans.map(({ name }) => name).sort()).toEqual(
    ['span 70', 'span 80', 'span 90', 'span 100', 'span 110', 'span 120', 'span 130'].sort(),
  )
  expect(spans[0]).not.toHaveProperty('input')
  expect(await lines({ from: '2027-01-01T00:00:00Z' })).toEqual([])
})

test('CSV has a line of names, and no formulas', async () => {
  const text = (await taken({ format: 'csv', content: 'false' })).toString('utf8')
  const [head = ''] = text.split('\r\n')
  expect(head.split(',')).toEqual(Object.keys(SpanDetail.shape).filter((name) => !['input', 'output', 'attributes'].includes(name)))
  expect(text).toContain(`"'=1+1, ""quoted""\nline"`)
  expect(text.split('\r\n')).toHaveLength(COUNT + 2)
})

test.each(['true', 'false'] as const)('Parquet can be read by the engine, and leaves no file behind (content %s)', async (content) => {
  const bytes = await taken({ format: 'parquet', content })
  const path = join(folder, `read-${content}.parquet`)
  writeFileSync(path, bytes)
  expect(readFileSync(path).subarray(-4).toString()).toBe('PAR1')
  const [found] = await events.query(
    `SELECT count() AS spans, uniqExact(spanId) AS ids, round(sum(cost), 3) AS cost, countIf(name = 'secret') AS secrets${content === 'true' ? `, countIf(output = concat('say ', metadata['at'])) AS outputs` : ''} FROM file('${path}', 'Parquet')`,
  )
  const sum = ((COUNT - 1) * COUNT) / 2 / 1000
  expect(found).toEqual({ spans: COUNT, ids: COUNT, cost: sum, secrets: 0, ...(content === 'true' && { outputs: COUNT }) })
  expect(readdirSync(join(folder, 'files'))).toEqual([])
})

test('who takes a part has a part read', async () => {
  let asked = 0
  const counting: Events = Object.assign(Object.create(events) as Events, {
    aside: (...given: Parameters<Events['aside']>) => {
      asked++
      return events.aside(...given)
    },
  })
  for await (const _ of exportSpans({ events: counting, folder }, 'shop', Shape.parse({ content: 'false' })).pieces) break
  expect(asked).toBe(1)
})
