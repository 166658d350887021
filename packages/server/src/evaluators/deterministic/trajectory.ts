import { canonicalJson } from '@signalbox/schema/canonical-json'
import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { failed, notApplicable, scored } from '../outcome.ts'
import { type Call, callsMade, callsWanted } from './read-tool-calls.ts'
import { CHECK } from './shared.ts'

const Modes = z.enum(['exact', 'in-order', 'any-order', 'only', 'all'])
type Mode = z.output<typeof Modes>

/** Whether the steps that were taken fit those that are expected, and how many of each do. */
export const trajectory = evaluator({
  ...CHECK,
  id: 'trajectory',
  title: 'Takes the expected steps, over spans or messages',
  scale: 'unit',
  needs: ['expected'],
  params: z.strictObject({
    mode: Modes.default('in-order').meta({
      description:
        '`exact`: these steps and no others. `in-order`: these, others may be between. `any-order`: these and no others, in any order. `all`: all of these, whatever else. `only`: nothing but these.',
    }),
    arguments: z.enum(['exact', 'partial', 'ignore']).default('partial').meta({
      description: 'Of steps that are expected with arguments: the same, at least these, or whatever.',
    }),
    kinds: z.array(z.string()).default(['tool']).meta({ description: 'Which spans are steps; an empty list is all of them.' }),
    never: z.array(z.string()).default([]).meta({ description: 'Steps that must not be taken.' }),
    maxSteps: z.int().min(0).optional(),
    maxErrors: z.int().min(0).optional().meta({ description: 'How many spans may have failed.' }),
  }),
  prepare({ mode, arguments: how, kinds, never, maxSteps, maxErrors }) {
    const limits = never.length > 0 || maxSteps !== undefined || maxErrors !== undefined
    const fits = (own: Call, wanted: Call): boolean =>
      own.name === wanted.name &&
      (how === 'ignore' || wanted.args === undefined || argumentsFit(own.args ?? {}, wanted.args, how === 'exact'))
    return {
      ...(limits ? { needs: [] } : {}),
      evaluate(row) {
        const own = stepsOf(row, kinds)
        if (own === undefined) return notApplicable('The row has no spans, no messages and no calls in its answer.')
        const hasWanted = row.expected !== undefined && row.expected !== null
        const wanted = hasWanted ? callsWanted(row.expected) : []
        if (hasWanted && wanted.length === 0 && !(Array.isArray(row.expected) && row.expected.length === 0))
          return failed('What the row expects holds no steps: give names, or objects with name and arguments.')
        const { pass, matched } = hasWanted ? follow(own, wanted, mode, fits) : { pass: true, matched: 0 }
        const wrong = [
          pass
            ? ''
            : `took ${own.map(({ name }) => name).join(', ') || 'no step'}, expected ${wanted.map(({ name }) => name).join(', ') || 'none'} (${mode})`,
          ...own.filter(({ name }) => never.includes(name)).map(({ name }) => `took ${name}, which must not be taken`),
          maxSteps !== undefined && own.length > maxSteps ? `took ${own.length} steps, at most ${maxSteps} are allowed` : '',
          maxErrors !== undefined && errorsOf(row) > maxErrors ? `${errorsOf(row)} spans failed, at most ${maxErrors} may` : '',
        ].filter(Boolean)
        const precision = own.length === 0 ? 1 : matched / own.length
        const recall = wanted.length === 0 ? 1 : matched / wanted.length
        return scored(wrong.length === 0 ? 1 : 0, {
          pass: wrong.length === 0,
          sub: { steps: own.length, expected: wanted.length, matched, ...(hasWanted ? { precision, recall } : {}) },
          ...(wrong.length > 0 ? { reason: `${wrong.join('; ')}.` } : {}),
        })
      },
    }
  },
})

/** Spans are what really happened, so they come first. */
function stepsOf(row: EvaluatorRow, kinds: readonly string[]): Call[] | undefined {
  if (row.spans) {
    const taken = kinds.length === 0 ? row.spans : row.spans.filter(({ kind = '' }) => kinds.includes(kind.toLowerCase()))
    return taken.map(({ name, input }) => callsWanted([{ name, arguments: input }])[0] as Call)
  }
  const made = callsMade(row)
  return made.length > 0 || row.messages ? made : undefined
}

const errorsOf = ({ spans = [] }: EvaluatorRow): number => spans.filter(({ status }) => status?.toLowerCase() === 'error').length

function argumentsFit(own: Record<string, unknown>, wanted: Record<string, unknown>, exactly: boolean): boolean {
  if (exactly) return canonicalJson(own) === canonicalJson(wanted)
  return Object.entries(wanted).every(([name, value]) => Object.hasOwn(own, name) && canonicalJson(own[name]) === canonicalJson(value))
}

function follow(own: Call[], wanted: Call[], mode: Mode, fits: (own: Call, wanted: Call) => boolean): { pass: boolean; matched: number } {
  if (mode === 'exact' || mode === 'in-order') {
    const matched = commonSteps(own, wanted, fits)
    return { matched, pass: matched === wanted.length && (mode === 'in-order' || own.length === wanted.length) }
  }
  const matched = pairs(own, wanted, fits)
  if (mode === 'only') return { matched, pass: own.every((step) => wanted.some((one) => fits(step, one))) }
  return { matched, pass: matched === wanted.length && (mode === 'all' || own.length === wanted.length) }
}

/** The most steps of both that fit and stand in the same order. */
function commonSteps(own: Call[], wanted: Call[], fits: (own: Call, wanted: Call) => boolean): number {
  let before = Array<number>(wanted.length + 1).fill(0)
  for (const step of own) {
    const now = [0]
    for (const [at, one] of wanted.entries()) {
      now.push(fits(step, one) ? (before[at] as number) + 1 : Math.max(before[at + 1] as number, now[at] as number))
    }
    before = now
  }
  return before[wanted.length] as number
}

/** The most steps of both that can be put together in pairs (one step may fit several: each is tried for the others' sake). */
function pairs(own: Call[], wanted: Call[], fits: (own: Call, wanted: Call) => boolean): number {
  const partnerOf = new Map<number, number>()
  const place = (at: number, seen: Set<number>): boolean => {
    for (const [other, step] of own.entries()) {
      if (seen.has(other) || !fits(step, wanted[at] as Call)) continue
      seen.add(other)
      const holder = partnerOf.get(other)
      if (holder === undefined || place(holder, seen)) {
        partnerOf.set(other, at)
        return true
      }
    }
    return false
  }
  return wanted.filter((_, at) => place(at, new Set())).length
}
