import { once } from 'node:events'
import { open, rename, rm } from 'node:fs/promises'
import { AppError } from '@signalbox/schema/errors'

type Work<T> = (write: (text: string) => Promise<unknown>) => Promise<T>

/** Writes a file, or to standard output where none is named. The file is there when all of it is; what was begun and not ended is removed. */
export async function writeWhole<T>(file: string | undefined, work: Work<T>): Promise<T> {
  if (file === undefined) return await work(async (text) => process.stdout.write(text) || once(process.stdout, 'drain'))
  const part = `${file}.part`
  const handle = await open(part, 'w').catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('invalid-request', `${file} cannot be written (${cause.code}).`, {
      cause,
      hint: 'Name a file in a folder that is there.',
    })
  })
  try {
    const result = await work((text) => handle.appendFile(text))
    await handle.close()
    await rename(part, file)
    return result
  } catch (error) {
    await handle.close().catch(() => {})
    await rm(part, { force: true })
    throw error
  }
}
