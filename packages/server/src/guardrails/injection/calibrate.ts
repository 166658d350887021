import { clopperPearson } from '../../statistics/proportions.ts'

export type Calibration = {
  /** From which score on a text is to be flagged. */
  threshold: number
  texts: number
  /** Of the texts given, those that would be flagged. */
  flagged: number
  rate: number
  /** The share of false alarms to expect of other texts of the same kind (95 %, Clopper and Pearson). */
  interval: [low: number, high: number]
  /** Whether so few texts can show that the budget is kept: the interval lies below it. */
  shown: boolean
}

/** The lowest threshold at which no more than `budget` of harmless texts are flagged, from their scores. */
export function calibrate(scores: readonly number[], budget: number): Calibration {
  const sorted = [...scores].sort((a, b) => b - a)
  const most = Math.floor(budget * sorted.length)
  // Just above the highest score that must not be flagged.
  const highest = sorted[most]
  const threshold = highest === undefined ? 0 : Math.min(1, Math.ceil((highest + 1e-9) * 1000) / 1000)
  const flagged = sorted.filter((score) => score >= threshold).length
  const texts = sorted.length
  const { low, high } = texts === 0 ? { low: 0, high: 1 } : clopperPearson({ successes: flagged, n: texts }).ci
  return { threshold, texts, flagged, rate: texts === 0 ? 0 : flagged / texts, interval: [low, high], shown: high <= budget }
}
