import type { PromptContent } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { promptKeys } from '../../../data/prompts.ts'

/** Typing goes on for less than this. */
const PAUSE = 250

type Ask = Parameters<ReturnType<typeof clientFor>['prompts']['preview']>[0]

/** What would be sent, as the server renders it, with its size and price. Asked for when typing pauses. */
export function usePreview(project: string, content: PromptContent | undefined, variables: NonNullable<Ask>['variables']) {
  const now = content ? JSON.stringify({ content, variables }) : ''
  const [asked, setAsked] = useState(now)
  useEffect(() => {
    // While half a word of JSON stands in a box the last whole version stays.
    if (now === '') return
    const timer = setTimeout(() => setAsked(now), PAUSE)
    return () => clearTimeout(timer)
  }, [now])
  return useQuery({
    queryKey: [...promptKeys.all(project), 'preview', asked],
    queryFn: ({ signal }) => clientFor(project).prompts.preview(JSON.parse(asked) as Ask, { signal }),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
    gcTime: 60_000,
  })
}
