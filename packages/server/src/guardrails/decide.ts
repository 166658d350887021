import type { GuardAction, GuardFinding, GuardOperator, GuardPolicy, GuardRule, GuardVerdict } from '@signalbox/schema/guardrail'
import { type CheckContext, type CheckResult, type Found, isNotChecked, type Segment } from './check.ts'
import { codePointPlaces } from './code-points.ts'
import { type OperatorKeys, operate } from './operators.ts'
import { withoutOverlaps } from './overlaps.ts'
import { prepareCheck, type ReadyCheck } from './registry.ts'

/** What a policy says of one text. */
export type Decision = {
  verdict: GuardVerdict
  findings: GuardFinding[]
  /** What goes on: as it was, redacted, or nothing where it is blocked. */
  text: string
  /** Checks that could not look, with the reason. Only there where there are some. */
  notChecked?: { check: string; reason: string }[]
}

/** A policy with all its checks ready. Rules with the same check and parameters share one look at the text. */
export type ReadyPolicy = { policy: GuardPolicy; checks: ReadyCheck[]; rules: { rule: GuardRule; check: number }[]; close(): Promise<void> }

export async function preparePolicy(policy: GuardPolicy): Promise<ReadyPolicy> {
  const checks: ReadyCheck[] = []
  const rules: ReadyPolicy['rules'] = []
  for (const rule of policy.mode === 'off' ? [] : policy.rules) {
    const ready = await prepareCheck(rule.check, rule.params)
    const known = checks.findIndex(({ id, version }) => id === ready.id && version === ready.version)
    if (known !== -1) await ready.close?.()
    rules.push({ rule, check: known === -1 ? checks.push(ready) - 1 : known })
  }
  return { policy, checks, rules, close: async () => void (await Promise.all(checks.map((one) => one.close?.()))) }
}

/** From the mildest on: the strictest thing that a rule wants is done. */
const ORDER: readonly GuardVerdict[] = ['pass', 'not_checked', 'flag', 'redact', 'fallback', 'reask', 'approve', 'block']
export const stricter = (a: GuardVerdict, b: GuardVerdict): GuardVerdict => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a)

export type DecideOptions = CheckContext & { keys?: OperatorKeys | undefined }

/** Looks at a text with everything that a policy asks for, and does the strictest of what its rules say. */
export async function decide(ready: ReadyPolicy, segment: Segment, options: DecideOptions = {}): Promise<Decision> {
  const wanted = ready.checks.map((_, at) => ready.rules.filter(({ rule, check }) => check === at && concerns(rule, segment)))
  const results = await Promise.all(
    ready.checks.map((one, at) => (wanted[at]?.length ? look(one, segment, options, budgetOf(wanted[at])) : undefined)),
  )
  return conclude(ready, segment, results, options.keys)
}

const concerns = ({ when }: GuardRule, { origin }: Segment): boolean => when.origins?.includes(origin) ?? true
const budgetOf = (rules: ReadyPolicy['rules']): number => Math.max(...rules.map(({ rule }) => rule.budgetMs))

/** A check that throws or is too late has not looked. Those of the processor are done before a clock could tell. */
function look(check: ReadyCheck, segment: Segment, context: CheckContext, budgetMs: number): CheckResult | Promise<CheckResult> {
  const failed = (error: unknown): CheckResult => ({
    notChecked: `The check failed: ${error instanceof Error ? error.message : String(error)}`,
  })
  try {
    if (check.definition.cost === 'cpu') {
      const result = check.run(segment, context)
      return result instanceof Promise ? result.catch(failed) : result
    }
    const late = AbortSignal.timeout(budgetMs)
    const signal = context.signal ? AbortSignal.any([context.signal, late]) : late
    const tooLate = new Promise<CheckResult>((answer) =>
      late.addEventListener('abort', () => answer({ notChecked: `The check took longer than ${budgetMs} ms.` }), { once: true }),
    )
    return Promise.race([Promise.resolve(check.run(segment, { ...context, signal })).catch(failed), tooLate])
  } catch (error) {
    return failed(error)
  }
}

export type Redaction = Found & { operator: GuardOperator }

/** What the rules say of what the checks found. */
export function weigh(ready: ReadyPolicy, segment: Segment, results: readonly (CheckResult | undefined)[]) {
  let verdict: GuardVerdict = 'pass'
  const notChecked = new Map<string, string>()
  const told = new Map<Found, string>()
  const redactions: Redaction[] = []
  for (const { rule, check } of ready.rules) {
    const result = results[check]
    if (result === undefined || !concerns(rule, segment)) continue
    if (isNotChecked(result)) {
      notChecked.set(rule.check, result.notChecked)
      verdict = stricter(verdict, rule.onError === 'closed' ? 'block' : 'not_checked')
      continue
    }
    for (const found of result) {
      if (!fits(rule, found)) continue
      told.set(found, rule.check)
      verdict = stricter(verdict, rule.action)
      if (rule.action === 'redact') redactions.push({ ...found, operator: operatorOf(rule, found.type) })
    }
  }
  return { verdict, told, redactions, notChecked }
}

function conclude(ready: ReadyPolicy, segment: Segment, results: (CheckResult | undefined)[], keys: OperatorKeys | undefined): Decision {
  const { verdict, told, redactions, notChecked } = weigh(ready, segment, results)
  return {
    verdict,
    findings: findingsOf(segment.text, told),
    text: ready.policy.mode === 'dry_run' ? segment.text : verdict === 'block' ? '' : redacted(segment.text, redactions, keys),
    ...(notChecked.size > 0 ? { notChecked: [...notChecked].map(([check, reason]) => ({ check, reason })) } : {}),
  }
}

function fits({ when }: GuardRule, { type, score }: Found): boolean {
  if (score < when.minScore || when.exceptTypes?.includes(type)) return false
  return when.types?.includes(type) ?? true
}

const REPLACE: GuardOperator = { kind: 'replace' }
const operatorOf = ({ operators }: GuardRule, type: string): GuardOperator =>
  (operators && Object.hasOwn(operators, type) ? operators[type] : operators?.default) ?? REPLACE

function findingsOf(text: string, told: ReadonlyMap<Found, string>): GuardFinding[] {
  const ordered = [...told].sort(([a], [b]) => a.start - b.start || a.end - b.end || b.score - a.score)
  const starts = codePointPlaces(text)
  return ordered.map(([{ type, start, end, score, reason }, check]) => {
    const first = starts(start)
    const value = text.slice(start, end)
    return { check, type, start: first, end: first + codePointPlaces(value)(value.length), score, reason }
  })
}

/** Each character is redacted once, by the surest finding that covers it. */
function redacted(text: string, redactions: readonly Redaction[], keys: OperatorKeys | undefined): string {
  let out = ''
  let at = 0
  for (const redaction of withoutOverlaps(redactions)) {
    const { start, end } = redaction
    const value = text.slice(start, end)
    out += text.slice(at, start) + insteadOf(redaction, value, keys)
    at = end
  }
  return out + text.slice(at)
}

/** What stands in the place of a value. */
export const insteadOf = (
  { type, replacement, operator }: Pick<Redaction, 'type' | 'replacement' | 'operator'>,
  value: string,
  keys?: OperatorKeys,
) => replacement ?? operate(operator, type, value, keys) ?? value

/** The policy that `--check` stands for: one check with what it does by itself. */
export const policyOfCheck = (check: string, params: Record<string, unknown>, action: GuardAction): GuardPolicy => ({
  name: check,
  version: 1,
  description: '',
  mode: 'enforce',
  rules: [{ check, params, when: { minScore: 0 }, action, onError: 'open', budgetMs: 10_000 }],
})
