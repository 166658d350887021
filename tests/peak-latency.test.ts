import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from '@signalbox/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, PROGRAM, type Signalbox, startSignalbox } from './signalbox.ts'

/** Ten seconds per answer at peak: two providers of their own, of which the first one is slow. */
const TEN_SECONDS = 10_000
const DEADLINE = 3000
const yaml = (strong: string, quick: string) => `
version: 1
providers:
  strong: { kind: openai-compatible, baseUrl: "${strong}", apiKey: any }
  quick: { kind: openai-compatible, baseUrl: "${quick}", apiKey: any }
models:
  deadline:
    targets: [{ provider: strong, model: faults@strong }, { provider: quick, model: faults@quick }]
    timeouts: { firstTokenMs: ${DEADLINE} }
    retries: { attempts: 0 }
    breaker: false
  measured:
    strategy: latency
    latency: { by: first-token }
    targets: [{ provider: strong, model: faults@measured }, { provider: quick, model: faults@unknown }]
  strong-only:
    targets: [{ provider: strong, model: faults@measured }]
  faq:
    targets: [{ provider: strong, model: faults@strong }]
    cache: { mode: exact }
`

let signalbox: Signalbox
let simulators: Simulator[]
beforeAll(async () => {
  simulators = await Promise.all([startSimulator(), startSimulator()])
  signalbox = await startSignalbox({ yaml: yaml(simulators[0]?.url ?? '', simulators[1]?.url ?? '') })
})
afterAll(async () => {
  await signalbox?.stop()
  await Promise.all((simulators ?? []).map(({ stop }) => stop()))
})

const openai = () => new OpenAI({ baseURL: `${signalbox.url}/v1`, apiKey: signalbox.secretKey, maxRetries: 0 })
const api = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
/** What people ask, and how slow the strong model is with it; the quick one begins after 20 ms. */
const asked = (text: string, strong: object) => [
  { role: 'user' as const, content: JSON.stringify({ text, per: { strong, measured: strong, quick: { firstTokenMs: 20 } } }) },
]
async function streamed(model: string, messages: ReturnType<typeof asked>) {
  const startedAt = performance.now()
  const { data, response } = await openai().chat.completions.create({ model, messages, stream: true }).withResponse()
  let said = ''
  let firstWordMs: number | undefined
  for await (const chunk of data) {
    const word = chunk.choices[0]?.delta.content ?? ''
    if (word) firstWordMs ??= performance.now() - startedAt
    said += word
  }
  return { said, firstWordMs: firstWordMs ?? Number.NaN, wholeMs: performance.now() - startedAt, header: headersOf(response) }
}
const headersOf = (response: Response) => (name: string) => response.headers.get(`x-signalbox-${name}`)

describe('worked case 19: ten seconds per answer at peak', () => {
  test('streaming: the first words are there long before the whole answer is', async () => {
    const answer = await streamed('faq', asked('one two three four five six', { firstTokenMs: 30, chunkMs: 400 }))
    expect(answer.said).toBe('one two three four five six')
    const span = await callOf(answer.header('trace-id'))
    expect(span.stream).toBe(true)
    // Five pauses of 400 ms lie between them.
    expect(span.durationMs - (span.firstTokenMs ?? Number.NaN)).toBeGreaterThan(600)
    expect(answer.wholeMs - answer.firstWordMs).toBeGreaterThan(600)
  })

  test('a deadline: the faster model answers where the strong one says nothing in time, and the trace has both tries', async () => {
    const answer = await streamed('deadline', asked('Quick, but good.', { firstTokenMs: TEN_SECONDS }))
    expect(answer.said).toBe('Quick, but good.')
    expect([answer.header('attempts'), answer.header('provider')]).toEqual(['2', 'quick'])
    expect(answer.wholeMs).toBeLessThan(TEN_SECONDS)
    const span = await callOf(answer.header('trace-id'))
    expect(span).toMatchObject({ status: 'ok', attempts: 2, provider: 'quick', model: 'faults@quick' })
    // What people waited, with the try that was late.
    expect(span.firstTokenMs).toBeGreaterThan(DEADLINE)
    const { attributes } = await api().spans.get({ traceId: span.traceId, spanId: span.spanId })
    expect((attributes as { attempts: unknown }).attempts).toMatchObject([
      { provider: 'strong', failure: 'timeout' },
      { provider: 'quick', status: 200 },
    ])
    const { spans } = await api().traces.get({ traceId: span.traceId })
    const steps = spans.filter(({ parentId }) => parentId === span.spanId)
    expect(steps.map(({ provider, status }) => [provider, status])).toEqual([
      ['strong', 'error'],
      ['quick', 'ok'],
    ])
  })

  test('a whole answer has the deadline, too', async () => {
    const { data, response } = await openai()
      .chat.completions.create({ model: 'deadline', messages: asked('Whole.', { firstTokenMs: TEN_SECONDS }) })
      .withResponse()
    expect(data.choices[0]?.message.content).toBe('Whole.')
    expect([headersOf(response)('attempts'), headersOf(response)('provider')]).toEqual(['2', 'quick'])
  })

  test('the strong model keeps what it answers in time', async () => {
    const answer = await streamed('deadline', asked('In time.', { firstTokenMs: 20 }))
    expect([answer.said, answer.header('attempts'), answer.header('provider')]).toEqual(['In time.', '1', 'strong'])
  })

  test('least latency: traffic moves to the model that begins sooner, and stays there', async () => {
    const messages = asked('Measured.', { firstTokenMs: 300 })
    // Only the strong model is known, so nothing but the one call in ten that looks further finds the quick one.
    for (let n = 0; n < 3; n++) expect((await streamed('strong-only', messages)).header('provider')).toBe('strong')
    let inARow = 0
    for (let n = 0; n < 150 && inARow < 10; n++) {
      const answer = await streamed('measured', messages)
      expect(answer.header('attempts')).toBe('1')
      inARow = answer.header('provider') === 'quick' ? inARow + 1 : 0
    }
    expect(inARow).toBe(10)
    const { rows } = await eventually(async () => {
      const answer = await api().query.run({
        measures: ['calls', 'firstTokenP50'],
        dimensions: ['provider'],
        filters: [{ field: 'requestModel', op: 'in', value: ['strong-only', 'measured'] }],
      })
      return Number(answer.rows.find(({ provider }) => provider === 'quick')?.calls) >= 10 ? answer : undefined
    })
    const firstToken = (name: string) => Number(rows.find(({ provider }) => provider === name)?.firstTokenP50)
    expect(firstToken('quick')).toBeLessThan(firstToken('strong'))
  })

  test('the cache: what was answered is there at once, streamed as well', async () => {
    const question = asked('Thirty days.', { firstTokenMs: 500 })
    const first = await streamed('faq', question)
    const again = await streamed('faq', question)
    expect([first.header('cache'), again.header('cache')]).toEqual(['miss', 'hit'])
    expect(again.said).toBe('Thirty days.')
    const [miss, hit] = [await callOf(first.header('trace-id')), await callOf(again.header('trace-id'))]
    expect(miss.firstTokenMs).toBeGreaterThan(450)
    expect(hit).toMatchObject({ cache: 'hit', attempts: 0 })
    expect(hit.durationMs).toBeLessThan(miss.durationMs)
    expect(hit.savedMs).toBeGreaterThan(450)
  })

  test('which one helped is one question to the API, as the overview asks it', async () => {
    const ask = () =>
      api().query.run({
        measures: ['calls', 'firstTokenP50', 'firstTokenP95', 'durationP50', 'durationP95'],
        dimensions: ['answeredBy', 'stream'],
        filters: [{ field: 'requestModel', op: 'in', value: ['deadline', 'faq'] }],
      })
    const rows = await eventually(async () => {
      const answer = await ask()
      return answer.rows.reduce((sum, { calls }) => sum + Number(calls), 0) === 6 ? answer.rows : undefined
    })
    const row = (answeredBy: string, stream = true) => rows.find((one) => one.answeredBy === answeredBy && one.stream === stream)
    expect(row('cache')).toMatchObject({ calls: 1 })
    expect(row('another-try')).toMatchObject({ calls: 1 })
    expect(row('another-try', false)).toMatchObject({ calls: 1 })
    expect(row('first-try')).toMatchObject({ calls: 3 })
    expect(Number(row('another-try')?.firstTokenP50)).toBeGreaterThan(DEADLINE)
    expect(Number(row('another-try')?.durationP95)).toBeLessThan(TEN_SECONDS)
    expect(Number(row('cache')?.firstTokenP50)).toBeLessThan(Number(row('first-try')?.firstTokenP95))

    const byTries = await api().query.run({
      measures: ['calls'],
      dimensions: ['attempts'],
      filters: [{ field: 'requestModel', op: 'eq', value: 'deadline' }],
    })
    expect(byTries.rows).toEqual([
      { attempts: 2, calls: 2 },
      { attempts: 1, calls: 1 },
    ])
    const { rows: saved } = await api().query.run({
      measures: ['savedSeconds'],
      filters: [{ field: 'answeredBy', op: 'eq', value: 'cache' }],
    })
    expect(Number(saved[0]?.savedSeconds)).toBeGreaterThan(0.45)
    const { traces } = await api().traces.list({ filter: [{ field: 'attempts', op: 'gt', value: 1 }] })
    expect(traces).toHaveLength(2)
  })
})

/** The span of a call itself, once it can be read. */
const callOf = (traceId: string | null) =>
  eventually(async () => {
    const { spans } = await api().traces.get({ traceId: traceId ?? '' })
    return spans.find(({ kind }) => kind === 'llm')
  })

type Simulator = { url: string; stop(): Promise<void> }
/** `signalbox simulator` on a free port. */
async function startSimulator(): Promise<Simulator> {
  const child: ChildProcess = spawn(process.execPath, [...PROGRAM, 'simulator', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  let told = ''
  for await (const text of child.stdout?.setEncoding('utf8') ?? []) {
    told += text
    if (told.includes('}')) break
  }
  return {
    url: (JSON.parse(told) as { url: string }).url,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}
