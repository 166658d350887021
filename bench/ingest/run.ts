// `node --conditions=source bench/ingest/run.ts [--quick] [--seconds 60] [--rate 8000] [--spans 100,10,1] [--connections 8]`
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Child, startChild } from '../lib/child.ts'
import { cpuMicros, rssBytes } from '../lib/process-use.ts'
import { type Program, SECRET_KEY, startProgram } from '../lib/start-program.ts'
import { percentile, sum } from '../lib/statistics.ts'
import { figure, table } from '../lib/table.ts'
import type { GeneratorCommand, GeneratorResult } from './generator.ts'
import { type Reads, readMeanwhile } from './readers.ts'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    rate: { type: 'string', default: '8000' },
    spans: { type: 'string', default: '100' },
    connections: { type: 'string', default: '8' },
  },
})
const seconds = Number(flags.seconds ?? (flags.quick ? 15 : 60))
type Sample = { at: number; pendingBytes: number; stored: number }

// What was started is ended on exit, and a signal is an exit too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const program = await startProgram()
const generator: Child<GeneratorCommand, GeneratorResult> = await startChild(new URL('./generator.ts', import.meta.url))
let reached = true
try {
  console.log(
    `${program.form}; OTLP protobuf, 2 KB of English per span, ${flags.connections} connections, ${seconds} s at ${flags.rate} spans/s, readers beside it.`,
  )
  for (const spans of flags.spans.split(',').map(Number)) reached = (await measure(spans)) && reached
} catch (error) {
  console.error(error)
  reached = false
} finally {
  generator.stop()
  await program.stop()
}
process.exit(reached ? 0 : 1)

async function measure(spansPerRequest: number): Promise<boolean> {
  const pids = { edge: program.pidOf('edge'), core: program.pidOf('core'), generator: generator.pid }
  const cpu = () => Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMicros(pid)]))
  const storedBefore = await storedSpans(program)
  const cpuBefore = cpu()
  let over = false
  const samples = sample(() => over)
  const reads = readMeanwhile(program, () => over)
  const rate = Number(flags.rate)
  const sent = await generator.ask({
    port: program.port,
    secretKey: SECRET_KEY,
    spansPerRequest,
    connections: Number(flags.connections),
    rate,
    seconds,
  })
  const pendingAtEnd = (await program.metric('signalbox_journal_pending_bytes'))[0] ?? Number.NaN
  over = true
  const drainedAt = performance.now()
  await program.drained(600_000)
  const drainSeconds = (performance.now() - drainedAt) / 1000
  const used = Object.entries(cpu()).map(([name, micros]) => `${name} ${figure((micros - (cpuBefore[name] ?? 0)) / sent.accepted, 1)}`)
  const stored = (await storedSpans(program)) - storedBefore
  const backlog = describeBacklog(await samples)
  const refused = sum(Object.values(sent.refused))
  const rows: [string, string][] = [
    ['spans per request', String(spansPerRequest)],
    [
      'accepted',
      `${figure(sent.accepted / sent.seconds, 0)} spans/s, ${figure(sent.bytes / sent.seconds / 2 ** 20, 1)} MB/s, acknowledged in p50 ${figure(sent.p50)} / p99 ${figure(sent.p99)} ms`,
    ],
    ['refused', refused === 0 ? '0' : JSON.stringify(sent.refused)],
    ['stored while it lasted', `${figure(backlog.storedPerSecond, 0)} spans/s`],
    ['backlog', `${backlog.text}; ${figure(pendingAtEnd / 2 ** 20, 1)} MB at the end, gone ${figure(drainSeconds, 1)} s later`],
    [
      'stored in all',
      `${figure(stored, 0)} of ${figure(sent.accepted, 0)} acknowledged${stored === sent.accepted ? '' : ': NOT THE SAME'}`,
    ],
    ['CPU µs per span', used.join(', ')],
    ['RSS MB', `edge ${figure(rssBytes(pids.edge) / 2 ** 20, 0)}, core ${figure(rssBytes(pids.core) / 2 ** 20, 0)}`],
    ...readRows(await reads),
  ]
  console.log(`\n${table(['what', 'measured'], rows)}`)
  return stored === sent.accepted && refused === 0 && backlog.flat && sent.accepted / sent.seconds >= rate * 0.99
}

async function sample(isOver: () => boolean): Promise<Sample[]> {
  const found: Sample[] = []
  const from = performance.now()
  while (!isOver()) {
    const [pendingBytes = Number.NaN, stored = Number.NaN] = await program.metric(
      'signalbox_journal_pending_bytes',
      'signalbox_core_spans_total',
    )
    found.push({ at: (performance.now() - from) / 1000, pendingBytes, stored })
    await sleep(1000)
  }
  return found
}

/** Flat: the last third of the time has no more waiting than the first third, but for what one batch holds. */
function describeBacklog(samples: readonly Sample[]): { text: string; flat: boolean; storedPerSecond: number } {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const mean = (list: readonly Sample[]) => sum(list.map(({ pendingBytes }) => pendingBytes)) / list.length / 2 ** 20
  const thirds = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(-third)].map(mean)
  const flat = (thirds[2] ?? 0) <= (thirds[0] ?? 0) * 1.5 + 16
  const [first, last] = [samples.find(({ stored }) => Number.isFinite(stored)), samples.findLast(({ stored }) => Number.isFinite(stored))]
  const storedPerSecond = first && last ? (last.stored - first.stored) / (last.at - first.at) : Number.NaN
  return {
    text: `${flat ? 'flat' : 'GROWING'}: mean of thirds ${thirds.map((value) => figure(value, 1)).join(' → ')} MB`,
    flat,
    storedPerSecond,
  }
}

function readRows(reads: Reads): [string, string][] {
  return Object.entries(reads).map(([name, times]) => [
    name,
    `p50 ${figure(percentile(times, 0.5), 0)} / p95 ${figure(percentile(times, 0.95), 0)} / max ${figure(Math.max(...times), 0)} ms (${times.length})`,
  ])
}

async function storedSpans(where: Program): Promise<number> {
  return (await where.api<{ spans: number }>('/api/v1/system')).spans
}
