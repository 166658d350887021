import { noUsage, type Usage } from '@signalbox/schema'

type Tokenizer = { countTokens(text: string, options: { disallowedSpecial: Set<string> }): number }
/** Byte-pair tables by the start of a model's name; every other model, of whatever vendor, is counted by the last one. */
const TABLES: readonly { starts: readonly string[]; load: () => Promise<Tokenizer> }[] = [
  {
    starts: ['gpt-4-', 'gpt-3.5', 'text-embedding-'],
    load: () => import('gpt-tokenizer/encoding/cl100k_base'),
  },
  { starts: [''], load: () => import('gpt-tokenizer/encoding/o200k_base') },
]

/** Longer texts are counted by samples: byte-pair merging costs up to 3 µs per character. */
const LONGEST = 16_384
const SAMPLES = 16
/** Merging is quadratic in what the tokenizer takes for one word, so of a longer run only the start is counted. */
const LONGEST_RUN = 128
const NOTHING_SPECIAL = { disallowedSpecial: new Set<string>() }

const MESSAGE_OVERHEAD = 4
const REPLY_OVERHEAD = 3
/** An image of 1024 × 1024 pixels and one of low detail, as GPT-4o counts them. */
const IMAGE_TOKENS = 765
const LOW_DETAIL_TOKENS = 85

/**
 * About how many tokens a text has. Loads the tokenizer at the first use (0.3 s, 80 MB) and answers within some
 * 50 ms whatever the text is. For models without a public tokenizer it is a guess within some 20 %.
 */
export async function estimateTokens(text: string, model: string): Promise<number> {
  if (text === '') return 0
  const tokenizer = await (TABLES.find(({ starts }) => starts.some((start) => model.startsWith(start)))?.load() as Promise<Tokenizer>)
  const count = (part: string) => tokenizer.countTokens(part, NOTHING_SPECIAL)
  if (text.length <= LONGEST) return Math.round(countCut(text, count))
  const size = LONGEST / SAMPLES
  const stride = (text.length - size) / (SAMPLES - 1)
  let sum = 0
  for (let i = 0; i < SAMPLES; i++) {
    const start = Math.floor(i * stride)
    sum += countCut(text.slice(start, start + size), count)
  }
  return Math.round((sum / LONGEST) * text.length)
}

/**
 * What a request of any client dialect and its answer may have used, for a provider that did not say. Counts
 * the texts of messages, tool calls and tool definitions; images by the usual size; not audio. The caller marks it as estimated.
 */
export async function estimateChat(request: unknown, outputText: string, model: string): Promise<Usage> {
  const found: Found = { texts: [], messages: 0, inputImage: 0 }
  if (isObject(request)) {
    const {
      messages,
      contents,
      prompt,
      input,
      instructions,
      system,
      systemInstruction,
      tools,
      functions,
      response_format: format,
    } = request
    for (const part of [messages ?? contents ?? prompt ?? input, instructions, system, systemInstruction]) collect(part, found)
    for (const schema of [tools, functions, isObject(format) ? format.json_schema : undefined])
      if (schema) found.texts.push(JSON.stringify(schema))
  }
  const overhead = found.messages > 0 ? found.messages * MESSAGE_OVERHEAD + REPLY_OVERHEAD : 0
  return {
    ...noUsage(),
    input: (await estimateTokens(found.texts.join('\n'), model)) + overhead,
    inputImage: found.inputImage,
    output: await estimateTokens(outputText, model),
  }
}

type Found = { texts: string[]; messages: number; inputImage: number }
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The texts in messages, content parts and lists of strings. */
function collect(value: unknown, found: Found, depth = 0): void {
  if (typeof value === 'string') found.texts.push(value)
  else if (Array.isArray(value)) {
    if (depth < 5) for (const entry of value) collect(entry, found, depth + 1)
  } else if (isObject(value)) {
    if (typeof value.role === 'string') found.messages++
    if (value.type === 'image_url' || value.type === 'input_image' || value.type === 'image' || isImage(value.inlineData)) {
      const detail = isObject(value.image_url) ? value.image_url.detail : value.detail
      found.inputImage += detail === 'low' ? LOW_DETAIL_TOKENS : IMAGE_TOKENS
      return
    }
    for (const text of [value.text, value.name, value.refusal]) if (typeof text === 'string') found.texts.push(text)
    for (const inner of [value.content, value.parts]) if (inner !== undefined && depth < 5) collect(inner, found, depth + 1)
    // Calls of tools: OpenAI's, Anthropic's input, Gemini's function calls and their responses.
    for (const call of [value.tool_calls, value.input, value.functionCall, value.functionResponse])
      if (isObject(call) || Array.isArray(call)) found.texts.push(JSON.stringify(call))
  }
}

const isImage = (value: unknown): boolean => isObject(value) && typeof value.mimeType === 'string' && value.mimeType.startsWith('image/')

/** Counts a text with its long runs of one kind of character counted by their start. */
function countCut(text: string, count: (part: string) => number): number {
  let tokens = 0
  let from = 0
  let runStart = 0
  let runKind = -1
  for (let i = 0; i <= text.length; i++) {
    const kind = i < text.length ? kindOf(text.charCodeAt(i)) : -1
    if (kind === runKind) continue
    if (i - runStart > LONGEST_RUN) {
      tokens += count(text.slice(from, runStart))
      tokens += (count(text.slice(runStart, runStart + LONGEST_RUN)) * (i - runStart)) / LONGEST_RUN
      from = i
    }
    runStart = i
    runKind = kind
  }
  return tokens + count(text.slice(from))
}

/** 0 white space, 1 digit, 2 letter or anything beyond ASCII, 3 the rest. */
function kindOf(code: number): number {
  if (code <= 32) return 0
  if (code >= 48 && code <= 57) return 1
  if (code >= 128 || (code >= 97 && code <= 122) || (code >= 65 && code <= 90)) return 2
  return 3
}
