import { AppError, outputTokens, type SnapshotProject, type SnapshotProvider } from '@signalbox/schema'
import { oncePer } from '../lib/once-per.ts'
import { specOf } from '../providers/spec.ts'
import type { Delivery } from './delivery.ts'
import { type Failure, failureOf } from './failure.ts'
import { metered, meterFor } from './metered.ts'
import { type Calling, NOT_MADE, type Preparing, type Ready } from './ready.ts'
import { requestHeaders } from './request-headers.ts'
import { awaken } from './resting.ts'
import type { Candidate, Choice, Router, TryResult } from './routing/router.ts'
import { answerTo, encodeFor, type SendOptions } from './sent.ts'
import { guardOutput } from './steps.ts'
import type { Upstream } from './upstream.ts'
import { Watchdog } from './watchdog.ts'

export type WalkRooms = {
  upstream: Upstream
  router: Router
  /** What is known of a provider only when it is asked for: the simulator's socket. */
  locate(provider: SnapshotProvider): SnapshotProvider | Promise<SnapshotProvider>
}

const CONNECT_MS = 10_000
const FIRST_BYTE_MS = 600_000
const IDLE_MS = 300_000

/** The walk of a call over its targets: which one comes first, and what follows where it fails. */
export function createWalk(rooms: WalkRooms) {
  const specFor = oncePer(specOf)
  const withKeys = oncePer(perKey)

  return { firstThatCan, from }

  /** One target after another, until one has answered or there is nothing left to try. */
  async function from(first: Ready, calling: Calling): Promise<void> {
    const { choice, delivery, startedAt, caller, reservation } = calling
    const totalMs = choice.entry?.timeouts?.totalMs
    const tries: Tries = []
    const following = (more: Tries) =>
      rooms.router.next({
        project: caller.project,
        choice,
        tries: [...tries, ...more],
        msLeft: totalMs === undefined ? undefined : totalMs - (performance.now() - startedAt),
      })
    let ready: Ready | undefined = choice.isResting ? await awaken({ rooms, prepare }, first, calling) : first
    while (ready) {
      const { candidate }: Ready = ready
      // The last try of a call has nothing to wait for.
      const hold: boolean = choice.canMoveOn && (tries.length === 0 || following([{ candidate, failure: ANY_FAILURE }]) !== undefined)
      const failure: Failure | undefined = await attempt(ready, hold, calling)
      if (!failure) return
      tries.push({ candidate, failure })
      const isAffordable = reservation.again(failure)
      ready = undefined
      while (!ready) {
        const next = failure.isFinal || !isAffordable ? undefined : following([])
        if (!next) return failure.deliver()
        if (next.waitMs > 0) await delivery.wait(next.waitMs)
        // Meanwhile the client may have hung up, and then the call is recorded already.
        if (delivery.isOver) return
        try {
          ready = await prepare(next.candidate, { project: caller.project, choice, sending: calling.sending, reason: next.reason })
        } catch (error) {
          tries.push({ candidate: next.candidate, failure: cannot(error) })
        }
      }
      delivery.moveOn()
    }
  }

  /** One try at one target: the failure that another one may follow, or undefined when the call is over. */
  function attempt(ready: Ready, hold: boolean, calling: Calling): Promise<Failure | undefined> {
    const { choice, sending, delivery, request, response, startedAt, id } = calling
    const { candidate, reason, sent, spec, model } = ready
    const { timeouts = {} } = choice.entry ?? {}
    const { promise, resolve } = Promise.withResolvers<Failure | undefined>()
    const triedAt = performance.now()
    const answer = answerTo(sent, sending, { delivery, response, model, id })
    const meter = meterFor(ready)
    const watchdog = new Watchdog(guardOutput(answer), delivery, {
      firstTokenMs: timeouts.firstTokenMs,
      idleMs: timeouts.idleMs ?? IDLE_MS,
      totalMs: timeouts.totalMs === undefined ? undefined : timeouts.totalMs - (triedAt - startedAt),
    })
    delivery.begin({
      candidate,
      reason,
      dropped: sent.dropped,
      // Where the dialect is the provider's, it writes the array itself.
      asArray: sending.address.asArray === true && !sent.passthrough,
      stream: sending.request.stream,
      hold,
      known: () => answer.known(),
      counted: meter?.used,
      settled(failure) {
        watchdog.stop()
        // That the time of the call is over says little of a target that was given the rest of it.
        const isLate = watchdog.isFinal && delivery.tries > 1
        ready.ended(resultOf({ failure: isLate ? 'aborted' : (failure ?? delivery.outcome), delivery, triedAt }))
        resolve(failure && watchdog.isFinal ? { ...failure, isFinal: true } : failure)
      },
    })
    if (delivery.isOver) return promise
    const url = spec.address(sent.path, { model, stream: sending.request.stream })
    const { door } = sending
    const headers = requestHeaders(request.headers, spec, {
      isForeign: sent.passthrough === undefined,
      isEmpty: door.shape.empty === true,
    })
    delivery.call = rooms.upstream.send(
      {
        ...(door.passthrough.method && { method: door.passthrough.method }),
        url,
        headers: spec.sign ? [...headers, ...spec.sign({ url, body: sent.body })] : headers,
        body: sent.body,
        firstByteMs: timeouts.firstByteMs ?? FIRST_BYTE_MS,
        connectMs: timeouts.connectMs ?? CONNECT_MS,
      },
      meter ? metered(watchdog, meter) : watchdog,
    )
    return promise
  }

  /** The first of the candidates that the request can be written for. Throws what the first one says where none can. */
  async function firstThatCan(project: SnapshotProject, choice: Choice, sending: SendOptions): Promise<Ready> {
    let refusal: unknown
    let reason = ''
    for (const candidate of choice.candidates) {
      try {
        return await prepare(candidate, { project, choice, sending, reason })
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'invalid-request') throw error
        refusal ??= error
        reason ||= `after unsupported at ${candidate.provider.name}/${candidate.model}`
      }
    }
    throw refusal
  }

  /** Counts as in flight from the beginning: calls that come at once must not all choose the same. */
  async function prepare(chosen: Candidate, { project, choice, sending, reason }: Preparing): Promise<Ready> {
    const key = chosen.key ?? rooms.router.keyOf(project, chosen)
    const candidate = key === undefined ? chosen : { ...chosen, key }
    const ended = rooms.router.began(project, candidate, choice)
    try {
      const { model } = candidate
      const provider = candidate.provider.baseUrl ? candidate.provider : await rooms.locate(candidate.provider)
      const spec = specFor(withKeys(provider)[key ?? 0] ?? provider)
      const sent = encodeFor({ provider, model, spec }, sending)
      return { candidate, provider, model, spec, sent, reason, ended }
    } catch (error) {
      ended(NOT_MADE)
      throw error
    }
  }
}

type Tries = { candidate: Candidate; failure: Failure }[]

/** The same provider with each of its keys. */
const perKey = (provider: SnapshotProvider): SnapshotProvider[] => [
  provider,
  ...(provider.moreKeys ?? []).map((apiKey) => ({ ...provider, apiKey })),
]

/** To ask what could follow a failure, before there is one. */
const ANY_FAILURE: Failure = { class: 'server', status: 0, message: '', deliver: () => {} }

/** A target that the request cannot be written for. */
function cannot(error: unknown): Failure {
  if (!(error instanceof AppError)) throw error
  return { class: failureOf(error), status: 0, message: error.message, deliver: () => {} }
}

type Tried = { failure: TryResult['failure'] | undefined; delivery: Delivery; triedAt: number }

function resultOf({ failure, delivery, triedAt }: Tried): TryResult {
  const { firstContentAt, usage } = delivery
  return {
    ms: performance.now() - triedAt,
    firstTokenMs: firstContentAt === undefined ? null : firstContentAt - triedAt,
    outputTokens: usage ? outputTokens(usage) : 0,
    ...(failure && { failure }),
  }
}
