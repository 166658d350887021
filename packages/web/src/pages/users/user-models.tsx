import type { UserModel } from '@signalbox/schema'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Panel } from '../../ui/panel.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { Money } from '../../ui/values.tsx'

/** Which models a user's calls went to, the dearest first. */
export function UserModels({ models, userId }: { models: readonly UserModel[]; userId: string }) {
  const columns: Column<UserModel>[] = [
    {
      id: 'model',
      header: 'Model',
      className: 'w-full max-w-0 min-w-32 truncate',
      cell: ({ model, provider }) => (
        <TracesLink
          search={{
            filter: writeFilters([
              { field: 'userId', op: 'eq', value: userId },
              ...(model ? [{ field: 'model', op: 'eq' as const, value: model }] : []),
              ...(provider ? [{ field: 'provider', op: 'eq' as const, value: provider }] : []),
            ]),
          }}
        >
          {model || 'not told'} <span className="text-faint">{provider}</span>
        </TracesLink>
      ),
    },
    { id: 'calls', header: 'Calls', align: 'right', cell: ({ calls }) => formatCount(calls) },
    {
      id: 'errors',
      header: 'Errors',
      align: 'right',
      cell: ({ errors }) => <span className={errors > 0 ? 'text-error' : 'text-faint'}>{formatCount(errors)}</span>,
    },
    { id: 'in', header: 'Tokens in', align: 'right', cell: ({ inputTokens }) => formatCount(inputTokens) },
    { id: 'out', header: 'Tokens out', align: 'right', cell: ({ outputTokens }) => formatCount(outputTokens) },
    {
      id: 'cost',
      header: 'Cost (USD)',
      align: 'right',
      cell: ({ costUsd, model, inputTokens, outputTokens }) => (
        <Money
          usd={costUsd}
          bare
          reason={
            inputTokens + outputTokens === 0
              ? 'No tokens are known, so there is nothing to price'
              : `Unknown: no price is known for ${model || 'what was called'}`
          }
        />
      ),
    },
  ]
  return (
    <Panel title="By model">
      {models.length === 0 ? (
        <p className="px-3 py-4 text-faint">No model was called for this user in this time.</p>
      ) : (
        <Table label="Models" columns={columns} rows={models} rowKey={({ model, provider }) => `${provider}/${model}`} />
      )}
    </Panel>
  )
}
