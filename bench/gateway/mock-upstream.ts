// The provider of the bench, its own process: raw node:http, answers prepared, nothing computed. Not a simulator.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '../lib/child.ts'
import { streamEvents, USAGE_EVENT, WHOLE_ANSWER } from './bodies.ts'

export type MockReady = { port: number }
const [chunks = 50, everyMs = 20] = process.argv.slice(2).map(Number)
const events = streamEvents(chunks)
const JSON_HEADERS = ['content-type', 'application/json', 'content-length', String(WHOLE_ANSWER.length)]
const STREAM_HEADERS = ['content-type', 'text/event-stream; charset=utf-8', 'cache-control', 'no-cache']

const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  const body: Buffer[] = []
  request.on('data', (chunk: Buffer) => body.push(chunk))
  request.on('end', () => answer(request, response, Buffer.concat(body)))
})

function answer(_: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (!body.includes('"stream":true')) {
    response.writeHead(200, JSON_HEADERS)
    response.end(WHOLE_ANSWER)
    return
  }
  const usage = body.includes('"include_usage":true')
  response.writeHead(200, STREAM_HEADERS)
  let next = 0
  const step = () => {
    response.write(events[next++])
    if (next < chunks) return
    clearInterval(timer)
    if (usage) response.write(USAGE_EVENT)
    response.end('data: [DONE]\n\n')
  }
  const timer = setInterval(step, everyMs)
  response.on('close', () => clearInterval(timer))
  step()
}

server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () => {
  serve<object, MockReady>({ port: (server.address() as AddressInfo).port }, async () => ({ port: 0 }))
})
