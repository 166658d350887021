import { setTimeout as sleep } from 'node:timers/promises'
import type { Program } from '../lib/start-program.ts'

export type Reads = Record<string, number[]>

/** Somebody who looks at lists and charts meanwhile, one question after the other with a short pause; times in milliseconds. */
export async function readMeanwhile(program: Program, isOver: () => boolean): Promise<Reads> {
  const reads: Reads = {}
  const from = () => new Date(Date.now() - 30 * 86_400_000).toISOString()
  const questions: Record<string, () => Promise<unknown>> = {
    'list of 50 traces': () => program.api('/api/v1/traces?limit=50'),
    'hourly p50/p95/p99 by model, 30 days': () =>
      program.api('/api/v1/query', {
        measures: ['durationP50', 'durationP95', 'durationP99'],
        dimensions: ['model'],
        bucket: 'hour',
        from: from(),
      }),
  }
  while (!isOver()) {
    for (const [name, ask] of Object.entries(questions)) {
      const at = performance.now()
      try {
        await ask()
        const times = reads[name] ?? []
        reads[name] = times
        times.push(performance.now() - at)
      } catch (error) {
        reads[`${name}: failed`] = [...(reads[`${name}: failed`] ?? []), performance.now() - at]
        if (reads[`${name}: failed`]?.length === 1) console.error(error)
      }
      await sleep(150)
    }
  }
  return reads
}
