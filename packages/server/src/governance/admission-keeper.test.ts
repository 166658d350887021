import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { type Budget, type CallEnd, type CallStart, FRAME, noUsage, type SnapshotProject, type Usage } from '@signalbox/schema'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Journal } from '../store/journal/journal.ts'
import { replayCalls } from '../store/journal/replay-calls.ts'
import { listSegments } from '../store/journal/segments.ts'
import { createAdmission } from './admission.ts'
import { AdmissionKeeper } from './admission-keeper.ts'
import type { KnownUse } from './budgets-known.ts'
import type { LeaseAnswer, LeaseReport } from './lease-words.ts'

const START = Date.UTC(2026, 10, 21, 12)
const price = (usage: Usage): number => usage.input * 1000 + usage.output * 2000
const common = { scope: 'end-user', warnAt: 0.8, action: 'block' } as const
const BUDGETS: Budget[] = [
  { ...common, name: 'money', measure: 'money', amount: 1000, per: 'day' },
  { ...common, name: 'calls', measure: 'requests', amount: 1e9, per: 'month' },
  { ...common, name: 'rate', measure: 'tokens', amount: 1e9, per: 'minute' },
]
const project: SnapshotProject = {
  id: 'default',
  providers: {},
  models: {},
  budgets: BUDGETS,
  currency: { code: 'USD', perUsd: 1 },
  splits: [],
  prices: [],
  capture: { content: true, maxBytes: 1 },
}
const followed = (one: SnapshotProject = project) => ({ projects: () => [one], projectOf: () => one, keyById: () => undefined })

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const interruptedEnd = (start: CallStart) => endOf(start, { status: 'interrupted', usage: noUsage(), usageSource: 'none', cost: null })
const endOf = (start: CallStart, more: Partial<CallEnd>): CallEnd => ({
  v: 1,
  status: 'ok',
  errorType: '',
  statusMessage: '',
  httpStatus: 200,
  endedAt: start.startedAt,
  firstTokenMs: null,
  provider: start.provider,
  model: start.model,
  finishReason: '',
  usage: noUsage(),
  usageSource: 'provider',
  cost: 0,
  costParts: {},
  priceVersion: '',
  attempts: [],
  responseBytes: 0,
  sse: false,
  truncated: false,
  ...more,
})

/** An edge as far as counting goes; leaving it without a word is `kill -9`. */
type Starting = {
  ask?: (asked: string[]) => KnownUse
  lease?: (report: LeaseReport) => LeaseAnswer
  segmentBytes?: number
}
function start({ ask, lease, segmentBytes = 4096 }: Starting = {}) {
  let at = START
  const journal = new Journal({ folder: join(folder, 'journal'), reserveBytes: 0, segmentBytes })
  journal.open(({ header }) => ({ header: JSON.stringify(interruptedEnd(JSON.parse(header) as CallStart)) }))
  const admission = createAdmission({ now: () => at })
  const keeper = new AdmissionKeeper({
    engine: admission,
    file: join(folder, 'budgets.json'),
    journal: {
      get end() {
        return journal.end
      },
      keepFrom: (position) => journal.keepFrom(position),
      replay: (from, each) => replayCalls(journal.folder, from, each),
    },
    ask: async (budgets) => {
      if (!ask) throw new Error('the core is down')
      return ask(budgets.map(({ identity }) => identity))
    },
    price: (_project, _end, usage) => price(usage),
    leases: lease && {
      edgeId: () => 'edge_1',
      lastsMs: 60_000,
      acked: () => ({ segment: 0, offset: 0 }),
      ask: async (report) => lease(report),
    },
    warn: () => {},
  })
  let calls = 0
  const begin = async (endUser: string) => {
    const reservation = admission.admit({
      caller: { projectId: 'default', permissions: [], keyId: 'key_1', project },
      model: 'm',
      endUser,
      inputTokens: 10,
      maxOutputTokens: 100,
      price,
    })
    const header = {
      projectId: 'default',
      keyId: 'key_1',
      spanId: `${process.hrtime.bigint().toString(16)}${calls++}`.padStart(16, '0').slice(-16),
      startedAt: at * 1000,
      requestModel: 'm',
      provider: 'p',
      model: 'm',
      userId: endUser,
      requestBytes: 40,
      ...(reservation.setAside && { setAside: reservation.setAside }),
    } as CallStart
    const ref = await new Promise<{ segment: number; offset: number }>((resolve) =>
      journal.append({ kind: FRAME.start, id: header.spanId, header: JSON.stringify(header), body: [] }, (_, position) =>
        resolve(position),
      ),
    )
    return async (output: number) => {
      const usage = { ...noUsage(), input: 5, output }
      const end = endOf(header, { usage, cost: price(usage) })
      await new Promise<void>((resolve) =>
        journal.append({ kind: FRAME.end, id: header.spanId, ref, header: JSON.stringify(end), body: [Buffer.alloc(200)] }, () => {
          reservation.settle(end)
          resolve()
        }),
      )
      return end.cost ?? 0
    }
  }
  const used = (name: string, subject: string): number => {
    for (const [identity, meters] of admission.meters)
      if (identity.split('/')[1] === name) for (const [one, meter] of meters.entries()) if (one === subject) return meter.used(at)
    return 0
  }
  return {
    journal,
    keeper,
    admission,
    begin,
    used,
    call: async (endUser: string, output: number) => (await begin(endUser))(output),
    pass(ms: number) {
      at += ms
    },
    /** Writes the file, as happens each second. */
    save: () => keeper.stop(),
  }
}

test('a process that is killed anywhere is followed by one that counts the same', async () => {
  let state = 17
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  const expected = new Map<string, { money: number; calls: number }>()
  const count = (user: string, money: number) => {
    const known = expected.get(user) ?? { money: 0, calls: 0 }
    expected.set(user, { money: known.money + money, calls: known.calls + 1 })
  }
  // The core knows nothing yet, and what it is told never arrives.
  const nothing = (asked: string[]): KnownUse => ({ position: null, budgets: asked.map((identity) => ({ identity, period: 0, used: [] })) })
  for (let life = 0; life < 12; life++) {
    const edge = start({ ask: nothing })
    edge.keeper.follow(followed())
    await turn()
    for (const [user, { money, calls }] of expected)
      expect([user, edge.used('money', user), edge.used('calls', user)]).toEqual([user, money, calls])
    const under = new Map<string, ((output: number) => Promise<number>)[]>()
    for (let step = 0; step < 40; step++) {
      const user = `u${random(4)}`
      const held = under.get(user) ?? []
      under.set(user, held)
      const what = random(10)
      if (what < 4) count(user, await edge.call(user, random(100)))
      else if (what < 7) held.push(await edge.begin(user))
      else if (what < 9) {
        const end = held.pop()
        if (end) count(user, await end(random(100)))
      } else await edge.save()
      // What has arrived at the core may go, but not what is still to be counted.
      edge.journal.release(edge.journal.end)
    }
    // What is under way when it dies counts as what was set aside: 20 tokens in and 100 out.
    for (const [user, held] of under) for (const _ of held) count(user, 20 * 1000 + 100 * 2000)
  }
  expect([...expected.values()].every(({ calls }) => calls > 50)).toBe(true)
})

test('segments that the file does not cover stay, and go when it does', async () => {
  const edge = start({ ask: () => ({ position: null, budgets: [] }) })
  edge.keeper.follow(followed())
  await edge.call('u', 1)
  await edge.save()
  for (let i = 0; i < 60; i++) await edge.call('u', 1)
  edge.journal.release(edge.journal.end)
  const before = listSegments(edge.journal.folder).length
  expect(before).toBeGreaterThan(3)
  await edge.save()
  expect(listSegments(edge.journal.folder).length).toBeLessThan(before)
})

test('a budget that is new begins with the ledger, and with what of the journal is not in that yet', async () => {
  const nothingNew = { ...project, budgets: [] }
  const { promise: asked, resolve: answer } = Promise.withResolvers<void>()
  let position = { segment: 0, offset: 0 }
  const day = Math.floor(START / 86_400_000)
  const edge = start({
    ask: (identities) => {
      answer()
      return {
        position,
        budgets: identities
          .filter((one) => one.includes('/money/'))
          .map((identity) => ({ identity, period: day, used: [['u', 7_000_000]] })),
      }
    },
  })
  edge.keeper.follow(followed(nothingNew))
  for (let i = 0; i < 5; i++) await edge.call('u', 10)
  position = edge.journal.end
  // Not yet in the ledger.
  const later = (await edge.call('u', 10)) + (await edge.call('u', 20))
  const underWay = await edge.begin('u')
  edge.keeper.follow(followed())
  await asked
  await turn()
  expect(edge.used('money', 'u')).toBe(7_000_000 + later)
  const last = await underWay(30)
  expect(edge.used('money', 'u')).toBe(7_000_000 + later + last)
  // Counted once, and kept.
  await edge.save()
  const again = start()
  again.keeper.follow(followed())
  expect(again.used('money', 'u')).toBe(7_000_000 + later + last)
})

test('one of several edges spends what it is lent, knows what the others used, and takes its part of a minute', async () => {
  let others = 0
  const reports: LeaseReport[] = []
  const day = Math.floor(START / 86_400_000)
  const edge = start({
    ask: (identities) => ({
      position: { segment: 0, offset: 0 },
      budgets: identities.filter((one) => one.includes('/warns/')).map((identity) => ({ identity, period: day, used: [['u', others]] })),
    }),
    lease: (report) => {
      reports.push(report)
      return {
        edges: 2,
        isSole: false,
        holdsAll: false,
        othersAt: null,
        budgets: report.budgets.map(({ identity, holdings }) => ({
          identity,
          loans: holdings.map(({ subject, pending }) => ({ subject, used: others + pending, settled: others, free: 1_000_000 })),
        })),
      }
    },
  })
  const warns: Budget = { ...common, name: 'warns', measure: 'money', amount: 1, per: 'day', action: 'warn' }
  const shared = { ...project, budgets: [...BUDGETS, warns] }
  edge.keeper.follow(followed(shared))
  const own = await edge.call('u', 10)
  others = 3_000_000
  edge.keeper.start()
  try {
    await expect.poll(() => edge.used('money', 'u')).toBe(others + own)
    edge.keeper.follow(followed(shared))
    await expect.poll(() => edge.used('warns', 'u')).toBe(others + own)
    expect(reports[0]?.budgets.map(({ budget: { name }, holdings }) => [name, holdings[0]?.pending])).toEqual([
      ['calls', 1],
      ['money', own],
    ])
    expect([...edge.admission.meters].flatMap(([identity, { parts }]) => (parts === 2 ? [identity.split('/')[1]] : []))).toEqual(['rate'])
  } finally {
    await edge.keeper.stop()
  }
  expect(reports.at(-1)?.leaves).toBe(true)
})

test('a minute survives, too', async () => {
  const edge = start()
  edge.keeper.follow(followed())
  await edge.call('u', 10)
  await edge.save()
  const again = start()
  again.keeper.follow(followed())
  expect(again.used('rate', 'u')).toBe(15)
  again.pass(61_000)
  expect(again.used('rate', 'u')).toBe(0)
})

test.each([
  ['is no JSON', () => '{"v":1'],
  ['is of another journal', () => JSON.stringify({ v: 1, position: { segment: 999, offset: 0 }, savedAt: START, budgets: [] })],
  ['is of another version', () => JSON.stringify({ v: 2 })],
])('where the file %s the core is asked', async (_, text) => {
  writeFileSync(join(folder, 'budgets.json'), text())
  let asked = 0
  const edge = start({
    ask: () => {
      asked++
      return { position: null, budgets: [] }
    },
  })
  edge.keeper.follow(followed())
  await turn()
  expect(asked).toBe(1)
})

test('without budgets there is no file, and nothing is held back', async () => {
  const edge = start()
  edge.keeper.follow(followed({ ...project, budgets: [] }))
  await edge.save()
  expect(() => readFileSync(join(folder, 'budgets.json'))).toThrow('ENOENT')
})
