import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { startedQuery } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'
import { buttonStyle } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Breakdowns } from './breakdowns.tsx'
import { Charts } from './charts.tsx'
import { Headline } from './headline.tsx'
import { useOverview } from './use-overview.ts'
import { WhatHelped } from './what-helped.tsx'

/** How the calls of this project are doing. */
export function OverviewPage() {
  const { project } = useView()
  const started = useQuery(startedQuery(project))
  return (
    <Page>
      <PageHeader
        title="Overview"
        question="How the calls of this project are doing. Every number leads to the traces behind it; draw over a chart to zoom."
      />
      {started.data === false ? <Nothing project={project} /> : <Filled />}
    </Page>
  )
}

function Filled() {
  const { headline, before, byStatus, timeline, byModel, byKey, byHelp } = useOverview()
  return (
    <>
      <Headline current={headline} before={before} />
      <Charts byStatus={byStatus} timeline={timeline} />
      <WhatHelped rows={byHelp} />
      <Breakdowns byModel={byModel} byKey={byKey} />
    </>
  )
}

function Nothing({ project }: { project: string }) {
  return (
    <Panel>
      <EmptyState
        icon={Activity}
        title="No call yet"
        action={
          <Link to="/p/$project/getting-started" params={{ project }} className={buttonStyle({ kind: 'primary' })}>
            Make the first call
          </Link>
        }
      >
        Calls, errors, latency, tokens and cost appear here as soon as a program calls a model through Signalbox or sends its traces.
      </EmptyState>
    </Panel>
  )
}
