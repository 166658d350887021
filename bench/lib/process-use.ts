import { readdirSync, readFileSync } from 'node:fs'

/** Ticks of `/proc/<pid>/stat` are hundredths of a second on every Linux that Node runs on. */
const MICROS_PER_TICK = 10_000

/** User + system time of a process so far, in microseconds; a process that has ended counts 0. Source: `/proc/<pid>/stat`, proc(5). */
export function cpuMicros(pid: number): number {
  const fields = statFields(pid)
  return fields ? (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK : 0
}

/** Resident memory in bytes, shared pages included; 0 when the process has ended. */
export const rssBytes = (pid: number): number => kilobytes(pid, 'status', 'VmRSS') * 1024

/** The most resident memory in bytes since the process began, or since `5` was written to its `clear_refs`. */
export const peakRssBytes = (pid: number): number => kilobytes(pid, 'status', 'VmHWM') * 1024

/** Proportional memory in bytes: pages shared by several processes are divided among them, so that sums are true. */
export const pssBytes = (pid: number): number => kilobytes(pid, 'smaps_rollup', 'Pss') * 1024

/** A process and all its descendants, with their command lines. */
export function processTree(root: number): { pid: number; title: string }[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    const parent = Number.isInteger(pid) ? Number(statFields(pid)?.[1]) : Number.NaN
    if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const walk = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(walk)]
  return walk(root).map((pid) => ({ pid, title: read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim() }))
}

/** The fields after the command in brackets, which may hold spaces: state, parent, … */
const statFields = (pid: number): string[] | undefined => read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')

const kilobytes = (pid: number, file: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(read(`/proc/${pid}/${file}`))?.[1] ?? 0)

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
