import type { NewSpanRow, PayloadRow, SpanKind } from '@signalbox/schema'
import { newSpanId, newTraceId } from '../../packages/server/src/lib/ids.ts'
import type { Events } from '../../packages/server/src/store/ports.ts'
import { english } from './english.ts'
import { type Random, random } from './random.ts'

export type SeedOptions = { projectId: string; spans: number; days: number; end?: number; batch?: number }

const MODELS = [
  { provider: 'openai', model: 'gpt-4o', weight: 4, perToken: 8_000 },
  { provider: 'openai', model: 'gpt-4o-mini', weight: 8, perToken: 400 },
  { provider: 'anthropic', model: 'claude-sonnet-4-5', weight: 5, perToken: 9_000 },
  { provider: 'google', model: 'gemini-2.5-flash', weight: 3, perToken: 900 },
  { provider: 'local', model: 'llama-3.3-70b', weight: 1, perToken: null },
]
/** One trace: an agent with what it does, ten spans on average. */
const STEPS = ['chain', 'retriever', 'embedding', 'llm', 'tool', 'llm', 'tool', 'llm', 'guardrail'] as const
const MODEL_LOTTERY = MODELS.flatMap((model) => Array.from({ length: model.weight }, () => model))

/**
 * Writes believable traces in the order in which they would have come in: about ten spans each, about 2 KB of varied English
 * per span, spread evenly over the days before `end`. Returns how long the inserts took, in milliseconds per batch.
 */
export async function seed(events: Events, options: SeedOptions): Promise<number[]> {
  const { projectId, spans, days, end = Date.now(), batch = 5000 } = options
  const chance = random(42)
  const durations: number[] = []
  let lines: { spans: string[]; payloads: string[] } = { spans: [], payloads: [] }
  let written = 0
  const flush = async () => {
    const from = performance.now()
    await events.insert('spans', lines.spans, `seed-${projectId}-${written}`)
    await events.insert('payloads', lines.payloads, `seed-${projectId}-${written}`)
    durations.push(performance.now() - from)
    lines = { spans: [], payloads: [] }
  }
  while (written < spans) {
    const start = end - days * 86_400_000 * (1 - written / spans)
    for (const { span, payload } of traceOf(projectId, start, chance)) {
      lines.spans.push(JSON.stringify(span))
      lines.payloads.push(JSON.stringify(payload))
      written++
    }
    if (lines.spans.length >= batch) await flush()
  }
  await flush()
  return durations
}

type Row = { span: NewSpanRow; payload: PayloadRow }

function traceOf(projectId: string, startMs: number, chance: Random): Row[] {
  const traceId = newTraceId()
  const root = newSpanId()
  const who = {
    userId: `user-${chance.below(5000)}`,
    sessionId: `session-${chance.below(20_000)}`,
    environment: chance.below(10) === 0 ? 'staging' : 'production',
    service: chance.below(3) === 0 ? 'search' : 'checkout',
    keyId: `key_${chance.below(6)}`,
  }
  const steps = STEPS.filter(() => chance.below(10) > 0)
  let at = startMs
  const children = steps.map((kind) => {
    const row = spanOf({ projectId, traceId, parentId: root, kind, at, who, entry: 0 }, chance)
    at += row.durationMs
    return row
  })
  const whole = spanOf({ projectId, traceId, parentId: '', kind: 'agent', at: startMs, who, entry: 1 }, chance)
  whole.row.span.spanId = root
  whole.row.payload.spanId = root
  whole.row.span.durationMs = at - startMs
  return [whole.row, ...children.map(({ row }) => row)]
}

type Place = {
  projectId: string
  traceId: string
  parentId: string
  kind: SpanKind
  at: number
  who: Pick<NewSpanRow, 'userId' | 'sessionId' | 'environment' | 'service' | 'keyId'>
  entry: number
}

function spanOf({ projectId, traceId, parentId, kind, at, who, entry }: Place, chance: Random): { row: Row; durationMs: number } {
  const startedAt = Math.round(at * 1000)
  const spanId = newSpanId()
  const input = JSON.stringify([{ role: 'user', content: english(1000 + chance.below(500), chance) }])
  const output = english(500 + chance.below(300), chance)
  const failed = chance.below(50) === 0
  const called = kind === 'llm' || kind === 'embedding' ? MODEL_LOTTERY[chance.below(MODEL_LOTTERY.length)] : undefined
  const durationMs = Math.round(Math.exp(chance.normal() * 0.8 + (called ? 6.5 : 4)) * 10) / 10
  const tokens = { usageInput: Math.round(input.length / 4), usageOutput: kind === 'llm' ? Math.round(output.length / 4) : 0 }
  const cost =
    called?.perToken === null || called === undefined ? null : (tokens.usageInput + tokens.usageOutput * 4) * (called.perToken ?? 0)
  const span: NewSpanRow = {
    projectId,
    traceId,
    spanId,
    parentId,
    entry,
    kind,
    name: called ? `chat ${called.model}` : `${kind}-${chance.below(12)}`,
    source: chance.below(4) === 0 ? 'gateway' : 'otlp',
    status: failed ? 'error' : 'ok',
    errorType: failed ? 'rate-limited' : '',
    startedAt,
    durationMs,
    ...who,
    tags: ['bench', `team-${chance.below(5)}`],
    metadata: { region: `eu-${chance.below(3)}`, build: `${chance.below(40)}` },
    inputPreview: input.slice(0, 200),
    outputPreview: output.slice(0, 200),
    inputBytes: input.length,
    outputBytes: output.length,
    receivedAt: startedAt + Math.round(durationMs * 1000) + 50_000,
    ...(called && {
      ...tokens,
      provider: called.provider,
      model: called.model,
      requestModel: called.model,
      operation: kind === 'llm' ? 'chat' : 'embeddings',
      stream: kind === 'llm' ? 1 : 0,
      firstTokenMs: kind === 'llm' ? Math.round(durationMs * 0.3 * 10) / 10 : null,
      finishReason: 'stop',
      usageSource: 'provider',
      cost,
      costParts: cost === null ? {} : { input: Math.round(cost / 3), output: cost - Math.round(cost / 3) },
      priceVersion: '2026-11-01',
    }),
  }
  const attributes = JSON.stringify({ 'gen_ai.operation.name': kind, 'server.address': 'api.example.com', seed: chance.below(1e6) })
  return { row: { span, payload: { projectId, traceId, spanId, startedAt, input, output, attributes } }, durationMs }
}
