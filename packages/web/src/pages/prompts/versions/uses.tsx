import type { PromptRow } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { promptUsesQuery } from '../../../data/prompts.ts'
import { useProject } from '../../../data/view.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Panel } from '../../../ui/panel.tsx'
import { PromptLink } from '../prompt-links.tsx'

/** Other prompts that include this one: their text changes with its labels. Nothing where there are none. */
export function Uses({ prompt }: { prompt: PromptRow }) {
  const { data = [] } = useQuery(promptUsesQuery(useProject(), prompt.name))
  if (data.length === 0) return null
  return (
    <Panel title="Included by" description="Their text changes when a label of this prompt moves. What they use cannot be deleted.">
      <ul aria-label="Included by">
        {data.map((use) => (
          <li
            key={`${use.prompt} ${use.version} ${use.through}`}
            className="flex min-h-8 items-center gap-2 border-b border-line px-3 last:border-b-0"
          >
            <PromptLink name={use.prompt} version={use.version} className="font-medium hover:text-accent hover:underline">
              {use.prompt}
            </PromptLink>
            <span className="font-mono text-sm text-faint">v{use.version}</span>
            {use.labels.map((label) => (
              <Badge key={label}>{label}</Badge>
            ))}
            <span className="ml-auto font-mono text-sm text-faint">{use.through}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
