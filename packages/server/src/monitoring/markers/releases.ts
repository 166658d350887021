import { AUTOMATIC } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import type { Sql } from '../../store/ports.ts'

/** Of a span, what tells a new release. */
export type ReleasedSpan = { projectId: string; environment: string; release: string; startedAt: number }
type First = { projectId: string; environment: string; release: string; at: number }

/** More new releases than this in a day are no releases: a build number, or something else that is different each time. */
const MOST_A_DAY = 50
/** More than a program can tell apart in its memory; what is forgotten is only asked of the database again. */
const MOST_KNOWN = 10_000

/**
 * Marks a release where its first span began. Spans may come late and in any order: the marker moves back to the earliest.
 * One that somebody removed stays away.
 */
export function createReleaseWatch({ sql, now = () => new Date() }: { sql: Sql; now?: () => Date }) {
  /** The earliest start that the database knows of, in microseconds. */
  const known = new Map<string, number>()

  async function mark({ projectId, environment, release, at }: First): Promise<void> {
    const id = `${AUTOMATIC}release:${sha256(`${environment}\n${release}`).slice(0, 24)}`
    const moment = new Date(at / 1000)
    const moved = await sql.query(`update markers set at = least(at, $3) where project_id = $1 and id = $2 returning id`, [
      projectId,
      id,
      moment,
    ])
    if (moved.length > 0) return
    const day = moment.toISOString().slice(0, 10)
    const [{ count } = { count: 0 }] = await sql.query<{ count: number }>(
      `select count(*)::int as count from markers
       where project_id = $1 and origin = 'release' and at >= $2::timestamptz and at < $2::timestamptz + interval '1 day'`,
      [projectId, `${day}T00:00:00Z`],
    )
    if (count > MOST_A_DAY) return
    const last = count === MOST_A_DAY
    await sql.query(
      `insert into markers (project_id, id, kind, title, at, environment, origin, details, created_at)
       values ($1, $2, $3, $4, $5, $6, 'release', '[]', $7) on conflict do nothing`,
      [
        projectId,
        last ? `${AUTOMATIC}releases:${day}` : id,
        last ? 'note' : 'deploy',
        last ? `More than ${MOST_A_DAY} new releases on ${day}: further ones are not marked` : `Release ${release}`.slice(0, 200),
        moment,
        last ? null : environment || null,
        now(),
      ],
    )
  }

  return {
    /** After its marks were taken away: the releases of a project are new to us again. */
    forget(projectId: string): void {
      for (const key of known.keys()) if (key.startsWith(`${projectId}\n`)) known.delete(key)
    },
    async note(spans: Iterable<ReleasedSpan>): Promise<void> {
      const firsts = new Map<string, First>()
      for (const { projectId, environment, release, startedAt } of spans) {
        if (release === '') continue
        const key = `${projectId}\n${environment}\n${release}`
        const before = firsts.get(key)?.at ?? known.get(key)
        if (before === undefined || startedAt < before) firsts.set(key, { projectId, environment, release, at: startedAt })
      }
      for (const [key, first] of firsts) {
        await mark(first)
        if (known.size >= MOST_KNOWN) known.clear()
        known.set(key, first.at)
      }
    },
  }
}
