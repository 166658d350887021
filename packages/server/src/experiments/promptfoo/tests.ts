import { AppError } from '@signalbox/schema/errors'
import { type Assertion, isRecord, type Json, type TestCase } from './types.ts'

/** A test as a file has it, joined with what holds for all. Assertions are added to each other; the test's own vars and options win. */
export function testOf(raw: unknown, defaults: TestCase, where: string): TestCase {
  if (!isRecord(raw)) throw new AppError('invalid-request', `${where} is not a test.`, { hint: 'Write { vars: { … }, assert: [ … ] }.' })
  const own = isRecord(raw.vars) || raw.vars === undefined ? raw : { ...raw, vars: {} }
  const { description, vars, assert, threshold = defaults.threshold, metadata, options, providerOutput } = own
  const all = isRecord(options) && options.disableDefaultAsserts === true ? [] : defaults.assert
  const providers = namesOf(own.providers ?? own.provider) ?? defaults.providers
  const prompts = namesOf(own.prompts) ?? defaults.prompts
  return {
    ...(typeof description === 'string' && { description }),
    vars: { ...defaults.vars, ...(isRecord(vars) ? vars : {}) },
    assert: [...all, ...assertionsOf(assert, where)],
    ...(threshold !== undefined && { threshold: numberOf(threshold, `${where}.threshold`) }),
    metadata: { ...defaults.metadata, ...(isRecord(metadata) ? metadata : {}) },
    options: { ...defaults.options, ...(isRecord(options) ? options : {}) },
    ...(providers && { providers }),
    ...(prompts && { prompts }),
    ...(providerOutput !== undefined && { providerOutput }),
  }
}

export const NO_TEST: TestCase = { vars: {}, assert: [], options: {} }

export function assertionsOf(value: unknown, where: string): Assertion[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new AppError('invalid-request', `${where}.assert is not a list.`)
  return value.map((one, index): Assertion => {
    const at = `${where}.assert[${index}]`
    if (!isRecord(one) || typeof one.type !== 'string')
      throw new AppError('invalid-request', `${at} has no type.`, { hint: 'Write { type: contains, value: … }.' })
    return {
      ...(one as Assertion),
      ...(one.threshold !== undefined && { threshold: numberOf(one.threshold, `${at}.threshold`) }),
      ...(one.weight !== undefined && { weight: numberOf(one.weight, `${at}.weight`) }),
      ...(one.type === 'assert-set' && { assert: assertionsOf(one.assert, at) }),
    }
  })
}

function numberOf(value: unknown, where: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new AppError('invalid-request', `${where} is not a number.`)
  return number
}

function namesOf(value: unknown): string[] | undefined {
  if (value === undefined || value === null) return undefined
  const all = Array.isArray(value) ? value : [value]
  return all.flatMap((one) =>
    typeof one === 'string' ? [one] : isRecord(one) && typeof (one.label ?? one.id) === 'string' ? [String(one.label ?? one.id)] : [],
  )
}

/** Lists among the vars stand for one test with each of their values, all with all. */
export function expansionsOf({ vars, options }: TestCase): number {
  if (options.disableVarExpansion === true) return 1
  let count = 1
  for (const value of Object.values(vars)) if (Array.isArray(value)) count *= Math.max(1, value.length)
  return count
}

export function expanded({ vars, options }: TestCase, number: number): Json {
  if (options.disableVarExpansion === true) return vars
  const result: Json = {}
  let rest = number
  for (const [name, value] of Object.entries(vars)) {
    if (!Array.isArray(value) || value.length === 0) result[name] = value
    else {
      result[name] = value[rest % value.length]
      rest = Math.floor(rest / value.length)
    }
  }
  return result
}

/** A line of CSV: columns with two underscores mean something, all others are vars. */
export function testOfCsv(row: Json): Json {
  const vars: Json = {}
  const assert: Json[] = []
  const test: Json = { vars, assert }
  const options: Json = {}
  const metadata: Json = {}
  const configs: [at: number | undefined, name: string, value: string][] = []
  for (const [name, cell] of Object.entries(row)) {
    const text = String(cell)
    if (/^__expected\d*$/.test(name)) {
      if (text.trim() !== '') assert.push(assertionOfText(text))
    } else if (name === '__prefix' || name === '__suffix') options[name.slice(2)] = text
    else if (name === '__description') test.description = text
    else if (name === '__providerOutput') test.providerOutput = text
    else if (name === '__threshold') test.threshold = text === '' ? undefined : Number(text)
    else if (name === '__metric') configs.push([undefined, 'metric', text])
    else if (name.startsWith('__metadata:')) {
      const key = name.slice('__metadata:'.length)
      if (text !== '') metadata[key.replace(/\[\]$/, '')] = key.endsWith('[]') ? text.split(',').map((one) => one.trim()) : text
    } else if (name.startsWith('__config:')) {
      const [, column = '', key = ''] = name.split(':')
      if (text !== '') configs.push([Number(/\d+$/.exec(column)?.[0] ?? 1) - 1, key, text])
    } else if (name.startsWith('__'))
      throw new AppError('invalid-request', `The column ${name} is not known.`, {
        hint: 'Known: __expected, __expectedN, __prefix, __suffix, __description, __metric, __threshold, __metadata:NAME, __config:__expectedN:NAME.',
      })
    else vars[name] = cell
  }
  for (const [at, key, value] of configs) {
    for (const [index, one] of assert.entries())
      if (at === undefined || at === index) one[key] = key === 'threshold' || key === 'weight' ? Number(value) : value
  }
  return { ...test, ...(Object.keys(options).length > 0 && { options }), ...(Object.keys(metadata).length > 0 && { metadata }) }
}

const SHORT: Record<string, string> = { fn: 'javascript', eval: 'javascript', grade: 'llm-rubric' }
const VALUED = /^(not-)?([a-z][a-z-]*(?::(?:cosine|dot|euclidean)(?=[(:]))?)(?:\(([\d.]+)\))?:([\s\S]*)$/
const WITHOUT_VALUE =
  /^(not-)?(is-json|contains-json|is-xml|contains-xml|is-html|contains-html|is-refusal|is-valid-openai-tools-call|is-valid-function-call|is-valid-openai-function-call)$/

/** `contains: text`, `similar(0.8): text`, `not-contains: text`; any other text is what the output must be equal to. */
export function assertionOfText(text: string): Json {
  const trimmed = text.trim()
  if (WITHOUT_VALUE.test(trimmed)) return { type: trimmed }
  const [, not = '', name = '', threshold, rest = ''] = VALUED.exec(trimmed) ?? []
  const type = Object.hasOwn(SHORT, name) ? (SHORT[name] ?? name) : name
  if (!NAMES.has(type)) return { type: 'equals', value: text }
  const value = rest.trim()
  const isList = /-(any|all)$/.test(type)
  const asNumber = type === 'latency' || type === 'cost'
  return {
    type: `${not}${type}`,
    ...(asNumber ? { threshold: Number(value) } : { value: isList ? value.split(',').map((one) => one.trim()) : value }),
    ...(threshold !== undefined && { threshold: Number(threshold) }),
  }
}

/** What may stand before the colon of a short form. */
const NAMES = new Set(
  'equals contains icontains contains-any contains-all icontains-any icontains-all starts-with regex is-json contains-json javascript python similar similar:cosine similar:dot similar:euclidean llm-rubric factuality model-graded-closedqa model-graded-factuality answer-relevance context-recall context-relevance context-faithfulness rouge-n bleu gleu meteor levenshtein latency cost webhook perplexity perplexity-score g-eval word-count finish-reason is-sql contains-sql is-xml contains-xml'.split(
    ' ',
  ),
)
