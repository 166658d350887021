import { type Answer, answerTo } from './answer.ts'
import { Refusal } from './ask.ts'
import { NANO_USD_PER_INPUT_TOKEN, NANO_USD_PER_OUTPUT_TOKEN } from './count.ts'
import { logprobsOf } from './logprobs.ts'
import { decodeOpenaiChat } from './openai-chat-request.ts'
import { strikes } from './strikes.ts'

export type Spoken = {
  text: string
  calls: { name: string; arguments: string }[]
  finish: Answer['finish']
  usage: { input: number; output: number } | null
  costUsd: number
  logprobs: ReturnType<typeof logprobsOf> | undefined
  /** How long a provider on a socket would have taken. */
  afterMs: number
}

/** What goes wrong instead: an HTTP status, a connection that fails or one that never answers. */
export class SpokenFault extends Error {
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
  readonly hangs: boolean
  readonly afterMs: number

  constructor(message: string, details: { status?: number; retryAfterMs?: number; hangs?: boolean; afterMs?: number }) {
    super(message)
    this.status = details.status
    this.retryAfterMs = details.retryAfterMs
    this.hangs = details.hangs ?? false
    this.afterMs = details.afterMs ?? 0
  }
}

/**
 * The simulator without a socket: takes a body of chat completions and says what it would answer, at once. It is what `signalbox eval` asks
 * without a server; waiting for as long as the answer would have taken is left to the caller.
 */
export function openInProcess(): (body: Record<string, unknown>) => Spoken {
  const struck = new Map<string, number>()
  const nothing = { groups: [], query: new URLSearchParams(), headers: {}, body: Buffer.alloc(0) }
  return (body) => {
    let ask: ReturnType<typeof decodeOpenaiChat>
    let answer: Answer
    try {
      ask = decodeOpenaiChat({ ...nothing, json: () => body })
      answer = answerTo(ask, false, (times) => strikes(struck, ask, times))
    } catch (error) {
      if (error instanceof Refusal) throw new SpokenFault(error.message, { status: error.status })
      throw error
    }
    const { delayMs, firstTokenMs, chunkMs } = answer.times
    const afterMs =
      delayMs + firstTokenMs + chunkMs === 0 ? 0 : Math.max(delayMs, firstTokenMs) + chunkMs * Math.max(0, answer.pieces.length - 1)
    const { fault, usage } = answer
    if (fault && fault.kind !== 'slow') throw faultOf(fault, afterMs)
    return {
      text: answer.text,
      calls: answer.calls,
      finish: answer.finish,
      usage: usage.own === null ? null : { input: usage.input, output: usage.output },
      costUsd: (usage.input * NANO_USD_PER_INPUT_TOKEN + usage.output * NANO_USD_PER_OUTPUT_TOKEN) / 1e9,
      logprobs:
        ask.logprobs === null
          ? undefined
          : answer.pieces.flatMap((piece) => ('text' in piece ? logprobsOf(piece.text, ask.logprobs ?? 0) : [])),
      afterMs,
    }
  }
}

function faultOf({ kind, retryAfter }: NonNullable<Answer['fault']>, afterMs: number): SpokenFault {
  if (typeof kind === 'number') {
    const seconds = retryAfter ?? (kind === 429 ? 1 : undefined)
    return new SpokenFault(`The simulator was asked to answer ${kind}.`, {
      status: kind,
      afterMs,
      ...(seconds !== undefined && { retryAfterMs: seconds * 1000 }),
    })
  }
  return new SpokenFault(`The simulator was asked for "${kind}".`, { hangs: kind === 'hang', afterMs })
}
