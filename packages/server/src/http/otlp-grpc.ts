import type { AddressInfo } from 'node:net'
import {
  Metadata,
  Server,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js'
import { AppError } from '@signalbox/schema'
import { permit } from '../governance/permit.ts'
import type { Log } from '../lib/log.ts'
import { shortName } from '../lib/short-name.ts'
import { refusedSpans } from '../tracing/inspector/refused-spans.ts'
import { secretOf } from './credentials.ts'
import type { IngestRooms } from './ingest.ts'
import { noteTraces } from './note-traces.ts'
import { toAppError } from './send.ts'
import { bytesField, clientProjectOf, partialProtobuf, takeTraces, varint } from './take-traces.ts'

const PATH = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
/** What one message may be before it is known whose it is, inflated too. The project's own limit is checked after. */
const LARGEST_MESSAGE = 64 << 20
const CLOSE_MS = 5000

export type GrpcRooms = IngestRooms & { log: Log }
export type OtlpGrpc = { port: number; stop(): Promise<void> }

/** OTLP over gRPC: the same as `POST /v1/traces`, for exporters that speak nothing else. Messages stay bytes; our own reader reads them. */
export async function startOtlpGrpc(rooms: GrpcRooms, { host, port }: { host: string; port: number }): Promise<OtlpGrpc> {
  const server = new Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE,
    'grpc.max_concurrent_streams': 256,
    interceptors: [knocking(rooms)],
  })
  const bytes = (message: Buffer) => message
  server.addService(
    {
      export: {
        path: PATH,
        requestStream: false,
        responseStream: false,
        requestSerialize: bytes,
        requestDeserialize: bytes,
        responseSerialize: bytes,
        responseDeserialize: bytes,
      },
    },
    { export: (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => void exportTraces(rooms, call, answer) },
  )
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(addressOf(host, port), ServerCredentials.createInsecure(), (error, at) => {
      if (!error) return resolve(at)
      reject(
        new AppError('conflict', `Port ${port} on ${host} cannot be opened for OTLP over gRPC.`, {
          cause: error,
          hint: 'Stop what listens there, or set SIGNALBOX_OTLP_GRPC_PORT.',
        }),
      )
    })
  })
  return {
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => {
          server.forceShutdown()
          resolve()
        }, CLOSE_MS)
        server.tryShutdown(() => {
          clearTimeout(late)
          resolve()
        })
      }),
  }
}

const addressOf = (host: string, port: AddressInfo['port']): string => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)

/** Turns away who has no key before a message of theirs is read. */
const knocking =
  (rooms: GrpcRooms): ServerInterceptor =>
  (_method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, go) => {
            try {
              callerOf(rooms, metadata)
              go(metadata)
            } catch (thrown) {
              call.sendStatus(statusOf(thrown))
            }
          },
        }),
    })

function callerOf(rooms: GrpcRooms, metadata: Metadata) {
  const caller = rooms.directory().authenticate(secretOf(headersOf(metadata)))
  permit(caller, 'traces:write')
  return caller
}

/** The text of metadata as headers; binary values are no keys. */
const headersOf = (metadata: Metadata): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata.getMap()).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))

async function exportTraces(rooms: GrpcRooms, call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>): Promise<void> {
  try {
    // The key may have been withdrawn while the message came.
    const caller = callerOf(rooms, call.metadata)
    const body = call.request
    const { maxBodyBytes } = rooms.directory()
    if (body.length > maxBodyBytes)
      throw new AppError('payload-too-large', `The message is larger than ${maxBodyBytes} bytes, the limit (limits.maxBodyBytes).`)
    const headers = headersOf(call.metadata)
    const format = 'otlp-protobuf'
    const check = await takeTraces(rooms.journal, { caller, body, format, clientProject: clientProjectOf((name) => headers[name]) })
    if ('error' in check) throw new AppError('invalid-request', check.error)
    const rejected = check.rejected === 0 ? [] : refusedSpans(body, format)
    const sdk = shortName(headers['user-agent'] || 'unknown (no User-Agent header)')
    noteTraces((report) => rooms.ingested(report), { caller, endpoint: 'gRPC TraceService/Export', sdk }, { check, rejected })
    answer(null, partialProtobuf(check))
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code === 'internal') rooms.log.error({ err: error.cause ?? error }, 'an export over gRPC failed')
    answer(statusOf(error))
  }
}

/** `Retry-After` in the words of gRPC: only a status with `RetryInfo` is sent again after RESOURCE_EXHAUSTED. */
function statusOf(thrown: unknown): { code: number; details: string; metadata: Metadata } {
  const error = toAppError(thrown)
  const code = codeOf(error)
  const metadata = new Metadata()
  const details = error.hint ? `${error.message} ${error.hint}` : error.message
  if (error.retryAfterSeconds !== undefined || (error.code === 'internal' && code === status.UNAVAILABLE)) {
    metadata.set('grpc-status-details-bin', retryDetails(code, details, error.retryAfterSeconds ?? 1))
  }
  return { code, details, metadata }
}

function codeOf(error: AppError): number {
  if (error.status === 401) return status.UNAUTHENTICATED
  if (error.status === 403) return status.PERMISSION_DENIED
  if (error.status === 413 || error.status === 429) return status.RESOURCE_EXHAUSTED
  // Exporters drop what is INTERNAL and repeat what is UNAVAILABLE.
  if (error.status >= 500) return status.UNAVAILABLE
  return status.INVALID_ARGUMENT
}

/** google.rpc.Status { code = 1, message = 2, details = 3: Any { type_url = 1, value = 2: RetryInfo { retry_delay = 1: Duration { seconds = 1 } } } }. */
function retryDetails(code: number, message: string, seconds: number): Buffer {
  const retryInfo = bytesField(1, Buffer.from([0x08, ...varint(Math.ceil(seconds))]))
  const any = Buffer.concat([bytesField(1, Buffer.from('type.googleapis.com/google.rpc.RetryInfo')), bytesField(2, retryInfo)])
  return Buffer.concat([Buffer.from([0x08, ...varint(code)]), bytesField(2, Buffer.from(message)), bytesField(3, any)])
}
