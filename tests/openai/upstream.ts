import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Received = {
  path: string
  headers: IncomingHttpHeaders
  body: Buffer /** The other side hung up before the answer was complete. */
  aborted: boolean
}
export type Upstream = {
  /** `http://127.0.0.1:PORT/v1` */
  url: string
  /** Answers one request; set it before the call. */
  reply: (response: ServerResponse, received: Received) => void | Promise<void>
  received: Received[]
  last(): Received
  close(): Promise<void>
}

/** A provider under the full control of a test: it keeps the exact bytes that it got, and sends the exact bytes it is told to. */
export async function startUpstream(): Promise<Upstream> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const entry: Received = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks), aborted: false }
    response.on('close', () => {
      entry.aborted = !response.writableFinished
    })
    received.push(entry)
    await upstream.reply(response, entry)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const upstream: Upstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    reply: (response) => void response.writeHead(500).end(),
    received,
    last: () => {
      const entry = received.at(-1)
      if (!entry) throw new Error('the upstream was not called')
      return entry
    },
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
  return upstream
}

/** Answers every call with these bytes. */
export const always =
  (body: string | Buffer, headers: Record<string, string> = { 'content-type': 'application/json' }): Upstream['reply'] =>
  (response) =>
    void response.writeHead(200, headers).end(body)
