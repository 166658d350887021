// CPU of admitting and settling one call, by the number of budgets that concern it, with the header values and prices of real calls.
// node --conditions=source bench/micro/admission.ts
import { type Budget, type CallEnd, noUsage, type SnapshotProject, type SnapshotProvider } from '../../packages/schema/src/index.ts'
import { admittingOf } from '../../packages/server/src/gateway/admitting.ts'
import { doors } from '../../packages/server/src/gateway/doors.ts'
import { decodeRequest } from '../../packages/server/src/gateway/wire/request.ts'
import { createAdmission } from '../../packages/server/src/governance/admission.ts'
import { createPricing } from '../../packages/server/src/pricing/price.ts'

const CALLS = 200_000
const ROUNDS = 7
const KEYS = 1000

const budget = (more: Partial<Budget>): Budget => ({
  name: 'b',
  scope: 'key',
  measure: 'requests',
  amount: 1e12,
  warnAt: 0.8,
  action: 'block',
  ...more,
})
const SETS: Record<string, Budget[]> = {
  'no budget': [],
  'requests per minute of a key': [budget({ per: 'minute' })],
  'requests and tokens per minute': [budget({ name: 'a', per: 'minute' }), budget({ measure: 'tokens', per: 'minute' })],
  'money per day and end user': [budget({ scope: 'end-user', measure: 'money', per: 'day', amount: 1e6 })],
  'five: money of user and project, tokens, requests, calls at once': [
    budget({ name: 'money', scope: 'end-user', measure: 'money', per: 'day', amount: 1e6 }),
    budget({ name: 'all', scope: 'project', measure: 'money', per: 'month', amount: 1e6 }),
    budget({ name: 'tokens', measure: 'tokens', per: 'minute' }),
    budget({ name: 'requests', per: 'minute' }),
    budget({ name: 'few', measure: 'concurrent' }),
  ],
}

const provider: SnapshotProvider = {
  name: 'openai',
  kind: 'openai',
  baseUrl: 'http://127.0.0.1',
  apiKey: 'k',
  headers: {},
  from: 'file',
  problem: null,
}
const pricing = createPricing([])
pricing.warm()
const candidates = [{ provider, model: 'gpt-4o' }]
const body = Buffer.from(
  JSON.stringify({ model: 'support', messages: [{ role: 'user', content: 'What is our leave policy? '.repeat(30) }], max_tokens: 300 }),
)
const request = decodeRequest(body, doors.chat.shape)
const usage = { ...noUsage(), input: 190, output: 120 }
const end: CallEnd = {
  v: 1,
  status: 'ok',
  errorType: '',
  statusMessage: '',
  httpStatus: 200,
  endedAt: 0,
  firstTokenMs: 3,
  provider: 'openai',
  model: 'gpt-4o',
  finishReason: 'stop',
  usage,
  usageSource: 'provider',
  cost: 1_675_000,
  costParts: {},
  priceVersion: '',
  attempts: [{ provider: 'openai', model: 'gpt-4o', status: 200, ms: 3, startedAt: 0 }],
  responseBytes: 900,
  sse: false,
  truncated: false,
}

for (const [name, budgets] of Object.entries(SETS)) {
  const admission = createAdmission()
  const project: SnapshotProject = {
    id: 'default',
    providers: { openai: provider },
    models: {},
    budgets,
    currency: { code: 'USD', perUsd: 1 },
    splits: [],
    prices: [],
    capture: { content: true, maxBytes: 1 },
  }
  const callers = Array.from({ length: KEYS }, (_, i) => ({ projectId: 'default', permissions: [], keyId: `key_${i}`, project }))
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < CALLS; i++) {
      const caller = callers[i % KEYS] as (typeof callers)[number]
      const reservation = admission.admit(
        admittingOf({ caller, door: doors.chat, request, endUser: `user-${i % 5000}`, candidates, pricing }),
      )
      if (reservation.headers.length > 100) throw new Error('never')
      reservation.settle(end)
    }
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / CALLS)
  }
  console.log(`${best.toFixed(2).padStart(6)} µs  ${name}`)
}
