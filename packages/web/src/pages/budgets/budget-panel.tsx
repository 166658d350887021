import type { BudgetUse, Currency, ShownBudget, SubjectUse } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useCallFilters, useOpenTraces } from '../../data/calls.ts'
import { budgetQuery, keysQuery } from '../../data/queries.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatPart, plural } from '../../lib/format-number.ts'
import { ChartPanel } from '../../ui/chart/chart-panel.tsx'
import { EntryPanel, type EntryPanelProps, NoEntry } from '../../ui/entry-panel.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { useNow } from '../../ui/values.tsx'
import { amountOf, type BudgetKey, formatAmount, subjectName, tracesOf, whoOf } from './budget-words.ts'
import { burnDown } from './burn-down.ts'
import { Forecast } from './forecast.tsx'
import { StateBadge, UsedBar } from './used-bar.tsx'

type Props = EntryPanelProps<ShownBudget> & {
  project: string
  name: string
  /** As the list has it, until the whole of it is there. */
  listed: BudgetUse | undefined
  currency: Currency
}

/** One budget: how it burns down, and who uses it. */
export function BudgetPanel({ project, name, listed, currency, ...entryProps }: Props) {
  const whole = useQuery(budgetQuery(project, name))
  const now = useNow()
  const open = useOpenTraces()
  const calls = useCallFilters()
  const keys = useQuery(keysQuery(project)).data
  const keyName = (id: string) => keys?.find((key) => key.id === id)?.name ?? id
  const budget = whole.data?.budgets.find(({ hidden }) => !hidden) ?? listed
  if (!budget) return <NoEntry noun="budget" name={name} panel={entryProps.panel} />
  const chart = burnDown(budget, now)
  const money = (value: number) => formatAmount(value, budget.measure, currency)
  const unpriced = budget.subjects.reduce((sum, { unpricedCalls }) => sum + unpricedCalls, 0)
  const all = tracesOf(budget, budget.id === undefined ? undefined : budget.subjects[0]?.subject, keys)
  return (
    <EntryPanel
      {...entryProps}
      noun="budget"
      entry={budget}
      about={
        <>
          {amountOf(budget, currency)} for {whoOf(budget)}.{' '}
          {budget.action === 'block' ? 'Calls beyond it are refused' : 'Nothing is refused'}; it warns from {formatPart(budget.warnAt)}.
        </>
      }
      readOnly={
        budget.from === 'file'
          ? {
              from: 'signalbox.yaml',
              why: 'This budget comes from signalbox.yaml and is changed there; the file is read again when it changes.',
            }
          : undefined
      }
      warnings={[
        unpriced > 0 &&
          budget.measure === 'money' &&
          `${plural(unpriced, 'call')} without a known price ${unpriced === 1 ? 'is' : 'are'} not counted. Give their models a price in signalbox.yaml.`,
      ]}
    >
      {chart && (
        <div className="p-4">
          <ChartPanel
            title="Used"
            unit={budget.measure === 'money' ? currency.code : budget.measure}
            starts={chart.starts}
            window={chart.window}
            format={money}
            step={DAY}
            onOpen={(from, to) => open(all?.filters ?? calls, from, to)}
            series={[
              { label: 'used', colour: 'mark-1', values: chart.used },
              ...(chart.even ? [{ label: 'even', colour: 'mark-3', dash: [2, 3], values: chart.even }] : []),
              ...(chart.forecast ? [{ label: 'forecast', colour: 'mark-2', dash: [6, 3], values: chart.forecast }] : []),
            ]}
          />
        </div>
      )}
      <section className={chart ? '' : 'pt-3'}>
        <h3 className="flex items-baseline justify-between px-4 pb-1 font-medium">
          {budget.subjects.length > 1 ? 'Who used most' : 'Used'}
          <span className="text-sm font-normal text-faint">{periodOf(budget)}</span>
        </h3>
        {budget.subjects.length === 0 ? (
          <p className="px-4 py-3 text-faint">
            Nothing was used in this {budget.per ?? (budget.measure === 'concurrent' ? 'moment' : 'month')}.
          </p>
        ) : (
          <div className="border-t border-line px-1">
            <Table
              label="Subjects"
              columns={columns({ budget, currency, keyName, keys })}
              rows={budget.subjects}
              rowKey={({ subject }) => subject}
            />
          </div>
        )}
        {budget.moreSubjects && <p className="px-4 py-2 text-sm text-faint">There are more.</p>}
      </section>
    </EntryPanel>
  )
}

const DAY = 86_400_000

function periodOf({ periodStart, periodEnd, measure }: BudgetUse): string {
  if (measure === 'concurrent') return 'now'
  if (periodStart === null || periodEnd === null) return 'the last 60 seconds'
  const words = (iso: string) => new Date(iso).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })
  const last = new Date(Date.parse(periodEnd) - 1).toISOString()
  return words(periodStart) === words(last) ? `${words(periodStart)} (UTC)` : `${words(periodStart)} – ${words(last)} (UTC)`
}

type Options = {
  budget: BudgetUse
  currency: Currency
  keyName: (id: string) => string
  keys: readonly BudgetKey[] | undefined
}
function columns({ budget, currency, keyName, keys }: Options): Column<SubjectUse>[] {
  const toTraces = (use: SubjectUse, content: ReactNode) => {
    const to = tracesOf(budget, use.subject, keys)
    if (!to) return content
    const { filters, ...search } = to
    return (
      <TracesLink search={{ ...search, filter: writeFilters(filters) }} label={`Calls of ${subjectName(budget, use, keyName)}`}>
        {content}
      </TracesLink>
    )
  }
  return [
    {
      id: 'subject',
      header: 'Who',
      className: 'w-full max-w-0 min-w-28',
      cell: (use) => <span className="block truncate">{toTraces(use, subjectName(budget, use, keyName))}</span>,
    },
    { id: 'state', header: 'State', cell: ({ state }) => <StateBadge state={state} /> },
    {
      id: 'bar',
      header: 'Part',
      cell: (use) => (
        <span className="flex items-center gap-2">
          <UsedBar
            percent={use.percent}
            reserved={budget.amount > 0 ? (use.reserved / budget.amount) * 100 : null}
            warnAt={budget.warnAt}
            state={use.state}
            label={`Used by ${subjectName(budget, use, keyName)}`}
          />
          <span className="tabular w-14 text-right">{use.percent === null ? '–' : `${use.percent}%`}</span>
        </span>
      ),
    },
    { id: 'used', header: 'Used', align: 'right', cell: (use) => toTraces(use, formatAmount(use.used, budget.measure, currency)) },
    {
      id: 'forecast',
      header: <span data-tip="At the end of the period, if it goes on like the last seven days">Forecast</span>,
      align: 'right',
      cell: ({ forecast }) => <Forecast forecast={forecast} budget={budget} currency={currency} />,
    },
  ]
}
