import { AppError } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Events, Sql } from '../store/ports.ts'
import type { Budgets } from './budgets.ts'
import { budgetUse, type EdgeUse } from './budgets-usage.ts'
import { reconcile } from './reconcile.ts'
import { daysOf, toCsv, usageReport } from './usage-report.ts'

export type BudgetRooms = { budgets: Budgets; sql: Sql; events: Events; edges(): readonly EdgeUse[]; now?: () => Date }

/** The API of budgets, of what was used, and of whether it adds up. */
export function budgetHandlers({
  budgets,
  sql,
  events,
  edges,
  now = () => new Date(),
}: BudgetRooms): HandlersOf<'budgets' | 'usage' | 'reconciliation'> {
  return {
    'budgets.list': async (_input, { caller: { projectId } }) => ({
      budgets: await budgets.list(projectId),
      currency: budgets.currencyOf(projectId),
    }),
    'budgets.create': (budget, { caller }) => budgets.create(caller.projectId, budget),
    'budgets.change': ({ name, ...change }, { caller: { projectId } }) => budgets.change({ projectId, name }, change),
    'budgets.remove': async ({ name }, { caller: { projectId } }) => {
      await budgets.remove({ projectId, name })
      return { ok: true }
    },
    'budgets.usage': async ({ name, limit }, { caller: { projectId } }) => {
      const currency = budgets.currencyOf(projectId)
      const wanted = (await budgets.list(projectId)).filter((budget) => !budget.hidden && (name === undefined || budget.name === name))
      if (name !== undefined && wanted.length === 0) throw new AppError('not-found', `There is no budget ${name} in this project.`)
      const rooms = { sql, now, edges }
      return { currency, budgets: await Promise.all(wanted.map((budget) => budgetUse(rooms, { projectId, budget, currency, limit }))) }
    },
    'usage.get': async ({ format, ...query }, { caller: { projectId } }) => {
      const report = await usageReport({ sql, now }, { projectId, currency: budgets.currencyOf(projectId), query })
      return format === 'csv' ? toCsv(report, query.groupBy) : report
    },
    'reconciliation.get': async (query, { caller: { projectId } }) =>
      reconcile({ sql, events, now }, { projectId, ...daysOf(query, now()) }),
  }
}
