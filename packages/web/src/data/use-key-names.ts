import { useQuery } from '@tanstack/react-query'
import { keysQuery } from './queries.ts'
import { useProject } from './view.ts'

/** Names of keys by their ids; an id without a known name stands for itself. */
export function useKeyNames(): (id: string) => string {
  const keys = useQuery(keysQuery(useProject()))
  return (id) => keys.data?.find((key) => key.id === id)?.name ?? id
}
