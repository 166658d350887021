import { callIds } from './call-ids.ts'
import { isObject, type Json } from './check.ts'

type Options = { callIdLength: number | undefined; dropped: Set<string> }

/** What stands between a tool's result and the user, who may not follow it. */
const BETWEEN = { role: 'assistant', content: '.' }

/** Messages of OpenAI's chat as Mistral reads them; it refuses a call for each member that it does not know. */
export function mistralMessages(messages: readonly Json[], { callIdLength, dropped }: Options): Json[] {
  const idOf = callIdLength === undefined ? (id: string) => id : callIds(messages.flatMap(idsOf), callIdLength)
  const written: Json[] = []
  for (const message of messages) {
    const { role } = message
    const content = contentOf(message, dropped)
    if (role === 'user' && written.at(-1)?.role === 'tool') written.push(BETWEEN)
    if (role === 'tool') written.push({ role, tool_call_id: idOf(String(message.tool_call_id)), content })
    else if (role === 'assistant') written.push(assistantOf(message, content, idOf))
    else written.push({ role, content })
  }
  const last = written.at(-1)
  if (last?.role === 'assistant') last.prefix = true
  return written
}

const callsOf = ({ tool_calls: calls }: Json): Json[] => (Array.isArray(calls) ? calls.filter(isObject) : [])

const idsOf = (message: Json): string[] =>
  [message.tool_call_id, ...callsOf(message).map(({ id }) => id)].filter((id) => typeof id === 'string')

function assistantOf(message: Json, content: unknown, idOf: (id: string) => string): Json {
  const calls = callsOf(message).map((call) => ({ id: idOf(String(call.id)), type: 'function', function: call.function }))
  return { role: 'assistant', content, ...(calls.length > 0 && { tool_calls: calls }) }
}

function contentOf(message: Json, dropped: Set<string>): unknown {
  const { content, refusal, reasoning_content: thoughts } = message
  const said = typeof refusal === 'string' && refusal !== '' ? refusal : content
  const parts = Array.isArray(said) ? said.flatMap((part) => partOf(part, dropped)) : said
  if (typeof thoughts !== 'string' || thoughts === '') return parts
  const text = typeof parts === 'string' && parts !== '' ? [{ type: 'text', text: parts }] : []
  return [{ type: 'thinking', thinking: [{ type: 'text', text: thoughts }] }, ...(Array.isArray(parts) ? parts : text)]
}

function partOf(part: unknown, dropped: Set<string>): unknown[] {
  if (!isObject(part)) return []
  if (part.type === 'refusal') return [{ type: 'text', text: part.refusal }]
  if (part.type === 'input_audio' && isObject(part.input_audio)) return [{ type: 'input_audio', input_audio: part.input_audio.data }]
  if (part.type !== 'file' || !isObject(part.file)) return [part]
  const { file_data: data, filename: name } = part.file
  if (typeof data === 'string')
    return [{ type: 'document_url', document_url: data, ...(typeof name === 'string' && { document_name: name }) }]
  dropped.add('file.file_id')
  return []
}
