import type { Random } from '../random.ts'
import { THEMES } from '../tickets/themes.ts'
import { chatSpan, type Tools } from './chat-span.ts'
import { text, userSays } from './messages.ts'
import { embeddingSpan } from './retrieval-span.ts'
import { buildTrace, type DemoSpan, type DemoTrace } from './trace.ts'
import type { Weather } from './weather.ts'

export const CLUSTERING_SPANS = 3000

const LANES = 2
const ROUNDS = 6
const EMBEDDING_CALLS = 24
/** A judge is asked only where the vectors of two clusters are closer than this. */
const WORTH_ASKING = 0.68
const LABEL_PROMPT =
  'You label clusters of support tickets of an outdoor shop. Given eight sample tickets, answer with JSON: {"label": at most six words, "type": refund | delivery | invoice | login | cancellation, "actionable": boolean}.'
const JUDGE_PROMPT =
  'You decide whether two clusters of support tickets are about the same problem. Answer with JSON: {"same": boolean, "reason": one sentence}.'

/** The nightly run of an agent that sorts yesterday's tickets: one trace of exactly so many spans in nested loops. */
export function clusteringTrace(options: {
  random: Random
  ids: Random
  weather: Weather
  startedAt: number
  release: string
  spans: number
}): DemoTrace {
  const { random, ids, weather, startedAt, release, spans: wanted } = options
  const builder = buildTrace({
    ids,
    startedAt,
    resource: { service: 'ticket-clustering', environment: 'production', release },
    common: { 'session.id': 'nightly-clustering' },
  })
  const tools: Tools = { builder, random, weather }
  const root = builder.add({
    parent: null,
    name: 'nightly ticket clustering',
    start: 0,
    end: 0,
    attributes: {
      'gen_ai.operation.name': 'invoke_workflow',
      'gen_ai.workflow.name': 'ticket-clustering',
      'input.value': JSON.stringify({ tickets: 4812, rounds: ROUNDS, targetClusters: THEMES.length }),
      'tag.tags': ['nightly', 'batch'],
      metadata: JSON.stringify({ job: 'ticket-clustering', trigger: 'schedule' }),
    },
  })
  let at = step(tools, { parent: root, name: 'load tickets', start: 2, takes: 1900, output: { tickets: 4812, languages: 6 } }).end
  at = embedAll(tools, root, at)

  // What is left when the last two steps have their spans.
  const room = wanted - builder.trace.spans.length - 2
  const perRound = Math.floor(room / ROUNDS)
  for (let round = 0; round < ROUNDS; round++) {
    const spans = round === ROUNDS - 1 ? room - perRound * (ROUNDS - 1) : perRound
    at = clusterRound(tools, { root, round, start: at + 40, spans })
  }
  const report = chatSpan(tools, {
    model: 'gpt-4o',
    parent: root,
    start: at + 10,
    system: ['You write the morning report of the support team: what changed since yesterday, in five lines.'],
    input: [userSays(JSON.stringify(THEMES.slice(0, 12).map(({ label }, index) => ({ label, tickets: 410 - index * 27 }))))],
    output: [text(REPORT)],
    stream: false,
    tools: false,
  })
  const published = step(tools, {
    parent: root,
    name: 'publish report',
    start: report.end + 3,
    takes: 340,
    output: { channel: '#support-daily', clusters: THEMES.length },
  })
  root.end = published.end + 5
  root.attributes['output.value'] = REPORT
  return builder.trace
}

const REPORT = `4,812 tickets in ${THEMES.length} clusters.
1. "Refund not arrived after a return" stays the largest and grew by 9%; most of it is UPI payments.
2. "Parcel marked delivered but missing" doubled in two postcode areas of one carrier. Logistics knows.
3. New: "Log-in from another country". 31 tickets since 20:00, all with reused passwords.
4. "Import duties at the door" is gone since the label was fixed.
5. Copilot answers were accepted in 87% of conversations without a person.`

type Step = { parent: DemoSpan; name: string; start: number; takes: number; input?: unknown; output: unknown; kind?: string }

function step({ builder, random }: Tools, { parent, name, start, takes, input, output, kind }: Step): DemoSpan {
  return builder.add({
    parent,
    name,
    start,
    end: start + random.around(takes, 0.25),
    attributes: {
      'openinference.span.kind': kind ?? 'TOOL',
      'input.value': input === undefined ? undefined : JSON.stringify(input),
      'output.value': JSON.stringify(output),
    },
  })
}

function embedAll(tools: Tools, root: DemoSpan, start: number): number {
  const group = step(tools, { parent: root, name: 'embed tickets', start, takes: 1, output: { vectors: 4812 }, kind: 'CHAIN' })
  const ends = lanes(LANES, start)
  for (let call = 0; call < EMBEDDING_CALLS; call++) {
    const lane = nextFree(ends)
    const texts = Array.from({ length: 6 }, () => tools.random.pick(tools.random.pick(THEMES).samples))
    ends[lane] = embeddingSpan(tools, { parent: group, start: (ends[lane] ?? start) + 3, texts }).end
  }
  group.end = Math.max(...ends) + 2
  return group.end
}

/** One pass over all clusters, several at a time, with exactly so many spans. */
function clusterRound(
  tools: Tools,
  { root, round, start, spans }: { root: DemoSpan; round: number; start: number; spans: number },
): number {
  const { builder } = tools
  const last = builder.trace.spans.length + spans
  const group = step(tools, {
    parent: root,
    name: `round ${round + 1}`,
    start,
    takes: 1,
    input: { round: round + 1, threshold: Number((0.62 + round * 0.04).toFixed(2)) },
    output: { clusters: THEMES.length * 3 - round * 9 },
    kind: 'CHAIN',
  })
  const assigned = step(tools, {
    parent: group,
    name: 'assign tickets',
    start: start + 2,
    takes: 850,
    output: { moved: 1200 - round * 190 },
  })
  const ends = lanes(LANES, assigned.end)
  for (let cluster = 0; builder.trace.spans.length < last; cluster++) {
    const lane = nextFree(ends)
    ends[lane] = labelCluster(tools, { group, cluster, start: (ends[lane] ?? 0) + 4, room: last - builder.trace.spans.length })
  }
  group.end = Math.max(...ends) + 3
  return group.end
}

type Labelling = { group: DemoSpan; cluster: number; start: number; room: number }

/** An agent for one cluster: look at samples, name it, and compare it with its neighbours in a loop. Uses at most `room` spans. */
function labelCluster(tools: Tools, { group, cluster, start, room }: Labelling): number {
  const { random, builder } = tools
  const before = builder.trace.spans.length
  const left = () => room - (builder.trace.spans.length - before)
  const theme = THEMES[cluster % THEMES.length] ?? random.pick(THEMES)
  const samples = Array.from({ length: 4 }, () => random.pick(theme.samples))
  const agent = builder.add({
    parent: group,
    name: 'invoke_agent cluster-labeller',
    start,
    end: start,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': 'cluster-labeller',
      'input.value': JSON.stringify({ cluster: `c-${String(cluster).padStart(3, '0')}`, tickets: random.int(12, 420) }),
      'output.value': JSON.stringify({ label: theme.label }),
    },
  })
  let at = start + 1
  if (left() > 0) at = step(tools, { parent: agent, name: 'sample tickets', start: at, takes: 240, output: samples, kind: 'RETRIEVER' }).end
  if (left() > 0) {
    at = chatSpan(tools, {
      model: 'gpt-4o-mini',
      parent: agent,
      start: at + 1,
      system: [LABEL_PROMPT],
      input: [userSays(samples.map((sample, index) => `${index + 1}. ${sample}`).join('\n'))],
      output: [text(JSON.stringify({ label: theme.label, type: theme.type, actionable: random.chance(0.6) }))],
      stream: false,
      tools: false,
      json: true,
    }).end
  }
  for (let neighbour = random.int(4, 10); neighbour > 0 && left() > 0; neighbour--)
    at = compare(tools, { agent, theme: theme.label, start: at, left })
  agent.end = at + 2
  return agent.end
}

function compare(
  tools: Tools,
  { agent, theme, start, left }: { agent: DemoSpan; theme: string; start: number; left: () => number },
): number {
  const { random } = tools
  const other = random.chance(0.12) ? theme : random.pick(THEMES).label
  const group = step(tools, { parent: agent, name: 'compare with neighbour', start: start + 1, takes: 1, output: { other }, kind: 'CHAIN' })
  let at = group.end
  const same = theme === other
  const similarity = same ? 0.8 + random.next() * 0.15 : 0.35 + random.next() * 0.4
  if (left() > 0) at = step(tools, { parent: group, name: 'cosine similarity', start: at, takes: 4, output: similarity.toFixed(3) }).end
  if (similarity > WORTH_ASKING && left() > 0) {
    at = chatSpan(tools, {
      model: 'gpt-4o-mini',
      parent: group,
      start: at + 1,
      system: [JUDGE_PROMPT],
      input: [userSays(`A: ${theme}\nB: ${other}`)],
      output: [
        text(
          JSON.stringify({
            same,
            reason: same ? 'Both are the same request in other words.' : `"${other}" needs another team than "${theme}".`,
          }),
        ),
      ],
      stream: false,
      tools: false,
      json: true,
    }).end
  }
  if (same && left() > 0)
    at = step(tools, { parent: group, name: 'merge clusters', start: at + 1, takes: 180, output: { into: theme } }).end
  group.end = at + 1
  return group.end
}

const lanes = (count: number, start: number): number[] => new Array<number>(count).fill(start)
const nextFree = (ends: readonly number[]): number => ends.indexOf(Math.min(...ends))
