import type { ReviewItem, ReviewState } from '@signalbox/schema'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CircleCheck, CircleDashed, Inbox, Scale } from 'lucide-react'
import { reviewItemsQuery } from '../../data/reviews.ts'
import { useRowKeys } from '../../data/use-row-keys.ts'
import { plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'

const STATES = ['all', 'open', 'disputed', 'done'] as const
type Props = { project: string; queueId: string; empty: boolean; onSample: (() => void) | undefined }

/** The items of a queue; those without agreement wait for a decision. */
export function ItemsTab({ project, queueId, empty, onSample }: Props) {
  const { state = 'all', item } = useSearch({ from: '/p/$project/reviews/$queueId' })
  const navigate = useNavigate({ from: '/p/$project/reviews/$queueId' })
  const known = STATES.find((one) => one === state) ?? 'all'
  const items = useInfiniteQuery(reviewItemsQuery(project, queueId, known === 'all' ? undefined : known))
  const rows = items.data?.pages.flatMap((page) => page.items)
  const open = (itemId: string | undefined) => navigate({ search: (before) => ({ ...before, item: itemId }) })
  const active = useRowKeys({ rows: (rows ?? []).map(({ itemId }) => itemId), open: item, onOpen: open, onClose: () => open(undefined) })
  if (empty)
    return (
      <Panel>
        <EmptyState
          icon={Inbox}
          title="Nothing to look at yet"
          action={
            onSample && (
              <Button kind="primary" onClick={onSample}>
                Draw a sample
              </Button>
            )
          }
        >
          Draw a sample of your calls: a part by lot, so that what people say holds for all of them, and the rest where judges are unsure or
          users complained. Rows of a dataset and of experiments come in through the API.
        </EmptyState>
      </Panel>
    )
  return (
    <Panel
      title="Items"
      actions={
        <Segmented
          label="State"
          value={known}
          choices={STATES.map((value) => ({ value, label: value === 'all' ? 'All' : WORDS[value].title }))}
          onChange={(value) =>
            navigate({ search: (before) => ({ ...before, state: value === 'all' ? undefined : value, item: undefined }) })
          }
        />
      }
    >
      <Loaded query={{ ...items, data: rows }} skeleton={<SkeletonRows />}>
        {(list) =>
          list.length === 0 ? (
            <p className="px-3 py-6 text-center text-soft">No item is {known === 'all' ? 'here' : known}.</p>
          ) : (
            <>
              <Table
                label="Items"
                columns={COLUMNS}
                rows={list}
                rowKey={({ itemId }) => itemId}
                active={active}
                open={item}
                onOpen={({ itemId }) => open(itemId)}
              />
              {items.hasNextPage && (
                <div className="border-t border-line p-2 text-center">
                  <Button size="small" onClick={() => items.fetchNextPage()} disabled={items.isFetchingNextPage}>
                    Show more
                  </Button>
                </div>
              )}
            </>
          )
        }
      </Loaded>
    </Panel>
  )
}

const WORDS: Record<ReviewState, { title: string; tone: 'unknown' | 'warning' | 'ok'; icon: typeof Scale }> = {
  open: { title: 'Open', tone: 'unknown', icon: CircleDashed },
  disputed: { title: 'Disputed', tone: 'warning', icon: Scale },
  done: { title: 'Done', tone: 'ok', icon: CircleCheck },
}

export function StateBadge({ state }: { state: ReviewState }) {
  const { title, tone, icon: Icon } = WORDS[state]
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
      {title}
    </Badge>
  )
}

/** Why an item is there, in words. */
export const REASONS: Record<ReviewItem['reason'], string> = {
  random: 'drawn by lot',
  chosen: 'chosen',
  'near-threshold': 'a judge is unsure',
  'judges-disagree': 'judges do not agree',
  flaky: 'a judge says now this, now that',
  guardrail: 'a guardrail acted',
  feedback: 'a user complained',
  rule: 'a rule opened it',
}

const COLUMNS: Column<ReviewItem>[] = [
  { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} /> },
  {
    id: 'preview',
    header: 'Asked',
    className: 'w-full max-w-0',
    cell: ({ itemId, preview }) => (
      <span className="block truncate">{preview || <span className="font-mono text-sm text-faint">{itemId}</span>}</span>
    ),
  },
  { id: 'reason', header: 'Here because', wideOnly: true, cell: ({ reason }) => <span className="text-soft">{REASONS[reason]}</span> },
  {
    id: 'answers',
    header: 'Answers',
    align: 'right',
    cell: ({ answered, wanted, leased }) => (
      <span data-tip={leased > 0 ? `${plural(leased, 'person', 'people')} at it now` : undefined}>
        {answered} of {wanted}
        {leased > 0 && ' …'}
      </span>
    ),
  },
  { id: 'rubric', header: 'Rubric', align: 'right', wideOnly: true, cell: ({ rubricVersion }) => `v${rubricVersion}` },
]
