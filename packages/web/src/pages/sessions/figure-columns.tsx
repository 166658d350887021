import type { Filter, GroupFigures } from '@signalbox/schema'
import { formatCount } from '../../lib/format-number.ts'
import type { GridColumn } from '../../ui/row-grid.tsx'
import { Thumbs } from './feedback.tsx'
import { GroupCost } from './group-cost.tsx'
import { FAILED, TracesOf } from './traces-of.tsx'

export const Nothing = () => <span className="text-faint">–</span>
const listed = (names: readonly string[]) => (names.length > 0 ? <span className="truncate">{names.join(', ')}</span> : <Nothing />)

/** What stands of a session and of a user alike. `whose`: its id, and the filter of its traces. */
export function figureColumns<R extends GroupFigures>(whose: (row: R) => { id: string; filter: Filter }) {
  return {
    calls: {
      id: 'calls',
      title: 'Calls',
      tip: 'Calls of models',
      width: 68,
      align: 'right',
      sort: 'calls',
      cell: ({ calls }) => formatCount(calls),
    },
    errors: {
      id: 'errors',
      title: 'Errors',
      tip: 'Traces in which a step failed',
      width: 68,
      align: 'right',
      sort: 'errors',
      cell: (row) => {
        if (row.errors === 0) return <span className="text-faint">0</span>
        const { id, filter } = whose(row)
        return (
          <span className="text-error">
            <TracesOf filters={[filter, ...FAILED]} label={`${row.errors} errors of ${id}`}>
              {formatCount(row.errors)}
            </TracesOf>
          </span>
        )
      },
    },
    tokens: {
      id: 'tokens',
      title: 'Tokens',
      width: 88,
      align: 'right',
      sort: 'totalTokens',
      cell: ({ inputTokens, outputTokens }) =>
        inputTokens + outputTokens === 0 ? (
          <Nothing />
        ) : (
          <span data-tip={`${formatCount(inputTokens)} in, ${formatCount(outputTokens)} out`}>
            {formatCount(inputTokens + outputTokens)}
          </span>
        ),
    },
    costUsd: { id: 'costUsd', title: 'Cost (USD)', width: 98, align: 'right', sort: 'costUsd', cell: (row) => <GroupCost of={row} /> },
    feedback: {
      id: 'feedback',
      title: 'Feedback',
      tip: 'Scores named thumbs',
      width: 80,
      cell: ({ feedback }) => <Thumbs {...feedback} />,
    },
    models: { id: 'models', title: 'Models', width: 140, cell: ({ models }) => listed(models) },
    environments: { id: 'environments', title: 'Environment', width: 104, cell: ({ environments }) => listed(environments) },
  } satisfies Record<string, GridColumn<R>>
}
