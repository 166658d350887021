import type { SpanRow } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import type { Price } from '../../pricing/price.ts'
import type { Events } from '../../store/ports.ts'
import { insertRows } from '../insert-rows.ts'
import { loggedSince, repeatChanges, VERSIONS, writeChanges } from '../merge/version-store.ts'
import { type Change, changesTo, keyOf, nextReceivedAt, type Version, versionOf } from '../merge/versions.ts'
import { wellFormedJson } from '../storable.ts'
import type { Candidate } from './price-again.ts'
import { keyOfSpan, readRows } from './read-piece.ts'

/** How what a job writes is known in the log of versions. The end of the ledger's days is told by it as well. */
export const TOKEN = 'reprice:'
export const tokenOf = (jobId: string, piece: number): string => `${TOKEN}${jobId}:${piece}:`

/** What was written of a span: the same fields as in the log, from where it is told again after a break. */
export type Written = Pick<Version, 'traceId' | 'spanId' | 'source' | 'provider' | 'model' | 'cost'> & { sign: number }

/** What an earlier try at a piece logged, and perhaps did not bring to the sums. It is sent again as it was. */
export async function finishPiece(events: Events, { token, since }: { token: string; since: number }): Promise<Written[]> {
  const logged = await loggedSince(events, { token, since })
  for (const [name, rows] of logged) await repeatChanges(events, name, rows)
  return [...logged.values()].flat() as unknown as Written[]
}

type Piece = { projectId: string; changed: ReadonlyMap<string, { span: Candidate; priced: Price }>; token: string; now: number }

/**
 * Puts spans with their new cost in the place of those that are there, and adds what that changes to the sums. First the change is
 * logged, as one block; then come the rows. Whoever does the same piece again finds in the log what counts, and changes only the rest.
 */
export async function writePiece(events: Events, { projectId, changed, token, now }: Piece): Promise<Written[]> {
  if (changed.size === 0) return []
  const spans = [...changed.values()].map(({ span }) => span)
  const starts = spans.map(({ startedAt }) => startedAt)
  const [fromUs, toUs] = [starts.reduce((a, b) => Math.min(a, b)), starts.reduce((a, b) => Math.max(a, b))]
  const [stored, logged] = [
    await readRows(events, { projectId, refs: spans, fromUs, toUs }),
    await loggedVersions(events, projectId, spans),
  ]
  const rows: SpanRow[] = []
  const changes: Change[] = []
  for (const before of stored) {
    const one = changed.get(keyOfSpan(before))
    // It has changed since it was read, and with that it was priced again.
    if (!one || one.span.receivedAt !== before.receivedAt) continue
    const { cost, parts, version } = one.priced
    const after = { ...before, cost, costParts: parts, priceVersion: version, versioned: 1, receivedAt: before.receivedAt + 1 }
    const root = before.parentId === ''
    const counted = countedOf(before.versioned === 0 ? versionOf(before, { root }) : undefined, logged.get(keyOf(before)) ?? [])
    const next = versionOf(after, { root })
    after.receivedAt = next.receivedAt = nextReceivedAt(next, counted)
    changes.push(...changesTo(next, counted))
    rows.push(after)
  }
  const name = `${token}${sha256(JSON.stringify(changes)).slice(0, 22)}`
  const refused = changes.length === 0 ? [] : await writeChanges(events, changes, { token: name, loggedAt: now })
  for (const [index, block] of byWeeks(rows).entries()) {
    const lines = block.map((row) => wellFormedJson(JSON.stringify(row)))
    refused.push(
      ...(await insertRows(events, { table: 'spans', lines, token: `${name}:rows:${index}:${sha256(lines.join()).slice(0, 22)}` })),
    )
  }
  const [first] = refused
  if (first) throw new Error(`the store refused ${refused.length} rows, the first because: ${first.reason}`)
  return changes
}

type Signed = Version & { signs: number }

/** What counts of a span: what came as it is counts as a row, and less or more as the log says. */
function countedOf(row: Version | undefined, logged: readonly Signed[]): Version[] {
  const all = row ? [...logged, { ...row, signs: 1 }] : logged
  const nets = new Map<string, Signed>()
  for (const { signs, ...version } of all) {
    const key = JSON.stringify(Object.entries(version).sort(([a], [b]) => (a < b ? -1 : 1)))
    nets.set(key, { ...version, signs: (nets.get(key)?.signs ?? 0) + signs })
  }
  return [...nets.values()].filter(({ signs }) => signs > 0).map(({ signs: _, ...version }) => version)
}

async function loggedVersions(events: Events, projectId: string, spans: readonly Candidate[]): Promise<Map<string, Signed[]>> {
  const found = new Map<string, Signed[]>()
  const AT_A_TIME = 500
  for (let from = 0; from < spans.length; from += AT_A_TIME) {
    const some = spans.slice(from, from + AT_A_TIME)
    const rows = await events.query<Signed>(
      `SELECT ${VERSIONS}, sum(sign) AS signs FROM span_versions AS v
       WHERE projectId = {projectId:String} AND traceId IN {traceIds:Array(String)} AND spanId IN {spanIds:Array(String)}
       GROUP BY ALL HAVING signs != 0`,
      { projectId, traceIds: [...new Set(some.map(({ traceId }) => traceId))], spanIds: [...new Set(some.map(({ spanId }) => spanId))] },
    )
    for (const row of rows) found.set(keyOf(row), [...(found.get(keyOf(row)) ?? []), row])
  }
  return found
}

const WEEK = 7 * 86_400_000_000
const MOST_WEEKS = 40

/** One insert may not touch many partitions of the table. Rows come in the order of any read. */
function byWeeks(rows: readonly SpanRow[]): SpanRow[][] {
  const sorted = [...rows].sort((a, b) => a.startedAt - b.startedAt || (a.spanId < b.spanId ? -1 : 1))
  const blocks: SpanRow[][] = []
  let first = Number.NEGATIVE_INFINITY
  for (const row of sorted) {
    const week = Math.floor(row.startedAt / WEEK)
    if (week - first >= MOST_WEEKS) {
      blocks.push([])
      first = week
    }
    blocks.at(-1)?.push(row)
  }
  return blocks
}
