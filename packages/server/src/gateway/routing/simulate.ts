import {
  AppError,
  type ModelEntry,
  noUsage,
  type RouteDecision,
  type SimulatedCall,
  type SimulatedRoute,
  type SnapshotProject,
  toUsd,
} from '@signalbox/schema'
import { own } from '../../lib/own.ts'
import type { Pricing } from '../../pricing/price.ts'
import { annotationsOf } from '../annotations.ts'
import { decodeRequest } from '../wire/request.ts'
import { type ChooseRooms, createChoose } from './choose.ts'
import { complexityOf } from './complexity.ts'
import { costAt } from './cost-at.ts'
import { RequestFacts } from './facts.ts'
import type { Asked, Choice } from './router.ts'
import { expectedTokens } from './strategies/cost.ts'

const UNKNOWN =
  'Latencies, errors, calls in flight and cool-downs are known at the edges only, so all targets are taken for well and equally fast. What is drawn may be drawn otherwise.'

export type SimulateRooms = { pricing: Pricing; random?(): number }

/** Where a call would go and why, by the configuration alone. Calls nobody. */
export function simulateRoute(
  project: SnapshotProject,
  call: SimulatedCall,
  { pricing, random = Math.random }: SimulateRooms,
): SimulatedRoute {
  const { model, entry, at, budgetLeft = 1 } = call
  const tried = withEntry(project, model, entry)
  const now = at === undefined ? Date.now() : Date.parse(at)
  const rooms = withoutEdge({ pricing, random, now, budgetLeft })
  const asked = askedOf(tried, call)
  const choice = createChoose(rooms)(asked)
  const facts = new RequestFacts(asked, rooms)
  const decision = choice.decision ?? plain(choice, own(tried.models, model) ? model : '')
  const tokens = { ...noUsage(), ...expectedTokens(facts) }
  return {
    decision,
    variant: choice.variant ?? null,
    facts: {
      inputTokens: facts.inputTokens,
      maxTokens: facts.maxTokens ?? null,
      tools: facts.tools,
      modalities: [...facts.modalities],
      stream: facts.stream,
      region: facts.region || null,
      complexity: { ...scoreOf(facts) },
    },
    targets: decision.steps.map((step) => {
      const provider = own(tried.providers, step.provider)
      const cost = provider ? costAt({ provider, model: step.model }, { usage: tokens, pricing, at: now }) : null
      return { ...step, estimatedCostUsd: toUsd(cost) }
    }),
    unknown: UNKNOWN,
  }
}

/** The project as it would be with another configuration of one alias. */
export const withEntry = (project: SnapshotProject, model: string, entry: ModelEntry | undefined): SnapshotProject =>
  entry ? { ...project, models: { ...project.models, [model]: entry } } : project

/** What a router knows away from the edges, where no call is made. */
export const withoutEdge = ({
  pricing,
  random,
  now,
  budgetLeft,
}: {
  pricing: Pricing
  random(): number
  /** Milliseconds since 1970. */
  now: number
  budgetLeft: number
}): ChooseRooms => ({
  health: { mayTry: () => ({ ok: true }), statsOf: () => ({ calls: 0, inFlight: 0 }) },
  random,
  now: () => now,
  budgetLeft: () => budgetLeft,
  costOf: (_, candidate, { input, output }) => costAt(candidate, { usage: { ...noUsage(), input, output }, pricing, at: now }),
  isStopped: () => false,
})

export function scoreOf(facts: RequestFacts) {
  const { score, parts } = complexityOf(facts)
  return { score, parts: [...parts] }
}

function askedOf(project: SnapshotProject, { model, text, body, headers = {}, key = '', team }: SimulatedCall): Asked {
  if ((text === undefined) === (body === undefined))
    throw new AppError('invalid-request', 'Say what is asked, as `text` or as `body`.', { data: { param: 'text' } })
  const sent = { ...(body ?? { messages: [{ role: 'user', content: text }] }), model }
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return {
    caller: { projectId: project.id, permissions: ['gateway:call'], project, keyId: key, keyName: key, ...(team && { teamId: team }) },
    project,
    request: decodeRequest(Buffer.from(JSON.stringify(sent)), {}),
    headers: lower,
    annotations: annotationsOf(lower),
  }
}

const plain = ({ candidates: [{ provider, model }] }: Choice, alias: string): RouteDecision => ({
  alias,
  strategy: '',
  reason: alias ? 'the only target' : 'asked for by its name',
  steps: [{ provider: provider.name, model, place: 'chosen', reason: 'there is nothing to choose' }],
})
