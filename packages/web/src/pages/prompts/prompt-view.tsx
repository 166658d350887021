import type { PromptVersion } from '@signalbox/schema'
import { useBlocker, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useMay } from '../../data/may.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import type { Problems } from '../../ui/save-form.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ask } from './ask.tsx'
import { type Draft, isChanged, readDraft, toDraft } from './editor/draft.ts'
import { WriteTab } from './editor/write-tab.tsx'
import { PromptHead } from './prompt-head.tsx'
import { TabLinks } from './tab-links.tsx'

const SaveDialog = lazy(() => import('./save-dialog.tsx'))
const Versions = lazy(() => import('./versions/versions.tsx'))
const Compare = lazy(() => import('./compare/compare.tsx'))
const ROUTE = '/p/$project/prompts/$'

type Props = { asked: number | undefined; shown: PromptVersion; loading: boolean }

/** A prompt with its parts as tabs. What is written stays while one looks at another part. */
export function PromptView({ asked, shown, loading }: Props) {
  const navigate = useNavigate({ from: ROUTE })
  const { tab } = useSearch({ from: ROUTE })
  const mayWrite = useMay()('prompts:write') && shown.prompt.archivedAt === null
  // What others save meanwhile must not slip in below somebody who writes.
  const [base, setBase] = useState(shown)
  const [draft, setDraft] = useState<Draft>(() => toDraft(shown.content))
  const [problems, setProblems] = useState<Problems>({})
  const [saving, setSaving] = useState<ReturnType<typeof readDraft>['content']>()
  const changed = isChanged(draft, base.content)
  const takeOver = (next: PromptVersion) => {
    setBase(next)
    setDraft(toDraft(next.content))
    setProblems({})
  }
  const isOther = shown.hash !== base.hash || shown.version !== base.version
  useEffect(() => {
    if (isOther && !loading && (!changed || asked !== undefined)) takeOver(shown)
  })
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      changed && (next.pathname !== current.pathname || versionOf(next.search) !== versionOf(current.search)),
    enableBeforeUnload: changed,
    withResolver: true,
  })

  const save = () => {
    if (!mayWrite || !changed) return
    const { content, problems: found = {} } = readDraft(draft)
    setProblems(found)
    if (content) setSaving(content)
    else if (tab) navigate({ search: (before) => ({ ...before, tab: undefined }) })
  }
  useShortcuts({ 'Mod+s': save })
  const value = tab === 'versions' || tab === 'compare' ? tab : undefined
  return (
    <div className="flex h-full flex-col">
      <PromptHead
        shown={base}
        prompt={shown.prompt}
        changed={changed}
        newer={isOther && changed ? shown.version : undefined}
        mayWrite={mayWrite}
        onSave={save}
        onDiscard={() => takeOver(base)}
      />
      <TabLinks
        label="Parts of the prompt"
        value={value}
        tabs={[
          {
            value: undefined,
            label: <>Prompt{changed && <span className="text-sm text-faint"> changed</span>}</>,
          },
          {
            value: 'versions',
            label: (
              <>
                Versions <span className="text-sm text-faint">{shown.prompt.versionCount}</span>
              </>
            ),
          },
          { value: 'compare', label: 'Compare' },
        ]}
      />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2">
        <ErrorBoundary key={value}>
          <Suspense fallback={<SkeletonRows />}>
            {value === 'versions' ? (
              <Versions prompt={shown.prompt} open={base.version} />
            ) : value === 'compare' ? (
              <Compare prompt={shown.prompt} open={base.version} />
            ) : (
              <WriteTab
                name={base.prompt.name}
                draft={draft}
                problems={problems}
                {...(mayWrite && { onChange: (next: Partial<Draft>) => setDraft((before) => ({ ...before, ...next })) })}
              />
            )}
          </Suspense>
        </ErrorBoundary>
      </div>
      {saving && (
        <Suspense>
          <SaveDialog
            name={base.prompt.name}
            content={saving}
            latest={base.prompt.latestVersion}
            onClose={() => setSaving(undefined)}
            onSaved={(version) => {
              setSaving(undefined)
              // What is written is what was saved: nothing is lost by going there.
              setBase((before) => ({ ...before, content: saving }))
              void navigate({ search: (before) => ({ ...before, version: String(version) }), ignoreBlocker: true })
            }}
          />
        </Suspense>
      )}
      <Ask
        open={blocker.status === 'blocked'}
        onClose={() => blocker.status === 'blocked' && blocker.reset()}
        title="Leave without saving?"
        action="Give up changes"
        onConfirm={async () => {
          if (blocker.status !== 'blocked') return
          takeOver(base)
          blocker.proceed()
        }}
      >
        What you changed in “{base.prompt.name}” is not saved yet.
      </Ask>
    </div>
  )
}

const versionOf = (search: object) => ('version' in search ? search.version : undefined)
