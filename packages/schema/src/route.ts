import { z } from 'zod'
import type { Permission } from './access.ts'

/**
 * Who may call a route. `public`: anybody. `session`: a logged-in account. `organisation:write`: a logged-in owner of the
 * organisation. Else a permission, held by a key or by the account in the project it names.
 */
export type Access = Permission | 'public' | 'session' | 'organisation:write'
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: `/api/v1/${string}`
  summary: string
  access: Access
  input: z.ZodObject
  output: z.ZodType
  /** Answered with an ETag, and with 304 where the client has it already. */
  etag?: true
  /** The largest body that is taken, where that of other routes is too small. */
  maxBytes?: number
}
/** Keeps the exact types of a row. */
export const route = <const R extends Route>(r: R): R => r

/** A JSON value in a query string: `filter=[{"field":"model","op":"eq","value":"gpt-4o"}]`. */
export const jsonParam = <T extends z.ZodType>(inner: T) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string') return value
    try {
      return JSON.parse(value)
    } catch {
      context.issues.push({ code: 'custom', message: 'is not URL-encoded JSON', input: value })
      return z.NEVER
    }
  }, inner) as unknown as z.ZodType<z.output<T>, z.input<T>>

export const limit = z.coerce.number().int().min(1).max(500).default(50)
export const cursor = z.string().max(500).optional()
/** From when until when, both open. */
export const window = { from: z.iso.datetime().optional(), to: z.iso.datetime().optional() }
export const nextCursor = z.string().optional()
export const none = z.strictObject({})
export const ok = z.object({ ok: z.literal(true) })
