import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export type Counters = {
  /** Every device of the namespace, with the packets that it sent and received. */
  devices: Record<string, { sent: number; received: number }>
  /** Packets that the kernel was asked to send, IPv4 and IPv6. */
  requests: number
  /** Times that an address had no way to it: one for each attempt to reach the outside, whether TCP, UDP or IPv6. */
  noRoutes: number
  /** Packets that were thrown away instead of sent. */
  discards: number
  /** UDP packets that were sent, such as questions to a name server on this machine. */
  datagrams: number
}

/** The kernel's counts of the network namespace that a process lives in, all of one moment. */
export async function readCounters(pid: number | 'self' = 'self'): Promise<Counters> {
  for (;;) {
    const before = read(pid)
    const after = read(pid)
    if (JSON.stringify(before) === JSON.stringify(after)) return after
    await sleep(1)
  }
}

function read(pid: number | 'self'): Counters {
  const text = (name: string) => readFileSync(`/proc/${pid}/net/${name}`, 'utf8')
  const four = pairsOf(text('snmp'))
  const six = Object.fromEntries(linesOf(optional(() => text('snmp6'))).map(([name = '', count]) => [name, Number(count)]))
  const both = (name: string) => (four[`Ip${name}`] ?? 0) + (six[`Ip6${name}`] ?? 0)
  const devices = linesOf(text('dev').replaceAll(':', ' ')).slice(2)
  return {
    devices: Object.fromEntries(devices.map((fields) => [fields[0], { received: Number(fields[2]), sent: Number(fields[10]) }])),
    requests: both('OutRequests'),
    noRoutes: both('OutNoRoutes'),
    discards: both('OutDiscards'),
    datagrams: (four.UdpOutDatagrams ?? 0) + (six.Udp6OutDatagrams ?? 0),
  }
}

/** `snmp` has two lines for each protocol: `Ip: Names…` and `Ip: Numbers…`. */
function pairsOf(text: string): Record<string, number> {
  const found: Record<string, number> = {}
  let names: string[] = []
  for (const [protocol = '', ...fields] of linesOf(text)) {
    if (Number.isNaN(Number(fields[0]))) names = fields
    else for (const [at, name] of names.entries()) found[protocol.replace(':', '') + name] = Number(fields[at])
  }
  return found
}

const linesOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.trim())
    .map((line) => line.trim().split(/\s+/))

/** A kernel without IPv6 has no counts of it. */
function optional(text: () => string): string {
  try {
    return text()
  } catch {
    return ''
  }
}
