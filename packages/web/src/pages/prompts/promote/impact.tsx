import type { PromptImpact, PromptRow } from '@signalbox/schema'
import type { UseQueryResult } from '@tanstack/react-query'
import { useQuery } from '@tanstack/react-query'
import { TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { promptDiffQuery } from '../../../data/prompts.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { Loaded } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { Ago } from '../../../ui/values.tsx'
import { PartsView } from '../compare/parts-view.tsx'
import { PromptLink } from '../prompt-links.tsx'

type Props = { project: string; prompt: PromptRow; impact: UseQueryResult<PromptImpact> }

/** What a move would change: the text, who uses it, and what includes it. */
export function Impact({ project, prompt, impact }: Props) {
  const from = impact.data?.from[0]
  const to = impact.data?.to.find((one) => !impact.data?.from.includes(one)) ?? impact.data?.to[0]
  const diff = useQuery({
    ...promptDiffQuery(project, prompt.name, from ?? 0, to ?? 0),
    enabled: from !== undefined && to !== undefined && from !== to,
  })
  return (
    <section aria-label="What changes" className="flex flex-col gap-2 rounded-md border border-line bg-surface-0 p-3">
      <h3 className="font-medium">What changes</h3>
      {!impact.data && !impact.error && !impact.isFetching ? (
        <p className="text-faint">Choose a label and where it should point.</p>
      ) : (
        <Loaded query={impact} skeleton={<SkeletonRows rows={2} />}>
          {({ problems, routes, includedBy, callers, changes }) => (
            <>
              {problems.map((problem) => (
                <p key={problem} className="flex items-start gap-2 text-warning">
                  <TriangleAlert size={14} className="mt-0.5 shrink-0" aria-hidden /> {problem}
                </p>
              ))}
              {from === undefined ? (
                <p className="text-soft">The label is new: nothing uses it yet.</p>
              ) : from === to ? (
                <p className="text-soft">It points there already.</p>
              ) : (
                <details>
                  <summary className="rounded-sm text-soft">
                    {plural(changes.length, 'difference')} between v{from} and v{to}, fragments filled in
                  </summary>
                  <div className="mt-2">
                    <Loaded query={diff} skeleton={<SkeletonRows rows={3} />}>
                      {({ from: was, to: is }) => <PartsView before={was.resolved ?? was.content} after={is.resolved ?? is.content} />}
                    </Loaded>
                  </div>
                </details>
              )}
              <Row title="Callers, last 7 days" none="nobody">
                {callers.map(({ by, value, name, calls, lastAt }) => (
                  <li key={`${by} ${value}`}>
                    {by} <span className="font-mono text-sm">{name ?? value}</span>, {formatCount(calls)} calls, the last{' '}
                    <Ago time={lastAt} />
                  </li>
                ))}
              </Row>
              <Row title="Included by" none="no other prompt">
                {includedBy.map((use) => (
                  <li key={`${use.prompt} ${use.version}`}>
                    <PromptLink name={use.prompt} version={use.version}>
                      {use.prompt}
                    </PromptLink>{' '}
                    v{use.version}
                    {use.labels.length > 0 && `, ${use.labels.join(', ')}`}
                  </li>
                ))}
              </Row>
              <Row title="Routes and dashboards" none="none names it">
                {routes.map(({ kind, name, how }) => (
                  <li key={`${kind} ${name}`}>
                    {kind} <span className="font-mono text-sm">{name}</span>: {how}
                  </li>
                ))}
              </Row>
            </>
          )}
        </Loaded>
      )}
    </section>
  )
}

function Row({ title, none, children }: { title: string; none: string; children: ReactNode[] }) {
  return (
    <div className="flex gap-3">
      <p className="w-40 shrink-0 text-sm text-faint">{title}</p>
      {children.length === 0 ? <p className="text-soft">{none}</p> : <ul className="min-w-0 flex-1">{children}</ul>}
    </div>
  )
}
