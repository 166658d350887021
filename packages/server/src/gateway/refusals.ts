import { AppError, type CallEnd, type CallStart, isRefusal, noUsage, type Refusal } from '@signalbox/schema'
import type { Admitted } from '../governance/directory.ts'
import { newSpanId } from '../lib/ids.ts'
import type { RequestIds } from '../lib/request-ids.ts'
import type { CallJournal } from '../store/ports.ts'
import { CallRecord } from '../tracing/call-record.ts'
import { ownerOf } from './admitting.ts'
import type { Annotations } from './annotations.ts'
import type { Door } from './doors.ts'
import type { WireRequest } from './wire/request.ts'

/** A call that was refused before any provider was asked. `annotations`: as far as they were read. */
export type RefusedCall = {
  caller: Admitted
  door: Door
  exchange: { ids: RequestIds; beside?: object }
  request: WireRequest
  /** On the clock of `performance`. */
  startedAt: number
  annotations?: Annotations
}

/** Of one key and one reason in one second; the rest of them is counted. */
const MOST_RECORDED = 5
/** Of all keys of an edge in one second. */
const MOST_IN_ALL = 200
const WINDOW_MS = 1000

export type RefusalCounters = Record<Refusal, number> & {
  /** Of all of them, those that have no record of their own. */
  collapsed: number
}
export type Refusals = {
  tell(error: unknown, call: RefusedCall): void
  counters: RefusalCounters
  /** Records what was only counted so far. */
  stop(): void
}

/**
 * Records refused calls as spans with no tokens and no cost, so that they can be seen. However many there are, a few of each second are
 * recorded whole, and after it one that says how many more there were. Nobody waits for any of it.
 */
export function createRefusals({ journal, windowMs = WINDOW_MS }: { journal: CallJournal; windowMs?: number }): Refusals {
  const counters: RefusalCounters = { 'rate-limited': 0, 'budget-exceeded': 0, 'permission-denied': 0, collapsed: 0 }
  const windows = new Map<string, Window>()
  let recorded = 0
  let timer: NodeJS.Timeout | undefined

  function close(): void {
    timer = undefined
    recorded = 0
    for (const { alike, last } of windows.values()) if (alike > 0) write(journal, last, alike)
    windows.clear()
  }

  return {
    counters,
    tell(error, call) {
      // What is mirrored is nobody's call: shadows count their own.
      if (!(error instanceof AppError) || !isRefusal(error.code) || call.exchange.beside) return
      counters[error.code]++
      const { projectId, keyId } = call.caller
      const id = `${projectId}\n${keyId}\n${error.code}`
      const window = windows.get(id) ?? { recorded: 0, alike: 0, last: undefined as never }
      windows.set(id, window)
      timer ??= setTimeout(close, windowMs).unref()
      if (window.recorded < MOST_RECORDED && recorded < MOST_IN_ALL) {
        window.recorded++
        recorded++
        write(journal, factsOf(call, error))
        return
      }
      counters.collapsed++
      window.alike++
      if (window.alike === 1) window.last = factsOf(call, error)
    },
    stop() {
      clearTimeout(timer)
      close()
    },
  }
}

/** `last`: the first of those that were not recorded. */
type Window = { recorded: number; alike: number; last: Facts }
type Facts = { start: CallStart; end: CallEnd }

function write(journal: CallJournal, { start, end }: Facts, alike = 0): void {
  const record = new CallRecord(journal, start)
  const said = alike > 1 ? `${end.statusMessage} (and ${alike - 1} more within a second)` : end.statusMessage
  // A disk that is full keeps other things.
  record.start([]).then(
    () => record.end({ ...end, statusMessage: said, ...(alike > 1 && { alike: alike - 1 }) }, [], () => {}),
    () => {},
  )
}

function factsOf({ caller, door, exchange, request, startedAt, annotations = NOTHING_SAID }: RefusedCall, error: AppError): Facts {
  const { ids } = exchange
  const began = Math.round((performance.timeOrigin + startedAt) * 1000)
  const start: CallStart = {
    v: 1,
    projectId: caller.projectId,
    keyId: caller.keyId,
    traceId: ids.traceId,
    spanId: newSpanId(),
    parentId: ids.parentId,
    kind: door.kind ?? 'llm',
    operation: door.operation,
    dialect: door.dialect,
    startedAt: began,
    requestModel: request.model,
    provider: '',
    model: '',
    stream: request.stream,
    ...annotations,
    ...(request.prompt && { prompt: request.prompt.start }),
    requestBytes: request.body.length,
    ...ownerOf(caller),
  }
  const end: CallEnd = {
    v: 1,
    status: 'error',
    errorType: error.code,
    statusMessage: error.message,
    httpStatus: door.encodeError(error).status,
    endedAt: Math.round((performance.timeOrigin + performance.now()) * 1000),
    firstTokenMs: null,
    provider: '',
    model: '',
    finishReason: '',
    usage: noUsage(),
    usageSource: 'none',
    cost: null,
    costParts: {},
    priceVersion: '',
    attempts: [],
    responseBytes: 0,
    sse: false,
    truncated: false,
  }
  return { start, end }
}

const NOTHING_SAID: Annotations = { sessionId: '', userId: '', environment: '', tags: [], metadata: {} }
