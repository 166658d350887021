import type { Trace } from '@signalbox/schema'
import { describe, expect, it, vi } from 'vitest'
import { outline } from '../../lib/outline.case.ts'
import { followTrace } from './follow-trace.ts'

const trace = (spanCount: number) => ({ traceId: 't', spanCount }) as Trace
/** When the span of this name was received. */
const at = (spanId: string) => `2026-01-01T00:00:0${'abcd'.indexOf(spanId)}Z`
const spans = (...ids: string[]) => ids.map((spanId) => outline({ spanId }))

/** A store that grows, and what a page shows of it. */
function world(first: string[]) {
  const stored = spans(...first)
  let shown: { trace: Trace; spans: ReturnType<typeof spans> } | undefined = { trace: trace(first.length), spans: spans(...first) }
  const reads: string[] = []
  let release = () => {}
  const readAll = vi.fn()
  const follower = followTrace({
    current: () => shown,
    read: async (since) => {
      reads.push(since)
      await new Promise<void>((resolve) => (release = resolve))
      return { trace: trace(stored.length), spans: stored.filter(({ spanId }) => at(spanId) >= since) }
    },
    show: (next) => (shown = next),
    readAll,
  })
  const settle = async () => {
    release()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    stored,
    follower,
    reads,
    readAll,
    settle,
    ids: () => shown?.spans.map(({ spanId }) => spanId),
    forget: () => (shown = undefined),
  }
}

describe('a trace that is followed', () => {
  it('gets what changed since the first news, and what came while that was read', async () => {
    const { stored, follower, reads, readAll, settle, ids } = world(['a'])
    stored.push(...spans('b'))
    follower.hear({ traces: { t: at('b') } }, 't')
    stored.push(...spans('c', 'd'))
    follower.hear({ traces: { t: at('d') } }, 't')
    follower.hear({ traces: { t: at('c') } }, 't')
    await settle()
    await settle()
    expect(reads).toEqual([at('b'), at('c')])
    expect(ids()).toEqual(['a', 'b', 'c', 'd'])
    expect(readAll).not.toHaveBeenCalled()
  })

  it('does not care for other traces', () => {
    const { follower, reads, readAll } = world(['a'])
    follower.hear({ traces: { other: at('b') } }, 't')
    expect([reads, readAll.mock.calls]).toEqual([[], []])
  })

  it('is read whole where it could not be read before', () => {
    const { follower, readAll, forget } = world(['a'])
    forget()
    follower.hear({ traces: { t: at('b') } }, 't')
    expect(readAll).toHaveBeenCalledOnce()
  })

  it('is looked at where nobody can say which traces are new, and read whole only where spans are missing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { stored, follower, reads, readAll, settle, ids } = world(['a'])
    follower.hear({}, 't')
    follower.hear({}, 't')
    vi.runAllTimers()
    await settle()
    vi.runAllTimers()
    expect([reads.length, ids(), readAll.mock.calls.length]).toEqual([1, ['a'], 0])
    stored.push(...spans('b'))
    follower.hear({}, 't')
    vi.runAllTimers()
    await settle()
    vi.runAllTimers()
    expect([reads.length, readAll.mock.calls.length]).toEqual([2, 1])
    vi.useRealTimers()
  })

  it('is read whole where the count still says that spans are missing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { stored, follower, readAll, settle } = world(['a'])
    stored.push(...spans('b', 'c'))
    follower.hear({ traces: { t: at('c') } }, 't')
    await settle()
    expect(readAll).not.toHaveBeenCalled()
    vi.runAllTimers()
    expect(readAll).toHaveBeenCalledOnce()
    vi.useRealTimers()
  })
})
