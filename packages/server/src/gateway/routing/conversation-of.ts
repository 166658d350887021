/** What a request says, whatever its dialect: the system prompt, and what was said by whom. */
export type Conversation = { system: string; turns: readonly Turn[] }
export type Turn = { role: string; text: string }

type Json = Record<string, unknown>
const NOTHING: Conversation = { system: '', turns: [] }
const SYSTEM_ROLES = new Set(['system', 'developer'])
const DEEPEST = 5

/**
 * Reads the texts of a request by the names that dialects have for them: `messages` (OpenAI, Anthropic, Cohere), `contents` (Gemini),
 * `input` (Responses, embeddings), `prompt` (completions). What it does not know is left out.
 */
export function conversationOf(request: unknown): Conversation {
  if (!isObject(request)) return NOTHING
  const said = request.messages ?? request.contents ?? request.input ?? request.prompt
  const all = turnsOf(said)
  const system = [request.system, request.instructions, request.systemInstruction, request.system_instruction]
    .map((part) => textOf(part))
    .concat(all.filter(({ role }) => SYSTEM_ROLES.has(role)).map(({ text }) => text))
    .filter((text) => text !== '')
  return { system: system.join('\n'), turns: all.filter(({ role }) => !SYSTEM_ROLES.has(role)) }
}

function turnsOf(said: unknown): Turn[] {
  if (typeof said === 'string') return [{ role: 'user', text: said }]
  if (!Array.isArray(said)) return []
  return said
    .map((entry): Turn => ({ role: isObject(entry) && typeof entry.role === 'string' ? entry.role : roleOf(entry), text: textOf(entry) }))
    .filter(({ text, role }) => text !== '' || role === 'user')
}

/** Items of Responses without a role are calls of tools and what came of them; a bare string is the user's. */
const roleOf = (entry: unknown): string => (isObject(entry) && typeof entry.type === 'string' ? 'tool' : 'user')

/** The readable text of anything that holds some. */
function textOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value
  if (depth > DEEPEST) return ''
  if (Array.isArray(value))
    return value
      .map((part) => textOf(part, depth + 1))
      .filter((text) => text !== '')
      .join('\n')
  if (!isObject(value)) return ''
  return textOf(value.text ?? value.content ?? value.parts ?? value.output ?? '', depth + 1)
}

/** How many tools a request brings along: Gemini puts several functions into one. */
export function toolCountOf(request: unknown): number {
  if (!isObject(request)) return 0
  let count = 0
  for (const tool of [...listOf(request.tools), ...listOf(request.functions)]) {
    const functions = isObject(tool) ? (tool.functionDeclarations ?? tool.function_declarations) : undefined
    count += Array.isArray(functions) ? functions.length : 1
  }
  return count
}

/** Whether the answer has to have a shape: a JSON schema, or JSON at all. */
export function wantsShape(request: unknown): boolean {
  if (!isObject(request)) return false
  const { response_format: format, text, generationConfig: config } = request
  const kind = isObject(format) ? format.type : isObject(text) && isObject(text.format) ? text.format.type : undefined
  return kind === 'json_schema' || kind === 'json_object' || (isObject(config) && config.responseMimeType === 'application/json')
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
