import { hexOfUuid, isObject } from '../json-values.ts'
import type { BadRun } from './body.ts'

/** Why a feedback cannot be taken; undefined where it can. */
export function checkFeedback(sent: unknown): BadRun | undefined {
  if (!isObject(sent)) return { runId: '', reason: 'A feedback must be a JSON object.' }
  const runId = typeof sent.run_id === 'string' ? sent.run_id.slice(0, 100) : typeof sent.id === 'string' ? sent.id.slice(0, 100) : ''
  const bad = (reason: string): BadRun => ({ runId, reason })
  if (typeof sent.key !== 'string' || sent.key === '') return bad('`key` of a feedback is missing.')
  if (sent.key.length > 200) return bad('`key` of a feedback is longer than 200 characters.')
  for (const field of ['id', 'run_id', 'trace_id', 'session_id']) {
    if (sent[field] !== undefined && sent[field] !== null && !hexOfUuid(sent[field]))
      return bad(`\`${field}\` of a feedback must be a UUID.`)
  }
  if (!hexOfUuid(sent.run_id) && !hexOfUuid(sent.session_id) && !hexOfUuid(sent.trace_id))
    return bad('A feedback needs a `run_id`, or the `session_id` of an experiment.')
  const { score } = sent
  if (score !== undefined && score !== null && typeof score !== 'boolean' && !(typeof score === 'number' && Number.isFinite(score)))
    return bad('`score` of a feedback must be a number or a boolean.')
  return undefined
}
