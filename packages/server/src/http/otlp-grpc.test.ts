import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { AppError, type IngestHeader } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CallJournal } from '../store/ports.ts'
import { decodeOtlp } from '../tracing/ingest/otlp/decode-otlp.ts'
import { attributesOf } from '../tracing/ingest/otlp/map-one.case.ts'
import { encodeProto } from '../tracing/ingest/otlp/otlp-proto.case.ts'
import type { Ingested } from '../tracing/inspector/ingested.ts'
import { type GrpcRooms, type OtlpGrpc, startOtlpGrpc } from './otlp-grpc.ts'

type Written = { header: IngestHeader; body: Buffer }
let written: Written[] = []
let reports: Ingested[] = []
let refusal: Error | undefined
let maxBodyBytes = 1 << 20
const KEY = 'sk-sb-0123456789abcdef'

const caller = {
  projectId: 'p',
  keyId: 'k',
  permissions: ['traces:write'],
  project: { capture: { content: true } },
}
const rooms = {
  directory: () => ({
    maxBodyBytes,
    authenticate: (secret: string | undefined) => {
      if (secret === 'sk-sb-may-do-nothing') return { ...caller, permissions: [] }
      if (secret !== KEY) throw new AppError('unauthenticated', 'This key is not known, or it was revoked.')
      return caller
    },
  }),
  journal: {
    appendDurable: async ({ header, body }: { header: string; body: Buffer[] }) => {
      if (refusal) throw refusal
      written.push({ header: JSON.parse(header) as IngestHeader, body: Buffer.concat(body) })
    },
  } as unknown as CallJournal,
  ingested: (report: Ingested) => void reports.push(report),
  log: { error: () => {} },
} as unknown as GrpcRooms

let grpc: OtlpGrpc
let client: Client
beforeAll(async () => {
  grpc = await startOtlpGrpc(rooms, { host: '127.0.0.1', port: 0 })
  client = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure())
})
afterAll(async () => {
  client.close()
  await grpc.stop()
})
beforeEach(() => {
  written = []
  reports = []
  refusal = undefined
  maxBodyBytes = 1 << 20
})

const span = (spanId: string, text = 'Hi') => ({
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId,
  name: 'chat',
  startTimeUnixNano: '1731925760000000000',
  endTimeUnixNano: '1731925761000000000',
  attributes: attributesOf({ 'gen_ai.input.messages': text }),
})
const body = (...spans: object[]) => encodeProto({ resourceSpans: [{ scopeSpans: [{ spans }] }] })

type Answer = { code: number; details: string; metadata: Metadata; message: Buffer }

function send(message: Buffer, headers: Record<string, string> = { authorization: `Bearer ${KEY}` }, by = client): Promise<Answer> {
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  const bytes = (same: Buffer) => same
  return new Promise((resolve) => {
    by.makeUnaryRequest(
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      bytes,
      bytes,
      message,
      metadata,
      { deadline: Date.now() + 20_000 },
      (error: ServiceError | null, answer?: Buffer) =>
        resolve(
          error
            ? { code: error.code, details: error.details, metadata: error.metadata, message: Buffer.alloc(0) }
            : { code: status.OK, details: '', metadata: new Metadata(), message: answer ?? Buffer.alloc(0) },
        ),
    )
  })
}

test('spans are written down as they came, and reported', async () => {
  const sent = body(span('b7ad6b7169203331'))
  expect(await send(sent, { 'x-api-key': KEY, 'x-project-name': 'shop' })).toMatchObject({ code: status.OK, message: Buffer.alloc(0) })
  expect(written).toEqual([
    {
      header: { v: 1, projectId: 'p', keyId: 'k', format: 'otlp-protobuf', receivedAt: expect.any(Number), clientProject: 'shop' },
      body: sent,
    },
  ])
  expect(reports).toMatchObject([{ endpoint: 'gRPC TraceService/Export', sdk: expect.stringContaining('grpc'), accepted: 1, rejected: [] }])
})

test('gzip', async () => {
  const zipping = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure(), { 'grpc.default_compression_algorithm': 2 })
  const sent = body(span('b7ad6b7169203331', 'word '.repeat(5000)))
  expect((await send(sent, undefined, zipping)).code).toBe(status.OK)
  expect(written[0]?.body.equals(sent)).toBe(true)
  zipping.close()
})

test('good spans of a bad batch are kept, and the others counted', async () => {
  const { code, message } = await send(body(span('b7ad6b7169203331'), span('b7ad'), span('0000000000000000')))
  expect(code).toBe(status.OK)
  // partial_success { rejected_spans: 2, error_message }
  expect(message.subarray(0, 1)).toEqual(Buffer.from([0x0a]))
  expect(message.includes(Buffer.from([0x08, 2]))).toBe(true)
  expect(message.toString()).toContain('2 of 3 spans rejected')
  expect(decodeOtlp(written[0]?.body ?? Buffer.alloc(0), 'otlp-protobuf').resources[0]?.scopes[0]?.spans).toHaveLength(1)
  expect(reports[0]?.rejected).toHaveLength(1)
})

test.each([
  ['no key', {}, status.UNAUTHENTICATED],
  ['a wrong key', { authorization: 'Bearer sk-sb-wrong' }, status.UNAUTHENTICATED],
  ['a key that may not', { 'x-api-key': 'sk-sb-may-do-nothing' }, status.PERMISSION_DENIED],
] as const)('%s is turned away', async (_name, headers, code) => {
  const answer = await send(body(span('b7ad6b7169203331')), headers)
  expect(answer.code).toBe(code)
  expect(answer.details).not.toBe('')
  expect(written).toEqual([])
})

test('what is no export of traces is told so', async () => {
  const record = { timeUnixNano: '1731925760000000000', body: { stringValue: 'x' } }
  const logs = encodeProto({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }, 'ExportLogsServiceRequest')
  expect(await send(logs)).toMatchObject({ code: status.INVALID_ARGUMENT, details: expect.stringContaining('logs, not traces') })
  expect(await send(Buffer.from('nonsense'))).toMatchObject({ code: status.INVALID_ARGUMENT })
})

test('too much is refused for good', async () => {
  maxBodyBytes = 1000
  const answer = await send(body(span('b7ad6b7169203331', 'x'.repeat(2000))))
  expect(answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED, details: expect.stringContaining('1000 bytes') })
  expect(answer.metadata.get('grpc-status-details-bin')).toEqual([])
})

test('a bomb of gzip is refused before it is inflated', async () => {
  const zipping = new Client(`127.0.0.1:${grpc.port}`, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': 2,
    'grpc.max_send_message_length': -1,
  })
  const answer = await send(Buffer.alloc(80 << 20), undefined, zipping)
  expect(answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED })
  expect(written).toEqual([])
  zipping.close()
})

test.each([
  ['a full disk', new AppError('disk-full', 'The disk of the journal is full.', { retryAfterSeconds: 5 }), status.UNAVAILABLE, 5],
  ['too many', new AppError('rate-limited', 'Slower.', { retryAfterSeconds: 7 }), status.RESOURCE_EXHAUSTED, 7],
  ['what nobody expected', new Error('EIO'), status.UNAVAILABLE, 1],
] as const)('%s: the client is told when to try again', async (_name, thrown, code, seconds) => {
  refusal = thrown
  const answer = await send(body(span('b7ad6b7169203331')))
  expect(answer.code).toBe(code)
  const [details] = answer.metadata.get('grpc-status-details-bin') as Buffer[]
  expect(details?.toString('latin1')).toContain('type.googleapis.com/google.rpc.RetryInfo')
  // RetryInfo { retry_delay { seconds } } at the end.
  expect([...(details ?? [])].slice(-4)).toEqual([0x0a, 2, 0x08, seconds])
})

test('a port that is taken is an error that names the variable', async () => {
  await expect(startOtlpGrpc(rooms, { host: '127.0.0.1', port: grpc.port })).rejects.toMatchObject({
    code: 'conflict',
    hint: expect.stringContaining('SIGNALBOX_OTLP_GRPC_PORT'),
  })
})
