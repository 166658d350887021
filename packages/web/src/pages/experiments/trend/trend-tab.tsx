import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ChartLine } from 'lucide-react'
import { lastExperimentsQuery, trendQuery } from '../../../data/experiments.ts'
import { useProject } from '../../../data/view.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import { Page } from '../../../ui/page.tsx'
import { Loaded } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { TrendChart } from './trend-chart.tsx'

const ANY = ''

/** How scores went from experiment to experiment, a chart per evaluator. */
export default function TrendTab() {
  const project = useProject()
  const navigate = useNavigate({ from: '/p/$project/experiments/' })
  const { dataset: asked, name, prompt, metric } = useSearch({ from: '/p/$project/experiments/' })
  const last = useQuery(lastExperimentsQuery(project))
  const datasets = [...new Set((last.data ?? []).map((one) => one.dataset.name))]
  const dataset = asked ?? datasets[0]
  const names = [...new Set((last.data ?? []).filter((one) => one.dataset.name === dataset).map((one) => one.name))]
  const points = useQuery({
    ...trendQuery(project, { ...(dataset && { dataset }), ...(name && { name }), ...(prompt && { prompt }), ...(metric && { metric }) }),
    enabled: dataset !== undefined,
  })
  const versions = new Map((last.data ?? []).map((one) => [one.id, one.dataset.version]))
  type Change = { [K in 'dataset' | 'name' | 'prompt' | 'metric']?: string | undefined }
  const set = (next: Change) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true })
  const teach = (
    <EmptyState icon={ChartLine} title="No trend yet">
      Each experiment that is done puts a point here, with its interval: one evaluator over the runs on a dataset, so that a slow drift is
      seen that no single run shows.
    </EmptyState>
  )
  if (last.data && datasets.length === 0) return teach
  return (
    <Page>
      <div className="flex flex-wrap items-center gap-2">
        <NativeSelect
          label="Dataset"
          value={dataset ?? ANY}
          choices={(dataset && !datasets.includes(dataset) ? [dataset, ...datasets] : datasets).map((one) => ({ value: one, label: one }))}
          onChange={(next) => set({ dataset: next, name: undefined, metric: undefined })}
          className="w-64"
        />
        <NativeSelect
          label="Experiments of the name"
          value={name ?? ANY}
          choices={[{ value: ANY, label: 'All experiments on it' }, ...names.map((one) => ({ value: one, label: one }))]}
          onChange={(next) => set({ name: next || undefined })}
          className="w-64"
        />
      </div>
      <Loaded query={points} skeleton={<SkeletonRows rows={8} />}>
        {(found) => {
          const metrics = [...new Set(found.map((point) => point.metric))].toSorted((a, b) => Number(b === 'pass') - Number(a === 'pass'))
          if (metrics.length === 0) return teach
          return (
            <div className="grid gap-4 xl:grid-cols-2">
              {metrics.map((one) => (
                <TrendChart
                  key={one}
                  metric={one}
                  points={found.filter((point) => point.metric === one)}
                  versionOf={(id) => versions.get(id) ?? null}
                />
              ))}
            </div>
          )
        }}
      </Loaded>
    </Page>
  )
}
