// CPU per span of each step an OTLP body goes through, on batches of 100 spans with 2 KB of text each.
// node --conditions=source bench/micro/otlp.ts
import { createPricing } from '../../packages/server/src/pricing/price.ts'
import { checkOtlp } from '../../packages/server/src/tracing/ingest/otlp/check-otlp.ts'
import { decodeOtlp } from '../../packages/server/src/tracing/ingest/otlp/decode-otlp.ts'
import { mapOtlp } from '../../packages/server/src/tracing/ingest/otlp/map-otlp.ts'
import { decodeProto, encodeProto } from '../../packages/server/src/tracing/ingest/otlp/otlp-proto.case.ts'

const SPANS = 100
const BATCHES = 16
const ROUNDS = 40
const WORDS =
  'the model answered after a short pause that nobody had asked for and the tool returned nothing new so it tried again with another query about weather prices in Lisbon'.split(
    ' ',
  )

let seed = 1
const random = (below: number): number => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed % below
}
const prose = (bytes: number): string => {
  let text = ''
  while (text.length < bytes) text += `${WORDS[random(WORDS.length)]}${random(12) === 0 ? '. ' : ' '}`
  return text.slice(0, bytes)
}
const hex = (digits: number): string => Array.from({ length: digits }, () => random(16).toString(16)).join('')
const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const int = (key: string, intValue: number) => ({ key, value: { intValue } })

function batch(): object {
  const spans = Array.from({ length: SPANS }, () => ({
    traceId: hex(32),
    spanId: `${hex(15)}1`,
    parentSpanId: hex(16),
    name: 'chat gpt-4o',
    kind: 3,
    startTimeUnixNano: `17319257${random(90) + 10}123456789`,
    endTimeUnixNano: `17319258${random(90) + 10}123456789`,
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', 'gpt-4o'),
      text('gen_ai.response.model', 'gpt-4o-2024-08-06'),
      text('gen_ai.response.id', `chatcmpl-${hex(24)}`),
      text('gen_ai.conversation.id', `session-${random(1000)}`),
      text('user.id', `user-${random(1000)}`),
      int('gen_ai.request.max_tokens', 512),
      int('gen_ai.usage.input_tokens', random(2000)),
      int('gen_ai.usage.output_tokens', random(500)),
      { key: 'gen_ai.request.temperature', value: { doubleValue: 0.7 } },
      { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
      text('gen_ai.input.messages', JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: prose(1300) }] }])),
      text(
        'gen_ai.output.messages',
        JSON.stringify([{ role: 'assistant', parts: [{ type: 'text', content: prose(600) }], finish_reason: 'stop' }]),
      ),
    ],
    status: { code: 1 },
  }))
  const resource = { attributes: [text('service.name', 'bench'), text('deployment.environment.name', 'production')] }
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench', version: '1' }, spans }] }] }
}

const requests = Array.from({ length: BATCHES }, batch)
const protobuf = requests.map((request) => encodeProto(request))
const json = requests.map((request) => Buffer.from(JSON.stringify(request)))
const decoded = protobuf.map((body) => decodeOtlp(body, 'otlp-protobuf'))
const { price, warm } = createPricing([])
warm()
const context = { projectId: 'default', keyId: 'key', receivedAt: 1_731_925_760_000_000, price }
const mapped = decoded.map((traces) => mapOtlp(traces, context))

type Rows = ReturnType<typeof mapOtlp>
const linesOf = (rows: Rows) => rows.map(({ span, payload }) => [JSON.stringify(span), JSON.stringify(payload)])
const steps: [string, (index: number) => unknown][] = [
  ['check protobuf', (i) => checkOtlp(protobuf[i] as Buffer, 'otlp-protobuf')],
  ['decode protobuf', (i) => decodeOtlp(protobuf[i] as Buffer, 'otlp-protobuf')],
  ['  (protobufjs)', (i) => decodeProto(protobuf[i] as Buffer)],
  ['check JSON', (i) => checkOtlp(json[i] as Buffer, 'otlp-json')],
  ['decode JSON', (i) => decodeOtlp(json[i] as Buffer, 'otlp-json')],
  ['map', (i) => mapOtlp(decoded[i] as (typeof decoded)[number], context)],
  ['JSON lines of rows', (i) => linesOf(mapped[i] as Rows)],
  ['all of it, protobuf', (i) => linesOf(mapOtlp(decodeOtlp(protobuf[i] as Buffer, 'otlp-protobuf'), context))],
]
console.log(
  `${BATCHES} batches of ${SPANS} spans, ${Math.round((protobuf[0] as Buffer).length / SPANS)} bytes per span; CPU µs per span, best and median of ${ROUNDS}`,
)
for (const [name, run] of steps) {
  const costs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < BATCHES; i++) run(i)
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / (BATCHES * SPANS))
  }
  costs.sort((a, b) => a - b)
  console.log(`${name.padEnd(20)} ${(costs[0] ?? 0).toFixed(2).padStart(7)} ${(costs[ROUNDS / 2] ?? 0).toFixed(2).padStart(7)}`)
}
