import type { Started } from '../experiments/work-off.ts'

/** Says on standard error how far a run is, what it has cost, and when it will be done: once a second on a terminal, else rarely. */
export function watchProgress({ shown }: { shown: boolean }) {
  let timer: NodeJS.Timeout | undefined
  const terminal = process.stderr.isTTY === true
  let wrote = false
  return {
    begin({ items, done: before, run, progress, caller }: Started): void {
      if (!shown) return
      if (before > 0)
        console.error(
          before === items
            ? `Run ${run} was finished before: nothing is asked. --fresh runs it again.`
            : `Going on with run ${run}: ${before} of ${items} rows are there.`,
        )
      const start = Date.now()
      const line = (): string => {
        const { done, cached } = progress()
        const seconds = (Date.now() - start) / 1000
        const rate = (done - before) / Math.max(seconds, 0.001)
        const left = rate > 0 ? duration((items - done) / rate) : 'unknown'
        return `${done}/${items} rows, ${rate.toFixed(1)}/s, ${left} left, ${caller.spentUsd.toFixed(4)} USD${cached > 0 ? `, ${cached} from the cache` : ''}`
      }
      timer = setInterval(
        () => {
          wrote = true
          process.stderr.write(terminal ? `\r\u001b[K${line()}` : `${line()}\n`)
        },
        terminal ? 1000 : 15_000,
      )
      timer.unref()
    },
    end(): void {
      clearInterval(timer)
      timer = undefined
      if (terminal && wrote) process.stderr.write('\r\u001b[K')
      wrote = false
    },
  }
}

const duration = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
