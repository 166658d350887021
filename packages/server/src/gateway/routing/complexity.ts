import { tellingWords, type WordKind } from './complexity-words.ts'
import type { RequestFacts } from './facts.ts'

/** One reason for a score, such as `{ name: 'writing', points: 0.2, because: 'draft' }`. */
export type ScorePart = { name: string; points: number; because: string }
/** How hard a request looks, from 0 to 1: the sum of its parts, those without points left out. */
export type Score = { score: number; parts: readonly ScorePart[] }

export type Scored = Pick<RequestFacts, 'lastUserText' | 'tools' | 'modalities' | 'wantsShape' | 'inputTokens'> & {
  conversation: { turns: readonly unknown[] }
}

/** Longer texts are judged by their beginning and their end, where the task stands. */
const READ_START = 4000
const READ_END = 2000
/** Tokens of the last message up to which it counts as short, and from which on as long. */
const SHORT = 12
const LONG = 2000
/** A longer question is about more than a fact. */
const LOOK_UP_TOKENS = 40

/** Points of the first word of a kind, of each further one, and the most that they can be together. */
const WORD_POINTS: Record<WordKind, { first: number; more: number; most: number }> = {
  making: { first: 0.1, more: 0.02, most: 0.14 },
  proof: { first: 0.36, more: 0.08, most: 0.52 },
  reasoning: { first: 0.34, more: 0.1, most: 0.54 },
  writing: { first: 0.18, more: 0.06, most: 0.3 },
  expert: { first: 0.18, more: 0.08, most: 0.4 },
  code: { first: 0.18, more: 0.08, most: 0.34 },
}
/** What source code, logs and formulas look like, where somebody puts them into a message. None of them takes long over any text. */
const SOURCE = [
  /```/,
  /\bTraceback \(most recent call last\)|^[ \t]+at [\w.$<>]+ ?\([^\n:]*:\d+/m,
  /[;{]\s*\n|=>\s*[{(]|\bdef \w+\(|\bfunction\s*\w*\(|#include\s*</,
  /\bselect\b[^;]{1,200}\bfrom[ \n][\w.]{1,60}([ ,\n]{1,3}\w{1,60}){0,6}[ \n](where|join|group by|order by)\b/i,
  /[a-z0-9)]\^[0-9n{(]/,
  /\\(frac|int|sum|prod|lim|begin)(?![a-z])|∫|∑|∂|√/,
]
/** Asks for a fact. */
const LOOK_UP =
  /^\s*(what('s| is| are| was| time)|who('s| is| was)|when('s| is| does| did| was)|where('s| is| are| can)|how (many|much|old|late|long) |is there|are there|do (we|you) |can i |wer ist|was (ist|sind|kostet)|wann|wo (ist|sind|finde)|wie (viel|viele|spät)|qui est|qu'est-ce|quand|où|combien|quel(le)?s? (est|sont)|quién|qué es|cuándo|dónde|cuánt|cuál es|quem é|o que é|quando|onde|qual é|chi è|cos'è|dove|quanto|wie is|wat is|кто|что такое|когда|где|сколько|什么是|谁是|何ですか)/i

/**
 * How hard a request looks, without any model: by what its last message asks for, how long it is, whether code is in it, and by tools,
 * shape of the answer, pictures and length of the conversation. Every point has its reason.
 */
export function complexityOf(facts: Scored): Score {
  const text = facts.lastUserText
  const read = text.length > READ_START + READ_END ? `${text.slice(0, READ_START)}\n${text.slice(-READ_END)}` : text
  const words = tellingWords(read.toLowerCase())
  const parts: ScorePart[] = []
  const add = (name: string, points: number, because: string) => {
    if (points !== 0) parts.push({ name, points: Math.round(points * 1000) / 1000, because })
  }
  add('length', lengthPoints(text), `about ${tokensOf(text)} tokens in the last message`)
  const source = SOURCE.filter((pattern) => pattern.test(read)).length
  add('code', Math.min(0.4, source > 0 ? 0.22 + 0.08 * (source - 1) : 0), 'there is source code, a log or a formula in it')
  for (const kind of Object.keys(WORD_POINTS) as WordKind[]) {
    const { first, more, most } = WORD_POINTS[kind]
    const found = words[kind]
    if (found.length > 0) add(kind, Math.min(most, first + more * (found.length - 1)), found.slice(0, 5).join(', '))
  }
  add('structure', structurePoints(read), 'it asks for several things')
  add('shape', facts.wantsShape ? 0.05 : 0, 'the answer has to be JSON')
  const { tools } = facts
  add('tools', tools === 0 ? 0 : Math.min(0.2, 0.06 + 0.015 * tools), `${tools} tool${tools === 1 ? '' : 's'}`)
  const media = facts.modalities.filter((modality) => modality !== 'text')
  add('modality', media.length > 0 ? 0.08 : 0, media.join(', '))
  add('language', languagePoints(read), 'its script is one that small models know less well')
  const turns = facts.conversation.turns.length
  add('conversation', turns > 6 ? Math.min(0.1, 0.03 + turns / 400) : 0, `${turns} messages`)
  const context = facts.inputTokens
  add('context', context > 4000 ? Math.min(0.15, 0.05 + context / 400_000) : 0, `about ${context} tokens in all`)
  // A short question for a fact is one, whatever it is about: "What is a liability clause?"
  if (LOOK_UP.test(read) && tokensOf(text) <= LOOK_UP_TOKENS && words.reasoning.length + words.proof.length === 0 && source === 0)
    add('look-up', -0.15, 'it asks for a fact')
  const sum = parts.reduce((total, { points }) => total + points, 0)
  return { score: Math.round(Math.min(1, Math.max(0, sum)) * 1000) / 1000, parts }
}

/** Four letters of an alphabet, or one and a half signs of a script whose signs are words, make a token. */
function tokensOf(text: string): number {
  let wide = 0
  for (let i = 0; i < text.length && i < READ_START; i++) if (text.charCodeAt(i) >= 0x2e80) wide++
  const share = text.length === 0 ? 0 : wide / Math.min(text.length, READ_START)
  return Math.ceil(text.length * (share / 1.5 + (1 - share) / 4))
}

/** 0 of a short message, 0.3 of a long one, by the logarithm between. */
function lengthPoints(text: string): number {
  const tokens = tokensOf(text)
  if (tokens <= SHORT) return 0
  return Math.min(0.3, (0.3 * Math.log(tokens / SHORT)) / Math.log(LONG / SHORT))
}

/** Items of lists, and questions. */
function structurePoints(text: string): number {
  const items = text.match(/^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+\S/gm)?.length ?? 0
  const questions = text.match(/[?？؟](?=\s|$)/g)?.length ?? 0
  return Math.min(0.2, (items >= 3 ? 0.06 + 0.01 * items : 0) + (questions >= 3 ? 0.02 * questions : 0))
}

/** Latin, Greek, Cyrillic, Chinese, Japanese and Korean are what models are mostly trained on. */
const RARE_SCRIPT = /[\u0530-\u109f\u1200-\u139f\u1780-\u18af]/

const languagePoints = (text: string): number => (RARE_SCRIPT.test(text) ? 0.06 : 0)
