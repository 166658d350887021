import { checkJsonSpan, readJson } from '../ingest/otlp/check-json.ts'
import { WORDS } from '../ingest/otlp/check-otlp.ts'
import { checkSpan, type SpanProblem } from '../ingest/otlp/check-span.ts'
import type { OtlpFormat } from '../ingest/otlp/decoded.ts'
import { walkSpans } from '../ingest/otlp/walk-spans.ts'
import { readerOf } from '../ingest/otlp/wire.ts'
import { describeSpan } from './describe-span.ts'
import type { Rejection } from './ingested.ts'

/** Why spans of a body that is acknowledged were not taken, with the first one of each reason. Only asked for where there are some. */
export function refusedSpans(body: Buffer, format: OtlpFormat): Rejection[] {
  const found = new Map<string, { count: number; sample: string }>()
  const note = (problem: SpanProblem, sample: () => string) => {
    if (problem === '') return
    const reason = `A span was rejected: ${WORDS[problem]}.`
    const known = found.get(reason)
    if (known) known.count++
    else found.set(reason, { count: 1, sample: sample() })
  }
  if (format === 'otlp-json') {
    const request = readJson(body)
    if ('error' in request) return []
    for (const { spans } of request.scopes)
      for (const span of spans) note(checkJsonSpan(span).problem, () => JSON.stringify(span, null, 2) ?? String(span))
  } else {
    walkSpans(readerOf(body), body.length, {
      span(reader, end) {
        const from = reader.at
        note(checkSpan(reader, end).problem, () => describeSpan(body.subarray(from, end)))
      },
    })
  }
  return [...found].map(([reason, counted]) => ({ reason, ...counted }))
}
