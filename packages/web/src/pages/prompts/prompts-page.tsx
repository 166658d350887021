import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useMay } from '../../data/may.ts'
import { approvalsQuery } from '../../data/prompts.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { buttonStyle } from '../../ui/button.tsx'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { PromptList } from './list/prompt-list.tsx'
import { TabLinks } from './tab-links.tsx'

const Drift = lazy(() => import('./drift/drift.tsx'))
const Webhooks = lazy(() => import('./webhooks/webhooks.tsx'))
const Approvals = lazy(() => import('./approvals/approvals.tsx'))

/** Every prompt of the project, what waits for approval, and what is used without being registered. */
export function PromptsPage() {
  const project = useProject()
  const navigate = useNavigate({ from: '/p/$project/prompts/' })
  const { tab, folder } = useSearch({ from: '/p/$project/prompts/' })
  const mayWrite = useMay()('prompts:write')
  const open = useQuery(approvalsQuery(project, { status: 'open' }))
  const shown = tab === 'approvals' || tab === 'drift' || tab === 'webhooks' ? tab : undefined
  useShortcuts({
    n: () => void (mayWrite && navigate({ to: '/p/$project/prompts/new', params: { project }, search: folder ? { folder } : {} })),
  })
  return (
    <div className="flex h-full flex-col">
      <header className="flex items-start gap-4 px-6 pt-5 pb-1">
        <div className="min-w-0 flex-1">
          <h1 className="text-xl font-semibold tracking-tight">Prompts</h1>
          <p className="text-soft">What your app tells its models: which version is in use, who changed it, and what came of it.</p>
        </div>
        {mayWrite && (
          <Link
            to="/p/$project/prompts/new"
            params={{ project }}
            search={folder ? { folder } : {}}
            aria-keyshortcuts="n"
            className={buttonStyle({ kind: 'primary' })}
          >
            <Plus size={14} aria-hidden /> New prompt
          </Link>
        )}
      </header>
      <TabLinks
        label="Parts of the prompts"
        value={shown}
        tabs={[
          { value: undefined, label: 'All prompts' },
          {
            value: 'approvals',
            label: (
              <>
                Approvals{' '}
                {(open.data?.length ?? 0) > 0 && (
                  <span className="rounded-sm bg-accent-soft px-1.5 text-xs text-accent">{open.data?.length}</span>
                )}
              </>
            ),
          },
          { value: 'drift', label: 'Drift' },
          { value: 'webhooks', label: 'Webhooks' },
        ]}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2">
        <ErrorBoundary key={shown}>
          <Suspense fallback={<SkeletonRows />}>
            {shown === 'approvals' ? <Approvals /> : shown === 'drift' ? <Drift /> : shown === 'webhooks' ? <Webhooks /> : <PromptList />}
          </Suspense>
        </ErrorBoundary>
      </div>
    </div>
  )
}
