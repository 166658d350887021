import { AppError } from '@signalbox/schema/errors'
import { getCountries } from 'libphonenumber-js/max'
import { z } from 'zod'
import { linearMatches } from '../../evaluators/deterministic/linear-regex.ts'
import { check, type Found } from '../check.ts'
import { CODE_REGIONS, CODE_TYPES, codeFinder } from './codes.ts'
import { groupsOf } from './groups.ts'
import { Near } from './near.ts'
import { OTHER_TYPES, otherFinders } from './others.ts'
import { phoneFinder } from './phone.ts'
import { settled } from './settled.ts'

const PII_TYPES = [...OTHER_TYPES, 'PHONE_NUMBER', ...CODE_TYPES]

const Own = z.strictObject({
  type: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,63}$/)
    .meta({ description: 'In capitals, such as `MEDICAL_RECORD_NUMBER`.' }),
  pattern: z.string().min(1).max(2_000).optional().meta({ description: 'In the syntax of RE2.' }),
  words: z.array(z.string().min(1).max(500)).max(10_000).optional().meta({ description: 'Found wherever they stand as they are.' }),
  score: z.number().min(0).max(1).default(0.9),
})

export const pii = check({
  id: 'pii',
  title: 'Private data',
  catches:
    'Cards, accounts, identity, tax and health numbers of many countries by their check digits, mail, telephone and network addresses, wallets, days of birth, postal addresses; names of people, places and organizations as best effort.',
  misses:
    'Names in small letters or in scripts without capitals, numbers that are spelled out as words, numbers without a check digit where no word near them says what they are.',
  cost: 'cpu',
  stages: ['before', 'during', 'stream', 'after', 'tool_call', 'tool_result', 'log'],
  action: 'redact',
  version: 1,
  params: z.strictObject({
    types: z.array(z.string()).min(1).optional().meta({ description: 'Only these; by default all.' }),
    exceptTypes: z.array(z.string()).default([]),
    regions: z
      .array(z.string().regex(/^[A-Z]{2}$/))
      .min(1)
      .optional()
      .meta({ description: `Countries whose numbers are looked for; by default all that are known: ${CODE_REGIONS.join(', ')}.` }),
    minScore: z.number().min(0).max(1).default(0.3),
    dates: z.enum(['birth', 'all']).default('birth').meta({ description: 'Which dates are private: days of birth, or all of them.' }),
    urls: z
      .enum(['credentials', 'all'])
      .default('credentials')
      .meta({ description: 'Which addresses of the web: with a password in them, or all.' }),
    names: z.boolean().default(true).meta({ description: 'Names of people, places and organizations, as best effort.' }),
    allow: z.array(z.string().min(1).max(500)).max(10_000).default([]).meta({ description: 'Values that are never found.' }),
    own: z.array(Own).max(100).default([]).meta({ description: 'Kinds of your own, by pattern or by list.' }),
  }),
  prepare({ types, exceptTypes, regions, minScore, dates, urls, names, allow, own }) {
    refuseUnknown([...(types ?? []), ...exceptTypes], [...PII_TYPES, ...own.map(({ type }) => type)], 'type')
    refuseUnknown(regions ?? [], [...CODE_REGIONS, ...getCountries()], 'region')
    const wants = (type: string) => !exceptTypes.includes(type) && (types?.includes(type) ?? true)
    const codes = codeFinder(wants, regions && new Set(regions))
    const phones = wants('PHONE_NUMBER') ? phoneFinder(regions) : undefined
    const others = otherFinders(wants, { dates, urls, names })
    const allowed = new Set(allow.map((value) => value.toLowerCase()))
    const finders = own.filter(({ type }) => wants(type)).map(ownFinder)
    return {
      stream: { maxMatch: 128 },
      run({ text }) {
        const found: Found[] = []
        const near = new Near(text)
        const groups = groupsOf(text)
        if (groups.length > 0) {
          codes(text, groups, near, found)
          phones?.(text, groups, near, found)
        }
        for (const find of others) find(text, near, found)
        for (const find of finders) find(text, found)
        const told = settled(found.filter(({ score }) => score >= minScore))
        return allowed.size === 0 ? told : told.filter(({ start, end }) => !allowed.has(text.slice(start, end).toLowerCase()))
      },
    }
  },
})

/** A name that is none would find nothing, and nobody would know why. */
function refuseUnknown(names: readonly string[], known: readonly string[], what: string): void {
  const wrong = names.find((name) => !known.includes(name))
  if (wrong !== undefined)
    throw new AppError('invalid-request', `There is no ${what} "${wrong}".`, {
      hint: `Choose from ${[...new Set(known)].sort().join(', ')}.`,
    })
}

const MOST_FOUND = 1_000

function ownFinder({ type, pattern, words, score }: z.output<typeof Own>): (text: string, found: Found[]) => void {
  const find = pattern === undefined ? undefined : linearMatches(pattern)
  return (text, found) => {
    for (const [start, end] of find?.(text, MOST_FOUND) ?? [])
      found.push({ type, start, end, score, reason: 'matches a pattern of your own' })
    for (const word of words ?? [])
      for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length))
        found.push({ type, start: at, end: at + word.length, score, reason: 'is in a list of your own' })
  }
}
