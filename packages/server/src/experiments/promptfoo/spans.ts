import { canonicalJson } from '@signalbox/schema/canonical-json'
import type { EvaluatedSpan, EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import { callsWanted } from '../../evaluators/deterministic/read-tool-calls.ts'
import { failed, passed } from '../../evaluators/outcome.ts'
import { prepareScorer } from '../../evaluators/registry.ts'
import { textOf } from '../../evaluators/row.ts'
import type { Asked, Handler } from './asked.ts'
import { isRecord, type Json } from './types.ts'

/** Assertions on the steps that a target took. They come with the answer: its spans where the target tells them, else its calls of tools. */
export const SPANS: Record<string, Handler> = {
  'trace-span-count': withSpans(({ value }, spans) => {
    const { pattern, min, max } = settings(value)
    const count = spans.filter(named(pattern)).length
    return passed(within(count, { min, max }), `${count} spans of ${textOf(pattern ?? '*')}; ${limits(min, max)}.`)
  }),
  'trace-span-duration': withSpans(({ value }, spans) => {
    const { pattern, max, percentile } = settings(value)
    if (typeof max !== 'number') return failed('trace-span-duration needs value.max in milliseconds.')
    const times = spans
      .filter(named(pattern))
      .flatMap(({ durationMs }) => durationMs ?? [])
      .sort((one, other) => one - other)
    if (times.length === 0) return passed(true, `No span of ${textOf(pattern ?? '*')} has a duration.`)
    const at = typeof percentile === 'number' ? Math.max(0, Math.ceil((percentile / 100) * times.length) - 1) : times.length - 1
    const time = times[at] ?? 0
    return passed(
      time <= max,
      `${typeof percentile === 'number' ? `The ${percentile}th percentile` : 'The longest'} took ${time} ms of ${max} ms.`,
    )
  }),
  'trace-error-spans': withSpans(({ value }, spans) => {
    const given = typeof value === 'number' ? { max_count: value } : settings(value)
    const looked = spans.filter(named(given.pattern))
    const errors = looked.filter(({ status }) => status?.toLowerCase() === 'error').length
    const share = looked.length === 0 ? 0 : (100 * errors) / looked.length
    const most = typeof given.max_count === 'number' ? given.max_count : given.max_percentage === undefined ? 0 : Number.POSITIVE_INFINITY
    const percent = typeof given.max_percentage === 'number' ? given.max_percentage : Number.POSITIVE_INFINITY
    return passed(errors <= most && share <= percent, `${errors} of ${looked.length} spans failed.`)
  }),
  'trajectory:tool-used': withSteps(({ value }, steps) => {
    const wanted = Array.isArray(value) ? value : [value]
    const wrong = wanted.flatMap((one) => {
      const { name, pattern, min = 1, max } = isRecord(one) ? one : ({ name: one } as Json)
      const count = steps.filter(named(pattern ?? name)).length
      return within(count, { min, max }) ? [] : [`${textOf(pattern ?? name)} was used ${count} times, ${limits(min, max)}`]
    })
    return passed(wrong.length === 0, wrong.length === 0 ? undefined : `${wrong.join('; ')}.`)
  }),
  'trajectory:tool-args-match': withSteps(({ value }, steps) => {
    const { name, pattern, args, arguments: given, mode = 'partial', ignore = [], defaults } = settings(value)
    const wanted = args ?? given
    if (!isRecord(wanted)) return failed('trajectory:tool-args-match needs value.args, an object.')
    const left = new Set(Array.isArray(ignore) ? ignore.map(String) : [String(ignore)])
    const fits = (own: Json): boolean => {
      const whole = { ...(isRecord(defaults) ? defaults : {}), ...own }
      const names = new Set([...Object.keys(wanted), ...(mode === 'exact' ? Object.keys(whole) : [])].filter((one) => !left.has(one)))
      return [...names].every(
        (one) => Object.hasOwn(whole, one) && Object.hasOwn(wanted, one) && contains(whole[one], wanted[one], mode === 'exact'),
      )
    }
    const called = steps.filter(named(pattern ?? name))
    if (called.length === 0) return passed(false, `${textOf(pattern ?? name)} was not called.`)
    return passed(
      called.some(({ args: own }) => fits(own)),
      `${textOf(pattern ?? name)} was called with ${called.map(({ args: own }) => JSON.stringify(own)).join(', ')}.`,
    )
  }),
  'trajectory:tool-sequence': withSteps(({ value }, steps) => {
    const { steps: listed, mode = 'in_order' } = isRecord(value) ? value : ({ steps: value } as Json)
    if (!Array.isArray(listed)) return failed('trajectory:tool-sequence needs a list of names.')
    const wanted = listed.map((one) => named(isRecord(one) ? (one.pattern ?? one.name) : one))
    let at = 0
    for (const step of steps) if (at < wanted.length && wanted[at]?.(step)) at++
    const exactly = steps.length === wanted.length && wanted.every((fits, index) => steps[index] !== undefined && fits(steps[index]))
    const pass = mode === 'exact' ? exactly : at === wanted.length
    return passed(pass, `Called ${steps.map(({ name }) => name).join(', ') || 'nothing'}; wanted ${listed.map(nameOf).join(', ')}.`)
  }),
  'trajectory:step-count': ({ row, value }) => {
    const { type, pattern, min, max } = typeof value === 'number' ? { min: value, max: value } : settings(value)
    const steps = row.spans ?? stepsOf(row)
    if (!steps) return noSteps()
    const kinds = type === undefined ? undefined : (Array.isArray(type) ? type : [type]).map((one) => String(one).toLowerCase())
    const count = steps.filter((one) => named(pattern)(one) && (kinds === undefined || kinds.includes(kindOf(one)))).length
    return passed(within(count, { min, max }), `${count} steps; ${limits(min, max)}.`)
  },
  'trajectory:goal-success': goalSuccess,
}

type Step = { name: string; kind?: string | undefined; args: Json }

function withSpans(check: (asked: Asked, spans: readonly EvaluatedSpan[]) => Outcome): Handler {
  return (asked) => (asked.row.spans ? check(asked, asked.row.spans) : noSteps())
}

function withSteps(check: (asked: Asked, steps: readonly Step[]) => Outcome): Handler {
  return (asked) => {
    const steps = stepsOf(asked.row)
    return steps ? check(asked, steps) : noSteps()
  }
}

const noSteps = (): Outcome =>
  failed(
    'The target tells no steps: its answer must have "spans" (or "trace": { "spans" }), a list of { name, kind, input, status, durationMs }.',
  )

/** Calls of tools, in the spans or in the answer itself. */
function stepsOf({ spans, output }: EvaluatorRow): Step[] | undefined {
  if (spans)
    return spans
      .filter((span) => kindOf(span) === 'tool')
      .map(({ name, kind, input }) => ({ name, kind, args: callsWanted([{ name, arguments: input }])[0]?.args ?? {} }))
  const calls = callsWanted(typeof output === 'string' && !/^\s*[[{]/.test(output) ? [] : output)
  return calls.length === 0 ? undefined : calls.map(({ name, args }) => ({ name, kind: 'tool', args: args ?? {} }))
}

const kindOf = ({ kind }: { kind?: string | undefined }): string => kind?.toLowerCase() ?? ''
const settings = (value: unknown): Json => (isRecord(value) ? value : {})
const nameOf = (value: unknown): string => (isRecord(value) ? textOf(value.pattern ?? value.name) : textOf(value))

/** A name with `*` and `?` for anything; nothing said is everything. */
function named(pattern: unknown): (one: { name: string }) => boolean {
  if (pattern === undefined || pattern === null || pattern === '*') return () => true
  const source = textOf(pattern)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  const expression = new RegExp(`^${source}$`, 'i')
  return ({ name }) => expression.test(name)
}

const within = (count: number, { min, max }: { min?: unknown; max?: unknown }): boolean =>
  (typeof min !== 'number' || count >= min) && (typeof max !== 'number' || count <= max)
const limits = (min: unknown, max: unknown): string =>
  `${typeof min === 'number' ? `at least ${min}` : 'any number'}${typeof max === 'number' ? `, at most ${max}` : ''}`

/** Of objects every field that is wanted; anything else must be the same. */
function contains(own: unknown, wanted: unknown, exactly: boolean): boolean {
  if (!exactly && isRecord(own) && isRecord(wanted))
    return Object.entries(wanted).every(([name, value]) => Object.hasOwn(own, name) && contains(own[name], value, false))
  return canonicalJson(own) === canonicalJson(wanted)
}

async function goalSuccess(asked: Asked): Promise<Outcome> {
  const { row, value, env, threshold, assertion, test } = asked
  const { goal = value } = settings(value)
  const steps = row.spans ?? stepsOf(row)
  if (!steps) return noSteps()
  const provider = assertion.provider ?? test.options.provider
  const id = isRecord(provider) ? provider.id : provider
  const rubric = `Did the program reach this goal? The steps that it took and its answer say so.\nThe goal: ${textOf(goal)}`
  const scorer = await prepareScorer('rubric', {
    rubric,
    ...(threshold !== undefined && { threshold }),
    ...(typeof id === 'string' && { model: id.replace(/^([\w-]+):(?:(?:chat|messages|completion):)?/, '$1/') }),
  })
  return scorer.evaluate({ ...row, context: [`The steps: ${JSON.stringify(steps).slice(0, 50_000)}`] }, env)
}
