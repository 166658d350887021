import { hash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import type { Context as HonoContext } from 'hono'

const zip = promisify(gzip)
/** Shorter answers travel faster than they are compressed. */
const WORTH_IT = 128 * 1024

/** A JSON answer; a long one compressed, off the main thread, for whoever takes that: the outline of 30,000 spans is megabytes. */
export async function sendJsonText(c: HonoContext, text: string): Promise<Response> {
  const headers = { 'cache-control': 'no-store', 'content-type': 'application/json' }
  if (text.length < WORTH_IT || !/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(c.req.header('accept-encoding') ?? ''))
    return c.body(text, 200, headers)
  const zipped = await zip(text, { level: constants.Z_BEST_SPEED })
  return c.body(new Uint8Array(zipped), 200, { ...headers, 'content-encoding': 'gzip', vary: 'accept-encoding' })
}

/** Likewise with an ETag. Who has it already is told so in a few bytes: whoever asks again and again costs next to nothing. */
export async function sendTaggedText(c: HonoContext, text: string): Promise<Response> {
  const tag = `"${hash('sha256', text).slice(0, 32)}"`
  const known = (c.req.header('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''))
  if (known.includes(tag) || known.includes('*')) return c.body(null, 304, { etag: tag, 'cache-control': 'no-cache' })
  const response = await sendJsonText(c, text)
  response.headers.set('etag', tag)
  response.headers.set('cache-control', 'no-cache')
  return response
}
