import type { Call } from '../language.ts'
import { booleanAt, type Fields, fieldsAt, isFields, numberAt, stringAt, stringsAt } from './fields.ts'
import { toJsonSchema } from './json-schema.ts'
import { readThinking } from './thinking.ts'

const PARAM = 'generationConfig'

type Settings = Partial<
  Pick<
    Call,
    | 'temperature'
    | 'topP'
    | 'topK'
    | 'choices'
    | 'maxTokens'
    | 'stop'
    | 'seed'
    | 'presencePenalty'
    | 'frequencyPenalty'
    | 'logprobs'
    | 'format'
    | 'reasoning'
  >
>

const NUMBERS = [
  ['temperature', 'temperature'],
  ['topP', 'topP'],
  ['topK', 'topK'],
  ['candidateCount', 'choices'],
  ['maxOutputTokens', 'maxTokens'],
  ['seed', 'seed'],
  ['presencePenalty', 'presencePenalty'],
  ['frequencyPenalty', 'frequencyPenalty'],
] as const

/** Reads `generationConfig`. What has no place in `Call` goes to `extras` as `generationConfig.<name>`. */
export function readConfig(value: unknown, extras: Fields): Settings {
  const config = { ...fieldsAt(value, PARAM) }
  const settings: Settings = {}
  const take = (name: string): unknown => {
    const taken = config[name]
    delete config[name]
    return taken
  }
  for (const [name, ours] of NUMBERS) {
    const number = numberAt(take(name), `${PARAM}.${name}`)
    if (number !== undefined) settings[ours] = number
  }
  const stop = stringsAt(take('stopSequences'), `${PARAM}.stopSequences`)
  if (stop) settings.stop = stop
  const wantsLogprobs = booleanAt(take('responseLogprobs'), `${PARAM}.responseLogprobs`)
  const alternatives = numberAt(take('logprobs'), `${PARAM}.logprobs`)
  if (wantsLogprobs) settings.logprobs = alternatives ?? 0
  else if (alternatives !== undefined) extras[`${PARAM}.logprobs`] = alternatives
  const format = readFormat(take, extras)
  if (format) settings.format = format
  const reasoning = readThinking(take('thinkingConfig'), extras)
  if (reasoning) settings.reasoning = reasoning
  for (const [name, rest] of Object.entries(config)) if (rest !== undefined && rest !== null) extras[`${PARAM}.${name}`] = rest
  return settings
}

function readFormat(take: (name: string) => unknown, extras: Fields): Call['format'] {
  const mimeType = stringAt(take('responseMimeType'), `${PARAM}.responseMimeType`)
  const openapi = fieldsAt(take('responseSchema'), `${PARAM}.responseSchema`)
  const json = take('responseJsonSchema') ?? take('_responseJsonSchema')
  if (mimeType !== undefined && mimeType !== 'application/json' && mimeType !== 'text/plain') {
    extras[`${PARAM}.responseMimeType`] = mimeType
    if (openapi) extras[`${PARAM}.responseSchema`] = openapi
    return undefined
  }
  const schema = isFields(json) ? json : openapi && toJsonSchema(openapi)
  if (schema) return { type: 'json-schema', name: 'response', schema }
  if (mimeType === 'application/json') return { type: 'json' }
  return mimeType === 'text/plain' ? { type: 'text' } : undefined
}
