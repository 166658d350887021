// CPU per call of asking the cache, in memory and without a socket: an alias without one, a miss (with the answer that is kept), a hit,
// the key alone, and one comparison of a question with a thousand others.
// With --disk answers are kept on disk; what is written behind the calls counts as far as it is done when the round ends.
// node --conditions=source bench/micro/cache.ts [--rounds 20] [--calls 2000] [--bytes 1200] [--disk]
import { mkdtemp, rm } from 'node:fs/promises'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { noUsage, SnapshotProject } from '@signalbox/schema'
import { AnswerStore } from '../../packages/server/src/gateway/cache/answer-store.ts'
import { type CacheAsked, keyOf, planOf } from '../../packages/server/src/gateway/cache/cache-plan.ts'
import { createCache, type FindOptions } from '../../packages/server/src/gateway/cache/create-cache.ts'
import { Questions } from '../../packages/server/src/gateway/cache/questions.ts'
import { differencesOf } from '../../packages/server/src/gateway/cache/verify-question.ts'
import { doors } from '../../packages/server/src/gateway/doors.ts'
import { decodeRequest } from '../../packages/server/src/gateway/wire/request.ts'
import { openDisk } from '../../packages/server/src/store/key-value/disk.ts'
import { memoryKeyValue } from '../../packages/server/src/store/key-value/memory.ts'
import { median } from '../lib/statistics.ts'
import { figure, table } from '../lib/table.ts'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    calls: { type: 'string', default: '2000' },
    bytes: { type: 'string', default: '1200' },
    disk: { type: 'boolean', default: false },
  },
})
const rounds = Number(flags.rounds)
const calls = Number(flags.calls)
const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(Math.ceil(Number(flags.bytes) / 45)).slice(0, Number(flags.bytes))

const project = SnapshotProject.parse({
  id: 'default',
  providers: {},
  models: {
    faq: { targets: [{ provider: 'openai', model: 'gpt-4o' }], cache: {} },
    plain: { targets: [{ provider: 'openai', model: 'gpt-4o' }] },
  },
  prices: [],
  capture: { content: true, maxBytes: 1 << 20 },
})
const provider = {
  name: 'openai',
  kind: 'openai',
  baseUrl: 'http://127.0.0.1:9',
  apiKey: null,
  headers: {},
  from: 'file' as const,
  problem: null,
}
const response = new ServerResponse(new IncomingMessage(new Socket())).setMaxListeners(0)
function asked(text: string, model = 'faq'): CacheAsked {
  const body = {
    model,
    messages: [
      { role: 'system', content: filler },
      { role: 'user', content: text },
    ],
    temperature: 0,
  }
  const entry = project.models[model]
  const choice = { candidates: [{ provider, model: 'gpt-4o' }] as const, canMoveOn: false, ...(entry && { entry }) }
  const request = decodeRequest(Buffer.from(JSON.stringify(body)), doors.chat.shape)
  return { door: doors.chat, request, choice, project, headers: {}, asArray: false }
}
const options = (one: CacheAsked): FindOptions => ({
  ...one,
  response,
  spanId: 'ab',
  traceId: 'cd',
  embed: async () => undefined,
})
const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'))
const store = flags.disk ? await openDisk({ folder }) : memoryKeyValue()
const cache = createCache({ open: () => store, openPrivate: () => store })
const answer = Buffer.from(
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: filler }, finish_reason: 'stop' }],
  }),
)

async function ask(one: CacheAsked): Promise<void> {
  const cached = one.choice.entry?.cache && (await cache.find(options(one)))
  if (!cached?.keeper) return
  cached.keeper.head(200, 'application/json')
  cached.keeper.whole(answer)
  cached.keeper.complete()
  cached.keeper.ended({
    v: 1,
    status: 'ok',
    errorType: '',
    statusMessage: '',
    httpStatus: 200,
    endedAt: 0,
    firstTokenMs: null,
    provider: 'openai',
    model: 'gpt-4o',
    finishReason: 'stop',
    usage: noUsage(),
    usageSource: 'provider',
    cost: 1,
    costParts: {},
    priceVersion: '',
    attempts: [],
    responseBytes: answer.length,
    sse: false,
    truncated: false,
  })
  response.removeAllListeners('close')
}

const questions = new Questions(new AnswerStore(() => store, cache.counters))
const vectorOf = (seed: number) => ({ values: Float32Array.from({ length: 1536 }, (_, at) => Math.sin(seed * 1000 + at)), model: 'm' })
for (let at = 0; at < 1000; at++)
  questions.add('scope', { question: `question ${at}`, key: String(at), span: 'ab', until: Date.now() + 1e6 }, vectorOf(at))
const wanted = vectorOf(0.5)
await questions.nearest('scope', wanted, 0.99)

let fresh = 0
const known = asked('What is our leave policy?')
await ask(known)
const plain = asked('What is our leave policy?', 'plain')
const plan = planOf(known)
const WORK: Record<string, { of: () => unknown; times: number; prepared?: () => CacheAsked[] }> = {
  'no cache': { times: calls, of: () => ask(plain) },
  'key alone': { times: calls, of: () => plan && keyOf(planOf(known) ?? plan, doors.chat) },
  hit: { times: calls, of: () => ask(known) },
  'miss and keep': {
    times: calls,
    of: () => ask(known),
    prepared: () => Array.from({ length: calls }, () => asked(`question ${fresh++}`)),
  },
  'nearest of 1,000': { times: Math.ceil(calls / 50), of: () => questions.nearest('scope', wanted, 0.99) },
  verify: {
    times: calls,
    of: () => differencesOf('How do I apply for parental leave in the new portal?', 'how can I apply for parental leave in the portal'),
  },
}

const rows: string[][] = []
for (const [name, { of, times, prepared }] of Object.entries(WORK)) {
  const micros: number[] = []
  for (let round = 0; round < rounds; round++) {
    const given = prepared?.()
    const before = process.cpuUsage()
    if (given) for (const one of given) await ask(one)
    else for (let at = 0; at < times; at++) await of()
    const { user, system } = process.cpuUsage(before)
    micros.push((user + system) / times)
  }
  rows.push([name, figure(Math.min(...micros)), figure(median(micros))])
}
console.log(table(['', 'µs of CPU, best round', 'median'], rows))
await store[Symbol.asyncDispose]()
await rm(folder, { recursive: true })
process.exit(0)
