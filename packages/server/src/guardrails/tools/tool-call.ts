import { z } from 'zod'
import { linearRegex } from '../../evaluators/deterministic/linear-regex.ts'
import { check, type Found } from '../check.ts'
import { judgeUrl } from '../egress/judge-url.ts'
import { linksOf } from '../egress/links.ts'
import { UntrustedTexts } from './taint.ts'

const ArgumentRule = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(200)
    .meta({ description: 'Where the argument stands: `to`, `to[]` for each of a list, `filter.id`; `*` is every text in the arguments.' }),
  pattern: z.string().max(2_000).optional().meta({ description: 'In the syntax of RE2. The whole value must match.' }),
  oneOf: z
    .array(z.union([z.string(), z.number(), z.boolean()]))
    .max(2_000)
    .optional(),
  hosts: z
    .array(z.string().min(1).max(255))
    .max(2_000)
    .optional()
    .meta({ description: 'Addresses in the value may lead to these hosts only.' }),
  maxLength: z.int().min(0).optional(),
  untrusted: z
    .enum(['allow', 'forbid'])
    .default('allow')
    .meta({ description: '`forbid`: a value that stands in a document or tool result, and in nothing the user said, is found.' }),
})

const ToolRule = z.strictObject({
  tool: z.string().min(1).max(200).meta({ description: 'A name, or a pattern with `*`: `mail.*`.' }),
  allow: z.boolean().default(true),
  arguments: z.array(ArgumentRule).max(100).default([]),
})

const Call = z.looseObject({
  name: z.string(),
  arguments: z.unknown().optional(),
  /** What the user said: a value that stands there may leave. */
  userText: z.string().optional(),
})

export const toolCall = check({
  id: 'tool-call',
  title: 'What tools may be called with what',
  catches:
    'Calls of tools that no rule allows, arguments outside of their pattern, list or hosts, and values that come from a document or a tool ' +
    'result where that is forbidden. The text is the call as JSON: {"name", "arguments"}.',
  misses: 'What a tool does with arguments that are allowed, and values that were put into other words on the way.',
  cost: 'cpu',
  stages: ['tool_call', 'log'],
  action: 'approve',
  version: 1,
  params: z.strictObject({
    rules: z.array(ToolRule).max(500).default([]),
    otherwise: z.enum(['allow', 'forbid']).default('forbid').meta({ description: 'For tools that no rule names.' }),
  }),
  prepare({ rules, otherwise }) {
    const ready = rules.map((rule) => ({ rule, named: globOf(rule.tool), arguments: rule.arguments.map(readyArgument) }))
    return {
      run({ text }, { sources = [] }) {
        const call = callOf(text)
        const whole = { start: 0, end: text.length, score: 1 }
        if (!call) return [{ ...whole, type: 'UNREADABLE_CALL', reason: 'is no call of a tool: {"name", "arguments"} is wanted' }]
        // The first rule that names the tool decides, so that exceptions stand before what they are exceptions of.
        const found = ready.find(({ named }) => named.test(call.name))
        if (!found) return otherwise === 'allow' ? [] : [{ ...whole, type: 'TOOL_NOT_ALLOWED', reason: `no rule allows ${call.name}` }]
        if (!found.rule.allow) return [{ ...whole, type: 'TOOL_NOT_ALLOWED', reason: `a rule forbids ${call.name}` }]
        const untrusted = new UntrustedTexts(sources, call.userText === undefined ? [] : [call.userText])
        return found.arguments.flatMap((argument) =>
          valuesAt(call.arguments, argument.steps).flatMap((value) =>
            faultsOf(argument, value, untrusted).map((fault): Found => ({ ...whole, ...fault })),
          ),
        )
      },
    }
  },
})

type ArgumentRule = z.output<typeof ArgumentRule>
type ReadyArgument = { rule: ArgumentRule; steps: string[]; fits: RegExp | { test(text: string): boolean } | undefined }

const readyArgument = (rule: ArgumentRule): ReadyArgument => ({
  rule,
  steps: rule.path === '*' ? ['*'] : rule.path.replaceAll('[]', '.[]').split('.').filter(Boolean),
  fits: rule.pattern === undefined ? undefined : linearRegex(`^(?:${rule.pattern})$`, ''),
})

function faultsOf({ rule, fits }: ReadyArgument, value: unknown, untrusted: UntrustedTexts): { type: string; reason: string }[] {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  const faults: { type: string; reason: string }[] = []
  const fault = (reason: string) => faults.push({ type: 'ARGUMENT_NOT_ALLOWED', reason: `${rule.path} ${reason}` })
  if (fits && !fits.test(text)) fault('does not match its pattern')
  if (rule.oneOf && !rule.oneOf.some((one) => one === value)) fault('is none of what is allowed')
  if (rule.maxLength !== undefined && text.length > rule.maxLength) fault(`is longer than ${rule.maxLength} characters`)
  if (rule.hosts) {
    const policy = { allow: rule.hosts, schemes: ['https', 'http', 'mailto', 'tel'], maxData: Number.POSITIVE_INFINITY }
    if (linksOf(text).some(({ url }) => (judgeUrl(url, policy)?.faults.length ?? 0) > 0)) fault('leads to a host that is not allowed')
  }
  if (rule.untrusted === 'forbid' && untrusted.tainted(text).length > 0)
    faults.push({
      type: 'UNTRUSTED_ARGUMENT',
      reason: `${rule.path} comes from a document or a tool result, and from nothing the user said`,
    })
  return faults
}

function callOf(text: string): { name: string; arguments: unknown; userText?: string | undefined } | undefined {
  const call = Call.safeParse(parsed(text))
  if (!call.success) return undefined
  const { name, arguments: given, userText } = call.data
  return { name, arguments: typeof given === 'string' ? (parsed(given) ?? given) : given, userText }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The values of a path; nothing where it does not exist. */
function valuesAt(value: unknown, steps: readonly string[]): unknown[] {
  const [step, ...rest] = steps
  if (step === undefined) return value === undefined ? [] : [value]
  if (step === '*') return textsIn(value)
  if (step === '[]') return (Array.isArray(value) ? value : value === undefined ? [] : [value]).flatMap((one) => valuesAt(one, rest))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return []
  return valuesAt((value as Record<string, unknown>)[step], rest)
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(textsIn)
}

const globOf = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.{0,200}')}$`,
  )
