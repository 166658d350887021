import { AppError, type Parsed, type ReviewAnswers, type ReviewCalibration, type ReviewHalf, type ReviewReason } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'
import { cohen } from '../statistics/agreement.ts'
import { confusionOf, correctedPassRate, errorDrift, predictionPowered } from '../statistics/calibration.ts'
import { wilson } from '../statistics/proportions.ts'
import { alphaOf, gwetAc1 } from '../statistics/raters.ts'
import { undefinedAs } from '../statistics/resample.ts'
import { type Given, kappaOf } from './report.ts'
import type { Measure } from './rubric.ts'

/** In order of time. */
export type Verdict = { itemId: string; score: number; atMs: number }
type Decided = { itemId: string; reason: ReviewReason; answers: ReviewAnswers }
export type CalibrationInput = {
  measure: Measure
  decided: readonly Decided[]
  given: readonly Given[]
  verdicts: readonly Verdict[]
  /** What the judge said of all that nobody looked at. */
  apart: { n: number; passed: number; mean: number; variance: number }
  wanted: Pick<Parsed<'reviews.calibrate'>, 'threshold' | 'basis' | 'bar'>
}
type Numbers = Omit<ReviewCalibration, 'id' | 'queueId' | 'queue' | 'judge' | 'measure' | 'rubricVersion' | 'at' | 'by'>
type Row = { itemId: string; people: boolean; judge: boolean; peopleScore: number | null; judgeScore: number }

/** With fewer items in the holdout a judge is not known well enough to stop anything. */
const LEAST_ITEMS = 30

/** A judge against what people decided. Half of the items, the same ones always, may be used to make it better; the other half says how good it is. */
export function calibrate({ measure, decided, given, verdicts, apart, wanted }: CalibrationInput): Numbers {
  const { threshold, bar } = wanted
  const first = new Map<string, Verdict>()
  const latest = new Map<string, Verdict>()
  for (const verdict of verdicts) {
    if (!first.has(verdict.itemId)) first.set(verdict.itemId, verdict)
    latest.set(verdict.itemId, verdict)
  }
  const basis = wanted.basis ?? (decided.some(({ reason }) => reason === 'random') ? 'random' : 'all')
  const rows = decided
    .filter(({ reason }) => basis === 'all' || reason === 'random')
    .flatMap(({ itemId, answers }): Row[] => {
      const people = measure.passOf(answers)
      const verdict = latest.get(itemId)
      if (people === null || verdict === undefined) return []
      return [{ itemId, people, judge: verdict.score >= threshold, peopleScore: measure.scoreOf(answers), judgeScore: verdict.score }]
    })
  if (rows.length === 0)
    throw new AppError('invalid-request', 'There is no item that both people decided and the judge scored.', {
      hint: `Options of the question must say which of them pass, and the judge must have scored the same calls. ${basis === 'random' ? 'Only items drawn by lot count: send basis=all for all.' : ''}`.trim(),
    })
  const tune = halfOf(rows.filter(({ itemId }) => isTune(itemId)))
  const holdoutRows = rows.filter(({ itemId }) => !isTune(itemId))
  const holdout = halfOf(holdoutRows)
  const scored = holdoutRows.flatMap(({ peopleScore, judgeScore }) =>
    peopleScore === null ? [] : [{ people: peopleScore, judge: judgeScore }],
  )
  return {
    threshold,
    basis,
    tune,
    holdout,
    ceiling: ceilingOf(measure, given),
    judged: apart.n,
    rawPassRate: shareOf(apart.passed, apart.n),
    correctedPassRate: correctedPassRate(holdout, { passed: apart.passed, n: apart.n }),
    predictionPowered: predictionPowered(scored, apart),
    drift: driftOf(measure, { decided, verdicts, first, threshold }),
    ...standing(holdout, bar),
  }
}

/** By the id alone: an item is of the same half in every calibration, and whoever tunes a judge can know which half that is. */
export const isTune = (itemId: string): boolean => Number.parseInt(sha256(itemId).slice(0, 2), 16) % 2 === 0

function halfOf(rows: readonly Row[]): ReviewHalf {
  const counts = confusionOf(rows)
  const { truePass, falsePass, falseFail, trueFail } = counts
  const ratings = rows.map(({ people, judge }) => [Number(people), Number(judge)])
  return {
    items: rows.length,
    ...counts,
    truePassRate: shareOf(truePass, truePass + falseFail),
    trueFailRate: shareOf(trueFail, trueFail + falsePass),
    kappa: rows.length === 0 ? undefinedAs('no items') : kappaOf(cohen({ ratings, categories: [0, 1] })),
    gwet: gwetAc1(ratings, { categories: 2 }),
    bias: rows.length === 0 ? null : (falsePass - falseFail) / rows.length,
  }
}

function shareOf(successes: number, n: number) {
  if (n === 0) return undefinedAs('there are none')
  const { statistic, ci } = wilson({ successes, n })
  return { value: statistic, low: ci.low, high: ci.high }
}

/** How far people agree on whether it passes: a judge that agrees more with one of them was made for that one. */
function ceilingOf(measure: Measure, given: readonly Given[]) {
  const rows = [...Map.groupBy(given, ({ itemId }) => itemId).values()].map((answers) =>
    answers.map((entry) => {
      const pass = measure.passOf(entry.answers)
      return pass === null ? null : Number(pass)
    }),
  )
  return alphaOf(rows, { categories: 2 })
}

type Watched = { decided: readonly Decided[]; verdicts: readonly Verdict[]; first: ReadonlyMap<string, Verdict>; threshold: number }
/** What it said of items at first is how it usually errs; what it said of the same ones again, as of an anchor set, is watched. */
function driftOf(measure: Measure, { decided, verdicts, first, threshold }: Watched): ReviewCalibration['drift'] {
  const people = new Map(decided.map(({ itemId, answers }) => [itemId, measure.passOf(answers)]))
  const wrong = (verdict: Verdict) => {
    const right = people.get(verdict.itemId)
    return right === null || right === undefined ? null : verdict.score >= threshold !== right
  }
  const usual = [...first.values()].map(wrong).filter((error) => error !== null)
  const again = verdicts.filter((verdict) => first.get(verdict.itemId) !== verdict && wrong(verdict) !== null)
  const { alarm, at, level, limit } = errorDrift(
    again.map((verdict) => wrong(verdict) === true),
    { usual: { errors: usual.filter(Boolean).length, n: usual.length } },
  )
  const since = at === null ? undefined : again[at]
  return { verdicts: again.length, alarm, at: since ? new Date(since.atMs).toISOString() : null, level, limit }
}

/** Whether it may stop a release, and why not. */
function standing({ items, kappa, truePassRate, trueFailRate }: ReviewHalf, bar: { kappa: number; youden: number }) {
  const no = (why: string) => ({ mayBlock: false, why })
  if (items < LEAST_ITEMS) return no(`The holdout has ${items} items; it takes ${LEAST_ITEMS}.`)
  if (kappa.low === null || truePassRate.value === null || trueFailRate.value === null)
    return no('People let pass all or nothing in the holdout, so that it is not known how the judge errs.')
  if (kappa.low < bar.kappa) return no(`The low end of κ is ${kappa.low.toFixed(2)}, and must reach ${bar.kappa}.`)
  const youden = truePassRate.value + trueFailRate.value - 1
  if (youden < bar.youden)
    return no(`True pass rate and true fail rate together, less one, are ${youden.toFixed(2)}, and must reach ${bar.youden}.`)
  return { mayBlock: true, why: `κ is ${kappa.value?.toFixed(2)}, with a low end of ${kappa.low.toFixed(2)}.` }
}
