import { setTimeout as wait } from 'node:timers/promises'
import type { EvaluatorEnv, JudgeAnswer, JudgeRequest, TokenLogprob } from './evaluator.ts'

type Options = {
  /** Up to and with `/v1`. */
  baseUrl: string
  key?: string | undefined
  model?: string | undefined
  embeddingModel?: string | undefined
  fetch?: typeof globalThis.fetch
  timeoutMs?: number
}

type Choice = {
  message?: { content?: string | null; refusal?: string | null }
  logprobs?: { content?: { token: string; logprob: number; top_logprobs?: { token: string; logprob: number }[] }[] | null } | null
}
type Completion = { model?: string; choices?: Choice[]; usage?: { prompt_tokens?: number; completion_tokens?: number } }

const TRIES = 3
/** What may work when it is tried again. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504])
/** Asked for where a provider can; those that refuse it get the call without. */
const OPTIONAL = ['response_format', 'logprobs', 'top_logprobs', 'seed', 'temperature'] as const

/** Models behind an address that speaks OpenAI's dialect, such as a gateway of Signalbox. */
export function openaiModels(options: Options): Pick<EvaluatorEnv, 'complete' | 'embed' | 'embedTokens'> {
  const refused = new Set<string>()
  return {
    complete: (request) => complete(options, request, refused),
    embed: async (texts, { model = options.embeddingModel, signal }) => {
      if (model === undefined) throw new Error('Which embedding model? Say it with --embedding-model or SIGNALBOX_JUDGE_EMBEDDING_MODEL.')
      const { body } = await post(options, 'embeddings', { model, input: texts }, signal)
      const { data } = body as { data?: { index: number; embedding: number[] }[] }
      if (data?.length !== texts.length)
        throw new Error(`The embedding model answered ${data?.length ?? 0} vectors for ${texts.length} texts.`)
      return data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding)
    },
    // Not OpenAI's: text-embeddings-inference has it beside its /v1.
    embedTokens: async (inputs, { signal }) => {
      const root = { ...options, baseUrl: options.baseUrl.replace(/\/v1\/*$/, '') }
      const { body } = await post(root, 'embed_all', { inputs }, signal)
      if (!Array.isArray(body) || body.length !== inputs.length) throw new Error('POST /embed_all answered no list of vectors per text.')
      return body as number[][][]
    },
  }
}

async function complete(options: Options, request: JudgeRequest, refused: Set<string>): Promise<JudgeAnswer> {
  const model = request.model ?? options.model
  if (model === undefined) throw new Error('Which model judges? Say it with --model or SIGNALBOX_JUDGE_MODEL.')
  const whole: Record<string, unknown> = {
    model,
    messages: request.messages,
    temperature: request.temperature,
    max_tokens: request.maxTokens,
    seed: request.seed,
    ...(request.schema ? { response_format: { type: 'json_schema', json_schema: { ...request.schema, strict: true } } } : {}),
    ...(request.topLogprobs ? { logprobs: true, top_logprobs: request.topLogprobs } : {}),
  }
  for (const name of refused) delete whole[name]
  const { body, headers } = await post(options, 'chat/completions', whole, request.signal).catch((error) => {
    const named = OPTIONAL.filter((name) => name in whole && whole[name] !== undefined && error instanceof Refused && error.names(name))
    if (named.length === 0) throw error
    for (const name of named) {
      refused.add(name)
      delete whole[name]
    }
    return post(options, 'chat/completions', whole, request.signal)
  })
  const { model: answered, choices, usage } = body as Completion
  const choice = choices?.[0]
  const text = choice?.message?.content
  if (typeof text !== 'string')
    throw new Error(choice?.message?.refusal ? `The judge refused: ${choice.message.refusal}` : 'The judge said nothing.')
  const cost = Number(headers.get('x-signalbox-cost') ?? Number.NaN)
  return {
    text,
    model: answered,
    logprobs: choice?.logprobs?.content?.map(
      ({ token, logprob, top_logprobs = [] }): TokenLogprob => ({ token, logprob, top: top_logprobs }),
    ),
    usage: {
      inputTokens: usage?.prompt_tokens ?? 0,
      outputTokens: usage?.completion_tokens ?? 0,
      costUsd: Number.isFinite(cost) ? cost : null,
    },
  }
}

class Refused extends Error {
  readonly status: number
  readonly said: string
  constructor(status: number, said: string) {
    super(`The judge's address answered ${status}: ${said.slice(0, 300)}`)
    this.status = status
    this.said = said
  }
  names(field: string): boolean {
    return (this.status === 400 || this.status === 422) && this.said.includes(field)
  }
}

async function post(
  { baseUrl, key, fetch = globalThis.fetch, timeoutMs = 120_000 }: Options,
  path: string,
  body: Record<string, unknown>,
  signal?: AbortSignal | undefined,
): Promise<{ body: unknown; headers: Headers }> {
  for (let tried = 1; ; tried++) {
    const limit = AbortSignal.timeout(timeoutMs)
    const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      body: JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    }).catch((error: Error) => error)
    if (response instanceof Error) {
      if (tried >= TRIES || signal?.aborted) throw new Error(`${baseUrl} cannot be reached: ${causeOf(response)}`)
    } else if (response.ok) return { body: await response.json(), headers: response.headers }
    else if (tried >= TRIES || !PASSING.has(response.status)) throw new Refused(response.status, await response.text())
    const asked = response instanceof Error ? Number.NaN : Number(response.headers.get('retry-after') ?? Number.NaN)
    await wait(Number.isFinite(asked) ? Math.min(asked, 60) * 1000 : 250 * 2 ** tried, undefined, signal ? { signal } : {})
  }
}

const causeOf = (error: Error): string => (error.cause instanceof Error ? error.cause.message : error.message)
