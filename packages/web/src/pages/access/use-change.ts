import { useQueryClient } from '@tanstack/react-query'
import { accessKey } from '../../data/access-queries.ts'
import { keysQuery } from '../../data/queries.ts'
import { useRefreshSession } from '../../data/session.ts'
import { useProject } from '../../data/view.ts'
import { toastError } from '../../ui/error-note.tsx'
import { toast } from '../../ui/toast.tsx'

type Change = {
  /** Does it, reads everything anew and says so. Throws what the work throws. */
  run: (work: () => Promise<unknown>, done: string) => Promise<void>
  /** The same where there is no dialog that shows a failure. */
  runHere: (work: () => Promise<unknown>, done: string) => Promise<void>
}

/** Changes who may what, and shows it everywhere at once. */
export function useChange(): Change {
  const project = useProject()
  const cache = useQueryClient()
  const refreshSession = useRefreshSession()
  const refresh = () =>
    Promise.all([
      cache.invalidateQueries({ queryKey: accessKey(project) }),
      cache.invalidateQueries({ queryKey: keysQuery(project).queryKey }),
      // One may have changed one's own role.
      refreshSession(),
    ])
  const run: Change['run'] = async (work, done) => {
    await work()
    await refresh()
    toast({ title: done })
  }
  const runHere: Change['runHere'] = async (work, done) => {
    try {
      await run(work, done)
    } catch (error) {
      toastError(error)
      await refresh()
    }
  }
  return { run, runHere }
}
