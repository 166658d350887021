import { AppError } from '@signalbox/schema/errors'

/** What the command line answers to an error: the text for people, and the exit code (1 failed, 2 wrong use). */
export type Failure = {
  message: string
  hint: string
  exitCode: 1 | 2
  /** Trying again without a change would fail the same way. */
  final: boolean
}

/** Codes that mean "you asked for the wrong thing", not "it did not work". */
const WRONG_USE = new Set(['invalid-request', 'invalid-json'])
const FINAL = new Set(['invalid-request', 'invalid-json', 'conflict', 'permission-denied'])

export function toFailure(error: unknown): Failure {
  if (error instanceof AppError) {
    return { message: error.message, hint: error.hint, exitCode: WRONG_USE.has(error.code) ? 2 : 1, final: FINAL.has(error.code) }
  }
  const { code, address, port } = (error ?? {}) as { code?: string; address?: string; port?: number }
  const known = code ? KNOWN[code]?.(`${address ?? ''}:${port ?? ''}`) : undefined
  if (known) return { ...known, exitCode: 1, final: true }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    message,
    hint: 'This is a bug in Signalbox, or something it did not expect. Please report it with the lines above.',
    exitCode: 1,
    final: false,
  }
}

const KNOWN: Record<string, (where: string) => { message: string; hint: string }> = {
  EADDRINUSE: (where) => ({
    message: `Something else is listening on ${where}.`,
    hint: 'Stop it, or choose another port with SIGNALBOX_PORT=7501 or --port 7501.',
  }),
  EADDRNOTAVAIL: (where) => ({
    message: `This machine has no address ${where}.`,
    hint: 'Set SIGNALBOX_HOST to 127.0.0.1, to 0.0.0.0 or to an address of this machine.',
  }),
  EACCES: (where) => ({
    message: where === ':' ? 'The data folder may not be written by this user.' : `This user may not listen on ${where}.`,
    hint: 'Change its owner, or choose another one with SIGNALBOX_DATA or SIGNALBOX_PORT.',
  }),
  EROFS: () => ({ message: 'The data folder is on a file system that is read-only.', hint: 'Choose another folder with SIGNALBOX_DATA.' }),
}

/** Writes the failure to standard error, for people or as JSON. */
export function printFailure(failure: Failure, options: { json?: boolean } = {}): void {
  if (options.json) console.error(JSON.stringify({ error: { message: failure.message, hint: failure.hint } }))
  else console.error(`signalbox: ${failure.message}\n  ${failure.hint}`)
}
