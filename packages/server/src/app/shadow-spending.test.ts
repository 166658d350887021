import { type CallEnd, type CallStart, type SnapshotProject, Split } from '@signalbox/schema'
import { expect, test } from 'vitest'
import type { ShadowSplit } from '../gateway/shadow-admission.ts'
import type { KnownQuery } from '../governance/budgets-known.ts'
import { createShadowSpending } from './shadow-spending.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const today = Math.floor(NOW / 86_400_000)
const split = Split.parse({ name: 'mirror', kind: 'shadow', model: 'support', to: 'openai/small', budgetUsdPerDay: 1 }) as ShadowSplit
const project = { id: 'shop' } as SnapshotProject

const start = { shadowOf: 's', projectId: 'shop', requestModel: 'openai/small', startedAt: NOW * 1000 }
const end = { attempts: [], usageSource: 'provider', cost: 5 }
const spend = async (journal: [object, object][], used = 100, period = today) => {
  const asked: KnownQuery[] = []
  const from: object[] = []
  const spentOn = createShadowSpending({
    edgeId: () => 'edge_1',
    async ask(query) {
      asked.push(query)
      return { position: { segment: 3, offset: 7 }, budgets: [{ identity: 'x', period, used: used > 0 ? [['shop', used]] : [] }] }
    },
    replay(position, each) {
      from.push(position)
      for (const [one, other] of journal) each({ ...start, ...one } as CallStart, { ...end, ...other } as unknown as CallEnd)
    },
    now: () => NOW,
  })
  return { spent: await spentOn({ project, split }), asked, from }
}

test('is what the ledger knows of nobody’s calls to its model, and what of the journal is not there yet', async () => {
  const { spent, asked, from } = await spend([
    [{}, {}],
    [{}, { attempts: [{ cost: 2 }, { cost: null }, {}] }],
  ])
  expect(spent).toBe(100 + 5 + 5 + 2)
  expect(asked).toMatchObject([
    { edgeId: 'edge_1', budgets: [{ projectId: 'shop', ofNobody: true, budget: { model: 'openai/small', measure: 'money', per: 'day' } }] },
  ])
  expect(from).toEqual([{ segment: 3, offset: 7 }])
})

test('calls of clients, of other projects, models and days are not', async () => {
  const { spent } = await spend([
    [{ shadowOf: undefined }, {}],
    [{ projectId: 'other' }, {}],
    [{ requestModel: 'openai/large' }, {}],
    [{ startedAt: (NOW - 86_400_000) * 1000 }, {}],
  ])
  expect(spent).toBe(100)
  expect((await spend([], 100, today - 1)).spent).toBe(0)
})

test('a call that told nothing counts as what was set aside for it', async () => {
  expect((await spend([[{ setAside: { tokens: 0, cost: 40 } }, { usageSource: 'none', cost: null }]], 0)).spent).toBe(40)
})
