import type { Score } from '@signalbox/schema'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useMay } from '../../data/may.ts'
import { useSession } from '../../data/session.ts'
import { useProject } from '../../data/view.ts'
import { toast } from '../../ui/toast.tsx'

const MOST = 100

/** The scores of a trace, and what the account that is logged in says of it: each of its scores has one id, so it is changed by saying it again. */
export function useFeedback(traceId: string) {
  const project = useProject()
  const me = useSession().account.id
  const mayScore = useMay()('scores:write')
  const cache = useQueryClient()
  const client = clientFor(project)
  const query = useQuery({
    queryKey: [...keys.trace(project, traceId), 'scores'],
    queryFn: ({ signal }) => client.scores.list({ traceId, limit: MOST }, { signal }),
  })
  const scores = query.data?.scores ?? []
  const own = (name: string): Score | undefined => scores.find(({ id }) => id === idOf(name))
  const idOf = (name: string) => `annotation:${me}:${traceId}:${name}`
  const [thumbs, comment] = [own('thumbs'), own('comment')]

  const { mutate, isPending: saving } = useMutation({
    mutationFn: (change: () => Promise<unknown>) => change(),
    onError: (error) => toast({ title: 'That could not be saved', description: error.message, tone: 'error' }),
    onSettled: () =>
      Promise.all([
        cache.invalidateQueries({ queryKey: keys.trace(project, traceId) }),
        cache.invalidateQueries({ queryKey: keys.traceList(project) }),
        cache.invalidateQueries({ queryKey: keys.spans(project) }),
      ]),
  })
  const say = (name: string, value: boolean | string, more: object = {}) =>
    client.scores.create({ id: idOf(name), traceId, name, value, ...(typeof value === 'string' && { type: 'text' as const }), ...more })

  return {
    scores,
    more: query.data?.nextCursor !== undefined,
    error: query.error,
    me,
    mayScore,
    saving,
    mine: { ...(thumbs && { thumbs }), ...(comment && { comment }) },
    /** The same thumb again takes it back. */
    thumb(up: boolean) {
      if (saving || query.data === undefined) return
      if (thumbs?.value === up) return mutate(() => client.scores.delete({ id: thumbs.id }))
      mutate(() => say('thumbs', up, thumbs?.comment ? { comment: thumbs.comment } : {}))
    },
    /** With the thumb, where there is one; else for itself. */
    comment(text: string) {
      mutate(() => (thumbs && !comment ? say('thumbs', thumbs.value === true, { comment: text }) : say('comment', text)))
    },
    withdraw: (id: string) => mutate(() => client.scores.delete({ id })),
  }
}
