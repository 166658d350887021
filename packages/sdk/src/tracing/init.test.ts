import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { context, trace } from '@opentelemetry/api'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { AsyncContext } from './context-manager.ts'
import { flush, init, shutdown, spanProcessor } from './init.ts'
import { observe } from './observe.ts'
import { textOf } from './record.ts'
import { withUser } from './scope.ts'

const received: { path: string; key: string; body: Buffer }[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  received.push({ path: request.url ?? '', key: String(request.headers.authorization), body: Buffer.concat(chunks) })
  response.end()
})
let url: string
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())
afterEach(async () => {
  await shutdown()
  trace.disable()
  context.disable()
  received.length = 0
})

/** An app that has OpenTelemetry already, and its own place to send to. */
function appWith(...processors: ConstructorParameters<typeof TracerProvider>[0][]) {
  const exporter = new InMemorySpanExporter()
  const [options] = processors
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter }), ...(options?.spanProcessors ?? [])] })
  context.setGlobalContextManager(new AsyncContext())
  trace.setGlobalTracerProvider(provider)
  return { exporter, tracer: provider.getTracer('app') }
}

test('alone it sends with the key, to the endpoint of OpenTelemetry', async () => {
  init({ url: `${url}/`, key: 'sk-sb-x' })
  observe('step', () => 1)()
  await flush()
  expect(received).toMatchObject([{ path: '/v1/traces', key: 'Bearer sk-sb-x' }])
  expect(received[0]?.body.toString('latin1')).toContain('step')
})

test('in an app with a provider of its own, its spans belong to the traces of the app, which keeps its own', async () => {
  const { exporter, tracer } = appWith()
  init({ url, key: 'k' })
  let inner = ''
  const step = observe('step', () => {
    inner = trace.getActiveSpan()?.spanContext().traceId ?? ''
  })
  const outer = tracer.startActiveSpan('request', (span) => {
    step()
    span.end()
    return span.spanContext().traceId
  })
  await flush()
  expect(inner).toBe(outer)
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['request'])
  await shutdown()
  // What the app set up stays after it.
  tracer.startActiveSpan('later', (span) => span.end())
  expect(exporter.getFinishedSpans()).toHaveLength(2)
  expect(trace.getTracer('x').startSpan('y').isRecording()).toBe(true)
})

test('as a part of the provider of the app it gets all spans, with what is said around them', async () => {
  const { exporter, tracer } = appWith({ spanProcessors: [spanProcessor({ url, key: 'k' })] })
  init({ url, key: 'k' })
  withUser('ada', () =>
    tracer.startActiveSpan('request', (span) => {
      observe('step', () => 1)()
      span.end()
    }),
  )
  await flush()
  expect(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes['user.id']])).toEqual([
    ['step', 'ada'],
    ['request', 'ada'],
  ])
  const sent = received.map(({ body }) => body.toString('latin1')).join('')
  expect(sent).toContain('request')
  expect(sent).toContain('step')
})

test('without a key it says so, and everything runs', () => {
  vi.stubEnv('SIGNALBOX_KEY', undefined)
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  init({ url })
  expect(observe('step', () => 5)()).toBe(5)
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('no key'))
  expect(() => spanProcessor({ url })).toThrow('SIGNALBOX_KEY')
  vi.unstubAllEnvs()
  warn.mockRestore()
})

test.each([
  ['that comes to its end', '', 0],
  ['that is told to end', `process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 20000)`, 'SIGTERM'],
])('a program %s sends its last spans', async (_, last, end) => {
  const script = `import { init, observe } from '${join(import.meta.dirname, 'index.ts')}'
init({ url: '${url}', key: 'k', flushEveryMs: 60000 })
observe('last words', () => 1)()
${last}`
  const args = ['--conditions=source', '--input-type=module-typescript', '-e', script]
  const ended = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname }).then(
    () => 0,
    (error: { signal?: string; stderr: string }) => error.signal ?? error.stderr,
  )
  expect(ended).toBe(end)
  expect(received.map(({ body }) => body.toString('latin1')).join('')).toContain('last words')
})

test('any value becomes text', () => {
  const circle: { name: string; self?: unknown } = { name: 'a' }
  circle.self = circle
  const twice = { one: 1 }
  expect(textOf(circle)).toBe('{"name":"a","self":"[circular]"}')
  expect(textOf([twice, twice])).toBe('[{"one":1},{"one":1}]')
  expect(textOf({ big: 1n, map: new Map([['k', 1]]), bytes: new Uint8Array(3), error: new Error('no'), run() {} })).toBe(
    '{"big":"1","map":{"k":1},"bytes":"[3 bytes]","error":{"name":"Error","message":"no"},"run":"[function run]"}',
  )
  expect(
    textOf({
      toJSON: () => {
        throw new Error('never')
      },
    }),
  ).toBe('[not recorded: never]')
  expect(textOf('x'.repeat(2_000_000))).toHaveLength(1_000_000)
})
