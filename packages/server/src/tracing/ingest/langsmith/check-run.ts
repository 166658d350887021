import { hexOfUuid, isObject, microsecondsOf } from '../json-values.ts'
import type { BadRun, RunIds, RunMessage } from './body.ts'

/** A run as its client sent it: taken, or why not. */
export function checkRun(method: RunMessage['method'], sent: unknown): RunMessage | BadRun {
  if (!isObject(sent)) return { runId: '', reason: 'A run must be a JSON object.' }
  const runId = typeof sent.id === 'string' ? sent.id.slice(0, 100) : ''
  const bad = (reason: string): BadRun => ({ runId, reason })
  const spanId = hexOfUuid(sent.id)
  if (!spanId) return bad('`id` must be a UUID.')
  for (const field of ['parent_run_id', 'trace_id']) {
    if (sent[field] !== undefined && sent[field] !== null && !hexOfUuid(sent[field])) return bad(`\`${field}\` must be a UUID.`)
  }
  for (const field of ['start_time', 'end_time']) {
    if (sent[field] !== undefined && sent[field] !== null && microsecondsOf(sent[field]) === undefined)
      return bad(`\`${field}\` must be an ISO 8601 time or milliseconds since 1970.`)
  }
  for (const field of ['name', 'run_type', 'dotted_order', 'session_name']) {
    if (sent[field] !== undefined && sent[field] !== null && typeof sent[field] !== 'string') return bad(`\`${field}\` must be a string.`)
  }
  if (method === 'post' && !sent.name) return bad('`name` is missing: a run that begins has one.')
  const ids = idsOf(sent, spanId)
  const guessed = method === 'patch' && ids?.parentId === '' && !sent.trace_id && !sent.dotted_order
  return ids
    ? { method, ids, run: sent, ...(guessed && { guessed }) }
    : bad('`trace_id` and `dotted_order` are missing: a run with a parent needs one of them.')
}

/** Where a run stands. A root's own id is its trace's; a `dotted_order` names all runs from the root down. */
function idsOf(run: Record<string, unknown>, spanId: string): RunIds | undefined {
  const order = typeof run.dotted_order === 'string' ? run.dotted_order.split('.').map(idAtEnd) : []
  const above = order.at(-1) === spanId ? order.at(-2) : undefined
  const parentId = hexOfUuid(run.parent_run_id) ?? above ?? ''
  const traceId = hexOfUuid(run.trace_id) ?? order[0] ?? (parentId === '' ? spanId : undefined)
  if (!traceId) return undefined
  return { spanId, traceId, parentId: parentId === spanId ? '' : parentId }
}

/** `20261121T140104147001Z<uuid>` → the UUID. */
const idAtEnd = (step: string): string | undefined => hexOfUuid(step.slice(step.indexOf('Z') + 1))
