import { AppError } from '@signalbox/schema/errors'
import type { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import type { EvaluatorEnv } from '../../evaluators/evaluator.ts'
import { failed, scored } from '../../evaluators/outcome.ts'
import { textOf } from '../../evaluators/row.ts'
import { didYouMean } from '../../lib/yaml/nearest.ts'
import type { Check, EvalCase } from '../plan.ts'
import type { Asked, Handler } from './asked.ts'
import { CALLS } from './calls.ts'
import { COMPARING } from './compares.ts'
import type { Files } from './files.ts'
import { graded, isCosted, LACKING, MODELS } from './models.ts'
import { isProgram, runProgram } from './programs.ts'
import { render, renderAll } from './render.ts'
import { functionOf, type Scripts } from './script.ts'
import { SERVICES } from './services.ts'
import { SPANS } from './spans.ts'
import { SQL } from './sql.ts'
import { TEXTS } from './texts.ts'
import type { Assertion, Json, TestCase } from './types.ts'

const HANDLERS: Record<string, Handler> = { ...TEXTS, ...CALLS, ...MODELS, ...SERVICES, ...SPANS, ...SQL }

/** Known types that are not run, and why. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^promptfoo:redteam:/, 'red teaming is not a part of evaluations here'],
  [/^(pi|search-rubric)$/, 'it sends answers to a service of another company'],
  [/^guardrails$/, 'what a guardrail of the target said is not handed on by it'],
  [/^(skill-used|agent-rubric)$/, 'it is about agents of another program'],
  [/^human$/, 'it needs a person'],
  [/^conversation-relevance$/, 'it looks at windows of a conversation; answer-relevance judges one answer'],
]

/** Says of every type at once which of them cannot be run, and where it stands. */
export function checkTypes(assertions: readonly Assertion[], where: string): void {
  for (const [index, { type, assert }] of assertions.entries()) {
    const at = `${where}.assert[${index}]`
    const base = type.replace(/^not-/, '')
    if (base === 'assert-set') {
      checkTypes(assert ?? [], at)
      continue
    }
    if (Object.hasOwn(HANDLERS, base) || base === 'javascript') continue
    if (isProgram(base)) continue
    if (COMPARING.includes(type)) {
      if (!where.includes('.assert')) continue
      throw new AppError('invalid-request', `${at}: "${type}" compares answers as a whole, and cannot be a part of a set.`, {
        hint: 'Write it beside the set.',
      })
    }
    const why = REFUSED.find(([pattern]) => pattern.test(base))?.[1]
    if (why)
      throw new AppError('invalid-request', `${at}: "${type}" is not run here: ${why}.`, {
        hint: 'Leave the assertion out, or replace it.',
      })
    if (LACKING.includes(base)) throw new AppError('invalid-request', `${at}: this version has no evaluator for "${type}".`)
    throw new AppError('invalid-request', `${at}: there is no assertion "${type}".${didYouMean(base, Object.keys(HANDLERS))}`)
  }
}

/** All types that are used, for what has to be loaded. */
export const typesOf = (assertions: readonly Assertion[]): string[] =>
  assertions.flatMap(({ type, assert }) => [type.replace(/^not-/, ''), ...(assert ? typesOf(assert) : [])])

export type AssertionTools = { files: Files; scripts: Scripts | undefined; tools: (variant: string) => unknown }

/** The assertions of one test, each with a key of its own. */
export function checksOf(test: TestCase, one: EvalCase, tools: AssertionTools): Check[] {
  const keys = new Map<string, number>()
  return test.assert
    .filter(({ type }) => !COMPARING.includes(type))
    .map((assertion): Check => {
      const metric = assertion.metric === undefined ? assertion.type : render(assertion.metric, one.vars)
      const copies = (keys.get(metric) ?? 0) + 1
      keys.set(metric, copies)
      return {
        metric,
        key: copies === 1 ? metric : `${metric} #${copies}`,
        weight: assertion.weight ?? 1,
        costed: isCosted(assertion.type.replace(/^not-/, '')),
        higherIsBetter: true,
        run: (row, env) => ran(assertion, { row, env, test, vars: one.vars, tools }),
      }
    })
}

type Running = { row: EvaluatorRow; env: EvaluatorEnv; test: TestCase; vars: Json; tools: AssertionTools }

function ran(assertion: Assertion, running: Running): Outcome | Promise<Outcome> {
  try {
    const outcome = runOne(assertion, running)
    return outcome instanceof Promise ? outcome.catch(broke) : outcome
  } catch (error) {
    return broke(error)
  }
}

const broke = (error: unknown): Outcome => failed(error instanceof Error ? error.message : String(error))

function runOne(assertion: Assertion, running: Running): Outcome | Promise<Outcome> {
  const isNot = assertion.type.startsWith('not-')
  const type = assertion.type.slice(isNot ? 4 : 0)
  const outcome = type === 'assert-set' ? setOf(assertion, running) : ofType(type, assertion, running)
  if (!isNot) return outcome
  return outcome instanceof Promise ? outcome.then(inverted) : inverted(outcome)
}

/** What failed to be worked out stays that: the opposite of nothing is nothing. */
const inverted = (outcome: Outcome): Outcome => {
  if (outcome.status !== 'scored') return outcome
  const { score, pass = score > 0, reason } = outcome
  return scored(1 - score, { pass: !pass, reason: pass ? `Not wanted${reason ? `: ${reason}` : '.'}` : (reason ?? '') })
}

function ofType(type: string, assertion: Assertion, { row, env, test, vars, tools }: Running): Outcome | Promise<Outcome> {
  let { output } = row
  if (assertion.transform !== undefined) output = script(tools).run(assertion.transform, { output, context: { vars } })
  const asked: Asked = {
    ...{ output, text: textOf(output), threshold: assertion.threshold, assertion, row: { ...row, output }, vars, test, env },
    value: renderedValue(assertion.value, vars, tools),
  }
  if (type === 'javascript') return javascript(assertion, asked, tools)
  if (isProgram(type))
    return runProgram(type, isInline(assertion.value) ? String(asked.value) : String(assertion.value), asked, tools.files)
  const handler = HANDLERS[type]
  return handler ? handler(asked) : failed(`There is no assertion "${type}".`)
}

const isInline = (value: unknown): boolean => typeof value === 'string' && !value.startsWith('file://')

function renderedValue(value: unknown, vars: Json, { files }: AssertionTools): unknown {
  if (typeof value === 'string' && value.startsWith('file://') && !/\.(c?js|mjs|ts|py|rb)(:\w+[?!]?)?$/.test(value))
    return renderAll(files.value(value), vars)
  return renderAll(value, vars)
}

function script({ scripts }: AssertionTools): Scripts {
  if (!scripts) throw new Error('The engine for JavaScript was not loaded.')
  return scripts
}

async function javascript({ value, config, threshold }: Assertion, { output, vars, row }: Asked, tools: AssertionTools): Promise<Outcome> {
  const context = { vars, config: config ?? {}, test: { vars }, logProbs: (row as Json).logprobs ?? null }
  const code = String(value)
  if (!code.startsWith('file://')) return graded(script(tools).run(render(code, vars), { output, context }), threshold)
  const [, path = '', name] = /^(.*?\.(?:c?js|mjs|ts))(?::(\w+))?$/.exec(code) ?? []
  if (path === '') return failed(`${code} is not a file of JavaScript.`)
  const run = await functionOf(tools.files.path(path), name)
  return graded(await run(output, context), threshold)
}

/** The weighted mean of several; all must pass, or the mean must reach the threshold where there is one. */
async function setOf({ assert = [], threshold }: Assertion, running: Running): Promise<Outcome> {
  let [sum, weights] = [0, 0]
  let pass = true
  const reasons: string[] = []
  for (const each of assert) {
    const outcome = await ran(each, running)
    if (outcome.status === 'error') return outcome
    if (outcome.status !== 'scored') continue
    const weight = each.weight ?? 1
    sum += outcome.score * weight
    weights += weight
    if (weight > 0 && outcome.pass === false) {
      pass = false
      reasons.push(outcome.reason ?? each.type)
    }
  }
  const score = weights === 0 ? 1 : sum / weights
  return scored(score, {
    pass: threshold === undefined ? pass : score >= threshold,
    ...(reasons.length > 0 && { reason: reasons.join('; ') }),
  })
}
