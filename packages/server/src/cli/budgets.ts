import type { BudgetUse } from '@signalbox/schema'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

/** `signalbox budgets list`: each budget with those that used most of it. */
export async function listBudgets(options: ConnectionOptions & { subjects?: string }): Promise<number> {
  const used = await connect(options).client.budgets.usage({ limit: Number(options.subjects ?? 5) })
  if (options.json) printJson(used)
  else
    printTable(
      used.budgets.flatMap((budget) => rowsOf(budget, used.currency.code)),
      COLUMNS,
    )
  return 0
}

const COLUMNS = ['budget', 'counts', 'amount', 'from', 'subject', 'used', 'part', 'forecast', 'state'] as const

function rowsOf(budget: BudgetUse, currency: string) {
  const { name, scope, id, model, measure, per = 'month', amount, from, subjects, moreSubjects } = budget
  const unit = measure === 'money' ? currency : measure
  const head = {
    budget: name,
    counts: [scope, id, model].filter((part) => part !== undefined).join(' '),
    amount: `${amount} ${unit}${measure === 'concurrent' ? '' : `/${per}`}`,
    from,
  }
  const none = { budget: '', counts: '', amount: '', from: '' }
  const rows = subjects.map((subject, index) => ({
    ...(index === 0 ? head : none),
    subject: subject.name ?? subject.subject,
    used: money(subject.used, measure),
    part: subject.percent === null ? '' : `${subject.percent}%`,
    forecast: subject.forecast === null ? '' : money(subject.forecast, measure),
    state: subject.state === 'ok' || subject.state === 'warned' ? subject.state : 'used up',
  }))
  const empty = { subject: '', used: '', part: '', forecast: '', state: '' }
  if (rows.length === 0) return [{ ...head, ...empty }]
  return moreSubjects ? [...rows, { ...none, ...empty, subject: '…' }] : rows
}

const money = (amount: number, measure: string): string => (measure === 'money' ? amount.toFixed(4) : String(amount))
