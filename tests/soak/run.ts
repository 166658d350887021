// `npm run soak [-- --rounds 30] [--calls 100000] [--only money]`: the fault suite for longer, ended by its figures in docs/measurements.md.
import { parseArgs } from 'node:util'
import { writeMeasurement } from '../../bench/lib/measurements.ts'
import { figure, table } from '../../bench/lib/table.ts'
import { moneyRun, moneyYaml } from '../chaos/money.ts'
import { startChaos } from '../chaos/world.ts'
import { deafReaders, idleConnections, tricklers } from '../faults/bad-clients.ts'
import { withBystander } from '../faults/bystander.ts'
import { coreDown } from '../faults/core-down.ts'
import { diskFull } from '../faults/disk-full.ts'
import { killRound } from '../faults/kill-rounds.ts'
import { mountSmallDisk } from '../faults/small-disk.ts'
import { startWorld, type World } from '../faults/world.ts'
import { killEval } from './eval-kills.ts'

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '30' },
    'core-down': { type: 'string', default: '60' },
    idle: { type: 'string', default: '10000' },
    calls: { type: 'string', default: '100000' },
    rows: { type: 'string', default: '1500' },
    only: { type: 'string', default: 'faults,money,eval' },
  },
})
// What was started is ended on exit, and a signal is an exit too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const rows: string[][] = []
const problems: string[] = []
const note = (what: string, figures: string, found: readonly string[]) => {
  rows.push([what, figures, found.length === 0 ? 'none' : String(found.length)])
  problems.push(...found.map((problem) => `${what}: ${problem}`))
  console.log(`${what}: ${figures}${found.length === 0 ? '' : `\n  ${found.slice(0, 10).join('\n  ')}`}`)
}

const parts = flags.only.split(',')
const SOAKS: Record<string, { title: string; run: () => Promise<void> }> = {
  money: { title: 'Soak: money that adds up', run: () => money(Number(flags.calls)) },
  faults: { title: 'Soak: faults under load', run: faults },
  eval: { title: 'Soak: evaluations that are killed', run: evaluations },
}
for (const part of parts) {
  const soak = SOAKS[part]
  if (!soak) throw new Error(`There is no soak ${part}; there are ${Object.keys(SOAKS).join(', ')}.`)
  await soak.run()
  writeMeasurement(soak.title, table(['what', 'figures', 'problems'], rows.splice(0)))
}
console.log(problems.length === 0 ? '\nNothing was lost, nothing is there twice.' : `\n${problems.length} problems.`)
process.exit(problems.length === 0 ? 0 : 1)

async function evaluations(): Promise<void> {
  const { figures, problems: found } = await killEval({ rounds: Math.min(20, Number(flags.rounds)), rows: Number(flags.rows) })
  note('signalbox eval, kill -9 at a random point, run again', figures, found)
}

async function faults(): Promise<void> {
  await inWorld(await startWorld(), async (world) => {
    await killRounds(world, Number(flags.rounds))
    await coreAway(world, Number(flags['core-down']))
    await badClients(world, Number(flags.idle))
  })
  const disk = mountSmallDisk(600)
  if (disk) {
    await inWorld(await startWorld({ data: disk.folder }), async (world) => {
      for (let round = 1; round <= 5; round++) {
        const found = await diskFull(world, disk, `disk-full-${round}`)
        note(
          `full disk, round ${round}`,
          `${found.answered} answered, ${found.acknowledged} spans acknowledged, statuses ${JSON.stringify(found.statuses)}`,
          found.problems,
        )
      }
    }).finally(disk.unmount)
  } else note('full disk', 'not run: mounting is not allowed here', [])
}

/** Every kind of call and fault by chance, with several keys, one of which has less money than it wants: then the accounts are compared. */
async function money(calls: number): Promise<void> {
  const limitUsd = calls * 5e-6
  await using world = await startChaos({ more: moneyYaml(limitUsd) })
  const from = performance.now()
  const run = await moneyRun(world, { name: 'soak-money', calls, at: 64, seed: Date.now() % 1e6, limitUsd })
  const { answered, left, refused, cached, racy, limited } = run
  note(
    `${figure(calls, 0)} mixed calls`,
    `${figure((performance.now() - from) / 1000, 0)} s; ${answered} answered, ${cached} of them from the cache, ${left} left by their clients, ${refused} refused by a budget; ` +
      `ledger, spans and providers: ${run.nanoUsd} nano-USD each; ${racy.calls} left at any moment: providers ${racy.counted}, ledger ${racy.owed}; ` +
      `a budget of ${limited.limit}: ${limited.spent} spent`,
    run.problems,
  )
}

async function inWorld(world: World, work: (world: World) => Promise<void>): Promise<void> {
  try {
    await work(world)
  } finally {
    await world[Symbol.asyncDispose]()
  }
}

async function killRounds(world: World, rounds: number): Promise<void> {
  const total = { kills: 0, answered: 0, unanswered: 0, acknowledged: 0, interrupted: 0 }
  const found: string[] = []
  for (let round = 1; round <= rounds; round++) {
    const one = await killRound(world, { name: `soak-${round}`, seed: Date.now() % 1e6, kills: 3 })
    total.kills += one.killed.length
    total.answered += one.answered
    total.unanswered += one.unanswered
    total.acknowledged += one.acknowledged
    total.interrupted += one.unansweredInStore.interrupted ?? 0
    found.push(...one.problems.map((problem) => `${one.name} (${one.killed.join(', ')}): ${problem}`))
    console.log(`round ${round} of ${rounds}: ${JSON.stringify({ ...one, problems: one.problems.slice(0, 5) })}`)
  }
  const { kills, answered, unanswered, acknowledged, interrupted } = total
  note(
    `${rounds} rounds of kill -9`,
    `${kills} kills, ${answered} calls answered, ${unanswered} not (${interrupted} of them stored as interrupted), ${figure(acknowledged, 0)} spans acknowledged`,
    found,
  )
}

async function coreAway(world: World, seconds: number): Promise<void> {
  const down = await coreDown(world, { name: 'soak-core-down', seconds })
  const lost = down.unanswered === 0 ? [] : [`${down.unanswered} calls got no answer while only the core was down`]
  note(
    `core down for ${seconds} s`,
    `${down.answered} calls answered, the provider counted ${down.count.calls}, ${figure(down.acknowledged, 0)} spans acknowledged`,
    [...down.problems, ...lost],
  )
}

async function badClients(world: World, count: number): Promise<void> {
  const held: string[] = []
  const watch = async (what: string, disturb: () => Promise<void>) => {
    const found = await withBystander(world, disturb)
    note(
      what,
      `${found.calls} calls beside them, slowest ${figure(found.slowestMs, 0)} ms`,
      found.failed === 0 ? held.splice(0) : [`${found.failed} calls beside them failed`],
    )
  }
  await watch('readers that stop reading', () => deafReaders(world, { count: 8, forMs: 20_000, bytes: 16_000_000 }))
  await watch('senders of a byte at a time', () => tricklers(world, { count: 500, forMs: 20_000 }))
  const idle = await idleConnections(world, count)
  if (idle.opened < count) held.push(`only ${idle.opened} of ${count} connections could be opened`)
  await watch(`${count} connections that send nothing`, async () => {
    for (let call = 0; call < 200; call++) await world.api('/api/v1/traces')
  })
  idle.close()
}
