import { setImmediate as nextTick } from 'node:timers/promises'
import { type DemoScore, feedbackOf } from './feedback.ts'
import { createRandom, type Random } from './random.ts'
import { busyness, DAY, HOUR, RELEASES, releaseAt, type Story, storyOf } from './story.ts'
import { CLUSTERING_SPANS, clusteringTrace } from './traces/clustering-trace.ts'
import { conversation } from './traces/conversation.ts'
import { indexingTrace } from './traces/indexing-trace.ts'
import type { Message } from './traces/messages.ts'
import { type DemoTrace, endOf } from './traces/trace.ts'
import { type Fate, turnTrace } from './traces/turn-trace.ts'
import { type Weather, weatherOf } from './traces/weather.ts'
import { type Customer, customers } from './world/customers.ts'

export type DemoOptions = {
  seed: string
  /** How many conversations; 1 makes about 430 turns a day. */
  scale: number
  days: number
  /** Milliseconds since 1970. */
  endsAt: number
}

export type DemoWeek = {
  story: Story
  /** In the order of their starts. */
  traces: DemoTrace[]
  scores: DemoScore[]
  people: Customer[]
  /** Traces worth looking at. */
  clustering: DemoTrace
  rootless: DemoTrace
  /** A thumbs-down, "Too vague", in the hours of the bad deploy. */
  vague: DemoScore
}

const TURNS_PER_DAY = 430
/** So that the last hour has something to look at, also at night. */
const SHARE_OF_LAST_HOUR = 0.012
const EARLIER_CLUSTERING_SPANS = 300
/** From this scale on every night has its clustering; a small demo is loaded quickly. */
const SCALE_OF_ALL_NIGHTS = 0.5
/** The first conversations take place while the bad deploy is live, so that however few there are the story is told. */
const FATES: readonly Fate[] = ['vague', 'refused', 'refused', 'refused']

/**
 * Days of a support copilot that end at `endsAt`. The same options give the same traces to the byte. They come in the order of
 * their starts: what comes into the store in one piece must lie close together in time.
 */
export async function demoWeek({ seed, scale, days, endsAt }: DemoOptions): Promise<DemoWeek> {
  const story = storyOf({ days, endsAt })
  const weather = weatherOf(story)
  const random = createRandom(seed)
  const ids = createRandom(`${seed}/ids/${endsAt}`)
  const people = customers(random.fork('customers'))

  const turns: DemoTrace[] = []
  const scores: DemoScore[] = []
  const wanted = Math.max(1, Math.round(TURNS_PER_DAY * days * scale))
  for (let number = 0; turns.length < wanted; number++) {
    // The program that makes it has other things to do as well.
    if (number % 20 === 0) await nextTick()
    const label = `conversation ${number}`
    const played = playConversation(random.fork(label), ids.fork(label), { story, weather, people, fate: FATES[number] ?? null })
    turns.push(...played.traces)
    scores.push(...played.scores)
  }
  const nights = nightsOf(story)
  const jobs = nights.flatMap((midnight, index) => {
    const job = (name: string, startedAt: number) => {
      const label = `${name} ${index}`
      return { random: random.fork(label), ids: ids.fork(label), weather, startedAt, release: releaseAt(story, startedAt) }
    }
    const spans = index === nights.length - 1 ? CLUSTERING_SPANS : EARLIER_CLUSTERING_SPANS
    const night = [
      clusteringTrace({ ...job('clustering', midnight + 2 * HOUR + 250_000), spans }),
      indexingTrace(job('indexing', midnight + 5.5 * HOUR)),
    ]
    return scale < SCALE_OF_ALL_NIGHTS && spans === EARLIER_CLUSTERING_SPANS ? night.slice(1) : night
  })
  const clustering = jobs.find(({ spans }) => spans.length === CLUSTERING_SPANS)
  const vague = scores.find(({ name, comment }) => name === 'thumbs' && comment === 'Too vague')
  if (!vague) throw new Error('Nobody said that an answer was too vague.')
  if (!clustering) throw new Error('There is no night in the time of the demo.')
  return {
    story,
    traces: [...turns, ...jobs].sort((a, b) => a.startedAt - b.startedAt),
    scores,
    people,
    clustering,
    // Not one that is worth seeing for another reason.
    rootless: loseRoot(turns.filter(({ traceId }) => traceId !== vague.traceId)),
    vague,
  }
}

type Context = { story: Story; weather: Weather; people: readonly Customer[]; fate: Fate | null }

/** The turns of one conversation, as far as they end within the time, and what was said of them. */
function playConversation(
  random: Random,
  ids: Random,
  { story, weather, people, fate }: Context,
): { traces: DemoTrace[]; scores: DemoScore[] } {
  const { from, to } = story.badDeploy
  let at = Math.floor(fate === null ? beginning(random, story) : from + random.next() * 0.9 * (to - from))
  const talk = conversation(random, { people, now: at })
  if (fate !== null) talk.environment = 'production'
  const opinions = random.fork('opinions')
  const traces: DemoTrace[] = []
  const scores: DemoScore[] = []
  const history: Message[] = []
  for (let index = 0; index < talk.turns.length; index++) {
    const release = talk.environment === 'staging' ? RELEASES.staging : releaseAt(story, at)
    const { trace, said, quality } = turnTrace({
      random,
      ids,
      weather,
      talk,
      index,
      history,
      startedAt: at,
      release,
      fate: index === 0 ? fate : null,
    })
    if (endOf(trace) > story.endsAt) break
    traces.push(trace)
    history.push(...said)
    const last = index === talk.turns.length - 1
    const fated = index === 0 && fate === 'vague'
    scores.push(...feedbackOf({ random: opinions, ids, trace, quality, type: talk.type, last, endsAt: story.endsAt, tooVague: fated }))
    at = Math.floor(endOf(trace) + random.around(55_000, 0.6))
  }
  return { traces, scores }
}

/** When somebody begins to write: more likely at a busy time. */
function beginning(random: Random, { startsAt, endsAt }: Story): number {
  if (random.chance(SHARE_OF_LAST_HOUR)) return endsAt - random.next() * HOUR
  for (;;) {
    const at = startsAt + random.next() * (endsAt - startsAt)
    if (random.next() < busyness(at)) return at
  }
}

/** The midnights (UTC) after which the jobs of the night had run by the end. */
function nightsOf({ startsAt, endsAt }: Story): number[] {
  const nights: number[] = []
  for (let midnight = Math.ceil(startsAt / DAY) * DAY; midnight + 6 * HOUR <= endsAt; midnight += DAY) nights.push(midnight)
  // A short demo that has no whole night in it has its jobs at its beginning.
  return nights.length > 0 ? nights : [startsAt - 2 * HOUR]
}

/** One trace arrives without its root, as happens when the process that would have sent it is killed. */
function loseRoot(turns: readonly DemoTrace[]): DemoTrace {
  const [first] = turns
  const trace = turns.find(({ spans }) => spans.length >= 6 && !spans[0]?.error) ?? first
  if (!trace) throw new Error('There is no trace to lose the root of.')
  trace.spans = trace.spans.filter(({ parentId }) => parentId !== '')
  return trace
}
