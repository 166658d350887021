import type { Delivery } from '../delivery.ts'
import type { KeptAnswer } from './kept-answer.ts'
import type { Replay } from './replay.ts'

/** Gives a kept answer to a client, at once. `age` in seconds. */
export function deliverKept(delivery: Delivery, { kept, replay, age }: { kept: KeptAnswer; replay: Replay; age: number }): void {
  const head = { status: kept.status, headers: { 'content-type': replay.type, age: String(age) } }
  const outcome = {
    status: 'ok',
    errorType: '',
    message: '',
    httpStatus: kept.status,
    model: kept.model,
    finishReason: kept.finishReason,
  } as const
  const { pieces } = replay
  for (const piece of pieces) {
    delivery.bytes += piece.length
    delivery.keepForRecord(piece)
  }
  if (replay.form === 'whole') {
    const [body = Buffer.alloc(0)] = pieces
    return delivery.finish(outcome, () => delivery.sendWhole(body, { ...head, cost: 0 }))
  }
  delivery.isStream = replay.form !== 'array'
  for (const piece of pieces.slice(0, -1)) delivery.pass(piece, head, true)
  delivery.finish(outcome, () => delivery.endStream(pieces.at(-1), head))
}
