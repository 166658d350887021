import type { PromptRow } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { GitCompareArrows } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { approvalsQuery, promptVersionsQuery } from '../../../data/prompts.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useRowKeys } from '../../../data/use-row-keys.ts'
import { useProject } from '../../../data/view.ts'
import { Button } from '../../../ui/button.tsx'
import { Kbd } from '../../../ui/kbd.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { Skeleton, SkeletonRows } from '../../../ui/skeleton.tsx'
import { Table } from '../../../ui/table.tsx'
import { ApprovalCard } from '../approvals/approval-card.tsx'
import { usePromptNavigation } from '../use-prompt-navigation.ts'
import { EventList } from './event-list.tsx'
import { scoresOf, useUsage } from './use-usage.ts'
import { Uses } from './uses.tsx'
import { versionColumns } from './version-columns.tsx'

const VersionCharts = lazy(() => import('./version-charts.tsx'))

/** The history of a prompt: what was saved, where labels went, and what came of each version. Loaded when it is asked for. */
export default function Versions({ prompt, open }: { prompt: PromptRow; open: number }) {
  const project = useProject()
  const versions = useQuery(promptVersionsQuery(project, prompt.name))
  const usage = useUsage(prompt.name)
  const waiting = useQuery(approvalsQuery(project, { name: prompt.name, status: 'open' }))
  const go = usePromptNavigation(prompt.name)
  const [marked, setMarked] = useState<readonly number[]>([])
  const rows = versions.data ?? []
  const mark = (version: number) =>
    setMarked(marked.includes(version) ? marked.filter((one) => one !== version) : [...marked, version].slice(-2))
  const pair = marked.toSorted((one, other) => one - other)
  const compare = () => {
    const [a, b] = pair
    if (a !== undefined && b !== undefined) go({ tab: 'compare', a, b })
  }
  const diff = (version: number) => {
    const before = rows.find((one) => one.version < version)?.version
    if (before !== undefined) go({ tab: 'compare', a: before, b: version })
  }
  const active = useRowKeys({
    rows: rows.map(({ version }) => String(version)),
    open: undefined,
    onOpen: (version) => go({ version: Number(version) }),
    onClose: () => {},
  })
  useShortcuts({
    x: () => active !== undefined && mark(Number(active)),
    d: () => (pair.length === 2 ? compare() : active !== undefined && diff(Number(active))),
  })
  return (
    <div className="mx-auto flex max-w-[1480px] flex-col gap-4 px-6 py-4">
      {waiting.data?.map((approval) => (
        <ApprovalCard key={approval.id} approval={approval} />
      ))}
      <Panel
        title="Versions"
        description="Calls, cost, p95, errors and scores are of the range of the page."
        actions={
          <>
            <span className="hidden items-center gap-1 text-sm text-faint xl:flex">
              <Kbd>x</Kbd> marks, <Kbd>d</Kbd> compares
            </span>
            <Button size="small" disabled={pair.length < 2} onClick={compare}>
              <GitCompareArrows size={13} aria-hidden /> Compare {pair.length < 2 ? 'two' : pair.map((one) => `v${one}`).join(' and ')}
            </Button>
          </>
        }
      >
        <Loaded query={versions} skeleton={<SkeletonRows />}>
          {(list) => (
            <Table
              label="Versions"
              columns={versionColumns({
                name: prompt.name,
                labels: prompt.labels,
                usage: usage.data,
                marked,
                onMark: mark,
                onDiff: diff,
                oldest: list.at(-1)?.version,
              })}
              rows={list}
              rowKey={({ version }) => String(version)}
              open={String(open)}
              active={active}
              onOpen={({ version }) => go({ version })}
            />
          )}
        </Loaded>
      </Panel>
      {usage.data && usage.data.size > 0 && (
        <Suspense fallback={<Skeleton className="h-64" />}>
          <VersionCharts name={prompt.name} scores={scoresOf(usage.data)} />
        </Suspense>
      )}
      <Uses prompt={prompt} />
      <EventList prompt={prompt} />
    </div>
  )
}
