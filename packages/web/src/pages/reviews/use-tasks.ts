import type { ReviewAnswers, ReviewTask } from '@signalbox/schema'
import { AppError } from '@signalbox/sdk'
import { useCallback, useEffect, useRef, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { toastError } from '../../ui/error-note.tsx'

/** So many are here before they are asked for: the next item stands at once. */
const AHEAD = 3
type Failed = { task: ReviewTask; answers: ReviewAnswers; error: unknown }

/** The items somebody has taken. An answer is on its way while the next item is read already; one that is refused comes back with what was answered. */
export function useTasks(project: string, queueId: string) {
  const [tasks, setTasks] = useState<readonly ReviewTask[] | undefined>(undefined)
  const [left, setLeft] = useState(0)
  const [done, setDone] = useState(0)
  const [error, setError] = useState<unknown>(null)
  const [failed, setFailed] = useState<Failed | undefined>(undefined)
  const known = useRef(new Set<string>())

  const fill = useCallback(async () => {
    try {
      const page = await clientFor(project).reviews.next({ queueId, count: AHEAD })
      const fresh = page.tasks.filter(({ itemId }) => !known.current.has(itemId))
      for (const { itemId } of fresh) known.current.add(itemId)
      setLeft(page.left)
      setTasks((before = []) => [...before, ...fresh])
      setError(null)
    } catch (caught) {
      setError(caught)
    }
  }, [project, queueId])

  useEffect(() => {
    known.current = new Set()
    setTasks(undefined)
    void fill()
    // Who goes to another page leaves what they had to others; who closes the window does so when the time is over.
    return () =>
      void clientFor(project)
        .reviews.release({ queueId })
        .catch(() => {})
  }, [fill, project, queueId])

  const drop = (itemId: string) => setTasks((before) => before?.filter((task) => task.itemId !== itemId))
  const back = (task: ReviewTask) => setTasks((before = []) => [task, ...before])

  return {
    tasks,
    left,
    done,
    error,
    failed,
    retry: fill,
    async answer(task: ReviewTask, answers: ReviewAnswers, seconds: number) {
      drop(task.itemId)
      setFailed(undefined)
      setDone((count) => count + 1)
      const { itemId, rubricVersion } = task
      try {
        await clientFor(project).reviews.answer({ queueId, itemId, rubricVersion, answers, seconds })
      } catch (caught) {
        setDone((count) => count - 1)
        const reason = caught instanceof AppError ? caught.data.reason : undefined
        if (reason === 'decided' || reason === 'not-taken') toastError(caught)
        else {
          back(task)
          setFailed({ task, answers, error: caught })
        }
      }
      await fill()
    },
    async pass(task: ReviewTask, kind: 'skip' | 'escalate', reason: string) {
      drop(task.itemId)
      try {
        await clientFor(project).reviews.pass({ queueId, itemId: task.itemId, kind, reason })
      } catch (caught) {
        toastError(caught)
        back(task)
      }
      await fill()
    },
  }
}
