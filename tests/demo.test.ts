import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DemoWeek, demoWeek } from '../packages/server/src/demo/demo-week.ts'
import { otlpJson } from '../packages/server/src/demo/otlp-json.ts'
import { DAY, HOUR, isWithin, RELEASES } from '../packages/server/src/demo/story.ts'
import { CLUSTERING_SPANS } from '../packages/server/src/demo/traces/clustering-trace.ts'
import type { DemoTrace } from '../packages/server/src/demo/traces/trace.ts'
import { DEMO_PROJECT, nameProject } from '../scripts/demo/name-project.ts'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

const SCALE = 0.05
/** Calls through the gateway, twelve of them summaries of contracts. */
const LIVE = 56
const ROOT = resolve(import.meta.dirname, '..')
const endsAt = Date.parse('2026-11-20T12:00:00Z')
const llmSpans = ({ spans }: DemoTrace) => spans.filter(({ attributes }) => attributes['gen_ai.operation.name'] === 'chat')

describe('a week of the demo', () => {
  let week: DemoWeek
  let turns: DemoTrace[]
  beforeAll(async () => {
    week = await demoWeek({ seed: 'kestrel', scale: 1, days: 7, endsAt })
    turns = week.traces.filter(({ resource }) => resource.service === 'support-copilot')
  })

  test('is the same to the byte for the same seed and end', async () => {
    const small = { seed: 'kestrel', scale: 0.1, days: 7, endsAt }
    const [one, other] = [await demoWeek(small), await demoWeek(small)]
    expect(otlpJson(one.traces) === otlpJson(other.traces)).toBe(true)
    expect(one.scores).toEqual(other.scores)
  })

  test('has other ids at another end, and other conversations for another seed', async () => {
    const small = { seed: 'kestrel', scale: 0.1, days: 7, endsAt }
    const [one, later, other] = [
      await demoWeek(small),
      await demoWeek({ ...small, endsAt: endsAt + 7_200_000 }),
      await demoWeek({ ...small, seed: 'merlin' }),
    ]
    expect(later.traces[0]?.traceId).not.toBe(one.traces[0]?.traceId)
    expect(shapeOf(other)).not.toEqual(shapeOf(one))
  })

  test('lies within its time, with every span inside its trace and every id once', () => {
    const ids = new Set<string>()
    for (const { traceId, startedAt, spans } of week.traces) {
      const known = new Set(spans.map(({ spanId }) => spanId))
      for (const { spanId, parentId, start, end } of spans) {
        expect(startedAt + start).toBeGreaterThanOrEqual(week.story.startsAt)
        expect(startedAt + end).toBeLessThanOrEqual(endsAt)
        expect(end).toBeGreaterThanOrEqual(start)
        if (traceId !== week.rootless.traceId && parentId) expect(known).toContain(parentId)
        ids.add(`${traceId} ${spanId}`)
      }
    }
    expect(ids.size).toBe(week.traces.reduce((sum, { spans }) => sum + spans.length, 0))
  })

  test('has quiet nights, busy weekdays, and somebody in the last hour', () => {
    const perHour = (hours: (hour: number) => boolean) => turns.filter(({ startedAt }) => hours((startedAt % DAY) / HOUR)).length
    expect(perHour((hour) => hour >= 9 && hour < 12)).toBeGreaterThan(10 * perHour((hour) => hour >= 1 && hour < 4))
    const perDay = Map.groupBy(turns, ({ startedAt }) => new Date(startedAt).toISOString().slice(0, 10))
    const on = (day: string) => perDay.get(day)?.length ?? 0
    // Tuesday and Sunday.
    expect(on('2026-11-17')).toBeGreaterThan(2 * on('2026-11-15'))
    expect(turns.filter(({ startedAt }) => startedAt > endsAt - HOUR).length).toBeGreaterThan(10)
  })

  test('has what a look around needs', () => {
    expect(turns.length).toBeGreaterThanOrEqual(3000)
    const values = (attribute: string) => new Set(turns.flatMap(({ spans }) => spans.map(({ attributes }) => attributes[attribute])))
    expect(values('gen_ai.request.model')).toEqual(
      new Set([undefined, 'gpt-4o-mini', 'gpt-4o', 'claude-sonnet-4-5', 'llama-3.3-70b-instruct', 'text-embedding-3-small']),
    )
    expect(values('llm.prompt_template.version')).toEqual(new Set([undefined, '3', '7', '8', '9']))
    expect(values('user.id').size).toBeGreaterThan(45)
    expect(new Set(turns.map(({ resource }) => resource.environment))).toEqual(new Set(['production', 'staging']))
    expect(new Set(turns.map(({ resource }) => resource.release))).toEqual(new Set(Object.values(RELEASES)))
    const errors = new Set(turns.flatMap(({ spans }) => spans.flatMap(({ error }) => error?.type ?? [])))
    expect(errors).toEqual(new Set(['rate_limit', 'timeout', 'tool_error', 'context_length', 'bad_request']))
    const languages = turns.map(({ spans }) => /"language":"(\w+)"/.exec(String(spans[0]?.attributes.metadata))?.[1])
    expect(new Set(languages.filter(Boolean))).toEqual(new Set(['en', 'de', 'hi', 'ja', 'es', 'fr']))
    const sessions = Map.groupBy(turns, ({ spans }) => spans[0]?.attributes['session.id'])
    const lengths = [...sessions.values()].map(({ length }) => length)
    expect(Math.min(...lengths)).toBe(1)
    expect(Math.max(...lengths)).toBeGreaterThanOrEqual(5)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(6)
    expect(new Set(week.scores.map(({ name }) => name))).toEqual(new Set(['thumbs', 'rating', 'groundedness', 'accuracy']))
    expect(week.scores.every(({ at }) => Date.parse(at) <= endsAt)).toBe(true)
    expect(week.rootless.traceId).not.toBe(week.vague.traceId)
    expect(week.vague).toMatchObject({ name: 'thumbs', value: false, comment: 'Too vague' })
  })

  test('leaves no fact of a template unfilled, and no number of a telephone', () => {
    const written = otlpJson(week.traces.filter(({ resource }) => resource.service !== 'ticket-clustering'))
    expect(written).not.toMatch(/[{[](first|name|order|item|amount|city|carrier|tracking|card|ordered|invoice|reference)[}\]]/)
    expect(written).toContain('[PHONE_NUMBER]')
    expect(written).not.toContain('900123')
  })

  test('has a bad deploy on day five: more fails, it takes longer, and fewer thumbs go up, until it is rolled back', () => {
    const { badDeploy } = week.story
    expect(badDeploy.from).toBeGreaterThan(endsAt - 3 * DAY)
    expect(badDeploy.to).toBeLessThan(endsAt - DAY)
    const usual = turns.filter(({ startedAt }) => startedAt >= badDeploy.from - DAY && startedAt < badDeploy.from)
    const bad = turns.filter(({ startedAt }) => isWithin(badDeploy, startedAt))
    const after = turns.filter(({ startedAt }) => startedAt >= badDeploy.to)
    const production = bad.filter(({ resource }) => resource.environment === 'production')
    expect(new Set(production.map(({ resource }) => resource.release))).toEqual(new Set([RELEASES.bad]))
    expect(failing(bad)).toBeGreaterThan(4 * failing(usual))
    expect(failing(after)).toBeLessThan(failing(bad) / 3)
    expect(median(bad.map(lengthOf))).toBeGreaterThan(1.3 * median(usual.map(lengthOf)))
    expect(thumbsUp(usual)).toBeGreaterThan(0.7)
    expect(thumbsUp(bad)).toBeLessThan(0.5)
  })

  test('has a provider that is half as fast, and fails more, for three quarters of an hour', () => {
    const { incident } = week.story
    const firstToken = (traces: DemoTrace[]) =>
      median(
        traces
          .flatMap(llmSpans)
          .filter(({ attributes }) => attributes['gen_ai.provider.name'] === 'openai')
          .flatMap(({ attributes }) => Number(attributes['gen_ai.response.time_to_first_chunk'] ?? []) || []),
      )
    const slow = turns.filter(({ startedAt }) => isWithin(incident, startedAt))
    const usual = turns.filter(({ startedAt }) => startedAt >= incident.to && startedAt < incident.to + 6 * HOUR)
    expect(firstToken(slow) / firstToken(usual)).toBeGreaterThan(1.6)
    expect(failing(slow)).toBeGreaterThan(2 * failing(usual))
  })

  test('takes ten seconds at peaks until answers are streamed', () => {
    const { streamingAt } = week.story
    const before = turns.filter(({ startedAt }) => startedAt < streamingAt)
    const p95 = before.map(lengthOf).sort((a, b) => a - b)[Math.floor(before.length * 0.95)] ?? 0
    expect(p95).toBeGreaterThan(8000)
    const streamed = (traces: DemoTrace[]) =>
      traces.flatMap(llmSpans).some(({ attributes }) => attributes['gen_ai.request.stream'] === true)
    expect(streamed(before)).toBe(false)
    expect(streamed(turns.filter(({ startedAt }) => startedAt >= streamingAt))).toBe(true)
  })

  test.each([1, 2, 5, 30])('can have %i days', async (days) => {
    const { traces, story } = await demoWeek({ seed: 'kestrel', scale: 0.02, days, endsAt })
    expect(traces.every(({ startedAt }) => startedAt >= story.startsAt - 2 * HOUR && startedAt < endsAt)).toBe(true)
    expect(traces.some(({ spans }) => spans.length === CLUSTERING_SPANS)).toBe(true)
    for (const { from, to } of [story.incident, story.badDeploy]) expect(from >= story.startsAt && to > from && to < endsAt).toBe(true)
  })

  const lengthOf = ({ spans }: DemoTrace) => Math.max(...spans.map(({ end }) => end))
  const failing = (traces: DemoTrace[]) => traces.filter(({ spans }) => spans.some(({ error }) => error)).length / traces.length
  const thumbsUp = (traces: DemoTrace[]) => {
    const ids = new Set(traces.map(({ traceId }) => traceId))
    const thumbs = week.scores.filter(({ name, traceId }) => name === 'thumbs' && ids.has(traceId))
    return thumbs.filter(({ value }) => value === true).length / thumbs.length
  }
})

describe('seeding a running server', () => {
  let signalbox: Signalbox
  let written: string
  const client = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })

  beforeAll(async () => {
    signalbox = await startSignalbox({ yaml: readFileSync(join(ROOT, 'scripts/demo/signalbox.yaml'), 'utf8') })
    written = await seed('--url', signalbox.url, '--key', signalbox.secretKey, '--scale', String(SCALE))
    const { startedAt } = await client().demo.get()
    expected = await demoWeek({ seed: 'kestrel', scale: SCALE, days: 7, endsAt: Date.parse(startedAt ?? '') })
  }, 240_000)
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
  /** What must have been written: it follows from the seed, the scale and the time. */
  let expected: DemoWeek
  const from = new Date(Date.now() - 8 * DAY).toISOString()

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
    const { rows } = await client().query.run({ measures: ['traces'], dimensions: ['service', 'source'], from })
    const number = (service: string) => expected.traces.filter(({ resource }) => resource.service === service).length
    const found = Object.fromEntries(rows.map(({ service, source, traces }) => [`${source} ${service}`.trim(), traces]))
    expect(found).toMatchObject({
      // One more: the agent around a live call.
      'otlp support-copilot': number('support-copilot') + 1,
      'otlp ticket-clustering': number('ticket-clustering'),
      'otlp knowledge-indexer': number('knowledge-indexer'),
      gateway: LIVE,
    })
    const demo = await client().demo.get()
    expect(demo).toMatchObject({
      state: 'ready',
      traces: expected.traces.length + LIVE,
      sent: expected.traces.length + LIVE,
      problem: null,
    })
  })

  test('what people said of the answers is there, with the comment', async () => {
    const scores: Awaited<ReturnType<ReturnType<typeof client>['scores']['list']>>['scores'] = []
    let cursor: string | undefined
    do {
      const page = await client().scores.list({ limit: 500, ...(cursor && { cursor }) })
      scores.push(...page.scores)
      cursor = page.nextCursor
    } while (cursor)
    // What reviewers decided stands on the traces too.
    const ofAnswers = scores.filter(({ name }) => name !== 'clause-coverage' && !name.startsWith('human-'))
    expect(ofAnswers).toHaveLength(expected.scores.length)
    const thumbs = expected.scores.find(({ name, comment }) => name === 'thumbs' && comment !== undefined)
    expect(scores.find(({ id }) => id === thumbs?.id)).toMatchObject({ ...thumbs, type: 'boolean', at: expect.any(String) })
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
      from,
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
      from,
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
      from: new Date(expected.story.streamingAt).toISOString(),
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
    const roles = (detail.input as { role: string }[]).map(({ role }) => role)
    expect(roles.at(0)).toBe('system')
    expect(roles).toContain('user')
    expect(detail.output).toMatchObject([{ role: 'assistant', finish_reason: 'stop' }])
    expect(detail.firstTokenMs).toBeGreaterThan(0)
  })

  test('cost can be told by what the business calls things', async () => {
    const { rows } = await client().query.run({ measures: ['costUsd', 'calls'], dimensions: ['metadata.ticketType'], from })
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
    expect(Object.fromEntries(rows.map(({ status, calls }) => [status, calls]))).toEqual({ ok: 53, error: 2, aborted: 1 })
  })

  test('prompts have a history, and the spans of the week belong to their versions', async () => {
    const { prompts } = await client().prompts.list({})
    expect(prompts.map(({ name, latestVersion }) => [name, latestVersion])).toEqual([
      ['classify-ticket', 3],
      ['contracts/summary', 2],
      ['support-answer', 9],
    ])
    const { labels } = await client().prompts.labels({ name: 'support-answer' })
    expect(labels.find(({ label }) => label === 'production')).toMatchObject({ version: 9 })
    const { versions } = await client().prompts.usage({ name: 'support-answer', from })
    expect(versions.map(({ version }) => version).sort()).toEqual([7, 8, 9])
  })

  test('the clauses that vanish with an easier prompt are seen in the scores, and it goes back', async () => {
    const name = 'contracts/summary'
    const { events } = await client().prompts.events({ name })
    expect(events.map(({ kind, label, to }) => [kind, label, to]).slice(0, 2)).toEqual([
      ['rolled-back', 'production', { version: 1 }],
      ['label-set', 'production', { version: 2 }],
    ])
    expect(events[0]?.why).toMatch(/^Clause coverage fell from 1\.00 to 0\.\d\d/)
    const { versions } = await client().prompts.usage({ name, from })
    const coverage = Object.fromEntries(
      versions.map(({ version, scores }) => [version, scores.find((score) => score.name === 'clause-coverage')]),
    )
    expect(coverage).toMatchObject({ 1: { mean: 1 }, 2: { mean: expect.any(Number) } })
    expect(coverage[2]?.mean).toBeLessThan(0.3)
    // What no version says was asked, too.
    const { spans } = await client().spans.list({ filter: [{ field: 'tags', op: 'contains', value: 'contracts' }], limit: 50 })
    expect(spans.filter(({ promptName }) => promptName === null)).toHaveLength(3)
  })

  test('the cache, the second target and the budget have something to show', async () => {
    const { rows } = await client().query.run({
      measures: ['calls'],
      dimensions: ['requestModel', 'answeredBy'],
      filters: [{ field: 'requestModel', op: 'in', value: ['kestrel-support', 'kestrel-faq'] }],
    })
    const found = Object.fromEntries(rows.map(({ requestModel, answeredBy, calls }) => [`${requestModel} ${answeredBy}`, Number(calls)]))
    expect(found).toMatchObject({ 'kestrel-faq first-try': 4, 'kestrel-faq cache': 20 })
    // When it was late often enough, the first target is left alone: then the second one is the first try.
    const [another = 0, first = 0] = [found['kestrel-support another-try'], found['kestrel-support first-try']]
    expect(another).toBeGreaterThanOrEqual(2)
    expect(another + first).toBe(12)
    const { budgets } = await client().budgets.usage({ name: 'per-customer' })
    const states = new Set(budgets[0]?.subjects.map(({ state }) => state))
    expect(states).toEqual(new Set(['ok', 'warned']))
  })

  test('what happened when is marked', async () => {
    const { markers } = await client().markers.list({})
    const titles = markers.map(({ title }) => title)
    for (const release of [RELEASES.steady, RELEASES.fixed]) expect(titles).toContain(`Release ${release}`)
    expect(titles).toContain(`Rolled back to ${RELEASES.steady}`)
    expect(markers.find(({ id }) => id === 'demo-prompt-8')).toMatchObject({ at: new Date(expected.story.badDeploy.from).toISOString() })
  })

  test('the dashboard of the shop has numbers in every panel', async () => {
    const [row] = (await client().dashboards.list()).dashboards
    expect(row).toMatchObject({ name: 'Support copilot', shared: true })
    const { dashboard } = await client().dashboards.get({ id: row?.id ?? '' })
    for (const { id, query } of dashboard.panels) {
      if (!query) continue
      const { bucket: _, ...asked } = query
      const { rows } = await client().query.run({ ...asked, filters: [...dashboard.filters, ...asked.filters], from })
      const [first] = rows
      expect(first?.[query.measures[0] ?? ''], id).toBeDefined()
      expect(
        rows.some((one) => query.measures.some((measure) => one[measure] !== null && Number(one[measure]) > 0)),
        id,
      ).toBe(true)
    }
  })

  test('is not loaded twice, nor between the traces of somebody else', async () => {
    await expect(client().demo.load({})).rejects.toMatchObject({ code: 'conflict' })
    expect((await client().projects.list({})).projects).toMatchObject([{ demo: true }])
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

  test('is removed in one step, and what the app sent besides stays', async () => {
    const own = '5'.repeat(32)
    const now = Date.now() * 1_000_000
    const span = { traceId: own, spanId: '6'.repeat(16), name: 'mine', startTimeUnixNano: String(now), endTimeUnixNano: String(now) }
    const sent = await fetch(`${signalbox.url}/v1/traces`, {
      method: 'POST',
      headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    })
    expect(sent.status).toBe(200)
    await eventually(async () => client().traces.get({ traceId: own }))
    const removed = await client().demo.remove()
    expect(removed.traces).toBe(expected.traces.length + LIVE)
    const { traces } = await client().traces.list({ from, limit: 10 })
    expect(traces.map(({ traceId }) => traceId)).toEqual([own])
    expect((await client().scores.list({})).scores).toEqual([])
    expect((await client().markers.list({})).markers).toEqual([])
    expect((await client().dashboards.list()).dashboards).toEqual([])
    expect((await client().prompts.list({})).prompts).toEqual([])
    expect(await client().demo.get()).toMatchObject({ state: 'none' })
    expect((await client().projects.list({})).projects).toMatchObject([{ demo: false }])
    await expect(client().demo.remove()).rejects.toMatchObject({ code: 'not-found' })
    await expect(client().demo.load({})).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('traces of its own') })
    // The key that it came in with is over.
    const { keys } = await client().keys.list({})
    expect(keys.find(({ name }) => name === 'Demo data')?.revokedAt).not.toBeNull()
  })
})

/** Everything but ids and dates. */
const shapeOf = ({ traces }: DemoWeek) =>
  traces.map(({ resource, spans }) => [
    resource.release,
    spans.map(({ name, attributes, error }) => [name, attributes['gen_ai.usage.input_tokens'], attributes['user.id'], error?.type]),
  ])

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
