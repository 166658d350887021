import { AppError, type RouteStep } from '@signalbox/schema'
import type { Verdict } from './breaker.ts'
import type { RequestFacts } from './facts.ts'
import { type RouteTarget, stepOf } from './route-target.ts'

export type Filtered = {
  usable: readonly RouteTarget[]
  /** Left alone for now, the one whose time is over first before the others: where nothing else is left a call may wait for them. */
  resting: readonly RouteTarget[]
  /** Nothing else was left: `usable` is left alone as well. */
  isResting: boolean
  skipped: readonly RouteStep[]
  /** What had to be let pass because nothing else was left; '' where nothing was. */
  note: string
}

/**
 * Leaves out the targets that a request cannot go to: of another region, that cannot be given what it holds, with too small a context
 * window, or in their cool-down. Region and modality are never given up, and where they leave nothing it is an error; the largest window
 * takes the call where none is good enough, and the shortest cool-down gets it when that is over.
 */
export function filterTargets(targets: readonly RouteTarget[], facts: RequestFacts, mayTry: (target: RouteTarget) => Verdict): Filtered {
  const { region } = facts
  let skipped: RouteStep[] | undefined
  let note = ''
  /** The same list where all stay, so that nothing is made for nothing. */
  const keep = (list: readonly RouteTarget[], problemOf: (target: RouteTarget) => string): readonly RouteTarget[] => {
    let kept: RouteTarget[] | undefined
    for (const [index, target] of list.entries()) {
      const problem = problemOf(target)
      if (problem === '') kept?.push(target)
      else {
        kept ??= list.slice(0, index)
        skipped ??= []
        skipped.push(stepOf(target, 'skipped', problem))
      }
    }
    return kept ?? list
  }

  let left = targets
  if (region !== '') {
    left = keep(left, ({ target }) => (isWithin(target.region, region) ? '' : `it is not in ${region}, which the call asks for`))
    if (left.length === 0)
      throw new AppError(
        'provider-not-configured',
        `No target that can be used is in ${region}, where x-signalbox-region wants the call to stay.`,
        {
          hint: 'Give a target this region in signalbox.yaml, or send another region.',
        },
      )
  }
  if (left.some(({ target }) => target.modalities !== undefined)) {
    const needed = facts.modalities
    left = keep(left, ({ target }) => {
      const missing = target.modalities && needed.find((modality) => modality !== 'text' && !target.modalities?.includes(modality))
      return missing ? `it cannot be given ${WORDS[missing]}` : ''
    })
    if (left.length === 0)
      throw new AppError('invalid-request', `No target that can be used takes ${needed.filter((one) => one !== 'text').join(' and ')}.`, {
        hint: 'Leave it out of the request, or add a target that takes it.',
      })
  }
  const fits = keepFitting(left, facts, keep)
  left = fits.left
  note = fits.note
  if (left.length === 1 && targets.length === 1) return { usable: left, ...NONE_RESTS, skipped: skipped ?? [], note }
  const cooling = new Map<RouteTarget, { reason: string; forMs: number }>()
  const beforeCooling = skipped?.length ?? 0
  const open = keep(left, (target) => {
    const verdict = mayTry(target)
    if (verdict.ok) return ''
    cooling.set(target, verdict)
    return `left alone for ${inSeconds(verdict.forMs)}: ${verdict.reason}`
  })
  const soonestFirst = [...cooling].sort(([, a], [, b]) => a.forMs - b.forMs)
  const resting = soonestFirst.map(([target]) => target)
  if (open.length > 0) return { usable: open, resting, isResting: false, skipped: skipped ?? [], note }
  const [soonest, ...later] = soonestFirst
  if (!soonest) return { usable: left, ...NONE_RESTS, skipped: skipped ?? [], note }
  return {
    usable: [soonest[0]],
    resting: resting.slice(1),
    isResting: true,
    skipped: [
      ...(skipped ?? []).slice(0, beforeCooling),
      ...later.map(([target, { reason, forMs }]) => stepOf(target, 'skipped', `left alone for ${inSeconds(forMs)}: ${reason}`)),
    ],
    note: joined(note, `all are left alone, and this one for the shortest time (${inSeconds(soonest[1].forMs)}: ${soonest[1].reason})`),
  }
}

const NONE_RESTS = { resting: [], isResting: false } as const

type Keep = (list: readonly RouteTarget[], problemOf: (target: RouteTarget) => string) => readonly RouteTarget[]

/** A byte is at most a token, and an image takes some 50 bytes to say and counts as 765. */
const MOST_TOKENS_PER_BYTE = 16

function keepFitting(list: readonly RouteTarget[], facts: RequestFacts, keep: Keep): { left: readonly RouteTarget[]; note: string } {
  let smallest = Number.POSITIVE_INFINITY
  for (const { contextWindow } of list) if (contextWindow !== undefined && contextWindow < smallest) smallest = contextWindow
  if (smallest === Number.POSITIVE_INFINITY) return { left: list, note: '' }
  const output = facts.maxTokens ?? 0
  if (facts.asked.request.body.length * MOST_TOKENS_PER_BYTE + output <= smallest) return { left: list, note: '' }
  const needed = facts.inputTokens + output
  if (needed <= smallest) return { left: list, note: '' }
  const windowOf = ({ contextWindow }: RouteTarget) => contextWindow ?? Number.POSITIVE_INFINITY
  const largest = list.reduce((best, target) => (windowOf(target) > windowOf(best) ? target : best))
  const fits = windowOf(largest) >= needed
  const left = keep(list, (target) =>
    windowOf(target) >= needed || (!fits && target === largest)
      ? ''
      : `its context of ${target.contextWindow} tokens is too small for about ${needed}`,
  )
  return {
    left,
    note: fits ? '' : `about ${needed} tokens fit into no target; ${largest.name} has the largest context (${largest.contextWindow})`,
  }
}

/** `eu` holds `eu`, and `eu-west-1`, whatever the case. */
export function isWithin(region: string | undefined, wanted: string): boolean {
  const lower = region?.toLowerCase()
  const within = wanted.toLowerCase()
  return lower !== undefined && (lower === within || lower.startsWith(`${within}-`))
}

const WORDS = { text: 'text', image: 'images', audio: 'audio', file: 'files' } as const
const inSeconds = (ms: number): string => `${Math.max(1, Math.ceil(ms / 1000))} s`
const joined = (...notes: string[]): string => notes.filter((one) => one !== '').join('; ')
