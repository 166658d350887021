import { AppError } from '@signalbox/schema'

/** Places in lists, opaque to clients. */
const unknown = () =>
  new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })

export const writeOrder = (revision: number, position: number): string => `${revision}.${position}`
export function readOrder(cursor: string): [revision: number, position: number] {
  const [, revision, position] = /^(\d{1,15})\.(\d{1,6})$/.exec(cursor) ?? []
  if (revision === undefined || position === undefined) throw unknown()
  return [Number(revision), Number(position)]
}

export const writeTime = (at: Date, id: string): string => Buffer.from(`${at.toISOString()} ${id}`).toString('base64url')
export function readTime(cursor: string): [at: string, id: string] {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (!at || !id || Number.isNaN(Date.parse(at))) throw unknown()
  return [at, id]
}
