import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, zstdDecompress } from 'node:zlib'
import { AppError } from '@signalbox/schema'
import { own } from '../lib/own.ts'

const INFLATE: Record<string, (body: Buffer, limit: number) => Promise<Buffer>> = {
  gzip: (body, limit) => promisify(gunzip)(body, { maxOutputLength: limit }) as Promise<Buffer>,
  'x-gzip': (body, limit) => promisify(gunzip)(body, { maxOutputLength: limit }) as Promise<Buffer>,
  deflate: (body, limit) => promisify(inflate)(body, { maxOutputLength: limit }) as Promise<Buffer>,
  br: (body, limit) => promisify(brotliDecompress)(body, { maxOutputLength: limit }) as Promise<Buffer>,
  zstd: (body, limit) => promisify(zstdDecompress)(body, { maxOutputLength: limit }) as Promise<Buffer>,
}

/** Bodies that somebody wants to look at after they were read. */
const wanted = new WeakMap<IncomingMessage, Buffer | undefined>()

/** From now on the body of this request is kept when it is read, until `forgetBody`. */
export const rememberBody = (request: IncomingMessage): void => void wanted.set(request, undefined)

export function forgetBody(request: IncomingMessage): Buffer | undefined {
  const body = wanted.get(request)
  wanted.delete(request)
  return body
}

/** The whole body, inflated. Throws `payload-too-large`, `unsupported-media-type`, `invalid-request` or `client-closed`. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const body = await readWhole(request, limit)
  if (wanted.has(request)) wanted.set(request, body)
  return body
}

async function readWhole(request: IncomingMessage, limit: number): Promise<Buffer> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const inflateBody = own(INFLATE, encoding)
  if (encoding !== 'identity' && encoding !== '' && !inflateBody) {
    throw new AppError(
      'unsupported-media-type',
      `Content-Encoding ${encoding} is not known; send ${Object.keys(INFLATE).join(', ')} or none.`,
    )
  }
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limit) throw tooLarge(limit)
  const sent = await collect(request, { announced, limit })
  if (!inflateBody || sent.length === 0) return sent
  try {
    return await inflateBody(sent, limit)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit)
    throw new AppError('invalid-request', `The body is not valid ${encoding}.`, { cause })
  }
}

/** From this share of what was announced on, room for all of it is taken: who only announces much does not get it. */
const SERIOUS = 1 / 4
/** Shorter bodies are joined at the end: their pieces are no burden. */
const LARGE_BODY = 1 << 20

function collect(request: IncomingMessage, { announced, limit }: { announced: number; limit: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    let whole: Buffer | undefined
    request.on('data', (chunk: Buffer) => {
      const at = bytes
      bytes += chunk.length
      if (bytes > limit) {
        // What is still coming is let through to nowhere, so that the client gets to read the answer.
        chunks.length = 0
        whole = undefined
        reject(tooLarge(limit))
        return
      }
      if (!whole) {
        chunks.push(chunk)
        if (announced >= LARGE_BODY && bytes >= announced * SERIOUS) whole = join(chunks, Buffer.allocUnsafeSlow(announced))
      } else {
        chunk.copy(whole, at)
        giveBack(chunk)
      }
    })
    request.on('end', () => {
      if (whole) return resolve(whole)
      const [first] = chunks
      resolve(
        chunks.length === 1 && first
          ? first
          : bytes < LARGE_BODY
            ? Buffer.concat(chunks, bytes)
            : join(chunks, Buffer.allocUnsafeSlow(bytes)),
      )
    })
    request.on('error', (cause) => reject(new AppError('client-closed', 'The client hung up while sending.', { cause })))
    // It follows every request: an error, with its stack, is only made where it says something.
    request.on('close', () => request.readableEnded || reject(new AppError('client-closed', 'The client hung up while sending.')))
  })
}

function join(chunks: Buffer[], whole: Buffer): Buffer {
  let at = 0
  for (const chunk of chunks) {
    at += chunk.copy(whole, at)
    giveBack(chunk)
  }
  chunks.length = 0
  return whole
}

/**
 * Frees the memory of a chunk that has been copied, now: the collector would let tens of megabytes of them gather, so that
 * a body would be held twice. A chunk that is part of something larger is left alone.
 */
function giveBack({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

const tooLarge = (limit: number) =>
  new AppError('payload-too-large', `The body is larger than ${limit} bytes, the limit (limits.maxBodyBytes).`)
