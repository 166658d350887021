import { AppError } from '@signalbox/schema'
import { type Calling, NOT_MADE, type Preparing, type Ready } from './ready.ts'
import type { Candidate, Rest, Router } from './routing/router.ts'

export type RestingRooms = { rooms: { router: Router }; prepare(chosen: Candidate, preparing: Preparing): Promise<Ready> }

/** How often a call looks after another one that tries its target. */
const LOOK_MS = 50

/**
 * For a call whose targets are all left alone: waits until one of them may be tried again, as long as the alias lets a call wait, or answers at
 * once with 503 and when to come back. Undefined when the call is over.
 */
export async function awaken({ rooms, prepare }: RestingRooms, first: Ready, calling: Calling): Promise<Ready | undefined> {
  const { choice, delivery, startedAt, caller, sending } = calling
  const { project } = caller
  // It must not count as the call that tries its target before it does.
  first.ended(NOT_MADE)
  const totalMs = choice.entry?.timeouts?.totalMs ?? Number.POSITIVE_INFINITY
  const until = Math.min(performance.now() + rooms.router.maxWaitMs(choice), startedAt + totalMs)
  let left: readonly Candidate[] = choice.candidates
  for (let waited = false; !delivery.isOver; waited = true) {
    const found = rooms.router.soonest(project, choice, left)
    if (!found) return refuse(calling, { forMs: 0, reason: '' })
    const { candidate, verdict } = found
    if (verdict.ok) {
      try {
        return await prepare(candidate, { project, choice, sending, reason: waited ? 'after its cool-down' : '' })
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        left = left.filter((one) => one !== candidate)
        continue
      }
    }
    const waitMs = verdict.isProbed ? LOOK_MS : verdict.forMs
    if (performance.now() + waitMs > until) return refuse(calling, verdict)
    await delivery.wait(waitMs)
  }
  return undefined
}

function refuse(
  { choice, delivery }: Calling,
  { forMs, reason }: Pick<Exclude<Rest['verdict'], { ok: true }>, 'forMs' | 'reason'>,
): undefined {
  const seconds = Math.max(1, Math.ceil(forMs / 1000))
  const alias = choice.decision?.alias ?? ''
  const error = new AppError(
    'unavailable',
    `Every target of ${alias} is left alone; the first of them for ${seconds} s more (${reason}).`,
    {
      retryAfterSeconds: seconds,
    },
  )
  delivery.fail(error, { errorType: 'unavailable', inStream: () => undefined })
}
