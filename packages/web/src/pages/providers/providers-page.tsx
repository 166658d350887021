import type { Provider } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from '@tanstack/react-router'
import { PlugZap, Plus } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { modelsQuery, providersQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { CodeBlock } from '../../ui/code-block.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { describeError } from '../../ui/error-note.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Table } from '../../ui/table.tsx'
import { toast } from '../../ui/toast.tsx'
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
  const cache = useQueryClient()
  const navigate = useNavigate()
  const mayChange = useMay()('providers:write')
  const adding = useLocation({ select: (location) => location.hash }) === 'new' && mayChange
  const setAdding = (open: boolean) =>
    navigate({ to: '/p/$project/providers', params: { project }, ...(open && { hash: 'new' }), replace: true })
  const [changing, setChanging] = useState<Provider | null>(null)
  const [removing, setRemoving] = useState<Provider | null>(null)
  const [tested, setTested] = useState<Tested | null>(null)
  const testing = tested && !tested.result && !tested.error ? tested.name : null
  const refresh = () =>
    Promise.all([providersQuery(project), modelsQuery(project)].map(({ queryKey }) => cache.invalidateQueries({ queryKey })))

  async function test({ name }: Provider) {
    setTested({ name, result: null, error: null })
    try {
      setTested({ name, result: await clientFor(project).providers.test({ name }), error: null })
    } catch (error) {
      setTested({ name, result: null, error: describeError(error).title })
    }
  }
  async function saved(provider: Provider) {
    setAdding(false)
    setChanging(null)
    await refresh()
    toast({ title: `Provider “${provider.name}” saved` })
    void test(provider)
  }

  return (
    <Page>
      <PageHeader
        title="Providers"
        question="Where calls can go, how that went in the last hour, and what is missing where they cannot."
        action={
          mayChange && (
            <Button kind="primary" onClick={() => setAdding(true)}>
              <Plus size={14} aria-hidden /> New provider
            </Button>
          )
        }
      />
      <Panel>
        <Loaded query={providers} skeleton={<SkeletonRows />}>
          {(list) => (
            <>
              {mayChange && list.every(({ from }) => from === 'built-in') && <Teach onAdd={() => setAdding(true)} />}
              <Table
                label="Providers"
                columns={columns({
                  project,
                  health: health.data,
                  testing,
                  onTest: test,
                  onChange: setChanging,
                  onRemove: setRemoving,
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
      <Elsewhere />

      {(adding || changing) && (
        <Suspense>
          <ProviderDialog
            project={project}
            provider={changing}
            onSaved={saved}
            onClose={() => {
              setAdding(false)
              setChanging(null)
            }}
          />
        </Suspense>
      )}
      <ConfirmDialog
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove “${removing?.name ?? ''}”?`}
        action="Remove provider"
        onConfirm={async () => {
          if (!removing) return
          await clientFor(project).providers.remove({ name: removing.name })
          await refresh()
          toast({ title: `Provider “${removing.name}” removed` })
        }}
      >
        {removing && <WhatEnds provider={removing} />}
      </ConfirmDialog>
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

function Elsewhere() {
  return (
    <Panel
      title="Without this page"
      description="Providers of signalbox.yaml and of the environment win over those added here, are read-only here, and may point at your own network."
    >
      <div className="grid gap-4 p-4 lg:grid-cols-2">
        <div className="min-w-0">
          <p className="mb-2 text-soft">In signalbox.yaml. The file is read again when it changes.</p>
          <CodeBlock
            label="provider in signalbox.yaml"
            code={`version: 1
providers:
  openai: { kind: openai, apiKey: \${OPENAI_API_KEY} }
  claude: { kind: anthropic, apiKey: { file: /run/secrets/claude } }
  local:  { kind: openai-compatible, baseUrl: http://127.0.0.1:8000/v1 }`}
          />
        </div>
        <div className="min-w-0">
          <p className="mb-2 text-soft">Or in the environment: a provider whose usual variable is set is there without a file.</p>
          <CodeBlock label="start with a variable" code={`OPENAI_API_KEY=sk-… npm start`} />
        </div>
      </div>
    </Panel>
  )
}
