import { type Ask, characters, tokensOf } from './ask.ts'
import { minimalJson } from './minimal-json.ts'
import { type FaultScript, modeOf, readScript } from './script.ts'

export type ToolCall = { name: string; arguments: string }
/** One step of a stream: some text, or a fragment of a tool call (its first one carries the name). */
export type Piece = { text: string } | { call: number; name: string | null; fragment: string }

/** What to say, in no dialect's words. Every choice says the same. */
export type Answer = {
  text: string
  calls: ToolCall[]
  /** Worked out when first read: a whole answer rarely needs them. */
  readonly pieces: Piece[]
  finish: 'stop' | 'length' | 'tools'
  /** Of all choices together. `reported` overrides what the dialect writes; null: write none. */
  usage: { input: number; output: number; reported: FaultScript['usage'] }
  times: { delayMs: number; firstTokenMs: number; chunkMs: number }
  fault: { kind: NonNullable<FaultScript['fault']>; at: number | undefined; retryAfter: number | undefined } | null
}

/** Decides the answer. The same ask always gets the same one. */
export function answerTo(ask: Ask): Answer {
  const mode = modeOf(ask.model)
  const script = readScript(mode, ask.text)
  const calls = toolCalls(ask, script)
  const spoken = calls.length > 0 ? (script.text ?? '') : textOf(ask, script, mode === 'echo')
  const stopped = stopAt(spoken, ask.stop)
  const text = ask.maxTokens === null ? stopped : cutTo(stopped, ask.maxTokens * 4)
  let pieces: Piece[] | undefined
  const fault = script.fault
  return {
    text,
    calls,
    get pieces() {
      pieces ??= [...wordsOf(text, script.seed).map((words) => ({ text: words })), ...calls.flatMap(fragments)]
      return pieces
    },
    finish: text.length < stopped.length ? 'length' : calls.length > 0 ? 'tools' : 'stop',
    usage: {
      input: script.usage?.input ?? numberIn(script.usage, 'prompt_tokens') ?? ask.inputTokens,
      output: script.usage?.output ?? numberIn(script.usage, 'completion_tokens') ?? tokensOf(spokenCharacters(text, calls)) * ask.choices,
      reported: script.usage,
    },
    times: {
      delayMs: script.delayMs ?? (fault === 'slow' ? SLOW_MS : 0),
      firstTokenMs: script.firstTokenMs ?? 0,
      chunkMs: script.chunkMs ?? (fault === 'slow' ? SLOW_MS : 0),
    },
    fault: fault === undefined ? null : { kind: fault, at: script.at, retryAfter: script.retryAfter },
  }
}

/** The pause of `slow` before the headers and before every chunk, unless the script names others. */
const SLOW_MS = 1000

const spokenCharacters = (text: string, calls: readonly ToolCall[]): number =>
  calls.reduce((sum, call) => sum + characters(call.name) + characters(call.arguments), characters(text))

/** Tokens of the first `count` pieces, of one choice. */
export function outputTokens(pieces: readonly Piece[], count: number): number {
  let sum = 0
  for (let index = 0; index < count; index++) {
    const piece = pieces[index]
    if (piece) sum += 'text' in piece ? characters(piece.text) : characters(piece.name ?? '') + characters(piece.fragment)
  }
  return tokensOf(sum)
}

function textOf(ask: Ask, script: FaultScript, echo: boolean): string {
  if (script.text !== undefined) return script.text
  if (ask.json) return JSON.stringify(ask.json === true ? {} : minimalJson(ask.json))
  if (!echo) return ask.toolResults.join('\n')
  return ask.text === '' && ask.images > 0 ? `[${ask.images} ${ask.images === 1 ? 'image' : 'images'}]` : ask.text
}

function toolCalls(ask: Ask, script: FaultScript): ToolCall[] {
  if (ask.toolChoice === 'none' || ask.toolResults.length > 0) return []
  const asked = (script.tools ?? []).map((tool) => ({
    name: tool.name,
    arguments: typeof tool.arguments === 'string' ? tool.arguments : JSON.stringify(tool.arguments ?? {}),
  }))
  const forced = ask.toolChoice === 'required' ? ask.tools[0] : ask.tools.find((tool) => tool.name === ask.toolChoice)
  const calls =
    asked.length === 0 && forced ? [{ name: forced.name, arguments: JSON.stringify(minimalJson(forced.parameters) ?? {}) }] : asked
  return ask.parallelTools ? calls : calls.slice(0, 1)
}

function stopAt(text: string, stops: readonly string[]): string {
  const places = stops.map((stop) => text.indexOf(stop)).filter((place) => place >= 0)
  return places.length > 0 ? text.slice(0, Math.min(...places)) : text
}

const cutTo = (text: string, count: number): string => (text.length <= count ? text : Array.from(text).slice(0, count).join(''))

/** Words with the space before them, so that a chunk boundary never falls inside one. */
function wordsOf(text: string, seed: number | undefined): string[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? []
  if (seed === undefined) return words
  const random = randomOf(seed)
  const chunks: string[] = []
  for (let index = 0; index < words.length; ) {
    const size = 1 + Math.floor(random() * 3)
    chunks.push(words.slice(index, index + size).join(''))
    index += size
  }
  return chunks
}

/** Arguments arrive in fragments of a few characters, as from a model; the first carries the name and no arguments. */
function fragments(call: ToolCall, index: number): Piece[] {
  const parts = call.arguments.match(/.{1,12}/gsu) ?? []
  return [{ call: index, name: call.name, fragment: '' }, ...parts.map((fragment) => ({ call: index, name: null, fragment }))]
}

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const numberIn = (usage: Record<string, unknown> | null | undefined, name: string): number | undefined => {
  const value = usage?.[name]
  return typeof value === 'number' ? value : undefined
}
