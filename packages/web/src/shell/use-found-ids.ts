import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { valuesQuery } from '../data/queries.ts'

/** Fewer letters are in almost every id. */
const LEAST = 2
const SHOWN = 5
const PAUSE_MS = 150
const RANGE = { kind: 'relative', range: '30d' } as const

/** Sessions and users of the last 30 days whose ids contain what somebody types, the busiest first. */
export function useFoundIds(project: string, typed: string): { sessions: string[]; users: string[] } {
  const text = usePaused(typed)
  const of = (field: string) => ({
    ...valuesQuery({ project, field, search: text.slice(0, 100), range: RANGE, rangeKey: '30d' }),
    enabled: text.length >= LEAST,
    placeholderData: keepPreviousData,
  })
  const sessions = useQuery(of('sessionId'))
  const users = useQuery(of('userId'))
  const shown = (values: { value: string }[] | undefined) =>
    typed.length < LEAST
      ? []
      : (values ?? [])
          .map(({ value }) => value)
          .filter((value) => value.toLowerCase().includes(typed.toLowerCase()))
          .slice(0, SHOWN)
  return { sessions: shown(sessions.data), users: shown(users.data) }
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
