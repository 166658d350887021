import type { PGlite } from '@electric-sql/pglite'
import { AppError } from '@signalbox/schema'
import { explained } from './failure.ts'
import { isPanic } from './panic.ts'

/** How long a failed opening is not tried again: it stops the event loop for some hundred milliseconds. */
const PAUSE_MS = 1000

/** Gives work its engine: a new one, which recovers from the log, after one that panicked, for example on a full disk. */
export function reopening(first: PGlite, open: () => Promise<PGlite>) {
  let current: Promise<PGlite> | undefined = Promise.resolve(first)
  let failed: { at: number; error: unknown } | undefined
  let closed = false

  const engine = (): Promise<PGlite> => {
    if (closed) return Promise.reject(new AppError('unavailable', 'The database is closed.'))
    if (current) return current
    if (failed && Date.now() - failed.at < PAUSE_MS) return Promise.reject(failed.error)
    const opening = open()
    current = opening
    opening.catch((error: unknown) => {
      failed = { at: Date.now(), error }
      current = undefined
    })
    return opening
  }

  return {
    async use<T>(work: (db: PGlite) => Promise<T>): Promise<T> {
      const mine = engine()
      const db = await mine
      try {
        return await work(db)
      } catch (error) {
        const known = explained(error)
        if (!isPanic(error)) throw known
        if (current === mine) current = undefined
        throw known === error ? new AppError('unavailable', `The embedded database stopped: ${String(error)}`, { cause: error }) : known
      }
    },
    async close(): Promise<void> {
      closed = true
      const db = await current?.catch(() => undefined)
      if (db && !db.closed) await db.close()
    },
  }
}
