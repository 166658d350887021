import type { EvalResult } from './index.ts'

/**
 * For `expect.extend(evalMatchers)` in Vitest or Jest: `expect(await Eval(…)).toPassGate()` fails with what the report says in words, and
 * `toScoreAtLeast('factuality', 0.8)` with the mean and its interval.
 */
export const evalMatchers = {
  toPassGate(result: EvalResult) {
    return { pass: result.passed, message: () => result.text }
  },
  toScoreAtLeast(result: EvalResult, metric: string, least: number) {
    const found = result.report.metrics.find((one) => one.metric === metric)
    const mean = found?.mean ?? null
    return {
      pass: mean !== null && mean >= least,
      message: () =>
        found
          ? `${metric}: ${mean === null ? 'no score' : mean.toFixed(4)}${found.ci ? ` (${found.ci.low.toFixed(4)} to ${found.ci.high.toFixed(4)})` : ''}, n ${found.scored}; ${least} is wanted.`
          : `Nothing was scored by "${metric}". There is ${result.report.metrics.map((one) => one.metric).join(', ')}.`,
    }
  },
}

/** For `declare module 'vitest' { interface Matchers extends EvalMatchers {} }`. */
export interface EvalMatchers<R = unknown> {
  toPassGate(): R
  toScoreAtLeast(metric: string, least: number): R
}
