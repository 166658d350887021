import type { DashboardRow } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { LayoutGrid } from 'lucide-react'
import { dashboardsQuery } from '../../data/dashboards.ts'
import { useProject } from '../../data/view.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'
import { WithoutPage } from '../../ui/without-page.tsx'
import { NewDashboard } from './new-dashboard.tsx'
import { SeenBy } from './seen-by.tsx'

/** Pages of charts that people of this project made. */
export function DashboardsPage() {
  const project = useProject()
  const dashboards = useQuery(dashboardsQuery(project))
  const navigate = useNavigate()
  return (
    <Page>
      <PageHeader
        title="Dashboards"
        question="Pages of charts that you and others made; each answers a question of your own."
        action={<NewDashboard />}
      />
      <Panel>
        <Loaded query={dashboards} skeleton={<SkeletonRows />}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState icon={LayoutGrid} title="No dashboard yet" action={<NewDashboard />}>
                A dashboard shows measures of your calls – cost, latency, errors, feedback – as lines, bars, numbers and tables. Begin with
                a template, and change it; every number leads to the traces behind it.
              </EmptyState>
            ) : (
              <Table
                label="Dashboards"
                columns={columns(project)}
                rows={list}
                rowKey={({ id }) => id}
                onOpen={({ id }) => navigate({ to: '/p/$project/dashboards/$dashboard', params: { project, dashboard: id } })}
              />
            )
          }
        </Loaded>
      </Panel>
      <WithoutPage
        description="Dashboards of signalbox.yaml are read-only here. What you export as JSON can stand there as it is."
        examples={IN_THE_FILE}
      />
    </Page>
  )
}

const columns = (project: string): Column<DashboardRow>[] => [
  {
    id: 'name',
    header: 'Name',
    cell: ({ id, name }) => (
      <Link
        to="/p/$project/dashboards/$dashboard"
        params={{ project, dashboard: id }}
        className="font-medium hover:text-accent hover:underline"
      >
        {name}
      </Link>
    ),
  },
  {
    id: 'seen',
    header: 'Seen by',
    cell: (row) => <SeenBy {...row} />,
  },
  {
    id: 'description',
    header: 'What it shows',
    className: 'w-full max-w-0',
    cell: ({ description }) => <span className="block truncate text-soft">{description || '–'}</span>,
  },
  { id: 'panels', header: 'Panels', align: 'right', cell: ({ panelCount }) => panelCount },
  {
    id: 'changed',
    header: 'Changed',
    align: 'right',
    cell: ({ updatedAt, savedBy }) =>
      updatedAt === null ? (
        <span className="text-faint">–</span>
      ) : (
        <span {...(savedBy && { 'data-tip': `by ${savedBy}` })}>
          <Ago time={updatedAt} />
        </span>
      ),
  },
]

const IN_THE_FILE = [
  {
    says: 'The error rate and the cost of each model, for everybody in the project.',
    label: 'dashboard in signalbox.yaml',
    code: `dashboards:
  - name: Models
    variables: [{ name: environment, field: environment, default: production }]
    panels:
      - id: errors
        kind: number
        w: 4
        query: { measures: [errorRate] }
        thresholds:
          - { at: 0, status: ok, words: healthy }
          - { at: 0.05, status: error, words: failing }
      - { id: cost, kind: stacked, w: 8, query: { measures: [costUsd], dimensions: [model] } }`,
  },
]
