import { similarTo } from './known.ts'
import { type Hit, signalsIn } from './scan.ts'
import { shapeOf } from './shape.ts'
import { TECHNIQUES, type Technique } from './signals/signal.ts'

/** From this many points on a text is flagged with default parameters. */
const FLAGGED_AT = 2.7
// Points of one technique beyond its strongest signal: more of the same says little more.
const MORE_OF_THE_SAME = 0.6
const MOST_OF_ONE = 5
// Instructions that are spread over a long text belong together within about a page and a half of it.
const WINDOW = 4000
const STEP = 2000

export type InjectionFinding = { technique: Technique; start: number; end: number; score: number; reason: string }
export type InjectionOptions = {
  /** Text that somebody else than the user wrote: documents, tool results, files. It is judged more strictly. */
  untrusted?: boolean | undefined
  /** Texts of known attacks, of this project. */
  known?: readonly string[] | undefined
}
export type InjectionScore = {
  /** From 0 to 1; 0.5 at the bar. */
  score: number
  /** The techniques of the page and a half that scores highest, strongest first. */
  findings: InjectionFinding[]
}

/**
 * How much a text looks like an attempt to take a model over: the sum of weighted signals (a linear score over patterns, see
 * `signals/`), most of the same technique counting less, several techniques together counting more. Linear in the length of the text.
 */
export function scoreInjection(text: string, options: InjectionOptions = {}): InjectionScore {
  const hits = signalsIn(text, options.untrusted ?? false)
  if (hits.length > 0) hits.push(...shapeOf(text))
  const known = options.known ? similarTo(text, options.known) : undefined
  if (known) hits.push({ technique: 'KNOWN_ATTACK', points: 1 + known.similarity * 3, start: 0, end: text.length, signal: 'known' })
  if (hits.length === 0) return { score: 0, findings: [] }
  hits.sort((a, b) => a.start - b.start)
  let best: { points: number; techniques: Map<Technique, Sum> } | undefined
  for (let from = 0; from === 0 || from + STEP < text.length; from += STEP) {
    const inside = text.length <= WINDOW ? hits : hits.filter(({ start, end }) => end > from && start < from + WINDOW)
    if (inside.length > 0) {
      const sum = summed(inside)
      if (!best || sum.points > best.points) best = sum
    }
    if (text.length <= WINDOW) break
  }
  if (!best) return { score: 0, findings: [] }
  // What comes from a document is flagged a point earlier: nobody has to give a model orders there.
  const score = scoreOf(best.points + (options.untrusted ? 0.6 : 0))
  const findings = [...best.techniques]
    .sort(([, a], [, b]) => b.points - a.points)
    .map(([technique, { strongest, points }]) => ({
      technique,
      start: strongest.start,
      end: strongest.end,
      score: Math.min(score, scoreOf(points + 1)),
      reason: strongest.encoding ? `${TECHNIQUES[technique]} (${strongest.encoding})` : TECHNIQUES[technique],
    }))
  return { score, findings }
}

type Sum = { points: number; strongest: Hit }

function summed(hits: readonly Hit[]): { points: number; techniques: Map<Technique, Sum> } {
  const signals = new Map<string, Hit>()
  for (const hit of hits) {
    const there = signals.get(hit.signal)
    if (!there || there.points < hit.points) signals.set(hit.signal, hit)
  }
  const techniques = new Map<Technique, Sum>()
  for (const hit of [...signals.values()].sort((a, b) => b.points - a.points)) {
    const sum = techniques.get(hit.technique)
    if (!sum) techniques.set(hit.technique, { points: hit.points, strongest: hit })
    else sum.points = Math.min(MOST_OF_ONE, sum.points + hit.points * MORE_OF_THE_SAME)
  }
  let points = 0
  for (const sum of techniques.values()) points += sum.points
  return { points, techniques }
}

const scoreOf = (points: number) => 1 / (1 + Math.exp(-1.2 * (points - FLAGGED_AT)))
