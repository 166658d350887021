import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { evaluatorVersionsQuery } from '../../data/evaluators.ts'
import { useProject } from '../../data/view.ts'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'

/** Every version of an evaluator, the newest first. */
export default function Versions({ name, shown }: { name: string; shown: number }) {
  const project = useProject()
  const versions = useQuery(evaluatorVersionsQuery(project, name))
  return (
    <Panel title="Versions">
      <Loaded query={versions} skeleton={<SkeletonRows rows={3} />}>
        {(list) => (
          <ol aria-label="Versions">
            {list.map((one, at) => (
              <li key={one.version} className="flex min-h-8 items-center gap-3 border-b border-line px-3 py-1 last:border-b-0">
                <Link
                  to="."
                  search={at === 0 ? {} : { version: String(one.version) }}
                  {...(one.version === shown && { 'aria-current': 'true' as const })}
                  className="w-10 shrink-0 font-mono text-sm text-accent hover:underline aria-[current]:font-semibold"
                >
                  v{one.version}
                </Link>
                <span className="min-w-0 flex-1 truncate">
                  {one.message || one.evaluator} <span className="font-mono text-xs text-faint">{one.hash.slice(0, 8)}</span>
                </span>
                <span className="shrink-0 text-sm text-faint">
                  {one.createdBy ?? 'the server'}, <Ago time={one.createdAt} />
                </span>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Panel>
  )
}
