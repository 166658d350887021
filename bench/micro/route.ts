/**
 * CPU of choosing a target, per strategy, for an alias of three targets that have all been called before: `node --conditions=source
 * bench/micro/route.ts`. The requests are chats of 1 KB; their bytes are read anew for each choice, as for a call.
 */
import { type ModelEntry, type SnapshotProject, type SnapshotProvider, type Split, Strategy } from '@signalbox/schema'
import { annotationsOf } from '../../packages/server/src/gateway/annotations.ts'
import { createRouter } from '../../packages/server/src/gateway/routing/create-router.ts'
import { createTargetHealth } from '../../packages/server/src/gateway/routing/target-health.ts'
import { decodeRequest } from '../../packages/server/src/gateway/wire/request.ts'
import { createPricing } from '../../packages/server/src/pricing/price.ts'

const ROUNDS = 15
const CALLS = 20_000
const TEXT =
  'Our customer asks whether the pump that she ordered last week can still be sent to another address, and what that would cost. '

const provider = (name: string): SnapshotProvider => ({
  name,
  kind: name,
  baseUrl: `http://${name}.test`,
  apiKey: 'key',
  headers: {},
  from: 'file',
  problem: null,
})
const targets: ModelEntry['targets'] = [
  { provider: 'openai', model: 'gpt-4o', weight: 2, tier: 'hard', region: 'eu' },
  { provider: 'anthropic', model: 'claude-sonnet-4-5', tier: 'hard', region: 'eu', modalities: ['image'] },
  { provider: 'mistral', model: 'mistral-small-latest', tier: 'easy', region: 'eu-west-1', contextWindow: 128_000 },
]
const rules: ModelEntry['rules'] = [
  { if: [{ field: 'metadata.tier', op: 'eq', value: 'gold' }], targets },
  { if: [{ field: 'inputTokens', op: 'gt', value: 50_000 }], targets },
]
const splits: Split[] = [
  {
    kind: 'weights',
    name: 'half',
    model: 'split',
    active: true,
    by: 'user',
    arms: [
      { name: 'a', model: 'weighted', weight: 1 },
      { name: 'b', model: 'fallback', weight: 1 },
    ],
  },
]
const project: SnapshotProject = {
  id: 'bench',
  providers: Object.fromEntries(['openai', 'anthropic', 'mistral'].map((name) => [name, provider(name)])),
  models: {
    plain: { strategy: 'fallback', targets: targets.slice(0, 1) as ModelEntry['targets'] },
    split: { strategy: 'fallback', targets },
    ...Object.fromEntries(Strategy.options.map((strategy) => [strategy, { strategy, targets, ...(strategy === 'rules' && { rules }) }])),
  },
  budgets: [],
  currency: { code: 'USD', perUsd: 1 },
  splits,
  prices: [],
  capture: { content: true, maxBytes: 1 << 20 },
}

const health = createTargetHealth()
for (const { provider: name, model } of targets)
  for (let i = 0; i < 10; i++)
    health.began(project, { provider: provider(name), model })({ firstTokenMs: 200 + i, ms: 900 + i, outputTokens: 80 })
const pricing = createPricing([])
pricing.warm()
const router = createRouter({ health, pricingOf: () => pricing })
const caller = { projectId: 'bench', permissions: ['*'], keyId: 'key_1', project }
const headers = { 'x-signalbox-user': 'user-17', 'x-signalbox-metadata': '{"tier":"silver"}' }
const annotations = annotationsOf(headers)

function microseconds(name: string, more: Record<string, string> = {}): number[] {
  const body = Buffer.from(JSON.stringify({ model: name, max_tokens: 500, messages: [{ role: 'user', content: TEXT.repeat(7) }] }))
  const request = decodeRequest(body, { list: 'messages' })
  const asked = { caller, project, request, headers: { ...headers, ...more }, annotations }
  const costs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    for (let i = 0; i < CALLS; i++) router.choose(asked)
    const { user, system } = process.cpuUsage(before)
    costs.push((user + system) / CALLS)
  }
  return costs.sort((a, b) => a - b)
}

console.log(`CPU µs per choice among 3 targets, best and median of ${ROUNDS} rounds of ${CALLS}`)
const rows: [string, number[]][] = [
  ['one target', microseconds('plain')],
  ...Strategy.options.map((strategy): [string, number[]] => [strategy, microseconds(strategy)]),
  ['fallback, with region', microseconds('fallback', { 'x-signalbox-region': 'eu' })],
  ['split, then weighted', microseconds('split')],
]
for (const [name, costs] of rows)
  console.log(`${name.padEnd(22)} ${(costs[0] ?? 0).toFixed(2).padStart(7)} ${(costs[Math.floor(ROUNDS / 2)] ?? 0).toFixed(2).padStart(7)}`)
