import { PLACES, type PromptBody, type PromptDialect } from './to-body.ts'

type Fields = Record<string, unknown>

/** Names of one thing: what the client says under one of them goes before what the prompt says under another. */
const SAME: readonly (readonly string[])[] = [
  ['max_tokens', 'max_completion_tokens', 'max_output_tokens'],
  ['reasoning_effort', 'reasoning'],
  ['stop', 'stop_sequences'],
]

/**
 * The request of a client that goes with a prompt: the messages of the prompt first, then its own; where both say something else, the
 * client's word counts.
 */
export function mergeBodies(dialect: PromptDialect, prompt: PromptBody, sent: Fields): Fields {
  const { list, system } = PLACES[dialect]
  const fields = { ...prompt.fields }
  for (const names of SAME) if (names.some((name) => sent[name] !== undefined)) for (const name of names) delete fields[name]
  const merged: Fields = { ...fields, ...sent, [list]: [...prompt.list, ...listOf(sent[list])] }
  if (dialect === 'gemini') mergeConfig(merged, fields, sent)
  if (system) {
    const other = dialect === 'gemini' ? 'system_instruction' : system
    const own = sent[system] ?? sent[other]
    const together = joined(dialect, own === undefined || own === null ? prompt.system : [...prompt.system, own])
    if (together !== undefined) {
      delete merged[other]
      merged[system] = together
    }
  }
  return merged
}

/** `input` of Responses may be a text. */
const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null || value === '' ? [] : [{ role: 'user', content: value }]

function mergeConfig(merged: Fields, fields: Fields, sent: Fields): void {
  const own = { ...objectOf(sent.generation_config), ...objectOf(sent.generationConfig) }
  if (!fields.generationConfig && !sent.generation_config) return
  merged.generationConfig = { ...objectOf(fields.generationConfig), ...own }
  delete merged.generation_config
}

const objectOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})

function joined(dialect: PromptDialect, system: readonly unknown[]): unknown {
  if (system.length <= 1) return system[0]
  if (dialect === 'gemini') return { parts: system.flatMap(partsOf) }
  if (system.every((one) => typeof one === 'string')) return system.join('\n\n')
  return system.flatMap((one) => (typeof one === 'string' ? [{ type: 'text', text: one }] : one))
}

/** Google takes a system instruction as a text, a part, or parts. */
function partsOf(instruction: unknown): unknown[] {
  if (typeof instruction === 'string') return [{ text: instruction }]
  const { parts } = instruction as { parts?: unknown }
  return Array.isArray(parts) ? parts : parts === undefined ? [instruction] : [parts]
}
