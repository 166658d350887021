import { createRandom, type Random } from './random.ts'
import { clusteringTrace } from './traces/clustering-trace.ts'
import { type Conversation, conversation } from './traces/conversation.ts'
import { indexingTrace } from './traces/indexing-trace.ts'
import type { Message } from './traces/messages.ts'
import { type DemoTrace, endOf } from './traces/trace.ts'
import { turnTrace } from './traces/turn-trace.ts'
import { busyness, type Weather, weatherOf } from './traces/weather.ts'
import { type Customer, customers } from './world/customers.ts'

export type DemoHour = {
  /** In the order of their starts. */
  traces: DemoTrace[]
  people: Customer[]
  /** Milliseconds since 1970. */
  startsAt: number
  endsAt: number
  /** When the provider was slow, in milliseconds since 1970. */
  slow: { from: number; to: number }
  /** When the newer release of the copilot went live. */
  deployedAt: number
  /** Traces worth looking at. */
  clustering: DemoTrace
  rootless: DemoTrace
}

export const HOUR = 3_600_000
const MINUTE = 60_000
const TURNS = 400
const DEPLOYED_AT_MINUTE = 23
const RELEASES = { before: '2026.11.3', after: '2026.11.4', staging: '2026.12.0-rc.1' }

/**
 * An hour of a support copilot that ends at `endsAt` (milliseconds since 1970). The same seed, scale and end give the same
 * traces to the byte; the same seed with another end gives the same conversations with other ids and dates.
 * `scale` multiplies the number of conversations; 1 makes about 400 turns.
 */
export function demoHour({ seed, scale, endsAt }: { seed: string; scale: number; endsAt: number }): DemoHour {
  const startsAt = endsAt - HOUR
  const random = createRandom(seed)
  const ids = createRandom(`${seed}/ids/${endsAt}`)
  const weather = weatherOf(startsAt)
  const people = customers(random.fork('customers'))
  const deployedAt = startsAt + DEPLOYED_AT_MINUTE * MINUTE
  const releaseAt = (at: number) => (at < deployedAt ? RELEASES.before : RELEASES.after)
  const context: Context = { weather, people, startsAt, endsAt, releaseAt }

  const turns: DemoTrace[] = []
  const wanted = Math.max(1, Math.round(TURNS * scale))
  for (let number = 0; turns.length < wanted; number++) {
    turns.push(...playConversation(random.fork(`conversation ${number}`), ids.fork(`conversation ${number}`), context))
  }
  const job = (name: string, minute: number) => {
    const startedAt = startsAt + minute * MINUTE
    return { random: random.fork(name), ids: ids.fork(name), weather, startedAt, release: releaseAt(startedAt) }
  }
  const clustering = clusteringTrace(job('clustering', 4.2))
  const indexing = [11, 31, 52].map((minute) => indexingTrace(job(`indexing ${minute}`, minute)))
  const traces = [...turns, clustering, ...indexing].sort((a, b) => a.startedAt - b.startedAt)
  return {
    traces,
    people,
    startsAt,
    endsAt,
    slow: { from: startsAt + weather.slow.from * MINUTE, to: startsAt + weather.slow.to * MINUTE },
    deployedAt,
    clustering,
    rootless: loseRoot(turns),
  }
}

type Context = {
  weather: Weather
  people: readonly Customer[]
  startsAt: number
  endsAt: number
  releaseAt: (at: number) => string
}

/** The turns of one conversation, as far as they end within the hour. */
function playConversation(random: Random, ids: Random, { weather, people, startsAt, endsAt, releaseAt }: Context): DemoTrace[] {
  const talk: Conversation = conversation(random, { people, now: endsAt })
  const release = (at: number) => (talk.environment === 'staging' ? RELEASES.staging : releaseAt(at))
  const traces: DemoTrace[] = []
  const history: Message[] = []
  let at = startsAt + busyMinute(random) * MINUTE
  for (let index = 0; index < talk.turns.length; index++) {
    const startedAt = Math.floor(at)
    const { trace, said } = turnTrace({ random, ids, weather, talk, index, history, startedAt, release: release(startedAt) })
    if (endOf(trace) > endsAt) break
    traces.push(trace)
    history.push(...said)
    at = endOf(trace) + random.around(55_000, 0.6)
  }
  return traces
}

/** A minute of the hour, more likely a busy one. */
function busyMinute(random: Random): number {
  for (;;) {
    const minute = random.next() * 60
    if (random.next() < busyness(minute)) return minute
  }
}

/** One trace arrives without its root, as happens when the process that would have sent it is killed. */
function loseRoot(turns: readonly DemoTrace[]): DemoTrace {
  const [first] = turns
  const trace = turns.find(({ spans }) => spans.length >= 6 && !spans[0]?.error) ?? first
  if (!trace) throw new Error('There is no trace to lose the root of.')
  trace.spans = trace.spans.filter(({ parentId }) => parentId !== '')
  return trace
}
