import type { Usage } from '@signalbox/schema'
import { CONVENTIONS, type Convention, type Path, type UsageConvention } from './usage-conventions.ts'

/**
 * How far a reading is to be trusted. `ambiguous`: the numbers contradict the convention and another reading of them
 * was taken. `mismatch`: no reading adds up to the total that was sent, or a count was impossible.
 */
export type UsageFlag = 'ok' | 'ambiguous' | 'mismatch'

/**
 * Token counts of any dialect as disjoint buckets (`Usage`). `undefined` where `raw` holds no count at all; never throws.
 * Cached tokens are taken as excluded where there are more of them than input, whatever the convention says, and of
 * the possible readings the one that adds up to the sent total wins.
 */
export function normaliseUsage(raw: unknown, convention: UsageConvention): { usage: Usage; flag: UsageFlag } | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined
  const rule: Convention = CONVENTIONS[convention]
  const sent = read(raw, rule)
  if (!sent.any) return undefined

  let flag: UsageFlag = sent.impossible ? 'mismatch' : 'ok'
  const cache = sent.cacheRead + sent.cacheWrite + sent.cacheWrite1h
  const media = sent.inputAudio + sent.inputImage
  // Counts that are missing follow from those that are there.
  const outsideIn = (rule.cacheInside ? 0 : cache) + (rule.mediaInside ? 0 : media) + sent.inputExtra
  const outsideOut = (rule.reasoningInside ? 0 : sent.reasoning) + (rule.mediaInside ? 0 : sent.outputAudio)
  let { input, output } = sent
  if (input < 0)
    input = sent.total >= 0 ? Math.max(0, sent.total - Math.max(0, output) - outsideIn - outsideOut) : rule.cacheInside ? cache : 0
  if (output < 0)
    output =
      sent.total >= 0
        ? Math.max(0, sent.total - input - outsideIn - outsideOut)
        : rule.reasoningInside
          ? sent.reasoning + (rule.mediaInside ? sent.outputAudio : 0)
          : 0
  if (sent.input < 0 && sent.output < 0 && sent.total > 0) flag = worse(flag, 'ambiguous')

  const mustExcludeCache = input < cache
  const mustExcludeReasoning = output < sent.reasoning
  let cacheInside = rule.cacheInside && !mustExcludeCache
  let reasoningInside = rule.reasoningInside && !mustExcludeReasoning
  if (cacheInside !== rule.cacheInside || reasoningInside !== rule.reasoningInside) flag = worse(flag, 'ambiguous')

  const fixed = input + output + sent.inputExtra + (rule.mediaInside ? 0 : media + sent.outputAudio)
  const sum = (withCache: boolean, withReasoning: boolean) => fixed + (withCache ? 0 : cache) + (withReasoning ? 0 : sent.reasoning)
  if (sent.total >= 0 && sum(cacheInside, reasoningInside) !== sent.total) {
    const mayCache = !cacheInside && !mustExcludeCache
    const mayReasoning = !reasoningInside && !mustExcludeReasoning
    const flipCache = cacheInside || mayCache
    const flipReasoning = reasoningInside || mayReasoning
    if (flipReasoning && sum(cacheInside, !reasoningInside) === sent.total) reasoningInside = !reasoningInside
    else if (flipCache && sum(!cacheInside, reasoningInside) === sent.total) cacheInside = !cacheInside
    else if (flipCache && flipReasoning && sum(!cacheInside, !reasoningInside) === sent.total) {
      cacheInside = !cacheInside
      reasoningInside = !reasoningInside
    }
    flag = worse(flag, sum(cacheInside, reasoningInside) === sent.total ? 'ambiguous' : 'mismatch')
  }

  const allInput = input + sent.inputExtra + (cacheInside ? 0 : cache) + (rule.mediaInside ? 0 : media)
  const allOutput = output + (reasoningInside ? 0 : sent.reasoning) + (rule.mediaInside ? 0 : sent.outputAudio)
  // Media that does not fit beside the cache was cached: it is counted there already.
  const inputAudio = Math.min(sent.inputAudio, allInput - cache)
  const inputImage = Math.min(sent.inputImage, allInput - cache - inputAudio)
  const outputAudio = Math.min(sent.outputAudio, allOutput - sent.reasoning)
  if (inputAudio + inputImage + outputAudio !== media + sent.outputAudio) flag = worse(flag, 'ambiguous')
  return {
    usage: {
      input: allInput - cache - inputAudio - inputImage,
      cacheRead: sent.cacheRead,
      cacheWrite: sent.cacheWrite,
      cacheWrite1h: sent.cacheWrite1h,
      inputAudio,
      inputImage,
      output: allOutput - sent.reasoning - outputAudio,
      reasoning: sent.reasoning,
      outputAudio,
    },
    flag,
  }
}

type Sent = {
  any: boolean
  impossible: boolean
  /** -1 where the dialect did not send them. */
  input: number
  output: number
  total: number
  inputExtra: number
  cacheRead: number
  cacheWrite: number
  cacheWrite1h: number
  inputAudio: number
  inputImage: number
  reasoning: number
  outputAudio: number
}

const ABSENT = -1
const IMPOSSIBLE = -2
/** More is nonsense, and even the sum of several such counts fits the column of a bucket, 2³². */
const LARGEST = 1_000_000_000

function read(raw: object, rule: Convention): Sent {
  let any = false
  let impossible = false
  const count = (paths: readonly Path[], absent = 0): number => {
    for (let i = 0; i < paths.length; i++) {
      const value = countAt(raw, paths[i] as Path)
      if (value === ABSENT) continue
      any = true
      if (value >= 0) return value
      impossible = true
      return 0
    }
    return absent
  }
  const cacheWriteAll = count(rule.cacheWriteAll, ABSENT)
  const cacheWrite5m = count(rule.cacheWrite)
  const cacheWrite1h = count(rule.cacheWrite1h)
  const input = count(rule.input, ABSENT)
  const output = count(rule.output, ABSENT)
  const total = count(rule.total, ABSENT)
  const cacheRead = count(rule.cacheRead)
  const inputExtra = count(rule.inputExtra)
  const inputAudio = count(rule.inputAudio)
  const inputImage = count(rule.inputImage)
  const cachedAudio = count(rule.cachedAudio)
  const cachedImage = count(rule.cachedImage)
  const reasoning = count(rule.reasoning)
  const outputAudio = count(rule.outputAudio)
  return {
    any,
    impossible,
    input,
    output,
    total,
    inputExtra,
    cacheRead,
    cacheWrite: cacheWriteAll < 0 ? cacheWrite5m : Math.max(cacheWriteAll - cacheWrite1h, cacheWrite5m),
    cacheWrite1h,
    inputAudio: Math.max(0, inputAudio - cachedAudio),
    inputImage: Math.max(0, inputImage - cachedImage),
    reasoning,
    outputAudio,
  }
}

/** The count at a path: `ABSENT` where there is no number, `IMPOSSIBLE` where it is negative or absurd. */
function countAt(raw: object, path: Path): number {
  let value: unknown = raw
  for (let i = 0; i < path.length; i++) {
    if (typeof value !== 'object' || value === null) return ABSENT
    const step = path[i] as Path[number]
    if (typeof step === 'string') value = (value as Record<string, unknown>)[step]
    else value = Array.isArray(value) ? value.find((entry) => entry?.[step.field] === step.is) : undefined
  }
  if (typeof value === 'string' && /^-?\d{1,15}$/.test(value)) value = Number(value)
  if (typeof value !== 'number' || Number.isNaN(value)) return ABSENT
  return value < 0 || value > LARGEST ? IMPOSSIBLE : Math.floor(value)
}

const GRAVITY = { ok: 0, ambiguous: 1, mismatch: 2 }
const worse = (a: UsageFlag, b: UsageFlag): UsageFlag => (GRAVITY[a] >= GRAVITY[b] ? a : b)
