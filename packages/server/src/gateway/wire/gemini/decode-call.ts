import type { Block, Call, TextBlock, Tool, Turn } from '../language.ts'
import { camelKeys, type Fields, fieldsAt, invalid, isFields, listAt, stringAt, stringsAt } from './fields.ts'
import { toJsonSchema } from './json-schema.ts'
import { bareModel } from './models.ts'
import { readConfig } from './read-config.ts'
import { type CallIds, readPart } from './read-part.ts'

/**
 * What the path of a Gemini request says: `/v1beta/models/{model}:generateContent` or `:streamGenerateContent`, and the query
 * parameter `alt`. A stream without `alt=sse` is a JSON list: `notes.framing` of the call says so to the encoder.
 */
export type GeminiAddress = { model?: string; stream?: boolean; alt?: string }

/** Reads a `GenerateContentRequest`, in camelCase or snake_case. Throws `invalid-request` with `data.param`. */
export function decodeCall(body: Fields, address: GeminiAddress): Call {
  const { model, contents, systemInstruction, tools, toolConfig, generationConfig, serviceTier, ...rest } = camelKeys(body)
  const extras: Fields = {}
  for (const [name, value] of Object.entries(rest)) if (value !== undefined && value !== null) extras[name] = value
  const named = bareModel(address.model ?? stringAt(model, 'model') ?? '')
  if (!named) throw invalid('model', 'The path has to name a model: /v1beta/models/{model}:generateContent.')
  const turns = readTurns(contents)
  if (turns.length === 0) throw invalid('contents', 'contents must hold at least one content.')
  const offered = readTools(tools)
  const toolChoice = readToolChoice(toolConfig, extras)
  const tier = stringAt(serviceTier, 'serviceTier')
  const stream = address.stream ?? false
  return {
    dialect: 'gemini',
    model: named,
    stream,
    system: readSystem(systemInstruction),
    turns,
    ...offered,
    ...(toolChoice && { toolChoice }),
    ...readConfig(generationConfig, extras),
    ...(tier !== undefined && { serviceTier: tier }),
    extras,
    ...(stream && address.alt !== undefined && address.alt !== 'sse' && { notes: { framing: 'json-list' } }),
  }
}

function readSystem(value: unknown): TextBlock[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }]
  const content = fieldsAt(value, 'systemInstruction')
  return listAt(content?.parts, 'systemInstruction.parts').map((part, index) => {
    const text = isFields(part) ? part.text : undefined
    if (typeof text !== 'string') throw invalid(`systemInstruction.parts[${index}]`, 'A system instruction can only hold text.')
    return { type: 'text', text }
  })
}

const ROLES: Record<string, Turn['role']> = { user: 'user', function: 'user', tool: 'user', model: 'assistant' }

function readTurns(contents: unknown): Turn[] {
  const ids = new ConversationIds()
  return listAt(contents, 'contents').map((value, index) => {
    const param = `contents[${index}]`
    const content = fieldsAt(value, param)
    if (!content) throw invalid(param, `${param} must be an object.`)
    const role = ROLES[stringAt(content.role, `${param}.role`) || 'user']
    if (!role) throw invalid(`${param}.role`, `${param}.role must be "user" or "model".`)
    const parts = listAt(content.parts, `${param}.parts`)
    const blocks = parts.flatMap((part, at) => readPart(checkedPart(part, `${param}.parts[${at}]`), ids))
    return { role, blocks: withoutShownThoughts(blocks) }
  })
}

/** A stream shows the thoughts of another vendor in parts of their own before the part with the proof, which holds them once more. */
function withoutShownThoughts(blocks: Block[]): Block[] {
  const result: Block[] = []
  for (const block of blocks) {
    if (block.type === 'reasoning' && block.origin !== 'gemini') {
      let shown = ''
      let from = result.length
      while (from > 0 && shown.length < block.text.length) {
        const before = result[from - 1]
        if (before?.type !== 'reasoning' || before.origin !== 'gemini' || before.signature !== undefined) break
        shown = before.text + shown
        from--
      }
      if (shown === block.text) result.length = from
    }
    result.push(block)
  }
  return result
}

const OBJECTS = ['inlineData', 'fileData', 'functionCall', 'functionResponse']

/** A part with camelCase keys down to where the client's own data begins. */
function checkedPart(value: unknown, param: string): Fields {
  const read = fieldsAt(value, param)
  if (!read || Object.keys(read).length === 0)
    throw invalid(param, `${param} must hold text, data, a function call or a function response.`)
  const part = Object.fromEntries(Object.entries(read).filter(([, held]) => held !== null))
  if (part.text !== undefined) stringAt(part.text, `${param}.text`)
  for (const key of OBJECTS) if (part[key] !== undefined) part[key] = fieldsAt(part[key], `${param}.${key}`)
  if (isFields(part.inlineData) && typeof part.inlineData.data !== 'string')
    throw invalid(`${param}.inlineData.data`, `${param}.inlineData.data must be base64 text.`)
  if (isFields(part.fileData) && typeof part.fileData.fileUri !== 'string')
    throw invalid(`${param}.fileData.fileUri`, `${param}.fileData.fileUri must be a string.`)
  for (const key of ['functionCall', 'functionResponse']) {
    const held = part[key]
    if (isFields(held) && !(typeof held.name === 'string' && held.name))
      throw invalid(`${param}.${key}.name`, `${param}.${key} needs a name.`)
  }
  const response = part.functionResponse
  if (isFields(response) && Array.isArray(response.parts))
    part.functionResponse = {
      ...response,
      parts: response.parts.map((inner, at) => checkedPart(inner, `${param}.functionResponse.parts[${at}]`)),
    }
  return part
}

/** Gives ids to calls that have none, and their results the same: by name, the oldest call that waits first. */
class ConversationIds implements CallIds {
  readonly #used = new Set<string>()
  #waiting: { id: string; name: string }[] = []
  #made = 0

  call(id: string | undefined, name: string): string {
    const given = id ?? this.#make()
    this.#used.add(given)
    this.#waiting.push({ id: given, name })
    return given
  }

  result(id: string | undefined, name: string): string {
    const answered = this.#waiting.find((call) => (id === undefined ? call.name === name : call.id === id))
    if (answered) this.#waiting = this.#waiting.filter((call) => call !== answered)
    return id ?? answered?.id ?? this.#make()
  }

  #make(): string {
    let id = ''
    do id = `call_${++this.#made}`
    while (this.#used.has(id))
    return id
  }
}

function readTools(value: unknown): Pick<Call, 'tools' | 'serverTools'> {
  const tools: Tool[] = []
  const serverTools: Call['serverTools'] = []
  for (const [index, entry] of listAt(value, 'tools').entries()) {
    const { functionDeclarations, ...rest } = fieldsAt(entry, `tools[${index}]`) ?? {}
    for (const [at, declaration] of listAt(functionDeclarations, `tools[${index}].functionDeclarations`).entries())
      tools.push(readDeclaration(declaration, `tools[${index}].functionDeclarations[${at}]`))
    for (const [name, held] of Object.entries(rest))
      if (held !== null && held !== undefined) serverTools.push({ dialect: 'gemini', name, value: held })
  }
  return { tools, serverTools }
}

function readDeclaration(value: unknown, param: string): Tool {
  const { name, description, parameters, parametersJsonSchema, ...rest } = fieldsAt(value, param) ?? {}
  const called = stringAt(name, `${param}.name`)
  if (!called) throw invalid(`${param}.name`, `${param} needs a name.`)
  const says = stringAt(description, `${param}.description`)
  const openapi = fieldsAt(parameters, `${param}.parameters`)
  const schema = fieldsAtAsSent(parametersJsonSchema, `${param}.parametersJsonSchema`) ?? (openapi && toJsonSchema(openapi))
  return {
    name: called,
    ...(says !== undefined && { description: says }),
    ...(schema && { parameters: schema }),
    ...(Object.keys(rest).length > 0 && { native: { dialect: 'gemini', value: rest } }),
  }
}

/** JSON Schema is the client's own data: its keys stay as they are. */
function fieldsAtAsSent(value: unknown, param: string): Fields | undefined {
  if (value !== undefined && value !== null && !isFields(value)) throw invalid(param, `${param} must be an object.`)
  return value ?? undefined
}

const MODE = 'toolConfig.functionCallingConfig'

function readToolChoice(value: unknown, extras: Fields): Call['toolChoice'] {
  const { functionCallingConfig, ...rest } = fieldsAt(value, 'toolConfig') ?? {}
  for (const [name, held] of Object.entries(rest)) if (held !== null) extras[`toolConfig.${name}`] = held
  const { mode, allowedFunctionNames, ...others } = fieldsAt(functionCallingConfig, MODE) ?? {}
  for (const [name, held] of Object.entries(others)) if (held !== null) extras[`${MODE}.${name}`] = held
  const allowed = stringsAt(allowedFunctionNames, `${MODE}.allowedFunctionNames`) ?? []
  const word = stringAt(mode, `${MODE}.mode`)?.toUpperCase()
  const [first] = allowed
  if (word === 'ANY' && allowed.length === 1 && first) return { type: 'tool', name: first }
  if (allowed.length > 0) extras[`${MODE}.allowedFunctionNames`] = allowed
  if (word === 'ANY') return { type: 'required' }
  if (word === 'NONE') return { type: 'none' }
  if (word === 'AUTO') return { type: 'auto' }
  if (word !== undefined && word !== 'MODE_UNSPECIFIED') extras[`${MODE}.mode`] = word
  return undefined
}
