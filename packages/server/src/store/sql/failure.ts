import { AppError } from '@signalbox/schema'

/** SQLSTATE of a full disk, https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const DISK_FULL = '53100'
/** The server is going, starting, has no room, or the connection to it is gone; the last ones are the driver's and Node's. */
const AWAY = /^(57P0[1-3]|53300|08...|CONNECTION_.*|CONNECT_TIMEOUT|ECONN.*|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)$/

/** What everybody must be able to tell apart becomes an AppError; other errors keep their SQLSTATE in `code`. */
export function explained(error: unknown): unknown {
  const { code, message = String(error) } = (error ?? {}) as { code?: unknown; message?: string }
  if (error instanceof AppError || typeof code !== 'string') return error
  if (code === DISK_FULL) return new AppError('disk-full', `The database could not write: ${message}`, { cause: error })
  if (AWAY.test(code)) return new AppError('unavailable', `The database does not answer: ${message}`, { cause: error })
  return error
}

/** For `catch`: throws what `explained` makes of it. */
export const failExplained = (error: unknown): never => {
  throw explained(error)
}
