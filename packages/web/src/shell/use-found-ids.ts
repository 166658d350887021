import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { clientFor } from '../data/client.ts'
import { keys } from '../data/keys.ts'
import { useMay } from '../data/may.ts'
import { valuesQuery } from '../data/queries.ts'

/** Fewer letters are in almost every id. */
const LEAST = 2
const SHOWN = 5
const PAUSE_MS = 150
const RANGE = { kind: 'relative', range: '30d' } as const

/** Sessions and users of the last 30 days whose ids contain what somebody types, the busiest first; and prompts by name, tag or description. */
export function useFoundIds(project: string, typed: string): { sessions: string[]; users: string[]; prompts: string[] } {
  const text = usePaused(typed)
  const may = useMay()
  const of = (field: string) => ({
    ...valuesQuery({ project, field, search: text.slice(0, 100), range: RANGE, rangeKey: '30d' }),
    enabled: text.length >= LEAST,
    placeholderData: keepPreviousData,
  })
  const sessions = useQuery(of('sessionId'))
  const users = useQuery(of('userId'))
  const prompts = useQuery({
    queryKey: [...keys.prompts(project), 'found', text],
    queryFn: async ({ signal }) => {
      const found = await clientFor(project).prompts.list({ search: text.slice(0, 200), limit: SHOWN }, { signal })
      return found.prompts.map(({ name }) => name)
    },
    enabled: text.length >= LEAST && may('prompts:read'),
    placeholderData: keepPreviousData,
  })
  const shown = (values: { value: string }[] | undefined) =>
    typed.length < LEAST
      ? []
      : (values ?? [])
          .map(({ value }) => value)
          .filter((value) => value.toLowerCase().includes(typed.toLowerCase()))
          .slice(0, SHOWN)
  // What was found for fewer letters need not fit any more; what was found by a tag always does.
  const named = typed.length < LEAST || prompts.isPlaceholderData ? [] : (prompts.data ?? [])
  return { sessions: shown(sessions.data), users: shown(users.data), prompts: named }
}

/** A text that is asked for when nobody types any more. */
function usePaused(text: string): string {
  const [paused, setPaused] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return paused
}
