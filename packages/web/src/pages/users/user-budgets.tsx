import type { BudgetUse, Currency } from '@signalbox/schema'
import { useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMay } from '../../data/may.ts'
import { budgetQuery, budgetsQuery } from '../../data/queries.ts'
import { Panel } from '../../ui/panel.tsx'
import { amountOf, formatAmount } from '../budgets/budget-words.ts'
import { StateBadge, UsedBar } from '../budgets/used-bar.tsx'

/** What this user may use, where the project has budgets for its users. */
export function UserBudgets({ project, userId }: { project: string; userId: string }) {
  const may = useMay()('budgets:read')
  const all = useQuery({ ...budgetsQuery(project), enabled: may })
  const names =
    all.data?.budgets
      .filter(({ scope, hidden, id }) => scope === 'end-user' && !hidden && (!id || id === userId))
      .map(({ name }) => name) ?? []
  const budgets = useQueries({ queries: names.map((name) => budgetQuery(project, name)) }).flatMap(({ data }) => data?.budgets ?? [])
  if (names.length === 0 || !all.data) return null
  const { currency } = all.data
  return (
    <Panel title="Budgets" description="Of the current period, whatever time is chosen above.">
      <ul className="divide-y divide-line">
        {budgets
          .filter(({ hidden }) => !hidden)
          .map((budget) => (
            <li key={budget.name} className="flex min-h-8 items-center gap-3 px-3 py-1">
              <Link
                to="/p/$project/keys/budgets"
                params={{ project }}
                search={(before) => ({ ...before, budget: budget.name })}
                className="min-w-0 flex-1 truncate font-medium hover:text-accent hover:underline"
              >
                {budget.name}
              </Link>
              <Use budget={budget} userId={userId} currency={currency} />
            </li>
          ))}
      </ul>
    </Panel>
  )
}

function Use({ budget, userId, currency }: { budget: BudgetUse; userId: string; currency: Currency }) {
  const use = budget.subjects.find(({ subject }) => subject === userId)
  if (!use)
    return (
      <span className="text-faint">
        {budget.moreSubjects ? 'not among those who used most' : 'nothing used'} of {amountOf(budget, currency)}
      </span>
    )
  return (
    <>
      <UsedBar percent={use.percent} warnAt={budget.warnAt} state={use.state} label={`Used of ${budget.name}`} />
      <span className="tabular">
        {formatAmount(use.used, budget.measure, currency)} of {amountOf(budget, currency)}
      </span>
      <StateBadge state={use.state} />
    </>
  )
}
