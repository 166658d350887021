import type { Random } from '../random.ts'
import { MODELS, type ModelName, tokensOf } from '../world/models.ts'
import { TOOL_DEFINITIONS } from '../world/tools.ts'
import type { Message, Part } from './messages.ts'
import { text } from './messages.ts'
import type { DemoSpan, TraceBuilder } from './trace.ts'
import type { Weather } from './weather.ts'

export type ChatCall = {
  model: ModelName
  parent: DemoSpan
  /** Milliseconds since the start of the trace. */
  start: number
  /** The first part is the same for every call, so a provider may have it in its cache. */
  system: readonly string[]
  input: readonly Message[]
  output: readonly Part[]
  stream: boolean
  tools: boolean
  /** Which prompt of the registry it was rendered from. */
  prompt?: { name: string; version: string }
  json?: boolean
  failure?: { type: string; message: string; after: number }
}
export type Tools = { builder: TraceBuilder; random: Random; weather: Weather }

/** A call of a chat model: how long it takes and what it uses follow from its texts and from the model. */
export function chatSpan({ builder, random, weather }: Tools, call: ChatCall): DemoSpan {
  const model = MODELS[call.model]
  const slowness = weather.slowness(builder.trace.startedAt + call.start, model.provider)
  const usage = usageOf(random, call)
  const firstToken = random.around(model.firstToken, 0.28) * slowness
  const took = call.failure?.after ?? firstToken + (usage.output / (model.tokensPerSecond * random.around(1, 0.12))) * 1000 * slowness
  const calls = call.output.some((part) => part.type === 'tool_call')
  const finish = calls ? 'tool_call' : 'stop'
  const succeeded = {
    'gen_ai.response.id': `${model.provider === 'anthropic' ? 'msg_' : 'chatcmpl-'}${random.hex(24)}`,
    'gen_ai.response.model': model.answers,
    'gen_ai.response.finish_reasons': [finish],
    'gen_ai.response.time_to_first_chunk': call.stream ? Math.round(firstToken) / 1000 : undefined,
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts: call.output, finish_reason: finish }]),
    'gen_ai.usage.input_tokens': usage.input,
    'gen_ai.usage.output_tokens': usage.output,
    'gen_ai.usage.cache_read.input_tokens': usage.cacheRead || undefined,
    'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite || undefined,
    'gen_ai.usage.reasoning.output_tokens': usage.reasoning || undefined,
  }
  return builder.add({
    parent: call.parent,
    name: `chat ${call.model}`,
    kind: 'client',
    start: call.start,
    end: call.start + took,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': model.provider,
      'gen_ai.request.model': call.model,
      'gen_ai.request.stream': call.stream,
      'gen_ai.request.temperature': call.json ? 0 : 0.3,
      'gen_ai.request.max_tokens': call.json ? 120 : 800,
      'gen_ai.output.type': call.json ? 'json' : 'text',
      'gen_ai.prompt.name': call.prompt?.name,
      'llm.prompt_template.version': call.prompt?.version,
      'server.address': model.server,
      'gen_ai.system_instructions': JSON.stringify(call.system.map(text)),
      'gen_ai.input.messages': JSON.stringify(call.input),
      'gen_ai.tool.definitions': call.tools ? TOOL_DEFINITIONS : undefined,
      ...(!call.failure && succeeded),
    },
    ...(call.failure && { error: { type: call.failure.type, message: call.failure.message } }),
  })
}

/** Input counts include what a cache served or stored, output counts include reasoning: so the conventions want it. */
function usageOf(random: Random, { model, system, input, output, tools }: ChatCall) {
  const perMessage = 4
  const stable = tokensOf(system[0] ?? '') + (tools ? tokensOf(TOOL_DEFINITIONS) : 0)
  const rest = system.slice(1).reduce((sum, part) => sum + tokensOf(part), 0)
  const spoken = input.reduce((sum, message) => sum + perMessage + tokensOf(JSON.stringify(message.parts.map(contentOf))), 0)
  const thought = output.reduce((sum, part) => sum + (part.type === 'reasoning' ? tokensOf(part.content) : 0), 0)
  const reasoning = thought && Math.round(thought * random.around(1.6, 0.2))
  const said = output.reduce((sum, part) => sum + (part.type === 'reasoning' ? 0 : tokensOf(JSON.stringify(contentOf(part)))), 0)
  const { caches } = MODELS[model]
  const warm = random.chance(0.82)
  return {
    input: stable + rest + spoken,
    output: said + reasoning,
    reasoning,
    cacheRead: caches === 'none' || !warm || stable < 1024 ? 0 : caches === 'openai' ? Math.floor(stable / 128) * 128 : stable,
    cacheWrite: caches === 'anthropic' && !warm && stable >= 1024 ? stable : 0,
  }
}

const contentOf = (part: Part): unknown => {
  if (part.type === 'tool_call') return { name: part.name, arguments: part.arguments }
  return part.type === 'tool_call_response' ? part.response : part.content
}
