import { AppError, type DryRun, type RouteDecision, type SnapshotProject, toUsd } from '@signalbox/schema'
import { hashText } from '../../lib/hash-text.ts'
import type { Pricing } from '../../pricing/price.ts'
import { decodeRequest } from '../wire/request.ts'
import { createChoose } from './choose.ts'
import { complexityOf } from './complexity.ts'
import { costAt } from './cost-at.ts'
import { type FactsRooms, RequestFacts } from './facts.ts'
import type { PastCall } from './past-calls.ts'
import type { Asked, Candidate, Choice } from './router.ts'
import { withoutEdge } from './simulate.ts'

type Row = DryRun['rows'][number]
type Place = Row['before']
type Sum = Place & { callsBefore: number; callsAfter: number; cost: number | null; estimated: number | null }
type Routed = { row: Row; cost: number | null; estimated: number | null }

/**
 * Where calls that were made would have gone by a project as it is now, or would be, and what they would have cost there: the tokens that
 * each used at the prices of its other target, although another model may say the same with more or fewer. Splits are left out, since they
 * divide calls of their time. What is drawn is drawn the same in each run.
 */
export function dryRun(
  project: SnapshotProject,
  model: string,
  { calls, more, pricing }: { calls: readonly PastCall[]; more: boolean; pricing: Pricing },
): DryRun {
  const unsplit = { ...project, splits: [] }
  const read = calls.filter(({ input }) => isObject(input))
  let call: PastCall | undefined
  let random = () => 0
  const rooms = {
    ...withoutEdge({ pricing, now: 0, budgetLeft: 1, random: () => random() }),
    now: () => (call?.startedAt ?? 0) / 1000,
  }
  // One for all calls: what is compiled of the project is compiled once.
  const choose = createChoose(rooms)
  const routed = read.map((next) => {
    call = next
    random = drawnFor(next.spanId)
    return routeAgain(next, { asked: askedOf(unsplit, model, next), choose, rooms, pricing })
  })
  const priced = routed.filter(({ cost, estimated }) => cost !== null && estimated !== null)
  return {
    calls: calls.length,
    more,
    unread: calls.length - read.length,
    changed: routed.filter(({ row: { before, after } }) => !after || nameOf(before) !== nameOf(after)).length,
    costUsd: toUsd(priced.reduce((sum, { cost }) => sum + (cost ?? 0), 0)),
    estimatedCostUsd: toUsd(priced.reduce((sum, { estimated }) => sum + (estimated ?? 0), 0)),
    unpriced: routed.length - priced.length,
    targets: sumsOf(routed),
    rows: routed.map(({ row }) => row),
  }
}

type Again = { asked: Asked; choose(asked: Asked): Choice; rooms: FactsRooms; pricing: Pricing }

function routeAgain(call: PastCall, { asked, choose, rooms, pricing }: Again): Routed {
  const before = { provider: call.provider, model: call.model }
  const { choice, reason } = tryChoose(() => choose(asked))
  const after = choice && placeOf(choice.candidates[0])
  const isSame = after !== undefined && nameOf(before) === nameOf(after)
  const estimated = choice && (isSame ? call.cost : costAt(choice.candidates[0], { usage: call.usage, pricing, at: call.startedAt / 1000 }))
  return {
    cost: call.cost,
    estimated: estimated ?? null,
    row: {
      spanId: call.spanId,
      traceId: call.traceId,
      startedAt: new Date(call.startedAt / 1000).toISOString(),
      preview: call.preview,
      score: complexityOf(new RequestFacts(asked, rooms)).score,
      before,
      after: after ?? null,
      reason,
      costUsd: toUsd(call.cost),
      estimatedCostUsd: toUsd(estimated ?? null),
    },
  }
}

function tryChoose(choose: () => Choice): { choice?: Choice; reason: string } {
  try {
    const choice = choose()
    return { choice, reason: inWords(choice.decision) }
  } catch (error) {
    if (error instanceof AppError) return { reason: error.message }
    throw error
  }
}

const inWords = (decision: RouteDecision | undefined): string => decision?.reason ?? 'the only target'

function askedOf(project: SnapshotProject, model: string, call: PastCall): Asked {
  const body = { ...(JSON.parse(call.input) as object), model }
  const { keyId, userId, sessionId, environment, tags, metadata } = call
  return {
    caller: { projectId: project.id, permissions: ['gateway:call'], project, keyId },
    project,
    request: { ...decodeRequest(Buffer.from(JSON.stringify({ ...body, stream: call.stream })), {}) },
    headers: {},
    annotations: { userId, sessionId, environment, tags, metadata },
  }
}

/** The calls and the money of each target before and after, those with most calls after first. */
function sumsOf(routed: readonly Routed[]): DryRun['targets'] {
  const sums = new Map<string, Sum>()
  const sumOf = (place: Place): Sum => {
    const sum = sums.get(nameOf(place)) ?? { ...place, callsBefore: 0, callsAfter: 0, cost: 0, estimated: 0 }
    sums.set(nameOf(place), sum)
    return sum
  }
  const add = (to: number | null, cost: number | null): number | null => (to === null || cost === null ? null : to + cost)
  for (const { row, cost, estimated } of routed) {
    const before = sumOf(row.before)
    before.callsBefore++
    before.cost = add(before.cost, cost)
    if (!row.after) continue
    const after = sumOf(row.after)
    after.callsAfter++
    after.estimated = add(after.estimated, estimated)
  }
  return [...sums.values()]
    .sort((a, b) => b.callsAfter - a.callsAfter || b.callsBefore - a.callsBefore)
    .map(({ cost, estimated, ...sum }) => ({ ...sum, costUsd: toUsd(cost), estimatedCostUsd: toUsd(estimated) }))
}

const placeOf = ({ provider, model }: Candidate): Place => ({ provider: provider.name, model })
const nameOf = ({ provider, model }: Place): string => `${provider}/${model}`

/** Numbers from 0 to 1 that are always the same for a call. */
function drawnFor(spanId: string): () => number {
  let count = 0
  return () => hashText(spanId, count++) / 4_294_967_296
}

function isObject(input: string): boolean {
  try {
    const value: unknown = JSON.parse(input)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
