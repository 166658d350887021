import { AppError, type ModelCacheUse, type ModelEntry } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import { own } from '../../lib/own.ts'
import type { Events } from '../../store/ports.ts'
import { cacheMatches, cacheRecordOf, cacheUse } from './cache-report.ts'
import type { Purges } from './purges.ts'

export type CacheRooms = { events: Events; purges: Purges; modelsOf(projectId: string): Promise<Record<string, ModelEntry>> }

/** The part of the API about kept answers. */
export function cacheHandlers({ events, purges, modelsOf }: CacheRooms): HandlersOf<'cache'> {
  return {
    async 'cache.get'(input, { caller: { projectId } }) {
      const [used, models, times] = await Promise.all([cacheUse(events, projectId, input), modelsOf(projectId), purges.times(projectId)])
      const shown = (use: (typeof used)[number]): ModelCacheUse => {
        const cache = own(models, use.model)?.cache
        const purgedAt = [times.get(use.model), times.get('')]
          .filter((at) => at !== undefined)
          .toSorted()
          .at(-1)
        return { ...use, mode: cache?.mode ?? 'off', ttlSeconds: cache?.ttlSeconds ?? null, purgedAt: purgedAt ?? null }
      }
      const known = new Set(used.map(({ model }) => model))
      const unused = Object.entries(models).filter(([name, { cache }]) => cache && cache.mode !== 'off' && !known.has(name))
      return { models: [...used, ...unused.map(([model]) => ({ ...NOTHING, model }))].map(shown) }
    },
    async 'cache.hits'(input, { caller: { projectId } }) {
      const { hits, nextCursor } = await cacheMatches(events, projectId, input)
      const rejected = await purges.rejected(
        projectId,
        hits.map(({ spanId }) => spanId),
      )
      return { hits: hits.map((hit) => ({ ...hit, rejected: rejected.has(hit.spanId) })), ...(nextCursor !== undefined && { nextCursor }) }
    },
    async 'cache.reject'({ spanId, traceId }, { caller: { projectId } }) {
      const record = await cacheRecordOf(events, projectId, { spanId, traceId })
      if (!record?.of || record.status === 'miss')
        throw new AppError('not-found', `The span "${spanId}" of the trace "${traceId}" was not answered by the cache.`, {
          hint: 'List those that were with GET /api/v1/cache/hits.',
        })
      await purges.reject(projectId, { spanId, keptSpan: record.of })
      return { ok: true }
    },
    async 'cache.purge'({ model }, { caller: { projectId } }) {
      if (model !== undefined && !own(await modelsOf(projectId), model))
        throw new AppError('not-found', `There is no alias "${model}" in this project.`, { hint: 'List them with GET /api/v1/models.' })
      await purges.purge(projectId, model)
      return { ok: true }
    },
  }
}

const NOTHING = { calls: 0, hits: 0, semanticHits: 0, misses: 0, hitRate: null, savedUsd: '0', savedSeconds: 0 }
