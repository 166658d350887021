// `node --conditions=source bench/ingest/run.ts [--quick] [--only steady,burst,readers] [--seconds 600] [--connections 8]`: what has a
// target. `… --rate 5000 --spans 100,10,1 [--seconds 20]`: that rate, in requests of these sizes, without one.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Child, startChild } from '../lib/child.ts'
import { cpuMicros, rssBytes } from '../lib/process-use.ts'
import { type Program, SECRET_KEY, startProgram } from '../lib/start-program.ts'
import { percentile, sum } from '../lib/statistics.ts'
import { figure, table } from '../lib/table.ts'
import { judge, type Verdict, verdictTable } from '../lib/verdicts.ts'
import type { GeneratorCommand, GeneratorResult } from './generator.ts'
import { probeMeanwhile } from './probe.ts'
import { type Reads, readMeanwhile } from './readers.ts'

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    only: { type: 'string', default: 'steady,burst,readers' },
    rate: { type: 'string' },
    spans: { type: 'string', default: '100' },
    connections: { type: 'string', default: '8' },
  },
})
type Load = { name: string; rate: number; seconds: number; spansPerRequest: number; judge(measured: Measured): Verdict[] }
type Measured = { storedShare: number; ackP99: number; drainSeconds: number; queryable: number[]; reads: Reads }
const LIST = 'list of 50 traces'
const shortly = flags.quick ? 15 : undefined
/** What must be reached. Stored at the rate it comes is a flat backlog: what is not stored is what waits. */
const LOADS: Load[] = [
  {
    name: 'steady',
    rate: 8000,
    seconds: Number(flags.seconds ?? shortly ?? 60),
    spansPerRequest: 100,
    judge: ({ storedShare, queryable }) => [
      ...judge('stored while 8,000 spans/s come', storedShare * 100, { limit: 98, unit: '%', atLeast: true }),
      ...judge('until a span can be queried, p99', percentile(queryable, 0.99) / 1000, { limit: 5, unit: 's' }),
    ],
  },
  {
    name: 'burst',
    rate: 12_000,
    seconds: shortly ?? 60,
    spansPerRequest: 100,
    judge: ({ ackP99, drainSeconds }) => [
      ...judge('12,000 spans/s acknowledged, p99', ackP99, { limit: 250, unit: 'ms' }),
      ...judge('drained after the burst', drainSeconds, { limit: 60, unit: 's' }),
    ],
  },
  {
    name: 'readers',
    rate: 5000,
    seconds: shortly ?? 60,
    spansPerRequest: 100,
    judge: ({ reads }) => judge('list while 5,000 spans/s come, p95', percentile(reads[LIST] ?? [], 0.95), { limit: 300, unit: 'ms' }),
  },
]
const asked: Load[] = flags.rate
  ? flags.spans.split(',').map((spans) => ({
      name: `${spans} spans per request`,
      rate: Number(flags.rate),
      seconds: Number(flags.seconds ?? 60),
      spansPerRequest: Number(spans),
      judge: () => [],
    }))
  : LOADS.filter(({ name }) => flags.only.split(',').includes(name))
type Sample = { at: number; pendingBytes: number; stored: number }

// What was started is ended on exit, and a signal is an exit too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))
const program = await startProgram()
const generator: Child<GeneratorCommand, GeneratorResult> = await startChild(new URL('./generator.ts', import.meta.url))
let reached = true
try {
  console.log(`${program.form}; OTLP protobuf, 2 KB of English per span, ${flags.connections} connections, readers beside it.`)
  const judged: Verdict[] = []
  for (const load of asked) {
    const { whole, verdicts } = await measure(load)
    reached = whole && reached
    judged.push(...verdicts)
  }
  if (judged.length > 0) console.log(`\nTargets\n\n${verdictTable(judged)}`)
  reached = reached && judged.every(({ ok }) => ok)
} catch (error) {
  console.error(error)
  reached = false
} finally {
  generator.stop()
  await program.stop()
}
process.exit(reached ? 0 : 1)

async function measure({ rate, seconds, spansPerRequest, judge: judgeLoad }: Load): Promise<{ whole: boolean; verdicts: Verdict[] }> {
  const pids = { edge: program.pidOf('edge'), core: program.pidOf('core'), generator: generator.pid }
  const cpu = () => Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMicros(pid)]))
  const storedBefore = await storedSpans(program)
  const cpuBefore = cpu()
  let over = false
  const isOver = () => over
  const [samples, reading, probing] = [sample(isOver), readMeanwhile(program, isOver), probeMeanwhile(program, isOver)]
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
  const [reads, probes] = await Promise.all([reading, probing])
  await program.drained(600_000)
  const drainSeconds = (performance.now() - drainedAt) / 1000
  const accepted = sent.accepted + probes.acknowledged
  const used = Object.entries(cpu()).map(([name, micros]) => `${name} ${figure((micros - (cpuBefore[name] ?? 0)) / accepted, 1)}`)
  const stored = (await storedSpans(program)) - storedBefore
  const backlog = describeBacklog(await samples)
  const refused = sum(Object.values(sent.refused))
  const offered = sent.accepted / sent.seconds
  const rows: [string, string][] = [
    ['spans per request', String(spansPerRequest)],
    [
      'accepted',
      `${figure(offered, 0)} spans/s for ${figure(sent.seconds, 0)} s, ${figure(sent.bytes / sent.seconds / 2 ** 20, 1)} MB/s, acknowledged in p50 ${figure(sent.p50)} / p99 ${figure(sent.p99)} ms`,
    ],
    ['refused', refused === 0 ? '0' : JSON.stringify(sent.refused)],
    ['stored while it lasted', `${figure(backlog.storedPerSecond, 0)} spans/s`],
    ['backlog', `${backlog.text}; ${figure(pendingAtEnd / 2 ** 20, 1)} MB at the end, gone ${figure(drainSeconds, 1)} s later`],
    ['stored in all', `${figure(stored, 0)} of ${figure(accepted, 0)} acknowledged${stored === accepted ? '' : ': NOT THE SAME'}`],
    ['CPU µs per span', used.join(', ')],
    ['RSS MB', `edge ${figure(rssBytes(pids.edge) / 2 ** 20, 0)}, core ${figure(rssBytes(pids.core) / 2 ** 20, 0)}`],
    ...readRows({ 'until a span can be queried': probes.queryable, ...reads }),
  ]
  console.log(`\n${table(['what', 'measured'], rows)}`)
  const measured = {
    storedShare: backlog.storedPerSecond / offered,
    ackP99: sent.p99,
    drainSeconds,
    queryable: probes.queryable,
    reads,
  }
  return { whole: stored === accepted && refused === 0 && offered >= rate * 0.99, verdicts: judgeLoad(measured) }
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
function describeBacklog(samples: readonly Sample[]): { text: string; storedPerSecond: number } {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const mean = (list: readonly Sample[]) => sum(list.map(({ pendingBytes }) => pendingBytes)) / list.length / 2 ** 20
  const thirds = [samples.slice(0, third), samples.slice(third, 2 * third), samples.slice(-third)].map(mean)
  const flat = (thirds[2] ?? 0) <= (thirds[0] ?? 0) * 1.5 + 16
  const [first, last] = [samples.find(({ stored }) => Number.isFinite(stored)), samples.findLast(({ stored }) => Number.isFinite(stored))]
  const storedPerSecond = first && last ? (last.stored - first.stored) / (last.at - first.at) : Number.NaN
  return {
    text: `${flat ? 'flat' : 'GROWING'}: mean of thirds ${thirds.map((value) => figure(value, 1)).join(' → ')} MB`,
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
