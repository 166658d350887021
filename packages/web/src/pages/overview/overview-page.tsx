import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { startedQuery } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'
import { resolveTimeRange } from '../../lib/time-range.ts'
import { buttonStyle } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Breakdowns } from './breakdowns.tsx'
import { Changes } from './changes.tsx'
import { Charts, UseCharts } from './charts.tsx'
import { Headline } from './headline.tsx'
import { HealthStrip } from './health-strip.tsx'
import { LiveRail } from './live-rail.tsx'
import { Movers } from './movers.tsx'
import { useMovers, useOverview } from './use-overview.ts'
import { WhatHelped } from './what-helped.tsx'

/** The landing page: is all well, what is not, and since when. */
export function OverviewPage() {
  const { project } = useView()
  const started = useQuery(startedQuery(project))
  return (
    <Page>
      <PageHeader title="Overview" question="Is all well? Every number leads to the traces behind it; draw over a chart to zoom." />
      {started.data === false ? <Nothing project={project} /> : <Filled />}
    </Page>
  )
}

function Filled() {
  const { window, figures, before, timeline, outcomes, helped, byModel, byKey } = useOverview()
  const movers = useMovers()
  const { range } = useView()
  return (
    <div className="grid gap-4 xl:grid-cols-[minmax(0,1fr)_272px] xl:items-start">
      <div className="flex min-w-0 flex-col gap-4">
        <HealthStrip />
        <Headline figures={figures} before={before} timeline={timeline} outcomes={outcomes} />
        <Charts outcomes={outcomes} timeline={timeline} />
        <div className="grid gap-4 lg:grid-cols-2">
          <Movers movers={movers} />
          <Changes window={window ?? resolveTimeRange(range, Date.now())} />
        </div>
        <UseCharts timeline={timeline} />
        <Breakdowns byModel={byModel} byKey={byKey} />
        <WhatHelped rows={helped} />
      </div>
      <LiveRail />
    </div>
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
