import { sha256, spanIdOf } from '../../../lib/ids.ts'

/**
 * The span that stands for a trace itself, which has no id of its own in this protocol: half of the id of the trace. No
 * observation has it, since those have UUIDs, hashes of 16 bytes, or random ids.
 */
export const rootSpanOf = (traceId: string): string => traceId.slice(16)

/** An observation as a span. One that has the id of its trace, or half of it, would be taken for the trace itself. */
export function observationSpanOf(projectId: string, traceId: string, foreign: string): string {
  const spanId = spanIdOf(projectId, foreign)
  return spanId === rootSpanOf(traceId) ? sha256(`${projectId}|${foreign}`).slice(0, 32) : spanId
}
