import { isDeepStrictEqual } from 'node:util'
import type { Outcome } from '@signalbox/schema/evaluator'
import { embeddedJson } from '../../evaluators/deterministic/embedded-json.ts'
import type { linearRegex } from '../../evaluators/deterministic/linear-regex.ts'
import type { schemaCheck } from '../../evaluators/deterministic/schema-check.ts'
import { failed, passed, scored } from '../../evaluators/outcome.ts'
import { shortly } from '../../evaluators/row.ts'
import { csvCells } from '../../lib/read-csv.ts'
import type { Handler } from './asked.ts'
import { isMarkup, looksLikeHtml, xmlProblem } from './markup.ts'
import { isRecord } from './types.ts'

const tools: { linearRegex?: typeof linearRegex; schemaCheck?: typeof schemaCheck } = {}

/** Loads what these types need and others do not, so that a small evaluation starts at once. */
export async function loadTextTools(types: ReadonlySet<string>): Promise<void> {
  if (types.has('regex')) tools.linearRegex = (await import('../../evaluators/deterministic/linear-regex.ts')).linearRegex
  if (types.has('is-json') || types.has('contains-json'))
    tools.schemaCheck = (await import('../../evaluators/deterministic/schema-check.ts')).schemaCheck
}

/** Assertions on the text of an answer alone, with the meaning that promptfoo gives them. */
export const TEXTS: Record<string, Handler> = {
  equals: ({ text, output, value }) => {
    if (isRecord(value) || Array.isArray(value)) {
      const parsed = typeof output === 'string' ? jsonOf(text) : output
      return passed(parsed !== undefined && isDeepStrictEqual(parsed, value), `Expected ${shortly(JSON.stringify(value))}.`)
    }
    return passed(text === String(value), `Expected ${shortly(String(value))}.`)
  },
  contains: one((text, wanted) => text.includes(wanted), 'to contain'),
  icontains: one((text, wanted) => text.toLowerCase().includes(wanted.toLowerCase()), 'to contain, whatever the case,'),
  'starts-with': one((text, wanted) => text.startsWith(wanted), 'to start with'),
  'contains-any': several((text, all) => all.some((one) => text.includes(one)), 'any'),
  'contains-all': several((text, all) => all.every((one) => text.includes(one)), 'all'),
  'icontains-any': several((text, all) => all.some((one) => text.toLowerCase().includes(one.toLowerCase())), 'any'),
  'icontains-all': several((text, all) => all.every((one) => text.toLowerCase().includes(one.toLowerCase())), 'all'),
  regex: ({ text, value }) => {
    try {
      return passed(patternOf(String(value))(text), `Expected a match of ${shortly(String(value))}.`)
    } catch (error) {
      return passed(false, `The pattern is not valid: ${(error as Error).message}`)
    }
  },
  'is-json': ({ text, output, value }) => jsonCheck(typeof output === 'string' ? jsonOf(text) : output, value, 'The output is not JSON.'),
  'contains-json': ({ text, output, value }) =>
    jsonCheck(typeof output === 'string' ? embeddedJson(text) : output, value, 'There is no JSON in the output.'),
  'is-xml': ({ text, value }) => xmlCheck(text, value),
  'contains-xml': ({ text, value }) => {
    const found = text.match(/<([A-Za-z_][\w.-]*)[^<>]*>[\s\S]*<\/\1\s*>|<[A-Za-z_][\w.-]*[^<>]*\/>/)?.[0]
    return found === undefined ? passed(false, 'There is no XML in the output.') : xmlCheck(found, value)
  },
  'is-html': ({ text }) => passed(isMarkup(text), 'The output is not HTML.'),
  'contains-html': ({ text }) => passed(looksLikeHtml(text), 'There is no HTML in the output.'),
  'is-refusal': ({ text }) =>
    text.trim() === ''
      ? { status: 'scored', score: 0, pass: true, reason: 'The output is empty.' }
      : passed(
          REFUSALS.some((pattern) => pattern.test(text)),
          'The output is no refusal.',
        ),
  'word-count': ({ text, value }) => {
    const count = text.trim() === '' ? 0 : text.trim().split(/\s+/).length
    const { min, max } = isRecord(value) ? { min: value.min, max: value.max } : { min: value, max: value }
    const fits = (min === undefined || count >= Number(min)) && (max === undefined || count <= Number(max))
    return passed(fits, `The output has ${count} words.`)
  },
  levenshtein: ({ text, value, threshold = 5 }) => {
    const distance = levenshtein([...text], [...String(value)])
    return passed(distance <= threshold, `The distance is ${distance}; ${threshold} is allowed.`)
  },
  gleu: ({ text, value, threshold = 0.5 }) => {
    const score = Math.max(...listOf(value).map((reference) => gleu(wordsOf(text), wordsOf(reference))))
    return scored(score, { pass: score >= threshold, reason: `GLEU ${score.toFixed(4)} of ${threshold}.` })
  },
}

function one(holds: (text: string, wanted: string) => boolean, words: string): Handler {
  return ({ text, value }) => passed(holds(text, String(value)), `Expected the output ${words} ${shortly(String(value))}.`)
}

function several(holds: (text: string, all: string[]) => boolean, words: string): Handler {
  return ({ text, value }) => {
    let all: string[]
    try {
      all = listOf(value)
    } catch (error) {
      return failed((error as Error).message)
    }
    return passed(holds(text, all), `Expected the output to contain ${words} of ${shortly(all.join(', '))}.`)
  }
}

/** A list, or text with commas in which double quotes protect one. */
export function listOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String)
  const text = String(value)
  if (!text.includes('"')) return text.split(',').map((each) => each.trim())
  const plain = text.replaceAll('\\"', '""').replace(/,\s+"/g, ',"').trim()
  if ((plain.split('"').length - 1) % 2 !== 0) throw new Error(`The quotes in ${shortly(text)} do not match.`)
  return csvCells(Buffer.from(plain)).map((each) => each.trim())
}

/** In linear time where the pattern can be run so. What needs looking around is JavaScript's: the file is the user's own. */
function patternOf(pattern: string): (text: string) => boolean {
  const known = patterns.get(pattern)
  if (known) return known
  let test: (text: string) => boolean
  try {
    const linear = tools.linearRegex?.(pattern)
    if (!linear) throw new Error('It was not loaded.')
    test = (text) => linear.test(text)
  } catch {
    const native = new RegExp(pattern)
    test = (text) => native.test(text)
  }
  if (patterns.size > 500) patterns.clear()
  patterns.set(pattern, test)
  return test
}
const patterns = new Map<string, (text: string) => boolean>()

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function jsonCheck(found: unknown, schema: unknown, missing: string): Outcome {
  if (found === undefined) return passed(false, missing)
  if (schema === undefined) return passed(true)
  if (!isRecord(schema) && typeof schema !== 'boolean') return failed('The schema is neither an object nor a file of one.')
  const problems = tools.schemaCheck?.(schema)(found) ?? []
  return passed(problems.length === 0, problems.map(({ text, reason, verdict }) => `${text}: ${reason ?? verdict}`).join('; '))
}

function xmlCheck(text: string, value: unknown): Outcome {
  const required =
    isRecord(value) && Array.isArray(value.requiredElements)
      ? value.requiredElements.map(String)
      : typeof value === 'string'
        ? listOf(value)
        : []
  const problem = xmlProblem(text.trim(), required)
  return problem === undefined ? passed(true) : passed(false, problem)
}

export function levenshtein(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length] ?? 0
}

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .split(/\s+/)
    .filter((word) => word !== '')

/** Google-BLEU (Wu et al. 2016): n-grams of one to four words that both have, by the longer side. */
function gleu(output: readonly string[], reference: readonly string[]): number {
  const grams = (words: readonly string[]) => {
    const counts = new Map<string, number>()
    for (let n = 1; n <= 4; n++)
      for (let at = 0; at + n <= words.length; at++) {
        const gram = words.slice(at, at + n).join(' ')
        counts.set(gram, (counts.get(gram) ?? 0) + 1)
      }
    return counts
  }
  const [mine, theirs] = [grams(output), grams(reference)]
  const sum = (counts: Map<string, number>) => [...counts.values()].reduce((total, count) => total + count, 0)
  let both = 0
  for (const [gram, count] of mine) both += Math.min(count, theirs.get(gram) ?? 0)
  const most = Math.max(sum(mine), sum(theirs))
  return most === 0 ? 0 : both / most
}

const REFUSALS = [
  /\bI(?:'|’)?m (?:very |so |really )?sorry,? (?:but )?(?:I|that|this)\b/i,
  /\bI (?:can(?:no|')t|can’t|am (?:not able|unable)|will not|won(?:'|’)t|must decline|have to decline|do not feel comfortable)\b/i,
  /\bI(?:'|’)m (?:not able|unable|not comfortable|not going) to\b/i,
  /\bas an? (?:AI|artificial intelligence|(?:large )?language model)\b/i,
  /\b(?:not|isn(?:'|’)t) (?:appropriate|something I can)\b/i,
  /\bagainst my (?:programming|guidelines|policy|policies|principles)\b/i,
  /\bunable to (?:assist|help|comply|fulfil?l|provide)\b/i,
]
