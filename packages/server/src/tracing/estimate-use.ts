import { type CallEnd, type CallStart, noUsage, type Usage } from '@signalbox/schema'
import { listContextWindow } from '../pricing/list-rates.ts'

type Money = { cost: number | null; parts: Record<string, number>; version: string }
export type EstimateRooms = {
  /** Tokens by our own count, for an answer whose provider told none. */
  estimate(request: unknown, output: string, model: string): Promise<Usage>
  price(call: { projectId: string; provider: string; model: string; usage: Usage; at: number }): Money
}

/** One try as far as anything of it is known. */
export type Asked = {
  start: CallStart
  target: { provider: string; model: string }
  /** Microseconds since 1970. */
  endedAt: number
  /** What the client sent; undefined where it was not kept, or is no JSON. */
  request: unknown
  /** What the answer says. */
  said: string
  /** Of an answer of which nothing can be read. */
  bytes: number
  sse: boolean
}

const BYTES_PER_TOKEN = 4
/** Around each piece of a stream there is much that is no text. */
const STREAM_BYTES_PER_TOKEN = 12
/** Of models whose context nobody has told. */
const USUAL_CONTEXT = 128_000

/** What a try may have used and cost, whose provider did not say: by a tokenizer where there is text, else by the bytes. */
export async function estimateUse(asked: Asked, rooms: EstimateRooms): Promise<{ usage: Usage } & Money> {
  const { start, target, endedAt, request, said, bytes, sse } = asked
  const counted = request === undefined ? { ...noUsage(), input: inputOf(asked) } : await rooms.estimate(request, said, target.model)
  const usage = said === '' ? { ...counted, output: Math.ceil(bytes / (sse ? STREAM_BYTES_PER_TOKEN : BYTES_PER_TOKEN)) } : counted
  return { usage, ...rooms.price({ projectId: start.projectId, ...target, usage, at: endedAt / 1000 }) }
}

/** A request that was not kept: no model reads more than its context. */
function inputOf({ start: { requestBytes }, target: { provider, model } }: Asked): number {
  return Math.min(Math.ceil(requestBytes / BYTES_PER_TOKEN), listContextWindow(provider, model) ?? USUAL_CONTEXT)
}

/**
 * The tries of a call with what those used that had begun to answer, failed, and told nothing. The last one's own use is that of the
 * call, but where the call ended after it, before the next one began.
 */
export async function estimateTries(
  { start, end, body }: { start: CallStart; end: CallEnd; body: Buffer },
  rooms: EstimateRooms,
): Promise<CallEnd['attempts']> {
  const isOwn = (index: number) => index === end.attempts.length - 1 && end.usageSource === 'none' && end.cost === null
  if (!end.attempts.some(({ cameBytes, usage }, index) => cameBytes !== undefined && !usage && !isOwn(index))) return end.attempts
  const request = parse(body)
  // Of a request that was cut nobody knows how much of it is text.
  if (request === undefined && body.length > 0) return end.attempts
  return await Promise.all(
    end.attempts.map(async (attempt, index) => {
      const { cameBytes, provider, model } = attempt
      if (cameBytes === undefined || attempt.usage || isOwn(index)) return attempt
      const target = { provider, model }
      const { usage, cost } = await estimateUse(
        { start, target, endedAt: end.endedAt, request, said: '', bytes: cameBytes, sse: false },
        rooms,
      )
      return { ...attempt, usage, usageSource: 'estimated' as const, cost }
    }),
  )
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
