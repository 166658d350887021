import type { HandlersOf } from '../../lib/handlers.ts'
import type { Events, Sql } from '../../store/ports.ts'
import { plainCalls, renderedCalls, versionUses, type Window } from './calls.ts'
import { dismissDrift, listDrift, noteDrift } from './drift-store.ts'
import { findChanged, findInPlainCalls, findStale } from './find-drift.ts'
import { type Registered, readRegistered } from './registered.ts'
import type { Shapes } from './variable-shapes.ts'

/** What came in a moment ago may not be all that did. */
const SETTLED_US = 5_000_000
/** After a pause, what is older is not looked at any more. */
const BACK_US = 15 * 60_000_000
/** Projects whose texts are kept in memory. */
const MOST_KEPT = 8
const MOST_PROMPTS = 200

type Deps = { sql: Sql; events: Events }

/**
 * Looks at the calls of projects that have prompts: whether their texts come from a version, whether those versions are still in use, and
 * whether variables are what they were. Each look takes some hundred calls at most, whatever came in.
 */
export function createPromptDrift({ sql, events }: Deps) {
  const kept = new Map<string, Registered>()

  async function registeredOf(projectId: string, revision: number): Promise<Registered> {
    const known = kept.get(projectId)
    const registered = known?.revision === revision ? known : await readRegistered(sql, projectId, revision)
    kept.delete(projectId)
    kept.set(projectId, registered)
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string)
    return registered
  }

  /** `now` in milliseconds since 1970. */
  async function look(now: number): Promise<void> {
    const to = Math.round(now * 1000) - SETTLED_US
    const projects = await sql.query<{ id: string; revision: number; seen_until: number | null }>(
      `select r.project_id as id, r.revision, p.seen_until from prompt_revisions r left join prompt_drift_progress p using (project_id)
       where exists (select 1 from prompts where prompts.project_id = r.project_id)`,
    )
    for (const { id, revision, seen_until: seen } of projects) {
      const window = { projectId: id, from: Math.max(seen ?? 0, to - BACK_US), to }
      if (window.from >= to) continue
      await lookAt(window, await registeredOf(id, revision), now)
      await sql.query(
        `insert into prompt_drift_progress (project_id, seen_until) values ($1, $2)
         on conflict (project_id) do update set seen_until = excluded.seen_until`,
        [id, to],
      )
    }
  }

  async function lookAt(window: Window, registered: Registered, now: number): Promise<void> {
    const plain = await findInPlainCalls(await plainCalls(events, window), registered, now)
    const stale = findStale(await versionUses(events, window), registered, now)
    const calls = await renderedCalls(events, window)
    const prompts = [...new Set(calls.map(({ prompt }) => prompt))].filter((name) => registered.labels.has(name)).slice(0, MOST_PROMPTS)
    const shapes = await readShapes(window.projectId, prompts)
    const changed = findChanged(
      calls.filter(({ prompt }) => shapes.has(prompt)),
      (prompt) => shapes.get(prompt) as Shapes,
    )
    await noteDrift(sql, window.projectId, [...plain, ...stale, ...changed])
    for (const [prompt, of] of shapes)
      await sql.query(
        `insert into prompt_variable_shapes (project_id, prompt, shapes, updated_at) values ($1, $2, $3::text::jsonb, now())
         on conflict (project_id, prompt) do update set shapes = excluded.shapes, updated_at = excluded.updated_at`,
        [window.projectId, prompt, JSON.stringify(of)],
      )
  }

  async function readShapes(projectId: string, prompts: readonly string[]): Promise<Map<string, Shapes>> {
    const rows = await sql.query<{ prompt: string; shapes: Shapes }>(
      'select prompt, shapes from prompt_variable_shapes where project_id = $1 and prompt = any($2::text[])',
      [projectId, prompts],
    )
    const known = new Map(rows.map(({ prompt, shapes }) => [prompt, shapes]))
    return new Map(prompts.map((prompt) => [prompt, known.get(prompt) ?? {}]))
  }

  const handlers: Pick<HandlersOf<'prompts'>, 'prompts.drift' | 'prompts.dismissDrift'> = {
    'prompts.drift': (wanted, { caller }) => listDrift(sql, caller.projectId, wanted),
    'prompts.dismissDrift': async (wanted, { caller }) => {
      await dismissDrift(sql, caller.projectId, wanted)
      return { ok: true }
    },
  }
  return { look, handlers }
}
