import { median, percentile, sum } from '../lib/statistics.ts'
import { figure, table } from '../lib/table.ts'
import type { Measured, Round } from './measure.ts'

/** One shape as a Markdown table, a row per target. */
export function report({ connections: count, stream, rounds: byTarget }: Measured): string {
  const title = stream ? `${count} streams at once, 50 chunks × 20 ms` : `${count} connections, whole answers`
  const base = byTarget.get('direct') ?? []
  return `\n${title}\n\n${stream ? streamTable(byTarget, base) : wholeTable(byTarget, base)}`
}

const perSecond = (round: Round): number => round.answers / round.seconds
const best = (list: readonly Round[], by: (round: Round) => number): Round | undefined => list.toSorted((a, b) => by(b) - by(a))[0]
/** Microseconds of one process per answer: the least of all rounds, and the median. */
const cpuText = (list: readonly Round[], name: string, per: (round: Round) => number): string => {
  const each = list.map((round) => (round.cpu[name] ?? 0) / per(round))
  return `${name} ${figure(Math.min(...each), 0)} (${figure(median(each), 0)})`
}
const cpuAll = (list: readonly Round[], per: (round: Round) => number): string =>
  Object.keys(list[0]?.cpu ?? {})
    .map((name) => cpuText(list, name, per))
    .join(', ')
const rssText = (list: readonly Round[]): string =>
  Object.keys(list[0]?.rss ?? {})
    .map((name) => `${name} ${figure(Math.max(...list.map((round) => round.rss[name] ?? 0)) / 2 ** 20, 0)}`)
    .join(', ')
const errorText = (list: readonly Round[]): string => {
  const errors = list.reduce((total, round) => total + round.errors, 0)
  return errors === 0 ? '0' : `${errors} (${list.find(({ firstError }) => firstError)?.firstError})`
}

function wholeTable(byTarget: Map<string, Round[]>, base: readonly Round[]): string {
  const baseRate = median(base.map(perSecond))
  return table(
    ['target', 'req/s best (median)', 'to direct', 'p50 / p99 ms', 'CPU µs/request least (median)', 'RSS MB', 'errors'],
    [...byTarget].map(([name, list]) => {
      const top = best(list, perSecond)
      const rate = median(list.map(perSecond))
      return [
        name,
        `${figure(top ? perSecond(top) : Number.NaN, 0)} (${figure(rate, 0)})`,
        figure(rate / baseRate, 3),
        `${figure(top?.p50 ?? Number.NaN, 2)} / ${figure(top?.p99 ?? Number.NaN, 1)}`,
        cpuAll(list, (round) => round.answers),
        rssText(list),
        errorText(list),
      ]
    }),
  )
}

function streamTable(byTarget: Map<string, Round[]>, base: readonly Round[]): string {
  const [base50, base99] = firstToken(base)
  return table(
    ['target', 'first token p50 / p99 ms', 'added p50 / p99 ms', 'streams', 'CPU µs/stream', 'µs/event', 'RSS MB', 'errors'],
    [...byTarget].map(([name, list]) => {
      const [p50, p99] = firstToken(list)
      const streams = sum(list.map(({ answers }) => answers))
      const events = sum(list.map((round) => round.events))
      const cpu = Object.keys(list[0]?.cpu ?? {}).map((process) => ({ process, micros: sum(list.map((round) => round.cpu[process] ?? 0)) }))
      return [
        name,
        `${figure(p50, 2)} / ${figure(p99, 1)}`,
        name === 'direct' ? '' : `${figure(p50 - base50, 2)} / ${figure(p99 - base99, 1)}`,
        streams,
        cpu.map(({ process, micros }) => `${process} ${figure(micros / streams, 0)}`).join(', '),
        figure((cpu[0]?.micros ?? 0) / events, 1),
        rssText(list),
        errorText(list),
      ]
    }),
  )
}

/** p50 and p99 of all streams of all rounds. */
export function firstToken(list: readonly Round[]): [number, number] {
  const all = list.flatMap(({ firstTokens }) => firstTokens)
  return [percentile(all, 0.5), percentile(all, 0.99)]
}
