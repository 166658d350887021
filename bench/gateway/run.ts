// `node --conditions=source bench/gateway/run.ts [--quick] [--only direct,bare,signalbox,portkey] [--whole|--streams] [--scenario plain|full|full-disk] [--other CHECKOUT]`
// `--other` runs the build of another checkout beside this one, in the same rounds: what a change costs, whatever else the machine does.
import { execFileSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { startChild } from '../lib/child.ts'
import { figure } from '../lib/table.ts'
import { verdictTable } from '../lib/verdicts.ts'
import type { LoadCommand, LoadResult } from './load.ts'
import { type Load, type Measured, measure, type Round, type Shape } from './measure.ts'
import type { MockReady } from './mock-upstream.ts'
import { report } from './report.ts'
import { bare, direct, portkey, SCENARIOS, type Scenario, signalbox, type Target } from './targets.ts'
import { verdicts } from './verdicts.ts'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'direct,bare,signalbox,portkey' },
    whole: { type: 'boolean', default: false },
    streams: { type: 'boolean', default: false },
    connections: { type: 'string', default: '1,32,128' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    scenario: { type: 'string', default: 'plain' },
    other: { type: 'string' },
  },
})
const rounds = Number(flags.rounds ?? (flags.quick ? 3 : 6))
const seconds = Number(flags.seconds ?? (flags.quick ? 2 : 4))
const scenario = scenarioOf(flags.scenario)
const connections = flags.connections.split(',').map(Number)

// What was started is ended on exit, and a signal is an exit too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const mock = await startChild<object, MockReady>(new URL('./mock-upstream.ts', import.meta.url), ['50', '20'])
const load: Load = await startChild<LoadCommand, LoadResult>(new URL('./load.ts', import.meta.url))
const makers: Record<string, () => Target | Promise<Target>> = {
  direct: () => direct({ port: mock.ready.port, pid: mock.pid }),
  bare: () => bare(mock.ready.port),
  signalbox: () => signalbox(mock.ready.port, scenario),
  other: () => signalbox(mock.ready.port, scenario, flags.other),
  portkey: () => portkey(mock.ready.port),
}
const ON = {
  plain: 'key, alias, cost, journal and core on',
  full: 'key, alias of three targets by latency, five limits and budgets, cache in memory that misses, cost, journal and core on',
  'full-disk': 'key, alias of three targets by latency, five limits and budgets, cache on disk that misses, cost, journal and core on',
}
const targets: Target[] = []
let failed = false
try {
  for (const name of [...flags.only.split(','), ...(flags.other === undefined ? [] : ['other'])]) {
    const make = makers[name]
    if (!make) throw new Error(`There is no target ${name}; there are ${Object.keys(makers).join(', ')}.`)
    targets.push(await make())
  }
  console.log(about(targets))
  const measured: Measured[] = []
  for (const stream of [...(flags.streams ? [] : [false]), ...(flags.whole ? [] : [true])]) {
    for (const count of connections) {
      const shape = { connections: count, stream, unique: scenario !== 'plain' }
      const one = { ...shape, rounds: await measureAll(shape) }
      measured.push(one)
      console.log(report(one))
    }
  }
  const judged = verdicts(measured)
  console.log(`\nTargets\n\n${verdictTable(judged)}`)
  failed = judged.some(({ ok }) => !ok)
} catch (error) {
  console.error(error)
  failed = true
} finally {
  for (const target of targets) await target.stop()
  load.stop()
  mock.stop()
}
process.exit(failed ? 1 : 0)

/** Targets in turn, round after round, so that what else the machine does meets all of them. */
async function measureAll(shape: Shape): Promise<Map<string, Round[]>> {
  const found = new Map<string, Round[]>(targets.map(({ name }) => [name, []]))
  for (const target of targets) await measure(target, load, { ...shape, seconds: 1.5 })
  for (let round = 0; round < rounds; round++) {
    for (const target of targets) found.get(target.name)?.push(await measure(target, load, { ...shape, seconds }))
  }
  return found
}

function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((one) => one === name)
  if (!found) throw new Error(`There are the scenarios ${SCENARIOS.join(', ')}.`)
  return found
}

function about(all: readonly Target[]): string {
  const program = all.find((target) => 'program' in target) as { program?: { form: string } } | undefined
  const peerNode = process.env.BENCH_PEER_NODE
    ? execFileSync(process.env.BENCH_PEER_NODE, ['--version'], { encoding: 'utf8' }).trim()
    : process.version
  return [
    `Machine: ${cpus().length} × ${cpus()[0]?.model}, ${figure(totalmem() / 2 ** 30, 0)} GB, Linux ${release()}, Node ${process.version}.`,
    `Load, provider and every target share it. ${rounds} rounds of ${seconds} s, targets in turn; request 1.2 KB, answer 1.1 KB, keep-alive.`,
    ...(program?.program ? [`signalbox: ${program.program.form}, ${ON[scenario]}; its µs hold the shipping that follows the calls.`] : []),
    ...(all.some(({ name }) => name === 'portkey')
      ? [`portkey: @portkey-ai/gateway 1.15.2 on Node ${peerNode}; of its first-token time 25 ms are a fixed sleep of its own.`]
      : []),
  ].join('\n')
}
