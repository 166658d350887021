import { AppError, type Budget } from '@signalbox/schema'
import { type Meter, PeriodClock, PeriodMeter, WindowMeter } from './admission-meters.ts'
import { partOf, type Rule } from './admission-rules.ts'

/** `headers`: the limits that the answer names. */
export type Refused = { rule: Rule; subject: string; meter: Meter; at: number; amount: number; headers: Record<string, string> }

const WHOSE: Record<Budget['scope'], string> = {
  organisation: 'the organisation',
  project: 'project',
  team: 'team',
  user: 'user',
  key: 'key',
  'end-user': 'end user',
}
const WHEN = { minute: 'per minute', day: 'per day (UTC)', month: 'per month (UTC)' } as const
const CLOCKS = { day: new PeriodClock('day'), month: new PeriodClock('month') }
/** Calls under way end soon. */
const SOON_SECONDS = 1

/** Why a call may not be made, by the exact budget that it does not fit into. */
export function refusalOf(refused: Refused): AppError {
  const { rule, subject, meter, at, amount, headers } = refused
  const { budget, limit } = rule
  const used = meter.used(at)
  const data = { budget: described(refused, used) }
  const name = `The budget "${budget.name}" (${whose(budget, subject)}${budget.model ? `, model ${budget.model}` : ''})`
  const { parts } = rule.meters
  const when = budget.measure === 'concurrent' ? 'at once' : WHEN[budget.per ?? 'month']
  const whole = `${say(rule, limit)} ${when}${parts > 1 ? `, ${say(rule, partOf(rule))} of them at each of ${parts} edges` : ''}`
  if (meter instanceof WindowMeter) {
    const waitMs = meter.waitFor(at, { amount, limit: Math.max(amount, partOf(rule)) })
    if (amount > limit)
      return new AppError('rate-limited', `${name} allows ${whole}; this call alone may use ${say(rule, amount)}.`, {
        hint: 'Send less, ask for a shorter answer, or raise the budget.',
        data,
        headers: { ...headers, 'x-should-retry': 'false' },
      })
    const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000))
    return new AppError('rate-limited', `${name} allows ${whole}; ${say(rule, used)} are used.`, { retryAfterSeconds, data, headers })
  }
  if (budget.measure === 'concurrent')
    return new AppError('rate-limited', `${name} allows ${whole}; that many are under way.`, {
      retryAfterSeconds: SOON_SECONDS,
      data,
      headers,
    })
  const left = Math.max(0, limit - used)
  const lent = meter instanceof PeriodMeter ? rule.meters.lender?.reasonOf(meter) : undefined
  if (lent && amount <= limit - lent.settled)
    return new AppError('rate-limited', `${name} allows ${whole}; ${say(rule, used)} are used, and ${lent.reason}.`, {
      retryAfterSeconds: SOON_SECONDS,
      data,
      headers,
    })
  if (amount <= left)
    return new AppError('rate-limited', `${name} allows ${whole}; ${say(rule, used)} are used, and calls under way may use the rest.`, {
      retryAfterSeconds: SOON_SECONDS,
      hint: 'Wait until calls under way have ended, or send a maximum of output tokens, so that less is set aside for each.',
      data,
      headers,
    })
  const message =
    left === 0
      ? `${name} is spent: ${say(rule, used)} of ${whole}.`
      : `${name} allows ${whole}; ${say(rule, used)} are used, and this call may use ${say(rule, amount)}, more than what is left.`
  return new AppError('budget-exceeded', message, {
    data,
    headers: { ...headers, 'x-should-retry': 'false' },
    ...(left > 0 &&
      budget.measure !== 'requests' && {
        hint: 'Ask for fewer output tokens, or raise the budget that the message names, or wait for its next period.',
      }),
  })
}

function described({ rule, subject, at }: Refused, used: number) {
  const { budget, currency } = rule
  const { name, scope, measure, amount, per = 'month' } = budget
  return {
    name,
    scope,
    subject,
    measure,
    amount,
    ...(measure !== 'concurrent' && { per }),
    used: measure === 'money' ? Number(((used / 1e9) * currency.perUsd).toFixed(6)) : used,
    ...(measure === 'money' && { currency: currency.code }),
    ...(measure !== 'concurrent' && per !== 'minute' && { resetsAt: new Date(CLOCKS[per].endsAt(at)).toISOString() }),
  }
}

const whose = ({ scope }: Budget, subject: string): string => (scope === 'organisation' ? WHOSE[scope] : `${WHOSE[scope]} ${subject}`)

/** An amount in words, money in the currency of its project. */
export function say({ budget: { measure }, currency }: Rule, amount: number): string {
  if (measure !== 'money') return `${amount} ${measure === 'concurrent' ? (amount === 1 ? 'call' : 'calls') : measure}`
  const money = (amount / 1e9) * currency.perUsd
  const digits = money !== 0 && Math.abs(money) < 1 ? 4 : 2
  return `${money.toFixed(digits)} ${currency.code}`
}

/** When the period of a budget ends, in milliseconds since 1970. */
export const periodEnd = (per: 'day' | 'month', at: number): number => CLOCKS[per].endsAt(at)
