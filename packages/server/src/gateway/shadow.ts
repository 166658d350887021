import type { ServerResponse } from 'node:http'
import { AppError, type SnapshotProject } from '@signalbox/schema'
import { createAdmission } from '../governance/admission.ts'
import { oncePer } from '../lib/once-per.ts'
import { type Answered, type Call, createCall, type Exchange, type GatewayRooms } from './call.ts'
import type { Router } from './routing/router.ts'
import { addSpent, type ShadowSplit, shadowAdmission } from './shadow-admission.ts'
import { ShadowResponse } from './shadow-response.ts'
import { encodeRequest } from './wire/request.ts'

/** Mirrored calls under way at one edge. */
const MOST_AT_ONCE = 64
/** After the core did not say what was spent. */
const ASK_AGAIN_MS = 1000
/** The arm of a mirrored call, as `variant` in its metadata. */
const ARM = 'shadow'

export type ShadowOptions = {
  /** From 0 up to, and not, 1. */
  random?: () => number
  /** Milliseconds since 1970. */
  now?: () => number
  mostAtOnce?: number
  /** What mirrored calls of a split with a budget have cost today, in nano-USD; rejects where that cannot be known yet. Nothing, where it is absent. */
  spent?: (shadow: { project: SnapshotProject; split: ShadowSplit }) => Promise<number>
  /** A call was not mirrored, and nothing of it is recorded: a budget or limit, a model that is not there. */
  onRefused?: (error: unknown, split: string) => void
}
/** By how it ended; `dropped`: too many were under way; `refused`: by a budget or limit; `failed`: it could not even begin. */
export type ShadowCounters = Record<'ok' | 'error' | 'aborted' | 'dropped' | 'refused' | 'failed', number>

/** Sends calls that were answered to another model as well, by the shadow splits of their alias. Nobody waits for those answers. */
export type Shadows = {
  mirror(call: Answered): void
  counters: ShadowCounters
  /** Ends those under way, which is recorded, and begins no more. */
  stop(): void
}

/**
 * Mirrored calls go the same way as others, with an answer that nobody reads. They are nobody's, take nothing from the cache, are not
 * divided again, and say nothing of the targets that they go to: what becomes of them must not reach calls that somebody waits for.
 */
export function createShadows(
  rooms: Omit<GatewayRooms, 'mirror'>,
  { random = Math.random, now = Date.now, mostAtOnce = MOST_AT_ONCE, spent, onRefused = () => {} }: ShadowOptions = {},
): Shadows {
  const counters: ShadowCounters = { ok: 0, error: 0, aborted: 0, dropped: 0, refused: 0, failed: 0 }
  const running = new Set<ShadowResponse>()
  const own = createAdmission({ now })
  const router = quiet(rooms.router)
  let stopped = false

  const shadowsOf = oncePer((project: SnapshotProject) => {
    const shadows = project.splits.filter((split) => split.kind === 'shadow').filter(({ active }) => active)
    return Map.groupBy(
      shadows.map((split): Shadow => ({ split, call: callFor(project, split), begin: () => known(project, split) })),
      ({ split }) => split.model,
    )
  })

  /** By project and split: that what was spent before is counted, or about to be. */
  const counted = new Map<string, Promise<void>>()
  /** Before the first call of a split with a budget: another process, or another edge, may have spent some of it today. */
  function known(project: SnapshotProject, split: ShadowSplit): Promise<void> | undefined {
    if (!spent || split.budgetUsdPerDay === undefined) return undefined
    const id = `${project.id}\n${split.name}`
    const found = counted.get(id)
    if (found) return found
    const asking = spent({ project, split }).then((amount) => addSpent(own, { project, split, amount }))
    counted.set(id, asking)
    // Those that come at once share the failure; later ones ask again.
    asking.catch(() => setTimeout(() => counted.delete(id), ASK_AGAIN_MS).unref())
    return asking
  }

  const callFor = (project: SnapshotProject, split: ShadowSplit): Call =>
    createCall({
      ...rooms,
      router,
      admission: shadowAdmission(rooms.admission, { own, project, split }),
      cache: { ...rooms.cache, find: async () => undefined },
      onCall: ({ status }) => counters[status === 'ok' || status === 'aborted' ? status : 'error']++,
    })

  async function send({ split, call, begin }: Shadow, answered: Answered): Promise<void> {
    if (stopped || running.size >= mostAtOnce) {
      counters.dropped++
      return
    }
    const response = new ShadowResponse(answered.exchange.request)
    running.add(response)
    try {
      await begin()
      await call(answered.door, exchangeOf(answered, { split, response }))
    } catch (error) {
      counters[error instanceof AppError && REFUSALS.has(error.code) ? 'refused' : 'failed']++
      onRefused(error, split.name)
    } finally {
      running.delete(response)
    }
  }

  return {
    counters,
    mirror(answered) {
      const { project, request, exchange } = answered
      if (project.splits.length === 0) return
      for (const shadow of shadowsOf(project).get(request.model) ?? []) {
        if (random() < shadow.split.sample) afterLastByte(exchange.response, () => void send(shadow, answered))
      }
    },
    stop() {
      stopped = true
      for (const response of running) response.destroy()
    },
  }
}

type Shadow = { split: ShadowSplit; call: Call; begin(): Promise<void> | undefined }
const REFUSALS: ReadonlySet<string> = new Set(['rate-limited', 'budget-exceeded'])

/** The same request for the model of the split, below the span that it mirrors. */
function exchangeOf(
  { exchange, request, spanId }: Answered,
  { split: { name, to, sample }, response }: { split: ShadowSplit; response: ServerResponse },
): Exchange {
  const { request: incoming, secret, ids, address } = exchange
  const pieces = encodeRequest(request, { model: to, askForUsage: false })
  return {
    request: incoming,
    response,
    secret,
    ids: { ...ids, parentId: spanId },
    ...(address && { address: { ...address, ...(address.model !== undefined && { model: to }) } }),
    readBody: async () => (pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)),
    beside: { shadowOf: spanId, variant: { split: name, arm: ARM, propensity: sample }, keyId: '', userId: '', sessionId: '' },
  }
}

/** Runs `next` when the client has its whole answer, or is gone. */
function afterLastByte(response: ServerResponse, next: () => void): void {
  if (response.writableFinished || response.destroyed) setImmediate(next)
  else response.once('close', () => setImmediate(next))
}

/** Decides as the router does, without splits, and tells it nothing. */
function quiet(router: Router): Router {
  const undivided = oncePer((project: SnapshotProject): SnapshotProject => ({ ...project, splits: [] }))
  return { ...router, choose: (asked) => router.choose({ ...asked, project: undivided(asked.project) }), began: () => () => {} }
}
