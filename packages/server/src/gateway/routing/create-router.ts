import { noUsage, Retries, type SnapshotProject } from '@signalbox/schema'
import type { Admission } from '../../governance/admission.ts'
import { oncePer } from '../../lib/once-per.ts'
import { createPricing, type Pricing } from '../../pricing/price.ts'
import { OPENAI_KINDS } from '../../providers/spec.ts'
import { routeWithoutModel } from '../route.ts'
import type { Verdict } from './breaker.ts'
import { type CanaryStops, createCanaryStops } from './canary-stops.ts'
import { createChoose } from './choose.ts'
import { costAt } from './cost-at.ts'
import { nextTry } from './next-try.ts'
import type { Asked, Choice, Rest, Router } from './router.ts'
import { createTargetHealth, type TargetHealth } from './target-health.ts'

const DEFAULT_RETRIES = Retries.parse({})

export type RouterRooms = {
  health?: TargetHealth
  admission?: Pick<Admission, 'left'>
  pricingOf?(project: SnapshotProject): Pricing
  canaries?: CanaryStops
  /** From 0 up to, and not, 1. */
  random?(): number
  /** Milliseconds since 1970. */
  now?(): number
}

/** Routes calls by the configuration of their project and by what other calls showed of its targets. What is not handed in is as at an edge without limits. */
export function createRouter({
  health = createTargetHealth(),
  admission,
  pricingOf = oncePer(({ prices }: SnapshotProject) => createPricing(prices)),
  canaries: stops = createCanaryStops(),
  random = Math.random,
  now = Date.now,
}: RouterRooms = {}): Router {
  const choose = createChoose({
    health,
    random,
    now,
    budgetLeft: ({ caller, annotations, request }) => admission?.left(caller, annotations.userId || request.user || '') ?? 1,
    costOf: (project, candidate, { input, output }) =>
      costAt(candidate, { usage: { ...noUsage(), input, output }, pricing: pricingOf(project), at: now() }),
    isStopped: stops.isStopped,
  })
  return {
    choose: (asked) => (asked.request.model === '' ? chooseWithoutModel(asked) : choose(asked)),
    next({ project, choice, tries, msLeft }) {
      const { entry } = choice
      if (!entry) return undefined
      return nextTry(choice, tries, {
        retries: entry.retries ?? DEFAULT_RETRIES,
        msLeft,
        random,
        mayTry: (candidate) => health.mayTry(project, candidate, entry.breaker),
        keyFor: (candidate, except) => health.keyFor(project, candidate, except),
      })
    },
    soonest(project, { entry }, candidates) {
      let found: Rest | undefined
      for (const candidate of candidates) {
        const verdict = health.mayTry(project, candidate, entry?.breaker)
        if (verdict.ok) return { candidate, verdict }
        if (!found || found.verdict.ok || waitOf(verdict) < waitOf(found.verdict)) found = { candidate, verdict }
      }
      return found
    },
    maxWaitMs: ({ entry }) => (entry?.retries ?? DEFAULT_RETRIES).maxWaitMs,
    // Where all keys are left alone, the first one is as good as the others.
    keyOf: (project, candidate) => (candidate.provider.moreKeys?.length ? (health.keyFor(project, candidate) ?? 0) : undefined),
    began(project, candidate, { entry, variant }) {
      const ended = health.began(project, candidate, entry?.breaker)
      const split = variant && project.splits.find(({ name }) => name === variant.split)
      if (!variant || !split) return ended
      return (result) => {
        stops.count({ projectId: project.id, split, variant }, result)
        ended(result)
      }
    },
  }
}

/** A call that tries a target may end any time. */
const waitOf = (verdict: Verdict): number => (verdict.ok || verdict.isProbed ? 0 : verdict.forMs)

function chooseWithoutModel({ project, headers, objectId }: Asked): Choice {
  const named = headers['x-signalbox-provider']
  const { provider, model, id } = routeWithoutModel(project, {
    named: typeof named === 'string' ? named : undefined,
    id: objectId,
    speaks: ({ kind }) => OPENAI_KINDS.includes(kind),
  })
  return { candidates: [{ provider, model }], canMoveOn: false, ...(id && { objectId: id }) }
}
