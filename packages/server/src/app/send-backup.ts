import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type ExportOptions, exportBackup } from './backup.ts'

/** `GET /internal/backup?masterKey=true`: the backup as a stream. What goes wrong before its first byte is a status, later a broken connection. */
export const sendBackup =
  (options: Omit<ExportOptions, 'withMasterKey'>) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const withMasterKey = new URL(request.url ?? '/', 'http://core').searchParams.get('masterKey') === 'true'
    const chunks = exportBackup({ ...options, withMasterKey })
    const first = await chunks.next()
    response.writeHead(200, { 'content-type': 'application/x-tar' })
    await pipeline(Readable.from(behind(first, chunks)), response)
  }

async function* behind(first: IteratorResult<Uint8Array>, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (!first.done) yield first.value
  yield* rest
}
