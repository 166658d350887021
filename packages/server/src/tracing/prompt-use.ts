import {
  type Filter,
  type Measure,
  type PromptImpact,
  type PromptUsage,
  type Query,
  type QueryRow,
  scoreMeasureOf,
} from '@signalbox/schema'
import type { Events } from '../store/ports.ts'
import { runQuery, runQuerySets } from './queries/run-query.ts'

const DAY = 86_400_000
/** Where nothing is said, and the most scores that are looked at. */
const USUAL_DAYS = 30
const MOST_SCORES = 8
const MEASURES = [
  'calls',
  'errors',
  'errorRate',
  'costUsd',
  'durationP50',
  'durationP95',
  'inputTokens',
  'outputTokens',
] as const satisfies Measure[]

type Window = { from?: string | undefined; to?: string | undefined }
type Asked = Window & { name: string; bucket: 'hour' | 'day' }
type Callers = Omit<PromptImpact['callers'][number], 'name'>[]

/** What prompts are used for, from the spans that name them: through the gateway, or as another tool's client said. */
export function createPromptUse({ events, now = Date.now }: { events: Events; now?: () => number }) {
  const ofPrompt = (name: string): Filter[] => [{ field: 'promptName', op: 'eq', value: name }]
  const query = (given: Partial<Query> & Pick<Query, 'measures' | 'dimensions' | 'filters'>): Query => ({ limit: 10_000, ...given })

  return {
    async usage(
      projectId: string,
      { name, from = new Date(now() - USUAL_DAYS * DAY).toISOString(), to, bucket }: Asked,
    ): Promise<PromptUsage> {
      const window = { from, ...(to !== undefined && { to }) }
      const filters = ofPrompt(name)
      const [versions = [], buckets = []] = await runQuerySets(
        events,
        projectId,
        query({ measures: [...MEASURES], dimensions: ['promptVersion'], filters, bucket, ...window }),
        [['promptVersion'], ['bucket', 'promptVersion']],
      )
      const scores = await scoresOf(projectId, { name, ...window })
      const times = (version: number | null) => buckets.filter((row) => versionOf(row) === version).map(({ bucket: at }) => String(at))
      return {
        versions: versions
          .map((row) => {
            const version = versionOf(row)
            const at = times(version)
            return { version, ...figures(row), firstAt: at[0] ?? from, lastAt: at.at(-1) ?? from, scores: scores.get(version) ?? [] }
          })
          .sort((a, b) => (b.version ?? 0) - (a.version ?? 0)),
        buckets: buckets.map((row) => ({ at: String(row.bucket), version: versionOf(row), ...figures(row) })),
      }
    },

    /** Who used these versions lately, most calls first. */
    async callers(
      projectId: string,
      { name, versions, days = 7 }: { name: string; versions: readonly number[]; days?: number },
    ): Promise<Callers> {
      if (versions.length === 0) return []
      const by = { keyId: 'key', service: 'service', environment: 'environment' } as const
      const fields = Object.keys(by) as (keyof typeof by)[]
      const sets = await runQuerySets(
        events,
        projectId,
        query({
          measures: ['calls'],
          dimensions: fields,
          filters: [...ofPrompt(name), { field: 'promptVersion', op: 'in', value: versions.map(String) }],
          bucket: 'hour',
          from: new Date(now() - days * DAY).toISOString(),
        }),
        fields.map((field) => ['bucket', field]),
      )
      return fields
        .flatMap((field, at) => {
          const found = new Map<string, { calls: number; lastAt: string }>()
          for (const row of sets[at] ?? []) {
            const value = String(row[field] ?? '')
            const before = found.get(value)
            const lastAt = String(row.bucket)
            found.set(value, {
              calls: (before?.calls ?? 0) + Number(row.calls),
              lastAt: before && before.lastAt > lastAt ? before.lastAt : lastAt,
            })
          }
          return [...found].filter(([value]) => value !== '').map(([value, rest]) => ({ by: by[field], value, ...rest }))
        })
        .sort((a, b) => b.calls - a.calls)
    },
  }

  async function scoresOf(projectId: string, { name, ...window }: Window & { name: string }) {
    const named = await events.query<{ name: string }>(
      `SELECT name, count() AS count FROM scores WHERE projectId = {project:String} AND traceId IN (
         SELECT traceId FROM spans WHERE projectId = {project:String} AND promptName = {prompt:String}
           AND startedAt >= parseDateTime64BestEffort({from:String}, 6, 'UTC'))
       GROUP BY name ORDER BY count DESC, name LIMIT ${MOST_SCORES}`,
      { project: projectId, prompt: name, from: window.from ?? '1970-01-01T00:00:00Z' },
    )
    const found = new Map<number | null, { name: string; count: number; mean: number }[]>()
    const measures = named.flatMap((score): Measure[] => [`scoreCount.${score.name}`, `scoreAvg.${score.name}`])
    if (measures.length === 0) return found
    const rows = await runQuery(
      events,
      projectId,
      query({ measures, dimensions: ['promptVersion'], filters: ofPrompt(name), ...definite(window) }),
    )
    for (const row of rows) {
      const of = measures.flatMap((measure) => {
        const { measure: kind, score } = scoreMeasureOf(measure) ?? {}
        const mean = row[`scoreAvg.${score}`]
        return kind === 'scoreCount' && typeof mean === 'number' ? [{ name: String(score), count: Number(row[measure]), mean }] : []
      })
      found.set(versionOf(row), of)
    }
    return found
  }
}

const definite = ({ from, to }: Window) => ({ ...(from !== undefined && { from }), ...(to !== undefined && { to }) })

/** Another tool's client may call a version what it likes. */
const versionOf = ({ promptVersion }: QueryRow): number | null =>
  /^[1-9]\d{0,8}$/.test(String(promptVersion)) ? Number(promptVersion) : null

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const figures = (row: QueryRow) => ({
  calls: Number(row.calls),
  errors: Number(row.errors),
  errorRate: numberOf(row.errorRate),
  costUsd: typeof row.costUsd === 'string' ? row.costUsd : null,
  p50Ms: numberOf(row.durationP50),
  p95Ms: numberOf(row.durationP95),
  inputTokens: Number(row.inputTokens),
  outputTokens: Number(row.outputTokens),
})
