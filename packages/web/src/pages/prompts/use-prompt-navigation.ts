import { useNavigate } from '@tanstack/react-router'
import { useProject } from '../../data/view.ts'

type To = { version?: number | undefined; tab?: 'versions' | 'compare' | undefined; a?: number; b?: number }

/** Goes to a version of a prompt, or to one of its parts. */
export function usePromptNavigation(name: string) {
  const project = useProject()
  const navigate = useNavigate()
  return ({ version, tab, a, b }: To) =>
    void navigate({
      to: '/p/$project/prompts/$',
      params: { project, _splat: name },
      search: (before) => ({
        ...before,
        version: version?.toString() ?? (tab ? ('version' in before ? before.version : undefined) : undefined),
        tab,
        a: a?.toString(),
        b: b?.toString(),
      }),
    })
}
