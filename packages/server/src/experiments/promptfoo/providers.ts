import { AppError } from '@signalbox/schema/errors'
import type { EvalFile } from '@signalbox/schema/experiment'
import type { EvalCase, Task, TaskRequest } from '../plan.ts'
import { render, renderAll } from './render.ts'
import { isRecord, type Json } from './types.ts'

type HttpEntry = NonNullable<EvalFile['task']>['http']

/** Who is asked; made by the program, which knows the providers. */
export type PromptfooTasks = {
  model(name: string): Task
  simulator(model: string): Task
  http(task: HttpEntry): Task
  at(place: { baseUrl: string; apiKey: string | undefined; model: string; dialect: 'openai' | 'anthropic' }): Task
}

export type Provider = {
  label: string
  id: string
  task: Task
  identity: unknown
  tools: unknown
  transform: string | undefined
  /** A program that finds the output in the answer of an address. */
  read?: string | undefined
  /** Labels of prompts that it is asked with; absent: all. */
  prompts: readonly string[] | undefined
  request(prompt: { text: string; messages: Json[] }, one: EvalCase, options: Json): TaskRequest
}

type Making = { tasks: PromptfooTasks; env: Record<string, string | undefined>; warn: (message: string) => void }

export function providersOf(value: unknown, making: Making): Provider[] {
  const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
  const found = list.flatMap((one, index) => {
    const where = `providers[${index}]`
    if (typeof one === 'string') return providerOf(one, {}, where, making)
    if (!isRecord(one)) throw new AppError('invalid-request', `${where} is not a provider.`)
    if (typeof one.id === 'string') return providerOf(one.id, one, where, making)
    // `{ openai:gpt-4o: { config } }`
    return Object.entries(one).map(([id, options]) =>
      providerOf(String((isRecord(options) && options.id) || id), isRecord(options) ? { label: id, ...options } : {}, where, making),
    )
  })
  if (found.length === 0)
    throw new AppError('invalid-request', 'There are no providers.', {
      hint: 'Write providers: [echo] or providers: ["openai:chat:gpt-4o-mini"].',
    })
  const labels = new Map<string, number>()
  return found.map((one) => {
    const copies = (labels.get(one.label) ?? 0) + 1
    labels.set(one.label, copies)
    return copies === 1 ? one : { ...one, label: `${one.label} #${copies}` }
  })
}

/** Parameters of a model that are sent as they are. */
const SENT = new Set(
  'temperature max_tokens max_completion_tokens top_p top_k frequency_penalty presence_penalty stop seed tools tool_choice response_format functions function_call reasoning_effort logprobs top_logprobs n user parallel_tool_calls verbosity service_tier'.split(
    ' ',
  ),
)
/** What is of this program and not of the model. */
const OWN = new Set(
  'apiKey apiKeyEnvar apiBaseUrl apiHost organization passthrough cost basePath showThinking url method headers body transformResponse responseParser maxRetries queryParams'.split(
    ' ',
  ),
)

function providerOf(named: string, options: Json, where: string, making: Making): Provider {
  const id = render(named, { env: making.env })
  const config = (renderAll(isRecord(options.config) ? options.config : {}, { env: making.env }) ?? {}) as Json
  const label = typeof options.label === 'string' ? options.label : id
  const base = {
    ...{ label, id, tools: config.tools ?? config.functions },
    transform: typeof options.transform === 'string' ? options.transform : undefined,
    prompts: Array.isArray(options.prompts) ? options.prompts.map(String) : undefined,
    identity: { id, transform: options.transform ?? null, config: withoutKeys(config) },
  }
  if (id === 'echo') return { ...base, task: ECHO, request: ({ text }) => ({ prompt: text }) }
  if (/^https?:\/\//.test(id) || id === 'http' || id === 'https') return { ...base, ...httpProvider(id, config, where, making) }
  const refused = REFUSED.find(([pattern]) => pattern.test(id))?.[1]
  if (refused)
    throw new AppError('invalid-request', `${where}: "${id}" is not run here: ${refused}.`, {
      hint: 'Use a provider of a model, an HTTP address, or the SDK.',
    })
  for (const name of Object.keys(config))
    if (!SENT.has(name) && !OWN.has(name)) making.warn(`${where}: config.${name} is not known, and has no effect.`)
  const parameters = {
    ...Object.fromEntries(Object.entries(config).filter(([name]) => SENT.has(name))),
    ...(isRecord(config.passthrough) ? config.passthrough : {}),
  }
  return { ...base, task: taskOf(id, config, where, making), request: ({ messages }) => ({ messages, ...parameters }) }
}

const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^(exec:|file:|python:|package:|golang:)/, 'it is a program of yours'],
  [/^(openai|azure):(assistant|realtime|image|moderation|embedding)/, 'it is no conversation with a model'],
  [/^(webhook|websocket|ws|wss|browser|promptfoo|sequence|manual-input|simulated-user):?/, 'this kind of provider is not known here'],
]

const ECHO: Task = {
  lane: 'echo',
  identity: 'echo',
  call: ({ prompt }) => ({ output: prompt, costUsd: 0, ms: 0, usage: { inputTokens: 0, outputTokens: 0 } }),
}

function taskOf(id: string, config: Json, where: string, { tasks, env }: Making): Task {
  const [name = '', ...rest] = id.split(':')
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
  const modelOf = (kinds: readonly string[]): string => (kinds.includes(rest[0] ?? '') ? rest.slice(1) : rest).join(':')
  const key = text(config.apiKey) ?? (text(config.apiKeyEnvar) === undefined ? undefined : env[String(config.apiKeyEnvar)])
  const host = text(config.apiHost)
  const base = text(config.apiBaseUrl) ?? (host === undefined ? undefined : `https://${host}/v1`)
  if (name === 'simulator' || id.startsWith('simulator/'))
    return tasks.simulator(name === 'simulator' ? rest.join(':') : id.slice('simulator/'.length))
  if (name === 'signalbox') return tasks.model(rest.join(':'))
  if (name === 'openai') {
    const model = modelOf(['chat', 'responses', 'completion'])
    if (model === '') throw new AppError('invalid-request', `${where}: "${id}" names no model.`)
    return tasks.at({
      dialect: 'openai',
      model,
      apiKey: key ?? env.OPENAI_API_KEY,
      baseUrl: base ?? env.OPENAI_BASE_URL ?? env.OPENAI_API_BASE_URL ?? 'https://api.openai.com/v1',
    })
  }
  if (name === 'anthropic') {
    const model = modelOf(['messages', 'completion'])
    return tasks.at({
      dialect: 'anthropic',
      model,
      apiKey: key ?? env.ANTHROPIC_API_KEY,
      baseUrl: base ?? env.ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com',
    })
  }
  const model = modelOf(['chat', 'completion', 'messages'])
  if (model === '')
    throw new AppError('invalid-request', `${where}: "${id}" is not known.`, {
      hint: 'Write echo, openai:chat:MODEL, anthropic:messages:MODEL, PROVIDER:MODEL or an address.',
    })
  return base === undefined
    ? tasks.model(`${PROVIDERS[name] ?? name}/${model}`)
    : tasks.at({ dialect: 'openai', model, apiKey: key, baseUrl: base })
}

/** Where the names differ. */
const PROVIDERS: Record<string, string> = {
  togetherai: 'together',
  palm: 'google',
  vertexai: 'vertex',
  'azure-openai': 'azure',
  azureopenai: 'azure',
}

function httpProvider(id: string, config: Json, where: string, { tasks }: Making): Pick<Provider, 'task' | 'request' | 'read'> {
  const url = String(config.url ?? id)
  if (typeof config.request === 'string')
    throw new AppError('invalid-request', `${where}: raw requests are not sent here.`, { hint: 'Write url, method, headers and body.' })
  const said = config.transformResponse ?? config.responseParser
  const path = said === undefined ? undefined : /^\s*(?:json|data)((?:\??\.[\w$]+|\[\d+\])*)\s*;?\s*$/.exec(String(said))?.[1]
  const method = String(config.method ?? 'POST').toUpperCase() as HttpEntry['method']
  const output = path === undefined || path === '' ? undefined : path.replaceAll('?', '').replace(/^\./, '')
  const headers = (isRecord(config.headers) ? config.headers : {}) as Record<string, string>
  return {
    ...(said !== undefined && path === undefined && { read: String(said) }),
    task: tasks.http({ url, method, headers, ...(output !== undefined && { output }) }),
    request: ({ text }, one) => {
      const vars = { ...one.vars, prompt: text }
      return { body: config.body === undefined ? { prompt: text } : renderAll(config.body, vars), vars }
    },
  }
}

/** Keys are no part of what a run is, and stand in no journal. */
const withoutKeys = (config: Json): Json => {
  const { apiKey: _, headers, ...rest } = config
  return { ...rest, ...(isRecord(headers) && { headers: Object.keys(headers) }) }
}
