import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DemoHour, demoHour } from '../scripts/demo/demo-hour.ts'
import { DEMO_PROJECT, nameProject } from '../scripts/demo/name-project.ts'
import { otlpJson } from '../scripts/demo/otlp-json.ts'
import { CLUSTERING_SPANS } from '../scripts/demo/traces/clustering-trace.ts'
import type { DemoTrace } from '../scripts/demo/traces/trace.ts'
import { type Signalbox, startSignalbox } from './signalbox.ts'

const SCALE = 0.1
const ROOT = resolve(import.meta.dirname, '..')
const endsAt = Date.parse('2026-11-20T12:00:00Z')
const llmSpans = ({ spans }: DemoTrace) => spans.filter(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat')

describe('an hour of the demo', () => {
  const hour = demoHour({ seed: 'kestrel', scale: 1, endsAt })

  test('is the same to the byte for the same seed and end', () => {
    expect(otlpJson(demoHour({ seed: 'kestrel', scale: 1, endsAt }).traces) === otlpJson(hour.traces)).toBe(true)
  })

  test('has the same conversations, under other ids, at another end', () => {
    const later = demoHour({ seed: 'kestrel', scale: 1, endsAt: endsAt + 7_200_000 })
    expect(shapeOf(later)).toEqual(shapeOf(hour))
    expect(later.traces[0]?.traceId).not.toBe(hour.traces[0]?.traceId)
  })

  test('has other conversations for another seed', () => {
    expect(shapeOf(demoHour({ seed: 'merlin', scale: 1, endsAt }))).not.toEqual(shapeOf(hour))
  })

  test('lies within the hour, with every span inside its trace and every id once', () => {
    const ids = new Set<string>()
    for (const { traceId, startedAt, spans } of hour.traces) {
      const known = new Set(spans.map(({ spanId }) => spanId))
      for (const { spanId, parentId, start, end } of spans) {
        expect(startedAt + start).toBeGreaterThanOrEqual(hour.startsAt)
        expect(startedAt + end).toBeLessThanOrEqual(endsAt)
        expect(end).toBeGreaterThanOrEqual(start)
        if (traceId !== hour.rootless.traceId && parentId) expect(known).toContain(parentId)
        ids.add(`${traceId} ${spanId}`)
      }
    }
    expect(ids.size).toBe(hour.traces.reduce((sum, { spans }) => sum + spans.length, 0))
  })

  test('has what a look around needs', () => {
    const turns = hour.traces.filter(({ resource }) => resource.service === 'support-copilot')
    expect(turns.length).toBeGreaterThanOrEqual(400)
    const values = (attribute: string) => new Set(turns.flatMap(({ spans }) => spans.map(({ attributes }) => attributes[attribute])))
    expect(values('gen_ai.request.model')).toEqual(
      new Set([undefined, 'gpt-4o-mini', 'gpt-4o', 'claude-sonnet-4-5', 'llama-3.3-70b-instruct', 'text-embedding-3-small']),
    )
    expect(values('user.id').size).toBeGreaterThan(45)
    expect(new Set(turns.map(({ resource }) => resource.environment))).toEqual(new Set(['production', 'staging']))
    expect(new Set(turns.map(({ resource }) => resource.release)).size).toBe(3)
    const errors = new Set(turns.flatMap(({ spans }) => spans.flatMap(({ error }) => error?.type ?? [])))
    expect(errors).toEqual(new Set(['rate_limit', 'timeout', 'tool_error', 'context_length']))
    const languages = turns.map(({ spans }) => /"language":"(\w+)"/.exec(String(spans[0]?.attributes.metadata))?.[1])
    expect(new Set(languages.filter(Boolean))).toEqual(new Set(['en', 'de', 'hi', 'ja', 'es', 'fr']))
    const sessions = Map.groupBy(turns, ({ spans }) => spans[0]?.attributes['session.id'])
    const lengths = [...sessions.values()].map(({ length }) => length)
    expect(Math.min(...lengths)).toBe(1)
    expect(Math.max(...lengths)).toBeGreaterThanOrEqual(5)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(6)
  })

  test('leaves no fact of a template unfilled', () => {
    expect(otlpJson(hour.traces.filter(({ traceId }) => traceId !== hour.clustering.traceId))).not.toMatch(
      /[{[](first|name|order|item|amount|city|carrier|tracking|card|ordered|invoice|reference)[}\]]/,
    )
  })

  test('has a provider that is half as fast, and fails more, for eight minutes', () => {
    const isSlow = ({ startedAt }: DemoTrace) => startedAt >= hour.slow.from && startedAt < hour.slow.to
    const turns = hour.traces.filter(({ resource }) => resource.service === 'support-copilot')
    const firstToken = (traces: DemoTrace[]) =>
      median(
        traces
          .flatMap(llmSpans)
          .filter(({ attributes }) => attributes['gen_ai.provider.name'] === 'openai')
          .flatMap(({ attributes }) => Number(attributes['gen_ai.response.time_to_first_chunk'] ?? []) || []),
      )
    const failing = (traces: DemoTrace[]) => traces.filter(({ spans }) => spans.some(({ error }) => error)).length / traces.length
    const [slow, usual] = [turns.filter(isSlow), turns.filter((trace) => !isSlow(trace))]
    expect(firstToken(slow) / firstToken(usual)).toBeGreaterThan(1.6)
    expect(failing(slow)).toBeGreaterThan(2 * failing(usual))
  })
})

describe('seeding a running server', () => {
  let signalbox: Signalbox
  let written: string
  const client = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })

  beforeAll(async () => {
    signalbox = await startSignalbox({ yaml: readFileSync(join(ROOT, 'scripts/demo/signalbox.yaml'), 'utf8') })
    written = await seed('--url', signalbox.url, '--key', signalbox.secretKey, '--scale', String(SCALE))
  })
  afterAll(() => signalbox?.stop())

  /** What `npm run demo -- --seed-only` runs. */
  async function seed(...args: string[]): Promise<string> {
    const main = join(ROOT, 'scripts/demo/main.ts')
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', main, '--seed-only', ...args], { cwd: ROOT })
    return stdout
  }
  const idOf = (what: string) => {
    const id = new RegExp(`${what}.*/traces/([0-9a-f]{32})`).exec(written)?.[1]
    if (!id) throw new Error(`There is no link to "${what}" in:\n${written}`)
    return id
  }
  /** The same conversations: their number, models and tokens follow from the seed alone. */
  const expected = demoHour({ seed: 'kestrel', scale: SCALE, endsAt })

  test('fills a server without renaming its project', async () => {
    expect((await client().projects.list({})).projects).toMatchObject([{ id: 'default', name: 'Default' }])
  })

  test('a server of its own is called after what it shows, and keeps a name that it was given', async () => {
    const named = async () => {
      await nameProject({ url: signalbox.url, key: signalbox.secretKey })
      return (await client().projects.list({})).projects.map(({ name }) => name)
    }
    expect(await named()).toEqual([DEMO_PROJECT])
    await client().projects.update({ id: 'default', name: 'Mine' })
    expect(await named()).toEqual(['Mine'])
  })

  test('every trace can be listed', async () => {
    const { rows } = await client().query.run({ measures: ['traces'], dimensions: ['service', 'source'] })
    const number = (service: string) => expected.traces.filter(({ resource }) => resource.service === service).length
    const found = Object.fromEntries(rows.map(({ service, source, traces }) => [`${source} ${service}`.trim(), traces]))
    expect(found).toMatchObject({
      // One more: the agent around a live call.
      'otlp support-copilot': number('support-copilot') + 1,
      'otlp ticket-clustering': 1,
      'otlp knowledge-indexer': 3,
      gateway: 14,
    })
  })

  test('the long trace has its 3,000 spans', async () => {
    const { trace, spans } = await client().traces.get({ traceId: idOf('3,000 spans') })
    expect(CLUSTERING_SPANS).toBe(3000)
    expect(spans).toHaveLength(3000)
    expect(trace.spanCount).toBe(3000)
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(3000)
  })

  test('tokens are counted once although agents repeat them, and models have their price', async () => {
    const { rows } = await client().query.run({
      measures: ['calls', 'inputTokens', 'outputTokens', 'costUsd', 'unpriced'],
      dimensions: ['requestModel'],
      filters: [
        { field: 'source', op: 'eq', value: 'otlp' },
        { field: 'kind', op: 'eq', value: 'llm' },
      ],
    })
    for (const model of ['gpt-4o-mini', 'gpt-4o', 'claude-sonnet-4-5', 'llama-3.3-70b-instruct']) {
      const spans = expected.traces.flatMap(llmSpans).filter(({ attributes }) => attributes['gen_ai.request.model'] === model)
      const sum = (name: string) => spans.reduce((total, { attributes }) => total + Number(attributes[name] ?? 0), 0)
      const row = rows.find(({ requestModel }) => requestModel === model)
      expect(row, model).toMatchObject({
        calls: spans.length,
        inputTokens: sum('gen_ai.usage.input_tokens'),
        outputTokens: sum('gen_ai.usage.output_tokens'),
      })
      if (model.startsWith('llama')) expect(row).toMatchObject({ costUsd: null })
      else expect(Number(row?.costUsd)).toBeGreaterThan(0)
    }
  })

  test('what failed is told by its type', async () => {
    const { rows } = await client().query.run({
      measures: ['errors'],
      dimensions: ['errorType', 'kind'],
      filters: [
        { field: 'source', op: 'eq', value: 'otlp' },
        { field: 'status', op: 'eq', value: 'error' },
      ],
    })
    const spans = expected.traces.flatMap((trace) => trace.spans)
    const kinds: Record<string, string> = { chat: 'llm', execute_tool: 'tool', invoke_agent: 'agent' }
    const wanted = Map.groupBy(
      spans.filter(({ error }) => error),
      ({ error, attributes }) => `${error?.type} ${kinds[String(attributes['gen_ai.operation.name'])]}`,
    )
    expect(wanted.size).toBeGreaterThan(0)
    expect(Object.fromEntries(rows.map(({ errorType, kind, errors }) => [`${errorType} ${kind}`, errors]))).toEqual(
      Object.fromEntries([...wanted].map(([type, failed]) => [type, failed.length])),
    )
  })

  test('a turn reads as a conversation, with its customer, tags and metadata', async () => {
    const { traces } = await client().traces.list({
      filter: [
        { field: 'tags', op: 'contains', value: 'faq' },
        { field: 'metadata.region', op: 'eq', value: 'us' },
      ],
    })
    const [first] = traces
    if (!first) throw new Error('There is no such trace.')
    expect(first).toMatchObject({ name: 'invoke_agent support-copilot', status: 'ok' })
    expect(first.userId).toMatch(/^cus_/)
    expect(first.sessionId).toMatch(/^conv_/)
    expect(first.inputPreview).not.toBe('')
    const { spans } = await client().traces.get({ traceId: first.traceId })
    const last = spans.findLast(({ kind }) => kind === 'llm')
    if (!last) throw new Error('There is no call of a model in it.')
    const detail = await client().spans.get({ traceId: first.traceId, spanId: last.spanId })
    expect(detail.input).toMatchObject([{ role: 'system' }, { role: 'user' }])
    expect(detail.output).toMatchObject([{ role: 'assistant', finish_reason: 'stop' }])
    expect(detail.firstTokenMs).toBeGreaterThan(0)
  })

  test('cost can be told by what the business calls things', async () => {
    const { rows } = await client().query.run({ measures: ['costUsd', 'calls'], dimensions: ['metadata.ticketType'] })
    const types = rows.map((row) => row['metadata.ticketType']).filter(Boolean)
    expect(types).toEqual(expect.arrayContaining(['refund', 'delivery', 'invoice', 'login']))
    for (const row of rows.filter(({ calls }) => Number(calls) > 20)) expect(Number(row.costUsd)).toBeGreaterThan(0)
  })

  test('the trace without a root can be found and opened', async () => {
    const { spans } = await client().traces.get({ traceId: idOf('root never came') })
    expect(spans.length).toBeGreaterThan(3)
    expect(spans.filter(({ parentId }) => parentId === null)).toEqual([])
    const { traces } = await client().traces.list({ filter: [{ field: 'traceId', op: 'eq', value: idOf('root never came') }] })
    expect(traces).toHaveLength(1)
  })

  test('live calls are there with how they ended', async () => {
    const { rows } = await client().query.run({
      measures: ['calls'],
      dimensions: ['status'],
      filters: [{ field: 'source', op: 'eq', value: 'gateway' }],
    })
    expect(Object.fromEntries(rows.map(({ status, calls }) => [status, calls]))).toEqual({ ok: 11, error: 2, aborted: 1 })
  })

  test('the cache, the second target and the budget have something to show', async () => {
    const { rows } = await client().query.run({
      measures: ['calls'],
      dimensions: ['requestModel', 'answeredBy'],
      filters: [{ field: 'requestModel', op: 'in', value: ['kestrel-support', 'kestrel-faq'] }],
    })
    expect(Object.fromEntries(rows.map(({ requestModel, answeredBy, calls }) => [`${requestModel} ${answeredBy}`, calls]))).toEqual({
      'kestrel-support another-try': 2,
      'kestrel-support first-try': 1,
      'kestrel-faq first-try': 1,
      'kestrel-faq cache': 2,
    })
    const { budgets } = await client().budgets.usage({ name: 'per-customer' })
    const states = new Set(budgets[0]?.subjects.map(({ state }) => state))
    expect(states).toEqual(new Set(['ok', 'warned']))
  })

  test('wrong use is said in words', async () => {
    await expect(seed('--url', signalbox.url, '--key', 'sk-sb-ffffffffffffffffffff')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('demo: '),
    })
    await expect(seed('--url', signalbox.url, '--scale', 'much', '--key', 'x')).rejects.toMatchObject({ code: 2 })
    await expect(seed('--url', 'http://127.0.0.1:1', '--key', 'x')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('No server answers'),
    })
  })
})

/** Everything but ids and dates. */
const shapeOf = ({ traces }: DemoHour) =>
  traces.map(({ resource, spans }) => [
    resource.release,
    spans.map(({ name, attributes, error }) => [name, attributes['gen_ai.usage.input_tokens'], attributes['user.id'], error?.type]),
  ])

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
