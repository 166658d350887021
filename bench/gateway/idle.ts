// `node --conditions=source bench/gateway/idle.ts [--seconds 60]`: memory of all our processes with an empty project.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cpuMicros, processTree, pssBytes, rssBytes } from '../lib/process-use.ts'
import { startProgram } from '../lib/start-program.ts'
import { sum } from '../lib/statistics.ts'
import { figure, table } from '../lib/table.ts'

const LIMIT_MB = 700
const MB = 2 ** 20
const { values: flags } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } })
// What was started is ended on exit, and a signal is an exit too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const program = await startProgram()
const readyAfterMs = Math.round(performance.now())
const seconds = Number(flags.seconds)
const before = new Map(processTree(program.pid).map(({ pid }) => [pid, cpuMicros(pid)]))
await sleep(seconds * 1000)

const processes = processTree(program.pid).map(({ pid, title }) => ({
  title: title.startsWith('signalbox') ? title : 'supervisor',
  pss: pssBytes(pid) / MB,
  rss: rssBytes(pid) / MB,
  cpu: (cpuMicros(pid) - (before.get(pid) ?? 0)) / 1e4 / seconds,
}))
const total = sum(processes.map(({ pss }) => pss))
await program.stop()
console.log(`${program.form}, ready after ${figure(readyAfterMs / 1000, 1)} s (first start), measured ${seconds} s later\n`)
console.log(
  table(
    ['process', 'PSS MB', 'RSS MB', 'CPU % of a core'],
    [
      ...processes.map(({ title, pss, rss, cpu }) => [title, figure(pss, 0), figure(rss, 0), figure(cpu, 2)]),
      ['all', figure(total, 0), '', ''],
    ],
  ),
)
console.log(`\nwanted ≤ ${LIMIT_MB} MB: ${total <= LIMIT_MB ? 'reached' : 'MISSED'}`)
process.exit(total <= LIMIT_MB ? 0 : 1)
