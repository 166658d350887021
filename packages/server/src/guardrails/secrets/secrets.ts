import { z } from 'zod'
import { linearMatches } from '../../evaluators/deterministic/linear-regex.ts'
import { check, type Found } from '../check.ts'
import { withoutOverlaps } from '../overlaps.ts'
import { isPlaceholder } from './allowed.ts'
import { FORMS, NAMED } from './forms.ts'
import { PREFIXES } from './prefixes.ts'
import { entropyOf, type SecretRule } from './rule.ts'

const RULES: readonly SecretRule[] = [...PREFIXES, ...NAMED, ...FORMS]

export const SECRET_TYPES = [...new Set(RULES.map(({ type }) => type))].sort()
const MOST_FOUND = 1_000

/** By word, so that each is looked for once in a text. A rule without a word of its own is tried for every text. */
const byWord = new Map<string, SecretRule[]>()
const always: SecretRule[] = []
for (const rule of RULES) {
  const words = rule.words.filter((word) => word !== '')
  if (words.length < rule.words.length || words.length === 0) always.push(rule)
  else for (const word of words) byWord.set(word, [...(byWord.get(word) ?? []), rule])
}

const Own = z.strictObject({
  type: z.string().min(1).max(64),
  pattern: z.string().min(1).max(2_000).meta({ description: 'In the syntax of RE2.' }),
})

export const secrets = check({
  id: 'secrets',
  title: 'Secrets',
  catches: `Keys of ${SECRET_TYPES.length} kinds by how they begin or who they are for, private keys, tokens, connection strings with a password, and values that are called a password or a key and look random.`,
  misses: 'Passwords that nothing calls one, secrets that are split up, encoded or spelled out.',
  cost: 'cpu',
  stages: ['before', 'during', 'stream', 'after', 'tool_call', 'tool_result', 'log'],
  action: 'redact',
  version: 1,
  params: z.strictObject({
    types: z.array(z.string()).min(1).optional(),
    exceptTypes: z.array(z.string()).default([]),
    minScore: z.number().min(0).max(1).default(0.5),
    allow: z.array(z.string().min(1).max(500)).max(10_000).default([]).meta({ description: 'Values that are never found.' }),
    own: z.array(Own).max(100).default([]),
  }),
  prepare({ types, exceptTypes, minScore, allow, own }) {
    const allowed = new Set(allow)
    const finders = own.map(({ type, pattern }) => ({ type, find: linearMatches(pattern) }))
    const wants = ({ type, score }: Found) => score >= minScore && !exceptTypes.includes(type) && (types?.includes(type) ?? true)
    return {
      stream: { maxMatch: 512 },
      run({ text }) {
        const found: Found[] = []
        for (const rule of concerned(text)) tryRule(rule, text, found)
        for (const { type, find } of finders)
          for (const [start, end] of find(text, MOST_FOUND))
            found.push({ type, start, end, score: 1, reason: 'matches a pattern of your own' })
        return withoutOverlaps(found.filter((one) => wants(one) && !allowed.has(text.slice(one.start, one.end))))
      },
    }
  },
})

function concerned(text: string): Set<SecretRule> {
  const rules = new Set(always)
  const triples = triplesOf(text)
  let small: string | undefined
  for (const [word, all] of byWord) {
    if (word.length > 2 && triples[tripleAt(word, 0)] === 0) continue
    small ??= text.toLowerCase()
    if (small.includes(word)) for (const rule of all) rules.add(rule)
  }
  return rules
}

const TRIPLES = 1 << 16
/** Letters of either case are one; of others nothing is lost but that a word is looked for in vain. */
const fold = (code: number): number => (code > 64 && code < 91 ? code + 32 : code)
const tripleAt = (text: string, at: number): number =>
  ((fold(text.charCodeAt(at)) * 31 + fold(text.charCodeAt(at + 1))) * 31 + fold(text.charCodeAt(at + 2))) & (TRIPLES - 1)

/** Which three letters stand beside each other in a text: one walk, so that most words need not be looked for. */
function triplesOf(text: string): Uint8Array {
  const triples = new Uint8Array(TRIPLES)
  let [first, second] = [fold(text.charCodeAt(0)), fold(text.charCodeAt(1))]
  for (let at = 2; at < text.length; at++) {
    const third = fold(text.charCodeAt(at))
    triples[((first * 31 + second) * 31 + third) & (TRIPLES - 1)] = 1
    first = second
    second = third
  }
  return triples
}

function tryRule(rule: SecretRule, text: string, found: Found[]): void {
  let count = 0
  for (const match of text.matchAll(rule.pattern)) {
    if (++count > MOST_FOUND) return
    const value = match.groups?.v ?? match[0]
    if (isPlaceholder(value, (rule.score ?? 0) >= 0.95) || (rule.entropy !== undefined && entropyOf(value) < rule.entropy)) continue
    const start = match.index + (match.groups?.v === undefined ? 0 : match[0].lastIndexOf(value))
    found.push({ type: rule.type, start, end: start + value.length, score: rule.score ?? 0.8, reason: reasonOf(rule) })
  }
}

const reasonOf = ({ type, entropy }: SecretRule): string =>
  `looks like ${type.toLowerCase().replaceAll('_', ' ')}${entropy === undefined ? '' : ', and is random enough'}`
