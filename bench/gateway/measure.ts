import type { Child } from '../lib/child.ts'
import { cpuMicros, rssBytes } from '../lib/process-use.ts'
import { requestBody } from './bodies.ts'
import type { LoadCommand, LoadResult } from './load.ts'
import type { Target } from './targets.ts'

/** `unique`: no two requests are the same. */
export type Shape = { connections: number; stream: boolean; unique?: boolean }
/** One round of one target. `cpu` and `rss` by process; microseconds over the whole round, what it left behind included. */
export type Round = LoadResult & { cpu: Record<string, number>; rss: Record<string, number> }
/** All rounds of a shape, by target. */
export type Measured = Shape & { rounds: Map<string, Round[]> }
export type Load = Child<LoadCommand, LoadResult>

/** Sends calls to a target for some seconds and counts what they cost it. */
export async function measure(
  target: Target,
  load: Load,
  { connections, stream, unique = false, seconds }: Shape & { seconds: number },
): Promise<Round> {
  const before = uses(target, cpuMicros)
  const result = await load.ask({
    port: target.port,
    path: '/v1/chat/completions',
    headers: target.headers,
    body: requestBody(target.model, stream).toString(),
    connections,
    seconds,
    stream,
    unique,
  })
  const rss = uses(target, rssBytes)
  await target.settle()
  const after = uses(target, cpuMicros)
  const cpu = Object.fromEntries(Object.keys(after).map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]))
  return { ...result, cpu, rss }
}

const uses = (target: Target, read: (pid: number) => number): Record<string, number> =>
  Object.fromEntries(Object.entries(target.processes).map(([name, pid]) => [name, read(pid)]))
