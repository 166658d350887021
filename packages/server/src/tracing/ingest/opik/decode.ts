import type { IngestHeader, SpanPatch } from '@signalbox/schema'
import type { Decoded } from '../decoder.ts'
import type { Json } from '../json-values.ts'
import { checkOpik, parsedOpik } from './body.ts'
import { toPatch } from './to-patch.ts'
import { type Scored, toScore } from './to-score.ts'

/** Traces, spans, their updates and scores that the edge has taken. What is wrong in a body was told to its client and is left out here too. */
export function decodeOpik(header: IngestHeader, body: Buffer): Decoded {
  const sent = checkOpik(parsedOpik(body)).body
  const patches = (items: Json[] | undefined, kind: 'trace' | 'span', update: boolean): SpanPatch[] =>
    (items ?? []).map((item) => toPatch(item, { kind, update, header }))
  const scores = (items: Json[] | undefined, of: Scored) => (items ?? []).map((item) => toScore(item, of, header))
  return {
    rows: [],
    patches: [
      ...patches(sent.traces, 'trace', false),
      ...patches(sent.spans, 'span', false),
      ...patches(sent.trace_updates, 'trace', true),
      ...patches(sent.span_updates, 'span', true),
    ],
    scores: [...scores(sent.trace_scores, 'trace'), ...scores(sent.span_scores, 'span'), ...scores(sent.thread_scores, 'thread')],
  }
}
