// The least that a proxy can do on this runtime: node:http in front, undici's dispatcher behind, nothing read, nothing kept.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'
import { serve } from '../lib/child.ts'

const origin = process.argv[2] ?? ''
const pool = new Pool(origin, { connections: 1024, pipelining: 1, bodyTimeout: 0 })
const SKIPPED = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host'])
const pass = (headers: Record<string, string | string[] | undefined>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => (value === undefined || SKIPPED.has(name) ? [] : [name, String(value)]))

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const body: Buffer[] = []
  request.on('data', (chunk: Buffer) => body.push(chunk))
  request.on('end', () => {
    pool.dispatch(
      { path: request.url ?? '/', method: 'POST', headers: pass(request.headers), body: Buffer.concat(body) },
      {
        onRequestStart: () => {},
        onResponseStart: (_, status, headers) => {
          const length = headers['content-length']
          response.writeHead(status, length ? [...pass(headers), 'content-length', String(length)] : pass(headers))
        },
        onResponseData: (_, chunk) => void response.write(chunk),
        onResponseEnd: () => void response.end(),
        onResponseError: (_, error) => {
          console.error(error)
          response.destroy()
        },
      },
    )
  })
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  serve<object, { port: number }>({ port: (server.address() as AddressInfo).port }, async () => ({ port: 0 }))
})
