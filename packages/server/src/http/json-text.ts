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
