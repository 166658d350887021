import type { PGlite } from '@electric-sql/pglite'

/** The engine ended itself, as Postgres does when it cannot write its log. `code` is a SQLSTATE. */
export class Panic extends Error {
  readonly code: string
  constructor(lastWords: string) {
    super(lastWords)
    this.name = 'Panic'
    this.code = lastWords.includes('No space left on device') ? '53100' : 'XX000'
  }
}

/**
 * Makes an engine that panicked throw a `Panic` from then on. By itself PGlite offers a statement to the dead engine again
 * and again, without end, in `while (…) { try { PostgresMainLoopOnce() } catch { stackRestore() } }` of `execProtocolRawSync`;
 * what `stackRestore` throws is the only way out of there. `lastWords` gives what the engine wrote to its log at the end.
 */
export function throwPanics(db: PGlite, lastWords: () => string | undefined): void {
  const engine = db.Module
  const loopOnce = engine._PostgresMainLoopOnce
  const stackRestore = engine.stackRestore
  let panic: Panic | undefined
  let asked = false
  engine._PostgresMainLoopOnce = () => {
    if (panic) {
      asked = true
      throw panic
    }
    try {
      loopOnce()
    } catch (error) {
      // Errors of statements arrive here too, as a jump with a status.
      if ((error as { status?: unknown }).status === undefined) panic = new Panic(lastWords() ?? String(error))
      throw error
    }
  }
  engine.stackRestore = (pointer) => {
    if (panic && asked) throw panic
    return stackRestore(pointer)
  }
}

/** The statement that caused it still gets the words of Postgres, with a severity. */
export function isPanic(error: unknown): boolean {
  const severity = (error as { severity?: unknown } | null)?.severity
  return error instanceof Panic || severity === 'PANIC' || severity === 'FATAL'
}
