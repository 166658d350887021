import type { Filter, ModelCacheUse } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useView } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCount, formatShare } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago, Money } from '../../ui/values.tsx'

type Props = { models: ModelCacheUse[]; onPurge?: (model: string) => void }

/** Every alias with a cache, and what it did. */
export function CacheModels({ models, onPurge }: Props) {
  const { project, environmentFilters } = useView()
  const to = (model: string, values: string[], content: ReactNode) => {
    const filters: Filter[] = [
      ...environmentFilters,
      { field: 'requestModel', op: 'eq', value: model },
      { field: 'cache', op: 'in', value: values },
    ]
    return (
      <Link
        to="/p/$project/traces"
        params={{ project }}
        search={{ filter: writeFilters(filters) }}
        className="hover:text-accent hover:underline"
      >
        {content}
      </Link>
    )
  }
  const columns: Column<ModelCacheUse>[] = [
    {
      id: 'model',
      header: 'Alias',
      className: 'w-full',
      cell: ({ model }) => <CopyId id={model} what="model name" strong className="-ml-1" />,
    },
    { id: 'mode', header: 'Finds', cell: ({ mode }) => MODES[mode] },
    {
      id: 'ttl',
      header: 'Keeps for',
      align: 'right',
      cell: ({ ttlSeconds }) => (ttlSeconds === null ? '–' : formatDuration(ttlSeconds * 1000)),
    },
    { id: 'hits', header: 'Hits', align: 'right', cell: ({ model, hits }) => to(model, ['hit', 'semantic'], formatCount(hits)) },
    {
      id: 'semantic',
      header: 'In other words',
      align: 'right',
      wideOnly: true,
      cell: ({ model, semanticHits }) => to(model, ['semantic'], formatCount(semanticHits)),
    },
    { id: 'misses', header: 'Misses', align: 'right', cell: ({ model, misses }) => to(model, ['miss'], formatCount(misses)) },
    { id: 'rate', header: 'Hit rate', align: 'right', cell: ({ hitRate }) => formatShare(hitRate) },
    {
      id: 'saved',
      header: 'Saved (USD)',
      align: 'right',
      cell: ({ savedUsd }) => <Money usd={savedUsd} bare reason="No price is known for what was answered again" />,
    },
    { id: 'time', header: 'Time saved', align: 'right', wideOnly: true, cell: ({ savedSeconds }) => formatDuration(savedSeconds * 1000) },
    {
      id: 'purged',
      header: 'Purged',
      wideOnly: true,
      cell: ({ purgedAt }) => (purgedAt === null ? <span className="text-faint">never</span> : <Ago time={purgedAt} />),
    },
    ...(onPurge
      ? [
          {
            id: 'purge',
            header: <span className="sr-only">Purge</span>,
            sticky: true,
            className: 'text-right',
            cell: ({ model, mode }: ModelCacheUse) =>
              mode !== 'off' && (
                <Button size="small" kind="ghost" aria-label={`Purge ${model}`} onClick={() => onPurge(model)}>
                  Purge
                </Button>
              ),
          },
        ]
      : []),
  ]
  return <Table label="Cache by alias" columns={columns} rows={models} rowKey={({ model }) => model} faded={({ mode }) => mode === 'off'} />
}

const MODES = { exact: 'the same request', semantic: 'also in other words', off: 'nothing: off now' }
