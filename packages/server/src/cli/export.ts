import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@signalbox/schema/errors'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson } from './print.ts'

type Options = ConnectionOptions & { format: string; from?: string; to?: string; filter?: string; content: boolean; output?: string }

/** `signalbox export`: a file is there when all of it is; what was begun and not ended is removed. */
export async function exportSpans({ format, from, to, filter, content, output, ...options }: Options): Promise<number> {
  const { url, key, fetch } = connect(options)
  const query = new URLSearchParams({
    format,
    content: String(content),
    ...(from && { from }),
    ...(to && { to }),
    ...(filter && { filter }),
  })
  const response = await fetch(`${url}/api/v1/export?${query}`, { headers: { authorization: `Bearer ${key}` } })
  if (!response.ok || !response.body) throw await said(response)
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  if (output === undefined) {
    await complete(pipeline(body, process.stdout, { end: false }))
    return 0
  }
  let bytes = 0
  body.on('data', (piece: Buffer) => {
    bytes += piece.length
  })
  const part = `${output}.part`
  try {
    await complete(pipeline(body, createWriteStream(part)))
    await rename(part, output)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  if (options.json) printJson({ file: output, bytes })
  else console.error(`Wrote ${bytes} bytes to ${output}.`)
  return 0
}

async function complete(done: Promise<void>): Promise<void> {
  try {
    await done
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EPIPE') return
    if (['ENOENT', 'EACCES', 'ENOSPC', 'EISDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause
    throw new AppError('unavailable', 'The export ended before it was complete.', {
      cause,
      hint: 'Look into the log of the server, and try a shorter time.',
    })
  }
}

/** What the server says is wrong, in its own words. */
async function said(response: Response): Promise<AppError> {
  const body = (await response.json().catch(() => null)) as { error?: { code?: AppError['code']; message?: string; hint?: string } } | null
  const { code = 'unavailable', message = `The server answered ${response.status}.`, hint } = body?.error ?? {}
  return new AppError(code, message, hint === undefined ? {} : { hint })
}
