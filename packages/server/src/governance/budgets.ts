import { AppError, Budget, type BudgetChange, type Currency, type SharedBudget, type ShownBudget } from '@signalbox/schema'

type Named = { projectId: string; name: string }
type Stored = Named & ({ value: Budget; problem: null } | { value: undefined; problem: string })
/** Budgets that were added to projects. */
export type StoredBudgets = {
  of(projectId: string): Promise<Stored[]>
  all(): Promise<Stored[]>
  create(named: Named, value: Budget): Promise<void>
  change(named: Named, change: (before: Budget | undefined) => Budget): Promise<void>
  remove(named: Named): Promise<void>
}
export type BudgetsDeps = {
  stored: StoredBudgets
  /** What signalbox.yaml says of a project. */
  declared(projectId: string): { budgets: readonly Budget[]; currency: Currency }
  /** The ids of what a budget names; undefined where it names nobody. */
  idsOf(projectId: string, budget: Budget): Promise<readonly string[] | undefined>
}

export type ProjectBudgets = { budgets: Budget[]; sharedBudgets?: SharedBudget[] }

/** The budgets of projects, from the file and from the database. Those of the file win over those that were added under the same name. */
export function createBudgets({ stored, declared, idsOf }: BudgetsDeps) {
  const shown = (projectId: string, added: readonly Stored[]): ShownBudget[] => {
    const { budgets } = declared(projectId)
    const names = new Set(budgets.map(({ name }) => name))
    return [
      ...budgets.map((budget) => ({ ...budget, from: 'file' as const, hidden: false })),
      ...added.flatMap(({ value }) => (value ? [{ ...value, from: 'project' as const, hidden: names.has(value.name) }] : [])),
    ]
  }
  const refuseDeclared = (projectId: string, name: string): void => {
    if (declared(projectId).budgets.some((budget) => budget.name === name))
      throw new AppError('conflict', `The budget ${name} stands in signalbox.yaml.`, { hint: 'Change it there, or choose another name.' })
  }
  const list = async (projectId: string): Promise<ShownBudget[]> => shown(projectId, await stored.of(projectId))
  const one = async (projectId: string, name: string): Promise<ShownBudget> => {
    const found = (await list(projectId)).find((budget) => budget.name === name)
    if (!found) throw new AppError('not-found', `There is no budget ${name} in this project.`)
    return found
  }

  /** Edges know accounts and teams only by their ids; keys also by name. */
  const byId = async (projectId: string, budget: Budget): Promise<Budget> => {
    if (budget.id === undefined || (budget.scope !== 'user' && budget.scope !== 'team')) return budget
    return { ...budget, id: (await idsOf(projectId, budget))?.at(-1) ?? budget.id }
  }

  return {
    list,
    /** Those that were added to the project, as they are kept: also what is hidden by the file, or not understood. */
    added: (projectId: string): Promise<Stored[]> => stored.of(projectId),
    currencyOf: (projectId: string): Currency => declared(projectId).currency,

    async create(projectId: string, budget: Budget): Promise<ShownBudget> {
      refuseDeclared(projectId, budget.name)
      await stored.create({ projectId, name: budget.name }, budget)
      return await one(projectId, budget.name)
    },

    /** What is left out stays; `null` takes away. */
    async change({ projectId, name }: Named, change: BudgetChange): Promise<ShownBudget> {
      refuseDeclared(projectId, name)
      await stored.change({ projectId, name }, (before) => merged(name, before, change))
      return await one(projectId, name)
    },

    async remove({ projectId, name }: Named): Promise<void> {
      refuseDeclared(projectId, name)
      await stored.remove({ projectId, name })
    },

    /** For the snapshot: what counts in each project, those of the organisation in all of them. */
    async ofAll(projectIds: readonly string[]): Promise<Record<string, ProjectBudgets>> {
      const added = Map.groupBy(await stored.all(), ({ projectId }) => projectId)
      const inEffect: { id: string; budgets: Budget[] }[] = []
      for (const id of projectIds) {
        const budgets = shown(id, added.get(id) ?? []).flatMap(({ from: _from, hidden, ...budget }) => (hidden ? [] : [budget]))
        inEffect.push({ id, budgets: await Promise.all(budgets.map((budget) => byId(id, budget))) })
      }
      const sharedBudgets = inEffect.flatMap(({ id, budgets }) =>
        budgets
          .filter(({ scope }) => scope === 'organisation')
          .map((budget) => ({ projectId: id, currency: declared(id).currency, budget })),
      )
      return Object.fromEntries(
        inEffect.map(({ id, budgets }) => [
          id,
          { budgets: budgets.filter(({ scope }) => scope !== 'organisation'), ...(sharedBudgets.length > 0 && { sharedBudgets }) },
        ]),
      )
    },
  }
}
export type Budgets = ReturnType<typeof createBudgets>

function merged(name: string, before: Budget | undefined, change: BudgetChange): Budget {
  const given = Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== undefined))
  const parsed = Budget.safeParse({ ...given, name })
  if (parsed.success) return parsed.data
  throw new AppError(
    'invalid-request',
    parsed.error.issues.map(({ path, message }) => (path.length > 0 ? `\`${path.join('.')}\`: ${message}` : message)).join('; '),
  )
}
