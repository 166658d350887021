import { random } from '../../bench/store/random.ts'
import { nanoUsd } from '../faults/check-store.ts'
import { makeAll, type Seen } from './call.ts'
import { isRefused, problemsInStore, problemsOf, storedCalls } from './check.ts'
import { leavingPlan, type Plan, planOf, scriptOf, TARGETS, type TargetName, textAt } from './plan.ts'
import type { Chaos, Count, Sum } from './world.ts'

/** Keys of the file, and what the last of them may spend in a day: less than it wants to. */
export const KEYS = ['first', 'second', 'limited'].map((name, index) => ({
  name,
  publicKey: `pk-sb-money-key-000${index}-xxxx`,
  secretKey: `sk-sb-money-key-000${index}-xxxx`,
}))
const LIMITED = 'limited'
export const moneyYaml = (limitUsd: number): string => `keys:
${KEYS.map(({ name, publicKey, secretKey }) => `  - { name: ${name}, publicKey: ${publicKey}, secretKey: ${secretKey} }`).join('\n')}
budgets:
  - { name: day, scope: key, id: ${LIMITED}, measure: money, amount: ${limitUsd}, per: day }
`

export type MoneyRun = {
  calls: number
  answered: number
  left: number
  refused: number
  cached: number
  /** Nano-USD by the simulators, of calls whose end is no matter of moments; equal to ledger and spans, or `problems` says so. */
  nanoUsd: number
  /** Of clients that left at any moment: what the provider counted, and what is owed. */
  racy: { calls: number; counted: number; owed: number }
  limited: { spent: number; limit: number }
  problems: string[]
}

/**
 * Makes calls of every kind by chance, and then holds the three accounts against each other, to the nano-dollar, by target and model:
 * the ledger, the sum over spans, and what each simulator counted itself.
 */
export async function moneyRun(
  world: Chaos,
  options: { name: string; calls: number; at: number; seed: number; limitUsd: number },
): Promise<MoneyRun> {
  const { name, calls, at } = options
  const before = await counts(world)
  const earlier = await accounts(world, name)
  const chance = random(options.seed)
  const users = Array.from({ length: 40 }, (_, user) => `${name}-user-${user}`)
  let next = 0
  const plan = (): Plan | undefined => {
    if (next >= calls) return undefined
    const id = `${name}-${next}`
    const key = KEYS[chance.below(10) === 0 ? 2 : chance.below(2)]
    const who = { user: users[chance.below(users.length)] ?? '', secretKey: key?.secretKey ?? '', call: id }
    const kind = next++ % 20
    const made =
      kind < 3
        ? leavingPlan(chance, id, 'three')
        : kind < 5
          ? racyPlan(chance.below(400), planOf(chance, id, 'racy'))
          : kind < 8
            ? planOf(chance, `${name}-again-${chance.below(25)}`, 'cached')
            : planOf(chance, id, ['three', 'three', 'guarded', 'dead-first'][kind % 4] ?? 'three')
    if (made.model === 'cached') made.faults = { a: { fault: 500 }, b: {}, c: {} }
    return { ...made, ...who, mayGoUnheard: made.model === 'racy' || who.secretKey === KEYS[2]?.secretKey }
  }
  const seen: Seen[] = []
  const problems: string[] = []
  await makeAll(plan, { url: world.signalbox.url, secretKey: world.signalbox.secretKey, environment: name, at }, (one) => {
    if (!isRefused(one)) problems.push(...problemsOf(one, ORDER[one.plan.model] ?? TARGETS, one.plan.secretKey === KEYS[2]?.secretKey))
    // Of a hundred thousand calls only what is needed stays.
    seen.push({ ...one, raw: '', text: '' })
  })
  await world.settled()
  const stored = await storedCalls(world, name)
  problems.push(...problemsInStore(seen, stored))

  const after = await counts(world)
  const now = await accounts(world, name)
  const found: MoneyRun = {
    calls: seen.length,
    answered: seen.filter(({ clean }) => clean).length,
    left: seen.filter(({ left }) => left).length,
    refused: seen.filter(isRefused).length,
    cached: seen.filter(({ headers }) => headers['x-signalbox-cache'] === 'hit').length,
    nanoUsd: 0,
    racy: { calls: 0, counted: 0, owed: 0 },
    limited: { spent: 0, limit: Math.round(options.limitUsd * 1e9) },
    problems,
  }
  const difference = (target: string, model: string) => {
    const key = `${target}/${model}`
    const counted = minus(after.get(key), before.get(key))
    return {
      counted,
      ledger: minus(now.ledger.get(key), earlier.ledger.get(key)),
      spans: minus(now.spans.get(key), earlier.spans.get(key)),
    }
  }
  for (const key of new Set([...after.keys(), ...now.ledger.keys(), ...now.spans.keys()])) {
    const [target = '', model = ''] = key.split('/')
    const { counted, ledger, spans } = difference(target, model)
    if (!same(ledger, spans)) problems.push(`${key}: the ledger has ${said(ledger)}, and the spans have ${said(spans)}`)
    if (target === 'racy') {
      found.racy.counted += counted.nanoUsd
      found.racy.owed += ledger.nanoUsd
      continue
    }
    found.nanoUsd += counted.nanoUsd
    if (!same(counted, ledger)) problems.push(`${key}: the provider counted ${said(counted)}, and the ledger has ${said(ledger)}`)
  }
  // What was on its way when the client left: never more than the rest of that very answer, and never less than nothing.
  const racy = seen.filter(({ plan, left }) => plan.model === 'racy' && left)
  found.racy.calls = racy.length
  const most = racy.reduce((sum, { plan }) => sum + fullPrice(plan), 0)
  const missing = found.racy.counted - found.racy.owed
  if (missing < 0 || missing > most) problems.push(`of ${racy.length} calls that were left at any moment, ${missing} nano-USD are missing`)

  const { rows } = await world.api<{ rows: { keyName: string | null; costUsd: string }[] }>('/api/v1/usage?groupBy=key')
  found.limited.spent = rows.filter(({ keyName }) => keyName === LIMITED).reduce((sum, { costUsd }) => sum + nanoUsd(costUsd), 0)
  if (found.limited.spent > found.limited.limit)
    problems.push(`the key with a budget of ${found.limited.limit} nano-USD spent ${found.limited.spent}`)
  const { ok, differences, unpriced } = await world.api<{ ok: boolean; differences: object[]; unpriced: object[] }>(
    '/api/v1/reconciliation',
  )
  if (!ok) problems.push(`the program's own reconciliation found ${JSON.stringify({ differences, unpriced })}`)
  return found
}

const ORDER: Record<string, readonly TargetName[]> = { 'dead-first': ['c'], racy: ['a'] }

/** Pieces come every few milliseconds, and the client leaves whenever it likes. */
const racyPlan = (ms: number, plan: Plan): Plan => ({
  ...plan,
  faults: { a: { delayMs: 10, chunkMs: 40 }, b: {}, c: {} },
  leaves: { ms },
})

const fullPrice = (plan: Plan): number => Math.ceil(scriptOf(plan).length / 4) * 1000 + Math.ceil(textAt('a', plan.id).length / 4) * 2000

type Account = Map<string, Omit<Sum, 'calls'>>
type Row = { provider: string; model: string; inputTokens: number; outputTokens: number; costUsd: string | null }

/** By `provider/model`. */
async function counts({ simulators, racy }: Chaos): Promise<Account> {
  const all: [string, Count][] = await Promise.all(
    Object.entries({ ...simulators, racy }).map(async ([name, simulator]) => [name, await simulator.count()] as [string, Count]),
  )
  return new Map(all.flatMap(([name, { byModel }]) => Object.entries(byModel).map(([model, sum]) => [`${name}/${model}`, sum] as const)))
}

async function accounts({ api }: Chaos, environment: string): Promise<{ ledger: Account; spans: Account }> {
  const day = 86_400_000
  const [from, to] = [Date.now() - day, Date.now() + day].map((at) => new Date(at).toISOString())
  const ledger = await api<{ rows: Row[] }>(`/api/v1/usage?groupBy=provider,model&from=${from?.slice(0, 10)}&to=${to?.slice(0, 10)}`)
  const measures = ['inputTokens', 'outputTokens', 'costUsd']
  const filters = [{ field: 'environment', op: 'eq', value: environment }]
  const spans = await api<{ rows: Row[] }>('/api/v1/query', { measures, dimensions: ['provider', 'model'], filters, from, to, limit: 1000 })
  return { ledger: accountOf(ledger.rows), spans: accountOf(spans.rows) }
}

const accountOf = (rows: readonly Row[]): Account =>
  new Map(
    rows.map(({ provider, model, inputTokens, outputTokens, costUsd }) => [
      `${provider}/${model}`,
      { inputTokens, outputTokens, nanoUsd: nanoUsd(costUsd ?? '0') },
    ]),
  )

const NOTHING = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 }
type Tokens = typeof NOTHING
const minus = (now: Tokens = NOTHING, before: Tokens = NOTHING): Tokens => ({
  inputTokens: now.inputTokens - before.inputTokens,
  outputTokens: now.outputTokens - before.outputTokens,
  nanoUsd: now.nanoUsd - before.nanoUsd,
})
const same = (one: Tokens, other: Tokens): boolean => said(one) === said(other)
const said = ({ inputTokens, outputTokens, nanoUsd: cost }: Tokens): string => `${inputTokens} + ${outputTokens} tokens, ${cost} nano-USD`
