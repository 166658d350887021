import { pino } from 'pino'

export type Log = pino.Logger

/** JSON lines on standard error; never a body, a key or a header. */
export const createLog = (role: string, level: string): Log =>
  pino({ level, base: { role, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: true }))
