import type { BudgetUse, Currency, ShownBudget } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { EyeOff, Wallet } from 'lucide-react'
import { lazy } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { budgetsQuery } from '../../data/queries.ts'
import { useKeyNames } from '../../data/use-key-names.ts'
import { useProject } from '../../data/view.ts'
import { Badge } from '../../ui/badge.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { EntryDialogs, useEntries } from '../../ui/entries.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { rowKeyOf, useOpened } from '../../ui/use-opened.ts'
import { WithoutPage } from '../../ui/without-page.tsx'
import { BudgetPanel } from './budget-panel.tsx'
import { amountOf, formatAmount, subjectName, whoOf } from './budget-words.ts'
import { Forecast } from './forecast.tsx'
import { StateBadge, UsedBar } from './used-bar.tsx'

const BudgetDialog = lazy(() => import('./budget-dialog.tsx'))

/** What may be used, what is used of it, and where that leads. */
export function BudgetsPage() {
  const project = useProject()
  const budgets = useQuery(budgetsQuery(project))
  const keyName = useKeyNames()
  const mayChange = useMay()('budgets:write')
  const rows = budgets.data?.budgets ?? []
  const { open, setOpen, active, panel } = useOpened('budget', rows.map(rowKeyOf))
  const entries = useEntries<ShownBudget>({ noun: 'budget', mayAdd: mayChange, reads: [budgetsQuery(project)], setOpen })

  return (
    <>
      <Page>
        <PageHeader
          title="Budgets"
          question="What keys, people and the project may use, what of it is used, and where that leads."
          action={entries.newButton}
        />
        <Panel>
          <Loaded query={budgets} skeleton={<SkeletonRows />}>
            {(data) =>
              data.budgets.length === 0 ? (
                <EmptyState icon={Wallet} title="No budget yet" action={entries.newButton}>
                  A budget stops or warns before a key, an end user or the whole project uses more money, tokens or requests than you meant
                  it to. What a call can cost at most is set aside before it is made.
                </EmptyState>
              ) : (
                <Table
                  label="Budgets"
                  columns={columns({ project, currency: data.currency, keyName })}
                  rows={data.budgets}
                  rowKey={rowKeyOf}
                  faded={({ hidden }) => hidden}
                  open={open}
                  active={active}
                  onOpen={({ name }) => setOpen(name)}
                />
              )
            }
          </Loaded>
        </Panel>
        <WithoutPage description="Budgets of signalbox.yaml win over those added here, and are read-only here." examples={IN_THE_FILE} />
      </Page>
      {open !== undefined && budgets.data && (
        <BudgetPanel
          key={open}
          project={project}
          name={open}
          listed={rows.find(({ name, hidden }) => name === open && !hidden)}
          currency={budgets.data.currency}
          mayChange={mayChange}
          panel={panel}
          onChange={entries.change}
          onRemove={entries.remove}
        />
      )}
      <EntryDialogs
        of={entries}
        form={(budget, given) => <BudgetDialog project={project} budget={budget} currency={budgets.data?.currency} {...given} />}
        onRemove={({ name }) => clientFor(project).budgets.remove({ name })}
      >
        {(budget) => (
          <p>
            {budget.action === 'block' ? 'Calls that it refuses are let through within a second' : 'Nothing warns any more'}:{' '}
            {whoOf(budget)} may use as much as other budgets allow. What was used stays in the records.
          </p>
        )}
      </EntryDialogs>
    </>
  )
}

type Options = { project: string; currency: Currency; keyName: (id: string) => string }
function columns({ project, currency, keyName }: Options): Column<BudgetUse>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      cell: ({ name, hidden }) => (
        <span className="flex items-center gap-2">
          <Link
            to="/p/$project/keys/budgets"
            params={{ project }}
            search={(before) => ({ ...before, budget: name })}
            className="block max-w-48 truncate font-medium hover:text-accent hover:underline"
          >
            {name}
          </Link>
          {hidden && (
            <Badge icon={<EyeOff size={12} aria-hidden />} tip="signalbox.yaml has a budget of this name, which is used instead.">
              hidden
            </Badge>
          )}
        </span>
      ),
    },
    { id: 'state', header: 'State', cell: (budget) => <States budget={budget} /> },
    {
      id: 'who',
      header: 'Of',
      className: 'w-full max-w-0 min-w-32',
      cell: (budget) => <span className="block truncate">{whoOf(budget)}</span>,
    },
    {
      id: 'amount',
      header: 'Amount',
      align: 'right',
      cell: (budget) => (
        <span className="font-sans text-base" data-tip={budget.action === 'warn' ? 'Nothing is refused' : 'Calls beyond it are refused'}>
          {amountOf(budget, currency)}
        </span>
      ),
    },
    {
      id: 'used',
      header: <span data-tip="Of several, the one that used most">Used</span>,
      cell: (budget) => {
        const [top] = budget.subjects
        if (!top) return <span className="text-faint">nothing yet</span>
        return (
          <span
            className="flex items-center gap-2"
            data-tip={`${subjectName(budget, top, keyName)}: ${formatAmount(top.used, budget.measure, currency)} of ${amountOf(budget, currency)}`}
          >
            <UsedBar percent={top.percent} warnAt={budget.warnAt} state={top.state} label={`Used of ${budget.name}`} />
            <span className="tabular w-12 text-right">{top.percent === null ? '–' : `${top.percent}%`}</span>
          </span>
        )
      },
    },
    {
      id: 'most',
      header: 'By',
      wideOnly: true,
      cell: (budget) => {
        const [top, ...more] = budget.subjects
        if (!top || budget.scope === 'project' || budget.scope === 'organisation') return <span className="text-faint">–</span>
        return (
          <span className="flex items-center gap-1.5">
            <span className="max-w-32 truncate">{subjectName(budget, top, keyName)}</span>
            {more.length > 0 && (
              <span className="text-sm text-faint">
                and {more.length}
                {budget.moreSubjects && '+'} more
              </span>
            )}
          </span>
        )
      },
    },
    {
      id: 'forecast',
      header: <span data-tip="At the end of the period, if it goes on like the last seven days">Forecast</span>,
      align: 'right',
      cell: (budget) => <Forecast forecast={budget.subjects[0]?.forecast ?? null} budget={budget} currency={currency} />,
    },
    {
      id: 'from',
      header: 'From',
      wideOnly: true,
      cell: ({ from }) => <span className="text-soft">{from === 'file' ? 'signalbox.yaml' : 'added here'}</span>,
    },
  ]
}

function States({ budget: { subjects, hidden } }: { budget: BudgetUse }) {
  if (hidden) return <span className="text-faint">–</span>
  const counts = (['blocked', 'used-up', 'warned'] as const).flatMap((state) => {
    const count = subjects.filter((one) => one.state === state).length
    return count > 0 ? [[state, count] as const] : []
  })
  if (counts.length === 0) return <StateBadge state="ok" />
  return (
    <span className="flex gap-1">
      {counts.map(([state, count]) => (
        <StateBadge key={state} state={state} {...(subjects.length > 1 && { count })} />
      ))}
    </span>
  )
}

const IN_THE_FILE = [
  {
    says: 'Money of the project and of each key. Amounts are in the currency of the project.',
    label: 'budgets of money in signalbox.yaml',
    code: `currency: { code: EUR, perUsd: 0.92 }
budgets:
  - { name: project, scope: project, amount: 500, per: month }
  - { name: each-key, scope: key, amount: 20, per: day, warnAt: 0.7 }`,
  },
  {
    says: 'Limits of requests, tokens and calls at once, for people who use your app.',
    label: 'limits in signalbox.yaml',
    code: `budgets:
  - { name: people, scope: end-user,
      measure: requests, amount: 30, per: minute }
  - { name: tokens, scope: end-user,
      measure: tokens, amount: 200000, per: day }
  - { name: at-once, scope: key, measure: concurrent, amount: 20 }`,
  },
]
