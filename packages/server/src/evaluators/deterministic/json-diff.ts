import { canonicalJson } from '@signalbox/schema/canonical-json'
import type { Evidence } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { passed, scored } from '../outcome.ts'
import { jsonOf, shortly } from '../row.ts'
import { editDistance } from '../text/edit-distance.ts'
import { embeddedJson } from './embedded-json.ts'
import { CHECK } from './shared.ts'

const Params = z.strictObject({
  embedded: z.boolean().default(false).meta({ description: 'JSON within other text counts, such as in a fence.' }),
  strings: z.enum(['similarity', 'exact']).default('similarity').meta({ description: 'Levenshtein similarity, or the same or not.' }),
  numbers: z.enum(['relative', 'exact']).default('relative').meta({ description: '1 − |a − b| / (|a| + |b|), or the same or not.' }),
  ignoreOrder: z.boolean().default(false).meta({ description: 'Equal members of lists are paired first, wherever they stand.' }),
  threshold: z.number().min(0).max(1).optional().meta({ description: 'Passes from it on.' }),
})
type Params = z.output<typeof Params>
const MOST_EVIDENCE = 50

/** How alike two JSON values are, as autoevals' JSONDiff has it, with the places where they differ. */
export const jsonDiff = evaluator({
  ...CHECK,
  id: 'json-diff',
  title: 'How much of the expected JSON is there',
  scale: 'unit',
  needs: ['expected'],
  params: Params,
  prepare(params) {
    return {
      evaluate({ output, expected }) {
        const own = params.embedded && typeof output === 'string' ? embeddedJson(output) : jsonOf(output)
        if (own === undefined) return passed(false, 'The answer is not JSON.')
        const wanted = jsonOf(expected)
        const evidence: Evidence[] = []
        const score = compare(own, wanted === undefined ? expected : wanted, '', { params, evidence })
        return scored(score, {
          ...(params.threshold === undefined ? {} : { pass: score >= params.threshold }),
          ...(evidence.length > 0
            ? { evidence, reason: `${evidence.length >= MOST_EVIDENCE ? 'at least ' : ''}${evidence.length} differences` }
            : {}),
        })
      },
    }
  },
})

type Context = { params: Params; evidence: Evidence[] }
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const mean = (values: number[], by: number): number => (by === 0 ? 1 : values.reduce((sum, value) => sum + value, 0) / by)

function compare(own: unknown, wanted: unknown, path: string, context: Context): number {
  if (isObject(own) && isObject(wanted)) {
    const keys = [...new Set([...Object.keys(wanted), ...Object.keys(own)])]
    return mean(
      keys.map((key) => compareMember(own, wanted, key, path, context)),
      keys.length,
    )
  }
  if (Array.isArray(own) && Array.isArray(wanted)) {
    const [left, right] = context.params.ignoreOrder ? paired(own, wanted) : [own, wanted]
    const length = Math.max(left.length, right.length)
    return mean(
      Array.from({ length }, (_, at) => compareMember(left, right, `${at}`, path, context)),
      length,
    )
  }
  const score = compareValues(own, wanted, context.params)
  if (score < 1) note(context, path, 'different', `${shortly(canonicalJson(own))} where ${shortly(canonicalJson(wanted))} is expected`)
  return score
}

function compareMember(own: object, wanted: object, key: string, path: string, context: Context): number {
  const place = `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
  if (!Object.hasOwn(own, key)) return note(context, place, 'missing')
  if (!Object.hasOwn(wanted, key)) return note(context, place, 'unexpected')
  return compare((own as Record<string, unknown>)[key], (wanted as Record<string, unknown>)[key], place, context)
}

function note({ evidence }: Context, path: string, verdict: string, reason?: string): 0 {
  if (evidence.length < MOST_EVIDENCE) evidence.push({ text: path || '/', verdict, ...(reason === undefined ? {} : { reason }) })
  return 0
}

function compareValues(own: unknown, wanted: unknown, { strings, numbers }: Params): number {
  if (own === wanted) return 1
  if (typeof own === 'number' && typeof wanted === 'number')
    return numbers === 'exact' ? 0 : 1 - Math.abs(own - wanted) / (Math.abs(own) + Math.abs(wanted))
  if (own === null || wanted === null || strings === 'exact') return 0
  const [left, right] = [own, wanted].map((value) => Array.from(typeof value === 'string' ? value : canonicalJson(value))) as [
    string[],
    string[],
  ]
  return 1 - editDistance(left, right) / Math.max(left.length, right.length, 1)
}

/** Members that are equal stand at the same place; the others follow in their order. */
function paired(own: unknown[], wanted: unknown[]): [unknown[], unknown[]] {
  const left = own.map((value) => ({ value, key: canonicalJson(value) }))
  const [equal, rest]: [unknown[], unknown[]] = [[], []]
  for (const value of wanted) {
    const at = left.findIndex(({ key }) => key === canonicalJson(value))
    if (at === -1) rest.push(value)
    else equal.push(left.splice(at, 1)[0]?.value)
  }
  return [
    [...equal, ...left.map(({ value }) => value)],
    [...equal, ...rest],
  ]
}
