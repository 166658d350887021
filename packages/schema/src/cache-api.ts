import { z } from 'zod'
import { cursor, limit, nextCursor, ok, type Route, route, window } from './route.ts'
import { ModelName } from './routing.ts'
import { SpanId, TraceId } from './span.ts'

const Usd = z.string().nullable().meta({ description: 'Decimal US dollars; null where no price is known.' })

/** What the cache did for the calls of one alias in a time. */
export const ModelCacheUse = z.object({
  model: z.string(),
  mode: z.enum(['off', 'exact', 'semantic']).meta({ description: 'As it is configured now; off for an alias that is gone.' }),
  ttlSeconds: z.int().nullable(),
  calls: z.int().meta({ description: 'Calls that asked the cache.' }),
  hits: z.int().meta({ description: 'Answered with a kept answer, semantic ones included.' }),
  semanticHits: z.int(),
  misses: z.int(),
  hitRate: z.number().nullable().meta({ description: '0 to 1; null without calls.' }),
  savedUsd: Usd,
  savedSeconds: z.number(),
  purgedAt: z.iso.datetime().nullable(),
})
export type ModelCacheUse = z.infer<typeof ModelCacheUse>

/** A question that was close to one whose answer was kept. */
export const CacheMatch = z.object({
  spanId: SpanId,
  traceId: TraceId,
  at: z.iso.datetime(),
  model: z.string(),
  outcome: z.enum(['given', 'refused']).meta({ description: 'refused: close enough, but something in it differs that matters.' }),
  similarity: z.number(),
  question: z.string().nullable().meta({ description: 'null where the project keeps no content.' }),
  keptQuestion: z.string().nullable(),
  reasons: z.array(z.string()).meta({ description: 'Why it was refused.' }),
  answer: z.string().meta({ description: 'The beginning of what was answered.' }),
  keptSpanId: z.string().nullable(),
  keptTraceId: z.string().nullable(),
  savedUsd: Usd,
  savedSeconds: z.number().nullable(),
  rejected: z.boolean().meta({ description: 'Somebody said that the answer was wrong.' }),
})
export type CacheMatch = z.infer<typeof CacheMatch>

/** The rows of the API table about kept answers. */
export const cacheApi = {
  'cache.get': route({
    method: 'GET',
    path: '/api/v1/cache',
    summary: 'What the cache did for each alias, and what that saved',
    access: 'cache:read',
    input: z.object({ ...window, environment: z.string().max(200).optional() }),
    output: z.object({ models: z.array(ModelCacheUse) }),
  }),
  'cache.hits': route({
    method: 'GET',
    path: '/api/v1/cache/hits',
    summary: 'Questions that were close to another one: given its answer, or refused',
    access: 'cache:read',
    input: z.object({
      ...window,
      model: ModelName.optional(),
      outcome: z.enum(['given', 'refused', 'all']).default('given'),
      limit,
      cursor,
    }),
    output: z.object({ hits: z.array(CacheMatch), nextCursor }),
  }),
  'cache.reject': route({
    method: 'POST',
    path: '/api/v1/cache/hits/{spanId}/reject',
    summary: 'Say that an answer was wrong: it is not given again',
    access: 'cache:write',
    input: z.strictObject({ spanId: SpanId, traceId: TraceId }),
    output: ok,
  }),
  'cache.purge': route({
    method: 'POST',
    path: '/api/v1/cache/purge',
    summary: 'Give up all kept answers of the project, or those of one alias',
    access: 'cache:write',
    input: z.strictObject({ model: ModelName.optional() }),
    output: ok,
  }),
} as const satisfies Record<string, Route>
