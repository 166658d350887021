import type { Log } from '../lib/log.ts'

/** What a core does again and again: each piece of work with its own pace. A failure is told and the next turn comes all the same. */
export function createClockWork(log: Pick<Log, 'warn'>) {
  const timers: NodeJS.Timeout[] = []
  return {
    every(milliseconds: number, work: () => Promise<unknown>, failed: string): void {
      timers.push(setInterval(() => void work().catch((error: unknown) => log.warn({ err: error }, failed)), milliseconds))
    },
    stop(): void {
      for (const timer of timers) clearInterval(timer)
    },
  }
}
export type ClockWork = ReturnType<typeof createClockWork>
