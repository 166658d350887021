import { crc32 } from 'node:zlib'
import type { EvaluatedSpan } from '@signalbox/schema/evaluator'
import type { TokenLogprob } from '../../evaluators/evaluator.ts'
import type { Score } from '../plan.ts'

/** The first line of a journal: what the run is. */
export type RunFrame = { kind: 'run'; format: 1; id: string; name: string; startedAt: string; manifest: Record<string, unknown> }
/** A call that came to its end. `item` numbers (case, variant, repeat). */
export type TaskFrame = {
  kind: 'task'
  /** Of the cache: what was asked, as `cache.ts` hashes it. Absent where the answer is not to be used again. */
  key?: string
  item: number
  case: string
  variant: string
  repeat: number
  ok: boolean
  output?: unknown
  error?: { kind: string; message: string }
  tokens?: [input: number, output: number]
  costUsd?: number | null
  ms?: number
  cached?: true
  attempts?: number
  finish?: string
  traceId?: string
  logprobs?: readonly TokenLogprob[]
  spans?: readonly EvaluatedSpan[]
}
/** An answer of a judge, so that the same question is not paid for again. */
export type JudgeFrame = { kind: 'judge'; key: string; answer: unknown; ms: number; costUsd: number | null }
/** What evaluators made of it: all of a row that are free in one frame, each that is paid for in one of its own. */
export type ScoresFrame = { kind: 'scores'; item: number; scores: Score[]; pass?: boolean | null; score?: number | null }
export type Frame = RunFrame | TaskFrame | ScoresFrame | JudgeFrame

/** `,"crc":"01234567"}` at the end of a line: it stays JSON, and what a crash or a disk did to it is seen. */
const TAIL = ',"crc":"'
const TAIL_BYTES = TAIL.length + 8 + 2

/** A frame as a line of the journal. */
export function encodeFrame(frame: object): string {
  const body = JSON.stringify(frame).slice(0, -1)
  return `${body}${TAIL}${crc32(body).toString(16).padStart(8, '0')}"}\n`
}

/** The frame of a line without its line feed; undefined where it is damaged. */
export function decodeFrame<F = Frame>(bytes: Uint8Array): F | undefined {
  const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (line.length <= TAIL_BYTES) return undefined
  const body = line.subarray(0, line.length - TAIL_BYTES)
  const tail = line.toString('latin1', line.length - TAIL_BYTES)
  if (!tail.startsWith(TAIL) || Number.parseInt(tail.slice(TAIL.length, -2), 16) !== crc32(body)) return undefined
  try {
    return JSON.parse(`${body.toString('utf8')}}`) as F
  } catch {
    return undefined
  }
}
