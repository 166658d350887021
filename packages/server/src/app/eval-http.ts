import type { SnapshotProvider } from '@signalbox/schema'
import { AppError } from '@signalbox/schema/errors'
import { EvaluatedSpan } from '@signalbox/schema/evaluator'
import { Agent, type Dispatcher, EnvHttpProxyAgent, request as send } from 'undici'
import { z } from 'zod'
import { providerOf, providersWithoutFile } from '../config/providers.ts'
import type { EvalTaskOptions, HttpTasks } from '../experiments/http-task.ts'
import { type TaskAnswer, TaskError, type TaskRequest } from '../experiments/plan.ts'
import { fillAll } from '../experiments/template.ts'
import { codecs } from '../gateway/dialects.ts'
import { retryAfterOf } from '../gateway/retry-after.ts'
import { encodeFor } from '../gateway/translation.ts'
import { chat } from '../gateway/wire/chat/codec.ts'
import { collect } from '../gateway/wire/collect.ts'
import { guardedConnect } from '../lib/guarded-connect.ts'
import { normaliseUsage } from '../pricing/normalise-usage.ts'
import { createPricing, pricedAs } from '../pricing/price.ts'
import { type ProviderSpec, specOf } from '../providers/spec.ts'

type Json = Record<string, unknown>
type Reply = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer; ms: number }

const MOST_BYTES = 64 * 1024 * 1024

/** Calls of models and endpoints over the network, each to where it goes, with one pool of connections for all. */
export function createHttpTasks(options: EvalTaskOptions): HttpTasks {
  const timeoutMs = options.limits.timeoutSeconds * 1000
  const connect = {
    connections: options.limits.concurrency,
    bodyTimeout: timeoutMs,
    headersTimeout: timeoutMs,
    keepAliveTimeout: 30_000,
    ...(options.publicOnly && { connect: guardedConnect({ timeout: 10_000 }) }),
  }
  const { HTTP_PROXY, HTTPS_PROXY, http_proxy, https_proxy } = options.variables
  const proxied = HTTP_PROXY || HTTPS_PROXY || http_proxy || https_proxy
  const dispatcher: Dispatcher = proxied ? new EnvHttpProxyAgent(connect) : new Agent(connect)
  const pricing = createPricing(options.prices)
  const providers: Record<string, SnapshotProvider> = {
    ...providersWithoutFile(options.variables),
    ...Object.fromEntries(
      Object.entries(options.providers).map(([name, entry]) => [
        name,
        providerOf(name, entry, { unset: undefined, variables: options.variables }),
      ]),
    ),
  }

  const post = (url: string, body: string, headers: Record<string, string>, signal: AbortSignal, method: Dispatcher.HttpMethod = 'POST') =>
    exchange({ url, body, headers, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), method, dispatcher })

  const provider = (name: string): { found: SnapshotProvider; spec: ProviderSpec } => {
    const found = Object.hasOwn(providers, name) ? providers[name] : undefined
    if (!found)
      throw new AppError('invalid-request', `There is no provider "${name}".`, {
        hint: `Name it under providers, or set its usual variable. Known: ${Object.keys(providers).join(', ')}.`,
      })
    if (found.problem) throw new AppError('provider-not-configured', `The provider ${name} is not configured: ${found.problem}.`)
    if (found.kind === 'simulator' && found.baseUrl === '')
      throw new AppError('provider-not-configured', `The simulator "${name}" has no address.`, {
        hint: 'Use simulator/MODEL, or give it a baseUrl.',
      })
    return { found, spec: specOf(found) }
  }

  const ofProvider = (found: SnapshotProvider, spec: ProviderSpec, model: string) => ({
    async call(request: TaskRequest, signal: AbortSignal): Promise<TaskAnswer> {
      const dialect = spec.dialectOf(model)
      const codec = codecs[dialect]
      const call = chat.decodeCall({ model, ...request }, {})
      const native = dialect === 'openai-chat' && !spec.chatQuirks
      const body = native
        ? { model, ...request }
        : encodeFor(call, dialect, { model, streamUsage: spec.streamUsage, chatQuirks: spec.chatQuirks }).body
      const text = JSON.stringify(spec.adapt ? spec.adapt(body, model) : body)
      const url = spec.address(codec.path(call, model), { model, stream: false })
      const reply = await post(url, text, { ...spec.defaults, ...JSON_HEADERS, ...signed(spec, url, text), ...spec.headers }, signal)
      if (reply.status >= 300) throw refused(reply)
      const answer = collect(codec.decodeAnswer(call).whole(jsonOf(reply)))
      if (answer.error) throw new TaskError({ kind: 'temporary', message: answer.error.message })
      const { usage } = answer.usage ?? {}
      const at = Date.now()
      const price =
        usage && pricing.price({ provider: pricedAs({ name: found.name, kind: found.kind }), model: answer.model || model, usage, at })
      const cost =
        price?.cost ?? (usage ? pricing.price({ provider: pricedAs({ name: found.name, kind: found.kind }), model, usage, at }).cost : null)
      const whole = chat.encodeAnswer(call, { id: answer.id || 'eval' }).whole(answer)
      return { ...chatAnswer(whole), ...(usage && { usage: tokensOf(usage) }), costUsd: cost === null ? null : cost / 1e9, ms: reply.ms }
    },
  })

  const openai = (url: string, headers: Record<string, string>, model: string, costOf: (reply: Reply, body: Json) => number | null) => ({
    async call(request: TaskRequest, signal: AbortSignal): Promise<TaskAnswer> {
      const reply = await post(url, JSON.stringify({ model, ...request }), { ...JSON_HEADERS, ...headers }, signal)
      if (reply.status >= 300) throw refused(reply)
      const body = jsonOf(reply) as Json
      const trace = reply.headers['x-signalbox-trace-id']
      return { ...chatAnswer(body), costUsd: costOf(reply, body), ms: reply.ms, ...(typeof trace === 'string' && { traceId: trace }) }
    },
  })

  return {
    provider(name, model) {
      const { found, spec } = provider(name)
      return ofProvider(found, spec, model)
    },
    gateway(model) {
      const { baseUrl, apiKey, headers } = options.gateway ?? { baseUrl: '', headers: {} }
      const key = apiKey ?? options.variables.SIGNALBOX_KEY
      return openai(
        `${baseUrl.replace(/\/+$/, '')}/chat/completions`,
        { ...(key && { authorization: `Bearer ${key}` }), ...headers },
        model,
        gatewayCost,
      )
    },
    at({ baseUrl, apiKey, model, dialect }) {
      const kind = dialect === 'anthropic' ? ('anthropic' as const) : ('openai-compatible' as const)
      const found: SnapshotProvider = { name: dialect, kind, baseUrl, apiKey: apiKey ?? null, headers: {}, from: 'file', problem: null }
      return ofProvider(found, specOf(found), model)
    },
    http: (task) => ({
      async call({ body, vars }: TaskRequest, signal: AbortSignal): Promise<TaskAnswer> {
        const fields = (vars ?? {}) as Json
        const url = String(fillAll(task.url, fields))
        const headers = fillAll(task.headers, fields) as Record<string, string>
        const text = task.method === 'GET' ? '' : typeof body === 'string' ? body : JSON.stringify(body)
        const reply = await post(url, text, { ...(task.method === 'GET' ? {} : JSON_HEADERS), ...lowerCase(headers) }, signal, task.method)
        if (reply.status >= 300) throw refused(reply)
        const spans = spansIn(reply)
        return { output: outputAt(reply, task.output), costUsd: costIn(reply) ?? 0, ms: reply.ms, ...(spans && { spans }) }
      },
    }),
    async embed(texts, model, signal) {
      const [name = '', ...rest] = model.split('/')
      const gateway = options.gateway
      const { spec } = gateway ? { spec: undefined } : provider(name)
      const url = spec
        ? spec.address('/embeddings', { model: rest.join('/'), stream: false })
        : `${gateway?.baseUrl.replace(/\/+$/, '')}/embeddings`
      const key = gateway?.apiKey ?? options.variables.SIGNALBOX_KEY
      const headers = spec?.headers ?? { ...(key && { authorization: `Bearer ${key}` }), ...gateway?.headers }
      const reply = await post(
        url,
        JSON.stringify({ model: spec ? rest.join('/') : model, input: texts }),
        { ...JSON_HEADERS, ...headers },
        signal,
      )
      if (reply.status >= 300) throw refused(reply)
      const { data } = jsonOf(reply) as { data?: { index?: number; embedding: number[] }[] }
      if (!Array.isArray(data) || data.length !== texts.length)
        throw new TaskError({ kind: 'temporary', message: 'The answer has no embedding for each text.' })
      return [...data].sort((one, other) => (one.index ?? 0) - (other.index ?? 0)).map(({ embedding }) => embedding)
    },
    close: () => dispatcher.destroy(),
  }
}

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' }
const lowerCase = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

type Exchange = {
  url: string
  body: string
  headers: Record<string, string>
  signal: AbortSignal
  method: Dispatcher.HttpMethod
  dispatcher: Dispatcher
}

async function exchange({ url, body, headers, signal, method, dispatcher }: Exchange): Promise<Reply> {
  const start = performance.now()
  try {
    const response = await send(url.split('#')[0] ?? url, { method, headers, signal, dispatcher, ...(method !== 'GET' && { body }) })
    const pieces: Buffer[] = []
    let bytes = 0
    for await (const piece of response.body as AsyncIterable<Buffer>) {
      bytes += piece.length
      if (bytes > MOST_BYTES) throw new TaskError({ kind: 'final', message: `The answer is larger than ${MOST_BYTES} bytes.` })
      pieces.push(piece)
    }
    return {
      status: response.statusCode,
      headers: response.headers,
      body: Buffer.concat(pieces),
      ms: Math.round(performance.now() - start),
    }
  } catch (error) {
    if (error instanceof TaskError || signal.reason?.name === 'TimeoutError') throw signal.reason ?? error
    const { code, message } = error as NodeJS.ErrnoException
    throw new TaskError({ kind: 'temporary', message: `The connection failed (${code ?? message}).` })
  }
}

/** Load and what may pass is worth another attempt. A 4xx would come out the same. */
function refused({ status, headers, body }: Reply): TaskError {
  const retryAfterMs = retryAfterOf({ headers, body })
  const kind = OVERLOAD.has(status) ? 'overload' : status >= 500 || status === 408 || status === 409 ? 'temporary' : 'final'
  return new TaskError({ kind, message: `${status}: ${wordsOf(body)}`, ...(retryAfterMs !== undefined && { retryAfterMs }) })
}
const OVERLOAD = new Set([429, 503, 529])

function wordsOf(body: Buffer): string {
  const text = body.toString('utf8', 0, 2000)
  try {
    const { error, message } = JSON.parse(body.toString('utf8')) as { error?: { message?: unknown } | string; message?: unknown }
    const said = typeof error === 'object' ? error?.message : (error ?? message)
    if (typeof said === 'string') return said.slice(0, 500)
  } catch {
    // What is no JSON is told as it is.
  }
  return text.replace(/\s+/g, ' ').slice(0, 300) || 'it said nothing'
}

function jsonOf({ body }: Reply): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new TaskError({ kind: 'temporary', message: `The answer is not JSON: ${wordsOf(body)}` })
  }
}

/** The text of an answer of chat completions, or its whole message where it calls tools. */
function chatAnswer(body: Json): Pick<TaskAnswer, 'output' | 'finishReason' | 'logprobs' | 'usage'> {
  const [choice] = (body.choices ?? []) as {
    message?: Json & { content?: unknown; tool_calls?: unknown[] }
    finish_reason?: string
    logprobs?: { content?: Logprob[] | null } | null
  }[]
  if (!choice?.message) throw new TaskError({ kind: 'temporary', message: 'The answer has no message.' })
  const { message, finish_reason: finish, logprobs } = choice
  const { role, content, tool_calls: calls, refusal } = message
  const usage = normaliseUsage(body.usage, 'openai')?.usage
  return {
    output: Array.isArray(calls) && calls.length > 0 ? { role, content, tool_calls: calls } : (content ?? refusal ?? ''),
    ...(finish && { finishReason: finish }),
    ...(usage && { usage: tokensOf(usage) }),
    ...(logprobs?.content && { logprobs: logprobs.content.map(({ token, logprob, top_logprobs: top = [] }) => ({ token, logprob, top })) }),
  }
}
type Logprob = { token: string; logprob: number; top_logprobs?: { token: string; logprob: number }[] }

type Usage = NonNullable<ReturnType<typeof normaliseUsage>>['usage']
const tokensOf = (usage: Usage) => ({
  inputTokens: usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h + usage.inputAudio + usage.inputImage,
  outputTokens: usage.output + usage.reasoning + usage.outputAudio,
})

/** The gateway says what a call cost; `unknown` where it knows no price. */
const gatewayCost = (reply: Reply): number | null => costIn(reply) ?? null
function costIn({ headers }: Reply): number | undefined {
  const said = headers['x-signalbox-cost']
  const cost = typeof said === 'string' ? Number(said) : Number.NaN
  return Number.isFinite(cost) ? cost : undefined
}

function signed(spec: ProviderSpec, url: string, text: string): Record<string, string> {
  const pairs = spec.sign?.({ url, body: [Buffer.from(text)] }) ?? []
  return Object.fromEntries(Array.from({ length: pairs.length / 2 }, (_, at) => [pairs[at * 2], pairs[at * 2 + 1]]))
}

/** Steps that an endpoint tells beside its answer, as `spans` or `trace.spans`. */
function spansIn({ body }: Reply): EvaluatedSpan[] | undefined {
  if (!body.includes('"spans"')) return undefined
  try {
    const { spans, trace } = JSON.parse(body.toString('utf8')) as { spans?: unknown; trace?: { spans?: unknown } }
    return z.array(EvaluatedSpan).safeParse(spans ?? trace?.spans).data
  } catch {
    return undefined
  }
}

/** `data.items[0].text` of the JSON that came; all of it, as text where it is no JSON. */
function outputAt(reply: Reply, path: string | undefined): unknown {
  const text = reply.body.toString('utf8')
  if (path === undefined) {
    try {
      return JSON.parse(text)
    } catch {
      return text
    }
  }
  let value = jsonOf(reply)
  for (const step of path.split(/[.[\]]+/).filter((one) => one !== '')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      throw new TaskError({ kind: 'final', message: `The answer has no ${path}.` })
    value = (value as Json)[step]
  }
  return value
}
