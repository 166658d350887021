import { AppError, type Caller, type Output, type PromptTarget, type PromptUsage } from '@signalbox/schema'
import type { Sql } from '../store/ports.ts'
import { changesBetween } from './diff.ts'
import { moveLabel } from './labels.ts'
import { readVersion, resolveVersion } from './read.ts'
import { getPrompt, targetOf, versionsOf } from './rows.ts'
import { allUsesOf } from './used-by.ts'
import type { Try } from './writing.ts'

/** What stands elsewhere in the program about a project. */
export type Surroundings = {
  /** Who used these versions lately, by spans. */
  callers(
    projectId: string,
    of: { name: string; versions: readonly number[] },
  ): Promise<Omit<Output<'prompts.impact'>['callers'][number], 'name'>[]>
  usage(
    projectId: string,
    asked: { name: string; from?: string | undefined; to?: string | undefined; bucket: 'hour' | 'day' },
  ): Promise<PromptUsage>
  /** Aliases, splits of aliases and dashboards of a project. */
  namesOf(projectId: string): Promise<{
    models: readonly string[]
    splits: readonly { name: string; model: string }[]
    dashboards: readonly { name: string; value: unknown }[]
  }>
}

type Asked = { name: string; label: string; to: PromptTarget }

/** What is different when a label is moved, before anybody moves it. */
export async function impactOf(
  { sql, attempt, around }: { sql: Sql; attempt: Try; around: Surroundings },
  caller: Caller,
  { name, label, to }: Asked,
): Promise<Output<'prompts.impact'>> {
  const { projectId } = caller
  const prompt = await getPrompt(sql, projectId, name)
  const current = prompt.labels.find((one) => one.label === label)
  const from = current ? versionsOf(targetOf(current)) : []
  const versions = await Promise.all(
    [heaviest(current ? targetOf(current) : null), heaviest(to)].map(async (version) => {
      if (version === null) return null
      const found = await readVersion(sql, projectId, name, { version })
      return { content: found.content, resolved: (await resolveVersion(sql, projectId, found)).resolved ?? found.content }
    }),
  )
  const [before, after] = versions
  const [uses, callers, names] = await Promise.all([
    allUsesOf(sql, projectId, name, (_, through) => through === `${name}@${label}`),
    around.callers(projectId, { name, versions: from }),
    around.namesOf(projectId),
  ])
  const keys = await keyNames(
    sql,
    projectId,
    callers.flatMap(({ by, value }) => (by === 'key' ? [value] : [])),
  )
  return {
    from,
    to: versionsOf(to),
    changes: before && after ? changesBetween(before.resolved, after.resolved) : [],
    routes: routesOf(name, [before?.content.model?.route, after?.content.model?.route], names),
    includedBy: uses,
    callers: callers.map((one) => ({ ...one, name: one.by === 'key' ? (keys.get(one.value) ?? null) : null })),
    problems: await problemsOf(attempt, caller, { name, label, to }),
  }
}

/** The version that most get. */
function heaviest(target: PromptTarget | null): number | null {
  if (!target) return null
  if (!('split' in target)) return target.version
  return target.split.reduce((most, share) => (share.weight > most.weight ? share : most)).version
}

/** It is done and taken back: what would be refused is said by the same words. */
async function problemsOf(attempt: Try, caller: Caller, { name, label, to }: Asked): Promise<string[]> {
  try {
    await attempt(caller, (writing) => moveLabel(writing, { name, label, to, why: '' }))
    return []
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return [error.message]
    throw error
  }
}

function routesOf(
  name: string,
  [before, after]: readonly (string | undefined)[],
  { models, splits, dashboards }: Awaited<ReturnType<Surroundings['namesOf']>>,
): Output<'prompts.impact'>['routes'] {
  const found: Output<'prompts.impact'>['routes'] = []
  for (const route of new Set([before, after])) {
    if (route === undefined) continue
    const how = before === after ? 'its calls go here' : route === after ? 'its calls will go here' : 'its calls go here no longer'
    if (models.includes(route) || route.includes('/')) found.push({ kind: 'model', name: route, how })
    else found.push({ kind: 'model', name: route, how: `${how}, but there is no such alias` })
    for (const split of splits)
      if (split.model === route) found.push({ kind: 'split', name: split.name, how: 'divides the calls of this alias' })
  }
  for (const dashboard of dashboards)
    if (names(dashboard.value, name)) found.push({ kind: 'dashboard', name: dashboard.name, how: 'shows this prompt' })
  return found
}

/** Whether a filter somewhere in it names the prompt. */
function names(value: unknown, prompt: string): boolean {
  if (Array.isArray(value)) return value.some((one) => names(one, prompt))
  if (typeof value !== 'object' || value === null) return false
  const { field, value: wanted } = value as { field?: unknown; value?: unknown }
  if (field === 'promptName' && (wanted === prompt || (Array.isArray(wanted) && wanted.includes(prompt)))) return true
  return Object.values(value).some((one) => names(one, prompt))
}

async function keyNames(sql: Sql, projectId: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await sql.query<{ id: string; name: string }>('select id, name from keys where project_id = $1 and id = any($2::text[])', [
    projectId,
    ids,
  ])
  return new Map(rows.map(({ id, name }) => [id, name]))
}
