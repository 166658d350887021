// The provider of the bench of media, its own process: takes any body without keeping it, and answers in the dialect of the path.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '../lib/child.ts'
import { WHOLE_ANSWER } from './bodies.ts'

export type MediaUpstream = { port: number /** Bytes of all bodies so far. */; received: number }

const MESSAGE = Buffer.from(
  JSON.stringify({
    id: 'msg_014p7gG3wDgGV9EUtLvnow3U',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [{ type: 'text', text: 'A boat.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1600, output_tokens: 4 },
  }),
)
let received = 0
const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
  request.on('data', (chunk: Buffer) => (received += chunk.length))
  request.on('end', () => {
    const body = request.url?.startsWith('/v1/messages') ? MESSAGE : WHOLE_ANSWER
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
    response.end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  serve<object, MediaUpstream>({ port, received }, async () => ({ port, received }))
})
