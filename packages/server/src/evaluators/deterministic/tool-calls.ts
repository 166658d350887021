import { canonicalJson } from '@signalbox/schema/canonical-json'
import type { Evidence } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { failed, scored } from '../outcome.ts'
import { type Call, callsMade, callsWanted } from './read-tool-calls.ts'
import { CHECK } from './shared.ts'

const nothing = () => failed('What the row expects holds no calls of tools: give names, or objects with name and arguments.')
const shown = ({ name, args }: Call): string => `${name}(${args === undefined ? '…' : canonicalJson(args)})`

/** Which share of the arguments that are expected is there, exactly. */
function argumentsRight(own: Call, wanted: Call): number {
  if (wanted.args === undefined) return 1
  const names = Object.keys(wanted.args)
  if (names.length === 0) return Object.keys(own.args ?? {}).length === 0 ? 1 : 0
  const right = names.filter(
    (name) => own.args && Object.hasOwn(own.args, name) && canonicalJson(own.args[name]) === canonicalJson(wanted.args?.[name]),
  )
  return right.length / names.length
}

export const toolCall = evaluator({
  ...CHECK,
  id: 'tool-call',
  title: 'Calls the expected tools with the expected arguments',
  scale: 'unit',
  needs: ['expected'],
  params: z.strictObject({
    order: z.enum(['strict', 'any']).default('strict'),
    arguments: z.enum(['exact', 'ignore']).default('exact'),
    threshold: z.number().min(0).max(1).default(1).meta({ description: 'Passes from it on.' }),
  }),
  prepare({ order, arguments: how, threshold }) {
    const sorted = (calls: Call[]) =>
      order === 'any'
        ? calls.toSorted((a, b) => (shown(a) < shown(b) ? -1 : 1)).toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
        : calls
    return {
      evaluate(row) {
        const wanted = sorted(callsWanted(row.expected))
        if (wanted.length === 0 && !isEmptyList(row.expected)) return nothing()
        const own = sorted(callsMade(row))
        if (own.map(({ name }) => name).join('\n') !== wanted.map(({ name }) => name).join('\n')) {
          const [made, hoped] = [own, wanted].map((calls) => calls.map(({ name }) => name).join(', ') || 'nothing')
          return scored(0, { pass: false, reason: `Called ${made} where ${hoped} is expected.` })
        }
        const shares = wanted.map((call, at) => (how === 'ignore' ? 1 : argumentsRight(own[at] as Call, call)))
        const score = shares.length === 0 ? 1 : shares.reduce((sum, share) => sum + share, 0) / shares.length
        const evidence = shares.map((share, at) => ({ text: shown(own[at] as Call), verdict: share === 1 ? 'matched' : 'other arguments' }))
        return scored(score, {
          pass: score >= threshold,
          evidence,
          ...(score < 1 ? { reason: 'Arguments are not the expected ones.' } : {}),
        })
      },
    }
  },
})

const isEmptyList = (expected: unknown): boolean => Array.isArray(expected) && expected.length === 0

/** Precision and recall of calls as sets. A call that is expected by its name alone is met by any call of that name. */
export const toolCallF1 = evaluator({
  ...CHECK,
  id: 'tool-call-f1',
  title: 'F1 of the calls of tools',
  scale: 'unit',
  needs: ['expected'],
  params: z.strictObject({
    match: z.enum(['auto', 'name', 'call']).default('auto').meta({
      description: 'By name, by name and arguments, or (`auto`) by arguments where the expected call has some.',
    }),
    threshold: z.number().min(0).max(1).default(1).meta({ description: 'Passes from it on.' }),
  }),
  prepare({ match, threshold }) {
    return {
      evaluate(row) {
        const found = callsWanted(row.expected)
        if (found.length === 0 && !isEmptyList(row.expected)) return nothing()
        const byName = match === 'name' || (match === 'auto' && found.every(({ args }) => args === undefined))
        const keyOf = (call: Call) => (byName ? call.name : `${call.name}(${canonicalJson(call.args ?? {})})`)
        const own = new Map(callsMade(row).map((call) => [keyOf(call), call]))
        const wanted = new Map(found.map((call) => [match === 'auto' && call.args === undefined ? call.name : keyOf(call), call]))
        const isWanted = (key: string, { name }: Call) =>
          wanted.has(key) || (match === 'auto' && wanted.get(name)?.args === undefined && wanted.has(name))
        const matched = [...own].filter(([key, call]) => isWanted(key, call))
        const met = [...wanted].filter(
          ([key, call]) =>
            own.has(key) || (match === 'auto' && call.args === undefined && matched.some(([, { name }]) => name === call.name)),
        )
        const precision = own.size === 0 ? (wanted.size === 0 ? 1 : 0) : matched.length / own.size
        const recall = wanted.size === 0 ? (own.size === 0 ? 1 : 0) : met.length / wanted.size
        const score = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall)
        const evidence: Evidence[] = [
          ...[...own].map(([key, call]) => ({ text: key, verdict: isWanted(key, call) ? 'matched' : 'unexpected' })),
          ...[...wanted].filter((one) => !met.includes(one)).map(([key]) => ({ text: key, verdict: 'missing' })),
        ]
        return scored(score, { pass: score >= threshold, sub: { precision, recall }, evidence })
      },
    }
  },
})
