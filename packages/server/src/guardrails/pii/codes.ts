import type { Found } from '../check.ts'
import { AMERICAS } from './codes/americas.ts'
import { ASIA } from './codes/asia.ts'
import { EUROPE_NORTH } from './codes/europe-north.ts'
import { EUROPE_SOUTH } from './codes/europe-south.ts'
import { FINANCE } from './codes/finance.ts'
import { SOUTH } from './codes/south.ts'
import { type Group, standsAlone } from './groups.ts'
import { IBAN, ibanLength } from './iban.ts'
import type { Near } from './near.ts'
import { type ReadyRule, ready } from './rule.ts'

const RULES = [IBAN, ...FINANCE, ...AMERICAS, ...EUROPE_NORTH, ...EUROPE_SOUTH, ...ASIA, ...SOUTH].map(ready)

export const CODE_TYPES = [...new Set(RULES.map(({ type }) => type))]
export const CODE_REGIONS = [...new Set(RULES.flatMap(({ region }) => region ?? []))].sort()

export type CodeFinder = (text: string, groups: readonly Group[], near: Near, found: Found[]) => void

/** Codes with a form of their own, of the countries and types that are wanted. */
export function codeFinder(wants: (type: string) => boolean, regions: ReadonlySet<string> | undefined): CodeFinder {
  const rules = RULES.filter(({ type, region }) => wants(type) && (region === undefined || !regions || regions.has(region)))
  rules.sort((a, b) => a.digits - b.digits || a.order - b.order)
  const [digit, letter] = [rules.filter(({ first }) => first !== 'letter'), rules.filter(({ first }) => first !== 'digit')]
  return (text, groups, near, found) => {
    for (const group of groups) {
      const here: Found[] = []
      for (const rule of group.letterFirst ? letter : digit) {
        if (rule.digits > group.digits) break
        const one = tryRule(rule, text, group.start, near)
        if (one) here.push(one)
      }
      for (const one of likeliest(here)) found.push(one)
    }
  }
}

function tryRule(rule: ReadyRule, text: string, start: number, near: Near): Found | undefined {
  rule.pattern.lastIndex = start
  let value = rule.pattern.exec(text)?.[0]
  if (value === undefined) return undefined
  if (rule === RULES[0]) value = ownIban(value)
  if (value === undefined) return undefined
  const end = start + value.length
  if (!standsAlone(text, start, end)) return undefined
  const compact = value.replace(/[ .\-/:_]/g, '').toUpperCase()
  const valid = rule.valid?.(compact) ?? true
  if (!valid && !rule.unchecked) return undefined
  const named = near.has(rule.context, start, end)
  const alone = rule.grouped !== undefined && compact.length < value.length ? rule.grouped : rule.alone
  const score = !valid ? (rule.unchecked?.[named ? 1 : 0] ?? 0) : named ? rule.near : alone
  if (score === 0) return undefined
  const how = `${rule.valid && valid ? 'form and check digits fit' : 'form fits'}${named ? ', and words near it say so' : ''}`
  return { type: rule.type, start, end, score, reason: how }
}

/** As much of the match as a number of its country has: the words behind it are no part of it. */
function ownIban(value: string): string | undefined {
  const length = ibanLength(value.replace(/[ -]/g, '').toUpperCase())
  if (length === 0) return undefined
  let at = 0
  for (let left = length; left > 0; at++) if (value[at] !== ' ' && value[at] !== '-') left--
  return value.slice(0, at)
}

/** What words name wins over what only could be; of the rest all that are as sure are told, because nobody can know. */
function likeliest(found: Found[]): Found[] {
  if (found.length < 2) return found
  const best = Math.max(...found.map(({ score }) => score))
  const kept = found.filter(({ score }) => score > best - 0.15)
  return kept.some(({ score }) => score >= 0.85) ? kept.filter(({ score }) => score >= 0.85).slice(0, 2) : kept
}
