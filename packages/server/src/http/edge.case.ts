import type { AddressInfo } from 'node:net'
import { AppError, FRAME, type IngestHeader, type Permission } from '@signalbox/schema'
import { pino } from 'pino'
import type { Directory } from '../governance/directory.ts'
import { decodeIngest } from '../tracing/ingest/formats.ts'
import type { Ingested } from '../tracing/inspector/ingested.ts'
import { createEdgeServer, type EdgeRooms } from './edge-server.ts'

/** An edge for ingest, whose journal is a list. Keys: `all` may do all, `reader` may write nothing, `bare` is of a project that keeps no content. */
export async function startEdge() {
  const written: { header: IngestHeader; body: Buffer }[] = []
  const reports: Ingested[] = []
  const broken = { journal: false, core: false }
  const traces = new Map<string, string>()
  const authenticate = (secret?: string) => {
    if (!secret || !['all', 'reader', 'bare'].includes(secret)) throw new AppError('unauthenticated', 'This key is not known.')
    const permissions: Permission[] = secret === 'reader' ? ['traces:read'] : ['traces:write', 'scores:write']
    return { projectId: 'p1', keyId: secret, permissions, project: { capture: { content: secret !== 'bare' } } }
  }
  const server = createEdgeServer({
    directory: () => ({ maxBodyBytes: 1 << 20, authenticate }) as unknown as Directory,
    journal: {
      append: () => {},
      appendDurable: async ({ kind, header, body }: { kind: number; header: string; body: readonly Uint8Array[] }) => {
        if (broken.journal) throw new AppError('disk-full', 'The disk is full.')
        if (kind === FRAME.ingest) written.push({ header: JSON.parse(header), body: Buffer.concat(body) })
        return { segment: 0, offset: 0 }
      },
    },
    traceOf: async (_projectId: string, spanId: string) => {
      if (broken.core) throw new Error('connect ENOENT')
      return traces.get(spanId)
    },
    ingested: (report: Ingested) => reports.push(report),
    log: pino({ level: 'silent' }),
  } as unknown as EdgeRooms)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    written,
    reports,
    broken,
    /** What the core knows: the traces of spans. */
    traces,
    /** What the core makes of all that was written. */
    decoded: () => {
      const price = () => ({ cost: null, parts: {}, version: '' })
      const all = written.map(({ header, body }) => decodeIngest(header, body, { price }))
      return { patches: all.flatMap(({ patches }) => patches), scores: all.flatMap(({ scores }) => scores) }
    },
    forget() {
      written.length = 0
      reports.length = 0
      broken.journal = false
      broken.core = false
      traces.clear()
    },
    stop: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
