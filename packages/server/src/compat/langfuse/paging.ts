import { AppError } from '@signalbox/schema'

/** Pages as Langfuse counts them: from 1, with how many there are in all. */
export type Page = { page: number; limit: number }
export type Paged<T> = { data: T[]; meta: { page: number; limit: number; totalItems: number; totalPages: number } }

const MOST_PER_PAGE = 100
/** Counting to a page means reading those before it. */
const DEEPEST = 10_000

export function pageOf(query: URLSearchParams): Page {
  const page = wholeNumber(query, 'page', 1)
  const limit = wholeNumber(query, 'limit', 50)
  if (limit > MOST_PER_PAGE) throw new AppError('invalid-request', `\`limit\` is at most ${MOST_PER_PAGE}.`)
  if (page * limit > DEEPEST)
    throw new AppError('invalid-request', `Pages end with item ${DEEPEST}.`, {
      hint: 'Narrow the list by time (fromTimestamp, toTimestamp), or read GET /api/v1/traces, which goes on by cursor.',
    })
  return { page, limit }
}

export const paged = <T>({ page, limit }: Page, data: T[], totalItems: number): Paged<T> => ({
  data,
  meta: { page, limit, totalItems, totalPages: Math.ceil(totalItems / limit) },
})

export function wholeNumber(query: URLSearchParams, name: string, fallback: number): number {
  const sent = query.get(name)
  if (sent === null || sent === '') return fallback
  if (!/^[1-9]\d{0,8}$/.test(sent)) throw new AppError('invalid-request', `\`${name}\` must be a whole number from 1.`)
  return Number(sent)
}

/** The items of a page out of a list that goes on by cursor. */
export async function walkTo<T>(
  { page, limit }: Page,
  read: (cursor: string | undefined, limit: number) => Promise<{ items: T[]; nextCursor?: string | undefined }>,
): Promise<T[]> {
  const from = (page - 1) * limit
  const items: T[] = []
  let passed = 0
  for (let cursor: string | undefined; ; ) {
    const found = await read(cursor, Math.min(500, from + limit - passed))
    for (const item of found.items) if (passed++ >= from && items.length < limit) items.push(item)
    cursor = found.nextCursor
    if (items.length >= limit || cursor === undefined) return items
  }
}

/** A parameter that says nothing is as good as none. */
export const text = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined

/** `tags=a&tags=b`, `tags[]=a` or `tags=a,b`. */
export const texts = (query: URLSearchParams, name: string): string[] =>
  [...query.getAll(name), ...query.getAll(`${name}[]`)].flatMap((value) => value.split(',')).filter(Boolean)

export function time(query: URLSearchParams, name: string): string | undefined {
  const sent = text(query, name)
  if (sent === undefined) return undefined
  const at = new Date(sent)
  if (Number.isNaN(at.getTime())) throw new AppError('invalid-request', `\`${name}\` must be an ISO 8601 time.`)
  return at.toISOString()
}

/** A filter that is not applied would answer what nobody asked for. */
export function refuseUnknown(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...new Set([...query.keys()].map((name) => name.replace(/\[\]$/, '')))].filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new AppError('invalid-request', `This list cannot be narrowed by ${unknown.join(', ')}.`, {
      hint: `It knows ${known.join(', ')}.`,
    })
}
