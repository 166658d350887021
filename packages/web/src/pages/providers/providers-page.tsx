import type { Provider } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import { providersQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { Badge } from '../../ui/badge.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'

/** Where calls can go. */
export function ProvidersPage() {
  const project = useProject()
  const providers = useQuery(providersQuery(project))
  return (
    <Page>
      <PageHeader title="Providers" question="Where calls can go, and what is missing where they cannot." />
      <Panel>
        <Loaded query={providers} skeleton={<SkeletonRows />}>
          {(list) => <Table label="Providers" columns={columns(project)} rows={list} rowKey={(provider) => provider.name} />}
        </Loaded>
      </Panel>
      <Panel title="Add a provider" description="Providers come from signalbox.yaml or from the environment, and are read-only here.">
        <div className="grid gap-4 p-4 lg:grid-cols-2">
          <div className="min-w-0">
            <p className="mb-2 text-soft">In signalbox.yaml. The file is read again when it changes.</p>
            <CodeBlock
              label="provider in signalbox.yaml"
              code={`version: 1
providers:
  openai: { kind: openai, apiKey: \${OPENAI_API_KEY} }
  local:  { kind: openai-compatible, baseUrl: http://127.0.0.1:8000/v1 }`}
            />
          </div>
          <div className="min-w-0">
            <p className="mb-2 text-soft">Or in the environment: a provider whose usual variable is set is there without a file.</p>
            <CodeBlock label="start with a variable" code={`OPENAI_API_KEY=sk-… npm start`} />
          </div>
        </div>
      </Panel>
    </Page>
  )
}

const FROM: Record<Provider['from'], string> = {
  file: 'signalbox.yaml',
  environment: 'environment',
  'built-in': 'built in',
  project: 'added here',
}

function columns(project: string): Column<Provider>[] {
  return [
    { id: 'name', header: 'Name', cell: (provider) => <span className="font-medium">{provider.name}</span> },
    {
      id: 'state',
      header: 'State',
      cell: (provider) =>
        provider.configured ? (
          <Badge tone="ok" icon={<CircleCheck size={12} />}>
            ready
          </Badge>
        ) : (
          <span className="flex items-center gap-2">
            <Badge tone="warning" icon={<TriangleAlert size={12} />}>
              not configured
            </Badge>
            <span className="text-soft">{provider.problem}</span>
          </span>
        ),
    },
    { id: 'kind', header: 'Kind', wideOnly: true, cell: (provider) => provider.kind },
    { id: 'url', header: 'Base URL', cell: (provider) => <CopyId id={provider.baseUrl} what="URL" className="-ml-1" /> },
    { id: 'key', header: 'Key', cell: (provider) => (provider.hasKey ? 'set' : <span className="text-faint">none</span>) },
    { id: 'from', header: 'From', wideOnly: true, cell: (provider) => <span className="text-soft">{FROM[provider.from]}</span> },
    {
      id: 'traces',
      header: <span className="sr-only">Traces</span>,
      className: 'text-right',
      sticky: true,
      cell: (provider) => (
        <Link
          to="/p/$project/traces"
          params={{ project }}
          search={{ filter: `provider:eq:${provider.name}` }}
          className="text-sm text-accent hover:underline"
          aria-label={`Traces of ${provider.name}`}
        >
          Traces
        </Link>
      ),
    },
  ]
}
