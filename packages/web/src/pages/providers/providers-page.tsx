import type { Provider } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { PlugZap } from 'lucide-react'
import { lazy, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { modelsQuery, providersQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { EntryDialogs, useEntries } from '../../ui/entries.tsx'
import { describeError } from '../../ui/error-note.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Table } from '../../ui/table.tsx'
import { WithoutPage } from '../../ui/without-page.tsx'
import { CarriesPanel } from './carries-panel.tsx'
import { columns, FROM } from './columns.tsx'
import { type Tested, TestResult } from './test-result.tsx'
import { useProviderHealth } from './use-provider-health.ts'

const ProviderDialog = lazy(() => import('./provider-dialog.tsx'))

/** Where calls can go, how that went, and what each can carry. */
export function ProvidersPage() {
  const project = useProject()
  const providers = useQuery(providersQuery(project))
  const health = useProviderHealth(project)
  const mayChange = useMay()('providers:write')
  const entries = useEntries<Provider>({ noun: 'provider', mayAdd: mayChange, reads: [providersQuery(project), modelsQuery(project)] })
  const [tested, setTested] = useState<Tested | null>(null)
  const testing = tested && !tested.result && !tested.error ? tested.name : null

  async function test({ name }: Provider) {
    setTested({ name, result: null, error: null })
    try {
      setTested({ name, result: await clientFor(project).providers.test({ name }), error: null })
    } catch (error) {
      setTested({ name, result: null, error: describeError(error).title })
    }
  }

  return (
    <Page>
      <PageHeader
        title="Providers"
        question="Where calls can go, how that went in the last hour, and what is missing where they cannot."
        action={entries.newButton}
      />
      <Panel>
        <Loaded query={providers} skeleton={<SkeletonRows />}>
          {(list) => (
            <>
              {mayChange && list.every(({ from }) => from === 'built-in') && <Teach onAdd={entries.startAdding} />}
              <Table
                label="Providers"
                columns={columns({
                  health: health.data,
                  testing,
                  onTest: test,
                  onChange: entries.change,
                  onRemove: entries.remove,
                  mayChange,
                })}
                rows={list}
                rowKey={(provider) => provider.name}
              />
              <TestResult tested={tested} onClose={() => setTested(null)} />
            </>
          )}
        </Loaded>
      </Panel>
      {providers.data && <CarriesPanel providers={providers.data} />}
      <WithoutPage
        description="Providers of signalbox.yaml and of the environment win over those added here, are read-only here, and may point at your own network."
        examples={ELSEWHERE}
      />

      <EntryDialogs
        of={entries}
        form={(provider, given) => <ProviderDialog project={project} provider={provider} {...given} />}
        onSaved={test}
        onRemove={({ name }) => clientFor(project).providers.remove({ name })}
      >
        {(provider) => <WhatEnds provider={provider} />}
      </EntryDialogs>
    </Page>
  )
}

function WhatEnds({ provider }: { provider: Provider }) {
  return provider.hides ? (
    <p>What was added here under this name is removed with its key. The one of {FROM[provider.from]} stays and is used as before.</p>
  ) : (
    <p>
      Calls to <span className="font-mono text-sm text-text">{provider.name}/…</span> are refused within a second, and its key is deleted
      here. Traces of earlier calls are kept.
    </p>
  )
}

function Teach({ onAdd }: { onAdd: () => void }) {
  return (
    <div className="border-b border-line">
      <EmptyState
        icon={PlugZap}
        title="Only the simulator answers yet"
        action={
          <Button kind="primary" onClick={onAdd}>
            Add a provider
          </Button>
        }
      >
        Give this project a provider and its key. Apps then ask for <span className="font-mono text-sm">name/model</span> with a key of
        Signalbox, and the provider's key never leaves this server.
      </EmptyState>
    </div>
  )
}

const ELSEWHERE = [
  {
    says: 'In signalbox.yaml. The file is read again when it changes.',
    label: 'provider in signalbox.yaml',
    code: `version: 1
providers:
  openai: { kind: openai, apiKey: \${OPENAI_API_KEY} }
  claude: { kind: anthropic, apiKey: { file: /run/secrets/claude } }
  local:  { kind: openai-compatible, baseUrl: http://127.0.0.1:8000/v1 }`,
  },
  {
    says: 'Or in the environment: a provider whose usual variable is set is there without a file.',
    label: 'start with a variable',
    code: 'OPENAI_API_KEY=sk-… npm start',
  },
]
