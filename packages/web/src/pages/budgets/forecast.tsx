import type { BudgetUse, Currency } from '@signalbox/schema'
import { amountOf, formatAmount } from './budget-words.ts'

/** Where it leads; more than the amount is a warning. */
export function Forecast({ forecast, budget, currency }: { forecast: number | null; budget: BudgetUse; currency: Currency }) {
  if (forecast === null) return <span className="text-faint">–</span>
  const over = forecast > budget.amount
  return (
    <span className={over ? 'text-warning' : ''} data-tip={over ? `More than ${amountOf(budget, currency)}` : 'Within the amount'}>
      {formatAmount(forecast, budget.measure, currency)}
      {over && <span className="sr-only">, more than the amount</span>}
    </span>
  )
}
