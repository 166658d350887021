import { judge, type Verdict } from '../lib/verdicts.ts'
import type { Measured, Round } from './measure.ts'
import { firstToken } from './report.ts'

const EDGE_MICROS: Record<number, number> = { 1: 150, 32: 100, 128: 100 }
const FIRST_TOKEN_MS: Record<number, number> = { 1: 1, 32: 2 }
const PEER_TIMES = 8
const RSS_MB = 200

/**
 * What was measured against what must be reached. CPU is the least of the rounds (other work on the machine only adds
 * to it), the time to the first token the median.
 */
export function verdicts(measured: readonly Measured[]): Verdict[] {
  const found: Verdict[] = []
  for (const { connections, stream, rounds } of measured) {
    const ours = rounds.get('signalbox') ?? []
    const peer = rounds.get('portkey') ?? []
    if (ours.length === 0) continue
    if (stream) {
      const limit = FIRST_TOKEN_MS[connections]
      const added = firstToken(ours)[0] - firstToken(rounds.get('direct') ?? [])[0]
      if (limit) found.push(...judge(`added first-token time, ${connections} streams`, added, { limit, unit: 'ms' }))
      continue
    }
    const edge = least(ours, 'edge')
    const limit = EDGE_MICROS[connections]
    if (limit) found.push(...judge(`edge CPU per call, ${connections} connections`, edge, { limit, unit: 'µs' }))
    found.push(
      ...judge(`fewer than the peer, ${connections} connections`, least(peer, 'gateway') / edge, {
        limit: PEER_TIMES,
        atLeast: true,
        unit: '×',
      }),
    )
    if (connections === 128)
      found.push(
        ...judge('edge memory, 128 connections', Math.max(...ours.map(({ rss }) => rss.edge ?? 0)) / 2 ** 20, {
          limit: RSS_MB,
          unit: 'MB',
        }),
      )
  }
  return found
}

const least = (list: readonly Round[], name: string): number => Math.min(...list.map((round) => (round.cpu[name] ?? 0) / round.answers))
