import type { Budget, BudgetScope, Currency, Filter, Key, ShownBudget } from '@signalbox/schema'
import { CALLS } from '../../data/calls.ts'
import { formatCount } from '../../lib/format-number.ts'

type Named = Pick<Budget, 'scope' | 'id' | 'model'>
/** Whose a key is. */
export type BudgetKey = Pick<Key, 'id' | 'owner' | 'team'>

const EACH: Record<BudgetScope, string> = {
  organisation: 'the whole organisation',
  project: 'this project',
  team: 'each team',
  user: 'each member',
  key: 'each key',
  'end-user': 'each end user',
}
const ONE: Record<BudgetScope, string> = { organisation: '', project: '', team: 'team', user: 'member', key: 'key', 'end-user': 'end user' }

/** Whose use is counted: `each key`, `key checkout`, `this project, calls of gpt-4o*`. */
export function whoOf({ scope, id, model }: Named): string {
  const who = id !== undefined && ONE[scope] ? `${ONE[scope]} ${id}` : EACH[scope]
  return model === undefined ? who : `${who}, calls of ${model}`
}

/** Money of a budget in its currency to three significant digits, or a count. */
export function formatAmount(value: number | null, measure: Budget['measure'], { code }: Currency): string {
  if (value === null) return '–'
  if (measure !== 'money') return formatCount(Math.round(value))
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: code,
    maximumSignificantDigits: 3,
    minimumSignificantDigits: 1,
  }).format(value)
}

/** The amount with its unit and its time: `€50 a month`, `600 requests a minute`, `20 at once`. */
export function amountOf({ amount, measure, per }: Pick<Budget, 'amount' | 'measure' | 'per'>, currency: Currency): string {
  const text = measure === 'money' ? formatChosen(amount, currency) : formatCount(amount)
  if (measure === 'concurrent') return `${text} at once`
  return `${text}${measure === 'money' ? '' : ` ${measure}`} a ${per ?? 'month'}`
}

/** An amount as somebody wrote it: every digit of it, `€50`, `€0.50`, `€0.0025`. */
const formatChosen = (amount: number, { code }: Currency): string =>
  new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: code,
    maximumFractionDigits: 9,
    trailingZeroDisplay: 'stripIfInteger',
  }).format(amount)

type Period = { periodStart: string | null; periodEnd: string | null }
/** The address of the calls that a budget counts in its period, of one subject where one is named; null where no filter can tell them. */
export function tracesOf(budget: Named & Period, subject?: string, keys?: readonly BudgetKey[]) {
  const own = subjectFilter(budget.scope, subject, keys)
  const model = modelFilter(budget.model)
  if (own === null || model === null) return null
  const { periodStart, periodEnd } = budget
  const filters = [CALLS, ...own, ...model]
  if (periodStart === null || periodEnd === null) return { filters, range: '15m', from: undefined, to: undefined }
  return { filters, range: undefined, from: periodStart, to: periodEnd }
}

/** Calls name their key, and not whose it is. Of the organisation those of this project are shown. */
function subjectFilter(scope: BudgetScope, subject: string | undefined, keys: readonly BudgetKey[] = []): Filter[] | null {
  if (subject === undefined || scope === 'project' || scope === 'organisation') return []
  if (scope === 'key') return [{ field: 'keyId', op: 'eq', value: subject }]
  if (scope === 'end-user') return [{ field: 'userId', op: 'eq', value: subject }]
  const ids = keys.filter(({ owner, team }) => (scope === 'user' ? owner : team)?.id === subject).map(({ id }) => id)
  return ids.length === 0 ? null : [{ field: 'keyId', op: 'in', value: ids }]
}

function modelFilter(model: string | undefined): Filter[] | null {
  if (model === undefined) return []
  const name = model.replace(/\*$/, '')
  return name === '' ? [] : [{ field: 'requestModel', op: model.endsWith('*') ? 'contains' : 'eq', value: name }]
}

/** A subject as people call it. */
export const subjectName = (
  { scope }: Pick<ShownBudget, 'scope'>,
  { subject, name }: { subject: string; name: string | null },
  keyName: (id: string) => string,
): string =>
  name ?? (scope === 'key' ? keyName(subject) : scope === 'project' ? 'this project' : scope === 'organisation' ? 'everybody' : subject)
