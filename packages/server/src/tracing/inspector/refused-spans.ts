import { checkJsonSpan, readJson } from '../ingest/otlp/check-json.ts'
import { WORDS } from '../ingest/otlp/check-otlp.ts'
import { checkSpan, type SpanProblem } from '../ingest/otlp/check-span.ts'
import type { OtlpFormat } from '../ingest/otlp/decoded.ts'
import { walkSpans } from '../ingest/otlp/walk-spans.ts'
import { readerOf } from '../ingest/otlp/wire.ts'
import { describeSpan } from './describe-span.ts'
import type { Again, Rejection } from './ingested.ts'

type Found = { sample: string; again: Again }

/** Why spans of a body that is acknowledged were not taken, with the first one of each reason. Only asked for where there are some. */
export function refusedSpans(body: Buffer, format: OtlpFormat): Rejection[] {
  const found = new Map<string, { count: number } & Found>()
  const note = (problem: SpanProblem, first: () => Found) => {
    if (problem === '') return
    const reason = `A span was rejected: ${WORDS[problem]}.`
    const known = found.get(reason)
    if (known) known.count++
    else found.set(reason, { count: 1, ...first() })
  }
  if (format === 'otlp-json') {
    const request = readJson(body)
    if ('error' in request) return []
    for (const { resourceSpans, scopeSpans, spans } of request.scopes)
      for (const span of spans)
        note(checkJsonSpan(span).problem, () => ({
          sample: JSON.stringify(span, null, 2) ?? String(span),
          again: again('application/json', jsonOf({ resource: resourceSpans.resource, scope: scopeSpans.scope, span })),
        }))
  } else {
    let resource: Buffer | undefined
    let scope: Buffer | undefined
    walkSpans(readerOf(body), body.length, {
      resourceSpans() {
        resource = undefined
      },
      scopeSpans() {
        scope = undefined
      },
      resource(reader, end) {
        resource = body.subarray(reader.at, end)
        reader.at = end
      },
      scope(reader, end) {
        scope = body.subarray(reader.at, end)
        reader.at = end
      },
      span(reader, end) {
        const from = reader.at
        note(checkSpan(reader, end).problem, () => {
          const span = body.subarray(from, end)
          return { sample: describeSpan(span), again: again('application/x-protobuf', protobufOf({ resource, scope, span })) }
        })
      },
    })
  }
  return [...found].map(([reason, counted]) => ({ reason, ...counted }))
}

const again = (contentType: string, body: string | Uint8Array): Again => ({ method: 'POST', path: '/v1/traces', contentType, body })

/** A body of one span: the others of its body were taken. */
const jsonOf = ({ resource, scope, span }: { resource: unknown; scope: unknown; span: unknown }): string =>
  JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] })

type Parts = { resource: Buffer | undefined; scope: Buffer | undefined; span: Buffer }
const protobufOf = ({ resource, scope, span }: Parts): Buffer => {
  const scopeSpans = Buffer.concat([...(scope ? [field(1, scope)] : []), field(2, span)])
  return field(1, Buffer.concat([...(resource ? [field(1, resource)] : []), field(2, scopeSpans)]))
}

/** A length-delimited field of a protobuf message. */
function field(number: number, bytes: Buffer): Buffer {
  const head = [number * 8 + 2]
  let length = bytes.length
  for (; length > 127; length = Math.floor(length / 128)) head.push((length & 127) | 128)
  return Buffer.concat([Buffer.from([...head, length]), bytes])
}
