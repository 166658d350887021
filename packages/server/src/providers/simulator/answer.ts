import { type Ask, type Body, characters, tokensOf } from './ask.ts'
import { minimalJson } from './minimal-json.ts'
import { type FaultScript, modeOf, readScript } from './script.ts'

export type ToolCall = { name: string; arguments: string }
/** One step of a stream: some thoughts or text, or a fragment of a tool call (its first one carries the name). */
export type Piece = { reasoning: string } | { text: string } | { call: number; name: string | null; fragment: string }

/** What to say, in no dialect's words. Every choice says the same. */
export type Answer = {
  /** Null: no reasoning. It may be empty and still have a signature. */
  reasoning: string | null
  signature: string | null
  text: string
  calls: ToolCall[]
  /** Worked out when first read: a whole answer rarely needs them. */
  readonly pieces: Piece[]
  finish: 'stop' | 'length' | 'tools'
  /** The stop text that ended it. */
  stoppedBy: string | null
  usage: AnswerUsage
  times: { delayMs: number; firstTokenMs: number; chunkMs: number }
  fault: { kind: NonNullable<FaultScript['fault']>; at: number | undefined; retryAfter: number | undefined } | null
}

/** Of all choices together: `cached` is part of `input`, `reasoning` of `output`. */
export type AnswerUsage = {
  input: number
  output: number
  cached: number
  reasoning: number
  /** Fields of the dialect's own usage, written over what stands there; null: report none at all. */
  own: Body | null
}

/**
 * Decides the answer. The same ask always gets the same one, but for a fault that strikes only so many `times`. `wholeCalls`: each call of a
 * tool is one piece.
 */
export function answerTo(ask: Ask, wholeCalls = false, strikes: (times: number) => boolean = () => true): Answer {
  const mode = modeOf(ask.model)
  const script = ask.text === '' && ask.toolResults.length > 0 ? {} : readScript(ask.model, ask.text)
  const calls = toolCalls(ask, script)
  const spoken = calls.length > 0 ? (script.text ?? '') : textOf(ask, script, mode === 'echo')
  const stopped = stopAt(spoken, ask.stop)
  const text = ask.maxTokens === null ? stopped.text : cutTo(stopped.text, ask.maxTokens * 4)
  const signature = script.signature ?? null
  const reasoning = script.reasoning ?? (signature === null ? null : '')
  let pieces: Piece[] | undefined
  const fault = script.times === undefined || strikes(script.times) ? script.fault : undefined
  const isCut = text.length < stopped.text.length
  return {
    reasoning,
    signature,
    text,
    calls,
    get pieces() {
      pieces ??= [
        ...thoughtsOf(reasoning, script.seed).map((words) => ({ reasoning: words })),
        ...wordsOf(text, script.seed).map((words) => ({ text: words })),
        ...calls.flatMap(wholeCalls ? (call, index) => [{ call: index, name: call.name, fragment: call.arguments }] : fragments),
      ]
      return pieces
    },
    finish: isCut ? 'length' : calls.length > 0 ? 'tools' : 'stop',
    stoppedBy: isCut || calls.length > 0 ? null : stopped.by,
    usage: usageOf(ask, script.usage, { all: spokenCharacters(text, calls) + characters(reasoning ?? ''), reasoning }),
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

const INPUT_NAMES = ['input', 'prompt_tokens', 'input_tokens', 'inputTokens', 'promptTokenCount']
const OUTPUT_NAMES = ['output', 'completion_tokens', 'output_tokens', 'outputTokens', 'candidatesTokenCount']

function usageOf(ask: Ask, reported: FaultScript['usage'], spoken: { all: number; reasoning: string | null }): AnswerUsage {
  const { input: _input, output: _output, cached, reasoning, ...own } = reported ?? {}
  return {
    input: numberIn(reported, INPUT_NAMES) ?? ask.inputTokens,
    output: numberIn(reported, OUTPUT_NAMES) ?? ask.outputTokens ?? tokensOf(spoken.all) * ask.choices,
    cached: cached ?? 0,
    reasoning: reasoning ?? tokensOf(characters(spoken.reasoning ?? '')) * ask.choices,
    own: reported === null ? null : own,
  }
}

const spokenCharacters = (text: string, calls: readonly ToolCall[]): number =>
  calls.reduce((sum, call) => sum + characters(call.name) + characters(call.arguments), characters(text))

/** Tokens of the first `count` pieces, of one choice. */
export function outputTokens(pieces: readonly Piece[], count: number): number {
  let sum = 0
  for (let index = 0; index < count; index++) {
    const piece = pieces[index]
    if (piece) sum += charactersOf(piece)
  }
  return tokensOf(sum)
}

function charactersOf(piece: Piece): number {
  if ('text' in piece) return characters(piece.text)
  return 'reasoning' in piece ? characters(piece.reasoning) : characters(piece.name ?? '') + characters(piece.fragment)
}

function textOf(ask: Ask, script: FaultScript, echo: boolean): string {
  if (script.text !== undefined) return script.text
  if (ask.json) return JSON.stringify(ask.json === true ? {} : minimalJson(ask.json))
  if (!echo || ask.toolResults.length > 0) return ask.toolResults.join('\n')
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

function stopAt(text: string, stops: readonly string[]): { text: string; by: string | null } {
  let first = { text, by: null as string | null }
  for (const stop of stops) {
    const place = text.indexOf(stop)
    if (place >= 0 && (first.by === null || place < first.text.length)) first = { text: text.slice(0, place), by: stop }
  }
  return first
}

const cutTo = (text: string, count: number): string => (text.length <= count ? text : Array.from(text).slice(0, count).join(''))

/** Without words, one empty piece: it carries the signature. */
function thoughtsOf(reasoning: string | null, seed: number | undefined): string[] {
  if (reasoning === null) return []
  return reasoning === '' ? [''] : wordsOf(reasoning, seed)
}

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

const numberIn = (usage: Body | null | undefined, names: readonly string[]): number | undefined => {
  const name = names.find((known) => typeof usage?.[known] === 'number')
  return name === undefined ? undefined : Number(usage?.[name])
}
