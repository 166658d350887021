import type { Model } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { TriangleAlert } from 'lucide-react'
import { modelsQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { Badge } from '../../ui/badge.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'

/** What an app can ask for. */
export function ModelsPage() {
  const project = useProject()
  const models = useQuery(modelsQuery(project))
  return (
    <Page>
      <PageHeader title="Models" question="The names an app can ask for, and where each of them goes." />
      <Panel>
        <Loaded query={models} skeleton={<SkeletonRows />}>
          {(list) => <Table label="Models" columns={columns(project)} rows={list} rowKey={(model) => model.name} />}
        </Loaded>
      </Panel>
      <Panel
        title="Add a model"
        description="Models come from signalbox.yaml and are read-only here. Any provider/model works without an entry."
      >
        <div className="p-4">
          <CodeBlock
            label="model in signalbox.yaml"
            code={`models:                 # the name an app asks for → where it goes
  support:
    strategy: fallback
    targets:
      - { provider: openai, model: gpt-4o }
      - { provider: local, model: llama-3.3-70b }`}
          />
        </div>
      </Panel>
    </Page>
  )
}

function columns(project: string): Column<Model>[] {
  return [
    { id: 'name', header: 'Name', cell: (model) => <CopyId id={model.name} what="model name" strong className="-ml-1" /> },
    {
      id: 'strategy',
      header: 'Strategy',
      cell: (model) => (model.targets.length > 1 ? model.strategy : <span className="text-faint">one target</span>),
    },
    { id: 'targets', header: 'Goes to', className: 'py-1.5', cell: (model) => <Targets model={model} /> },
    {
      id: 'from',
      header: 'From',
      cell: (model) => <span className="text-soft">{model.from === 'file' ? 'signalbox.yaml' : 'built in'}</span>,
    },
    {
      id: 'traces',
      header: <span className="sr-only">Traces</span>,
      className: 'text-right',
      sticky: true,
      cell: (model) => (
        <Link
          to="/p/$project/traces"
          params={{ project }}
          search={{ filter: writeFilters([{ field: 'requestModel', op: 'eq', value: model.name }]) }}
          className="text-sm text-accent hover:underline"
          aria-label={`Traces of ${model.name}`}
        >
          Traces
        </Link>
      ),
    },
  ]
}

function Targets({ model }: { model: Model }) {
  return (
    <ul className="flex flex-col gap-1">
      {model.targets.map((target) => (
        <li key={`${target.provider}/${target.model}`} className="flex items-center gap-2">
          <span className="font-mono text-sm">
            {target.provider}/{target.model}
          </span>
          {target.weight !== undefined && <span className="text-sm text-faint">weight {target.weight}</span>}
          {!target.usable && (
            <Badge tone="warning" icon={<TriangleAlert size={12} />}>
              {target.problem ?? 'cannot be used'}
            </Badge>
          )}
        </li>
      ))}
    </ul>
  )
}
