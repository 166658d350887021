import { nativeNames } from '../anthropic/native-names.ts'
import { outputSchema } from '../anthropic/output-schema.ts'
import type { CallTarget, EncodedCall } from '../codec.ts'
import type { Call } from '../language.ts'
import { objectOf, type Untyped } from '../untyped.ts'
import { cachePoint, encodeSystem, encodeTurns, type Writing } from './encode-blocks.ts'
import { DOCUMENT_FIELDS, documentNamer } from './encode-media.ts'
import { familyOf } from './model-family.ts'
import { encodeSettings } from './model-fields.ts'
import { callIds, toolNames } from './safe-names.ts'

/** A call as the body of `Converse`; the model and whether it is streamed stand in the path. */
export function encodeCall(call: Call, target: CallTarget): EncodedCall {
  const dropped = new Set<string>()
  const own = call.dialect === 'bedrock'
  const family = familyOf(target.model)
  const writing: Writing = { call, family, names: toolNames(call), ids: callIds(call), nameDocument: documentNamer(), dropped }
  const system = encodeSystem(writing)
  const { inferenceConfig, fields } = encodeSettings(call, target.model, dropped)
  const additional = { ...fields, ...(own && objectOf(call.extras.additionalModelRequestFields)) }
  const body: Untyped = {
    ...(own && call.extras),
    messages: encodeTurns(writing),
    ...(system.length > 0 && { system }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...encodeTools(writing),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
    // Which of several sequences stopped it: the first path is the one of a whole answer, the second of a stream.
    ...(inferenceConfig.stopSequences !== undefined &&
      family === 'claude' && { additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'] }),
    ...encodeFormat(writing),
    ...encodeMetadata(call, dropped),
    ...encodeTier(call, dropped),
  }
  for (const [member, name] of Object.entries(NOT_CARRIED)) if (call[member as keyof typeof NOT_CARRIED] !== undefined) dropped.add(name)
  if (call.choices !== undefined && call.choices > 1) dropped.add('n')
  if (call.parallelToolCalls === false) dropped.add('parallel_tool_calls')
  if (!own) for (const name of Object.keys(call.extras)) dropped.add(name)
  for (const name of nativeNames(call)) if (!DOCUMENT_FIELDS.some((carried) => carried === name)) dropped.add(name)
  return { body, dropped: [...dropped] }
}

/** Members of a call that Converse has nothing for. */
const NOT_CARRIED = {
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
  logprobs: 'logprobs',
  user: 'user',
} as const satisfies Partial<Record<keyof Call, string>>

function encodeTools(writing: Writing): Untyped {
  const { call, names, dropped } = writing
  const { toolChoice } = call
  const used = new Set(call.turns.flatMap(({ blocks }) => blocks.flatMap((block) => (block.type === 'tool-call' ? [block.name] : []))))
  const hasHistory = used.size > 0 || call.turns.some(({ blocks }) => blocks.some(({ type }) => type === 'tool-result'))
  const serverTools = call.serverTools.flatMap(({ dialect, name, value }) => {
    if (dialect === 'bedrock') return [objectOf(value)]
    dropped.add(name)
    return []
  })
  // Converse has no `none`: no tools is the same, unless the conversation has used some.
  if (toolChoice?.type === 'none' && !hasHistory) return {}
  const tools: Untyped[] = call.tools.flatMap((tool) => [
    {
      toolSpec: {
        name: names.get(tool.name) ?? tool.name,
        ...(tool.description && { description: tool.description }),
        inputSchema: { json: { type: 'object', ...tool.parameters } },
        ...(tool.strict === true && { strict: true }),
      },
    },
    ...cachePoint(tool.cache, writing, 'tools'),
  ])
  // It also refuses calls and results of tools in a conversation that offers none.
  if (tools.length === 0 && serverTools.length === 0 && hasHistory)
    for (const name of used.size > 0 ? used : ['tool'])
      tools.push({ toolSpec: { name: names.get(name) ?? name, inputSchema: { json: { type: 'object' } } } })
  tools.push(...serverTools)
  if (toolChoice?.type === 'none') dropped.add('tool_choice')
  if (tools.length === 0) {
    if (toolChoice?.type === 'required' || toolChoice?.type === 'tool') dropped.add('tool_choice')
    return {}
  }
  return { toolConfig: { tools, ...encodeChoice(writing) } }
}

function encodeChoice({ call: { toolChoice }, names }: Writing): Untyped {
  if (!toolChoice || toolChoice.type === 'none') return {}
  if (toolChoice.type === 'tool') return { toolChoice: { tool: { name: names.get(toolChoice.name) ?? toolChoice.name } } }
  return { toolChoice: toolChoice.type === 'required' ? { any: {} } : { auto: {} } }
}

/** The schema goes as text, for Claude with what it cannot enforce moved into descriptions. Converse has no JSON mode without one. */
function encodeFormat({ call: { dialect, format }, family, dropped }: Writing): Untyped {
  if (format?.type === 'json') dropped.add('response_format')
  if (format?.type !== 'json-schema') return {}
  const schema =
    family === 'claude' && dialect !== 'anthropic' ? outputSchema(format.schema, (name) => void dropped.add(name)) : format.schema
  const jsonSchema = {
    schema: JSON.stringify(schema),
    name: format.name,
    ...(format.description !== undefined && { description: format.description }),
  }
  return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } }
}

const METADATA_TEXT = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/

function encodeMetadata({ metadata }: Call, dropped: Set<string>): Untyped {
  const entries = Object.entries(metadata ?? {})
  if (entries.length === 0) return {}
  if (entries.length <= 16 && entries.every(([key, value]) => key !== '' && METADATA_TEXT.test(key) && METADATA_TEXT.test(value)))
    return { requestMetadata: metadata }
  dropped.add('metadata')
  return {}
}

/** Converse's tiers by the words of all dialects; `auto` is what happens anyway. */
const TIERS: Record<string, string> = {
  default: 'default',
  standard: 'default',
  standard_only: 'default',
  flex: 'flex',
  priority: 'priority',
  reserved: 'reserved',
}

function encodeTier({ serviceTier }: Call, dropped: Set<string>): Untyped {
  if (serviceTier === undefined || serviceTier === 'auto') return {}
  const type = Object.hasOwn(TIERS, serviceTier) ? TIERS[serviceTier] : undefined
  if (type === undefined) dropped.add('service_tier')
  return type === undefined ? {} : { serviceTier: { type } }
}
