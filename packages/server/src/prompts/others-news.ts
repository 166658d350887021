import type { Sql } from '../store/ports.ts'

type News = { prompt: string; label: string | null }
type Deps = {
  sql: Sql
  /** What another core did to prompts of a project. */
  tell(projectId: string, news: readonly News[]): void
  /** Called after that, so that the edges of this core get a new snapshot. */
  changed(): unknown
}

/** More between two looks are not read: far fewer than this make whoever listens read everything anew. */
const MOST_NEWS = 1000

/**
 * What other cores on the same database wrote to prompts, told at this one too: apps and edges may be connected to any of them. `look` is
 * asked several times a second; it reads one small row of each project.
 */
export function createOthersNews({ sql, tell, changed }: Deps) {
  let seen: Map<string, number> | undefined
  /** What was written here since the last look: of that everybody here has been told. */
  const own = new Map<string, Set<number>>()
  let looking: Promise<void> | undefined

  async function look(): Promise<void> {
    const now = await sql.query<{ project_id: string; revision: number }>('select project_id, revision from prompt_revisions')
    const before = seen
    let isOther = false
    for (const { project_id: id, revision } of now) {
      const last = before?.get(id) ?? 0
      const written = own.get(id) ?? new Set()
      if (!before || revision <= last) continue
      const mine = [...written].filter((one) => one <= revision)
      for (const one of mine) written.delete(one)
      if (mine.filter((one) => one > last).length === revision - last) continue
      isOther = true
      const news = await sql.query<News>(
        `select prompt, label from prompt_events where project_id = $1 and revision > $2 and revision <= $3 and not revision = any($4::bigint[])
         order by revision, position limit ${MOST_NEWS}`,
        [id, last, revision, mine],
      )
      tell(id, news)
    }
    seen = new Map(now.map(({ project_id: id, revision }) => [id, revision]))
    if (isOther) await changed()
  }

  return {
    wrote(projectId: string, revision: number): void {
      own.set(projectId, (own.get(projectId) ?? new Set()).add(revision))
    },
    look(): Promise<void> {
      looking ??= look().finally(() => {
        looking = undefined
      })
      return looking
    },
  }
}
