import type { Sql } from '../../store/ports.ts'
import type { CacheMode } from '../run/cache.ts'
import type { KnownAnswers } from '../run/caller.ts'
import type { JudgeFrame, TaskFrame } from '../run/frames.ts'

type Found = TaskFrame | JudgeFrame | undefined

/** Answers of other experiments of the project, by their keys. What is asked for in one turn of the program is one question to the database. */
export function sqlAnswers(sql: Pick<Sql, 'query'>, { projectId, mode }: { projectId: string; mode: CacheMode }): KnownAnswers {
  const reads = mode === 'on' || mode === 'read' || mode === 'only'
  let waiting: Map<string, ((found: Found) => void)[]> | undefined
  let failing: ((error: unknown) => void)[] = []

  async function look(): Promise<void> {
    const asked = waiting ?? new Map()
    const failed = failing
    waiting = undefined
    failing = []
    try {
      const keys = [...asked.keys()]
      const rows = await sql.query<{ cache_key: string; answer: string }>(
        `select distinct on (cache_key) cache_key, answer from experiment_rows
         where project_id = $1 and cache_key = any($2::text[]) and ok order by cache_key, at desc`,
        [projectId, keys],
      )
      const judged = await sql.query<{ key: string; answer: string; ms: number; cost_usd: number | null }>(
        'select distinct on (key) key, answer, ms, cost_usd from experiment_judged where project_id = $1 and key = any($2::text[]) order by key',
        [projectId, keys],
      )
      const found = new Map<string, Found>([
        ...rows.map(({ cache_key: key, answer }) => [key, JSON.parse(answer) as TaskFrame] as const),
        ...judged.map(
          ({ key, answer, ms, cost_usd: costUsd }) =>
            [key, { kind: 'judge', key, answer: JSON.parse(answer) as unknown, ms, costUsd } as const] as const,
        ),
      ])
      for (const [key, tells] of asked) for (const tell of tells) tell(found.get(key))
    } catch (error) {
      for (const fail of failed) fail(error)
    }
  }

  return {
    mode,
    inUse: mode !== 'off',
    keeps: mode === 'on' || mode === 'write',
    find(key) {
      if (!reads) return undefined
      return new Promise<Found>((resolve, reject) => {
        if (!waiting) {
          waiting = new Map()
          setImmediate(() => void look())
        }
        waiting.set(key, [...(waiting.get(key) ?? []), resolve])
        failing.push(reject)
      })
    },
  }
}
