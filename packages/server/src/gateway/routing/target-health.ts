import { Breaker, type FailureClass, type SnapshotProject } from '@signalbox/schema'
import { CircuitBreaker, type NotClosed, type Verdict } from './breaker.ts'
import type { Candidate, TryResult } from './router.ts'
import { type Statistics, TargetStatistics } from './target-statistics.ts'

type Place = Pick<Candidate, 'provider' | 'model'>
type KeyPlace = Place & Pick<Candidate, 'key'>
/** `false`: nothing is left alone. */
type Settings = Breaker | false | undefined

/** What this edge knows of targets from the calls that went to them. A target is a model of a provider of a project, by their names. */
export type TargetHealth = {
  /** Whether a call should go there now; `forMs` is how long not, at least. Asking changes nothing. */
  mayTry(project: SnapshotProject, candidate: Place, settings?: Settings): Verdict
  /** What calls of the last minutes showed: times and speed of those that succeeded, `errorRate` of all, older ones counting less. */
  statsOf(project: SnapshotProject, candidate: Place): Statistics & { inFlight: number }
  /** The first of the keys of a provider that may be used, other than `except`; undefined where all of them are left alone. */
  keyFor(project: SnapshotProject, candidate: Place, except?: readonly (number | undefined)[]): number | undefined
  /** A try begins. The returned function is called once, with what came of it. */
  began(project: SnapshotProject, candidate: KeyPlace, settings?: Settings): (result: TryResult) => void
  /** Targets that are left alone now, by their breakers. */
  open(): { provider: string; model: string }[]
  /** Breakers that are not closed, of all projects. */
  notClosed(): (NotClosed & { projectId: string; provider: string; model: string })[]
}

export type TargetHealthOptions = {
  /** Milliseconds of a clock that goes forward. */
  now?: () => number
  /** No more targets are remembered; those that nothing goes to are forgotten first. */
  maxTargets?: number
}

type Target = {
  projectId: string
  provider: string
  model: string
  breaker: CircuitBreaker
  statistics: TargetStatistics
  inFlight: number
  usedAt: number
}

const DEFAULT_BREAKER = Breaker.parse({})
/** Nobody is believed for longer: then one call asks again. */
const LONGEST_PAUSE_MS = 3_600_000
/** A refused key may be a matter of seconds (it was just made), one without money is paid for by hand. */
const KEY_PAUSE_MS = { auth: 60_000, quota: 300_000 } as const
const OK: Verdict = { ok: true }

/** Failures that are the target's. All others answer for the request, and so show that the target is there. */
const OF_THE_TARGET: ReadonlySet<FailureClass> = new Set(['transport', 'timeout', 'server', 'garbage', 'rate', 'overloaded', 'not-found'])

/** Held in memory, for all projects of an edge, whatever version of the configuration they have. */
export function createTargetHealth({ now = () => performance.now(), maxTargets = 10_000 }: TargetHealthOptions = {}): TargetHealth {
  const targets = new Map<string, Target>()
  /** When a key may be used again: a key for all models, or for one. */
  const pauses = new Map<string, { until: number; reason: string }>()

  /** Of each candidate of a route its id, which would be put together several times in every call. */
  const ids = new WeakMap<Place, { projectId: string; id: string }>()
  function knownIdOf(project: SnapshotProject, candidate: Place): string {
    const known = ids.get(candidate)
    if (known?.projectId === project.id) return known.id
    const id = idOf(project, candidate.provider.name, candidate.model)
    ids.set(candidate, { projectId: project.id, id })
    return id
  }

  function targetOf(project: SnapshotProject, { provider, model }: Place): Target {
    const id = idOf(project, provider.name, model)
    const known = targets.get(id)
    if (known) return known
    if (targets.size >= maxTargets) forgetIdle(targets, maxTargets)
    const target = {
      projectId: project.id,
      provider: provider.name,
      model,
      breaker: new CircuitBreaker(),
      statistics: new TargetStatistics(),
      inFlight: 0,
      usedAt: now(),
    }
    targets.set(id, target)
    return target
  }

  /** How long a key is left alone, and why. */
  function pauseOf(project: SnapshotProject, { provider, model }: Place, key: number): { until: number; reason: string } | undefined {
    if (pauses.size === 0) return undefined
    const at = now()
    let longest: { until: number; reason: string } | undefined
    for (const id of [keyIdOf(project, provider, key), keyIdOf(project, provider, key, model)]) {
      const pause = pauses.get(id)
      if (pause && pause.until <= at) pauses.delete(id)
      else if (pause && pause.until > (longest?.until ?? 0)) longest = pause
    }
    return longest
  }

  function pause(id: string, forMs: number, reason: string): void {
    const until = Math.max(pauses.get(id)?.until ?? 0, now() + forMs)
    if (!pauses.has(id) && pauses.size >= maxTargets) {
      const oldest = pauses.keys().next()
      if (!oldest.done) pauses.delete(oldest.value)
    }
    pauses.set(id, { until, reason })
  }

  function trustKey(project: SnapshotProject, { provider, model, key = 0 }: KeyPlace): void {
    if (pauses.size === 0) return
    pauses.delete(keyIdOf(project, provider, key))
    pauses.delete(keyIdOf(project, provider, key, model))
  }

  /** Says what a failure means for the key, and whether that is all that it means. */
  function blameKey(project: SnapshotProject, candidate: KeyPlace, { failure }: TryResult, settings: Breaker | false): boolean {
    if (!failure || failure === 'aborted') return false
    const { provider, model, key = 0 } = candidate
    const forAll = keyIdOf(project, provider, key)
    const forModel = keyIdOf(project, provider, key, model)
    const { class: what, status, retryAfterMs = 0 } = failure
    const isRefused = what === 'auth' || what === 'quota'
    if (!isRefused && (what !== 'rate' || keyCount(provider) < 2)) return false
    if (settings === false) return true
    if (isRefused) {
      // 403: the key is good, and may not use this model.
      pause(status === 403 ? forModel : forAll, Math.max(KEY_PAUSE_MS[what], bounded(retryAfterMs)), `the key was refused (${what})`)
      return true
    }
    pause(forModel, bounded(retryAfterMs) || settings.cooldownSeconds * 1000, 'the key has reached its rate limit')
    return true
  }

  return {
    mayTry(project, candidate, settings) {
      if (settings === false) return OK
      const target = targets.get(knownIdOf(project, candidate))
      const verdict = target?.breaker.mayTry(now()) ?? OK
      if (!verdict.ok || pauses.size === 0) return verdict
      let soonest: { until: number; reason: string } | undefined
      for (let key = 0; key < keyCount(candidate.provider); key++) {
        const found = pauseOf(project, candidate, key)
        if (!found) return OK
        if (!soonest || found.until < soonest.until) soonest = found
      }
      return soonest ? { ok: false, reason: soonest.reason, forMs: Math.ceil(soonest.until - now()) } : OK
    },

    statsOf(project, candidate) {
      const target = targets.get(knownIdOf(project, candidate))
      return target ? target.statistics.read(now(), target.inFlight) : { calls: 0, inFlight: 0 }
    },

    keyFor(project, candidate, except = []) {
      for (let key = 0; key < keyCount(candidate.provider); key++)
        if (!except.includes(key) && !pauseOf(project, candidate, key)) return key
      return undefined
    },

    began(project, candidate, settings = DEFAULT_BREAKER) {
      const target = targetOf(project, candidate)
      const isProbe = target.breaker.begin()
      target.inFlight++
      target.usedAt = now()
      return (result) => {
        const at = now()
        const { failure } = result
        if (!failure) trustKey(project, candidate)
        target.inFlight--
        target.usedAt = at
        const onlyTheKey = blameKey(project, candidate, result, settings)
        if (failure === 'aborted' || onlyTheKey) return target.breaker.end(undefined, { now: at, isProbe, settings })
        const failed = failure !== undefined && OF_THE_TARGET.has(failure.class)
        if (failed || !failure) target.statistics.add({ ...result, failed }, at)
        const asksForTime = failure && (failure.class === 'rate' || failure.class === 'overloaded') && failure.retryAfterMs
        target.breaker.end(
          {
            failed,
            ...(failure && { reason: WORDS[failure.class] ?? failure.class }),
            ...(asksForTime && { retryAfterMs: bounded(asksForTime) }),
          },
          { now: at, isProbe, settings },
        )
      }
    },

    notClosed() {
      const at = now()
      return [...targets.values()].flatMap(({ projectId, provider, model, breaker }) => {
        const found = breaker.notClosed(at)
        return found ? [{ projectId, provider, model, ...found }] : []
      })
    },

    open: () => [...targets.values()].filter(({ breaker }) => breaker.isOpen).map(({ provider, model }) => ({ provider, model })),
  }
}

const WORDS: Partial<Record<FailureClass, string>> = {
  transport: 'the connection failed',
  timeout: 'it was too slow',
  server: 'it answered with an error',
  garbage: 'it answered with something that is no answer',
  rate: 'its rate limit was reached',
  overloaded: 'it is overloaded',
  'not-found': 'it has no such model',
}

/** Keys of a provider; one that needs none counts as having one. */
const keyCount = ({ moreKeys }: Candidate['provider']): number => 1 + (moreKeys?.length ?? 0)
const bounded = (ms: number): number => Math.min(ms, LONGEST_PAUSE_MS)
const idOf = (project: SnapshotProject, provider: string, model: string): string => `${project.id}\n${provider}\n${model}`
/** By the key itself: another one in its place is not to blame for it. */
const keyIdOf = (project: SnapshotProject, { name, apiKey, moreKeys }: Candidate['provider'], key: number, model = ''): string =>
  `${project.id}\n${name}\n${(key === 0 ? apiKey : moreKeys?.[key - 1]) ?? key}\n${model}`

/** Forgets a tenth: what nothing goes to, and what was used longest ago before the others. */
function forgetIdle(targets: Map<string, Target>, limit: number): void {
  const idle = [...targets].filter(([, { inFlight }]) => inFlight === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt)
  for (const [id] of idle.slice(0, Math.ceil(limit / 10))) targets.delete(id)
}
