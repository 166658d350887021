import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBody } from './read-body.ts'

const LIMIT = 8 << 20
/** Every byte tells where it belongs. */
const bodyOf = (bytes: number): Buffer => Buffer.from(Uint32Array.from({ length: bytes / 4 }, (_, at) => at).buffer)

describe('a body', () => {
  let read: Promise<Buffer>
  const server = createServer((request, response) => {
    read = readBody(request, LIMIT)
    read.then(
      () => response.end(),
      () => response.writeHead(413).end(),
    )
  })
  beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'))
  afterAll(() => server.close())
  const port = () => (server.address() as AddressInfo).port

  async function send(body: Buffer, headers: Record<string, string | number>): Promise<number | undefined> {
    const request = httpRequest({ port: port(), host: '127.0.0.1', method: 'POST', headers })
    request.end(body)
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
    return response.statusCode
  }

  it.each([
    ['small', 1_200, true],
    ['of several chunks', 400_000, true],
    ['large', 6_000_000, true],
    ['large and of a length that was not announced', 6_000_000, false],
  ])('that is %s comes whole', async (_, bytes, announced) => {
    const body = bodyOf(bytes)
    await send(body, announced ? { 'content-length': bytes } : { 'transfer-encoding': 'chunked' })
    expect((await read).equals(body)).toBe(true)
  })

  it('that is large and compressed comes whole', async () => {
    const body = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => (at * 2_654_435_761) >>> 24))
    const sent = gzipSync(body, { level: 0 })
    await send(sent, { 'content-encoding': 'gzip', 'content-length': sent.length })
    expect((await read).equals(body)).toBe(true)
  })

  it('that is too large without saying so is refused', async () => {
    expect(await send(Buffer.alloc(LIMIT + 65_536), { 'transfer-encoding': 'chunked' })).toBe(413)
    await expect(read).rejects.toMatchObject({ code: 'payload-too-large' })
  })

  it('whose client hangs up in the middle is no body', async () => {
    const came = once(server, 'request')
    const socket = connect(port(), '127.0.0.1', () => socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 4000000\r\n\r\n'))
    await came
    socket.write(Buffer.alloc(2_000_000), () => socket.destroy())
    await expect(read).rejects.toMatchObject({ code: 'client-closed' })
  })
})

describe('the memory of a large body', () => {
  it.each([true, false])('is held once: its chunks are given back as they are copied (announced: %s)', async (announced) => {
    const chunks = Array.from({ length: 64 }, (_, at) => Buffer.from(new Uint8Array(65_536).fill(at).buffer))
    const bytes = 64 * 65_536
    const request = Object.assign(new PassThrough(), { headers: announced ? { 'content-length': String(bytes) } : {} })
    const reading = readBody(request as unknown as IncomingMessage, LIMIT)
    for (const chunk of chunks) {
      request.write(chunk)
      await new Promise(setImmediate)
    }
    request.end()
    const body = await reading
    expect([body[0], body[65_536], body.at(-1)]).toEqual([0, 1, 63])
    expect(chunks.filter(({ buffer }) => buffer.byteLength > 0)).toEqual([])
  })

  it('leaves a chunk alone that is part of something larger', async () => {
    const larger = Buffer.from(new Uint8Array(4 << 20).fill(7).buffer)
    const request = Object.assign(new PassThrough(), { headers: { 'content-length': String(2 << 20) } })
    const reading = readBody(request as unknown as IncomingMessage, LIMIT)
    request.end(larger.subarray(0, 2 << 20))
    await reading
    expect(larger.length).toBe(4 << 20)
  })
})
