import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema/errors'
import type { EvalFile } from '@signalbox/schema/experiment'
import type { EvalTaskOptions, HttpTasks } from '../experiments/http-task.ts'
import { type Task, type TaskAnswer, TaskError } from '../experiments/plan.ts'
import { openInProcess, type Spoken, SpokenFault } from '../providers/simulator/in-process.ts'

/**
 * Who answers the calls of an evaluation that has no server: the simulator in this very process, a gateway, or the providers themselves. What
 * speaks over a network is loaded when it is first needed.
 */
export function createEvalTasks(options: EvalTaskOptions) {
  const loaded = new Map<string, Promise<HttpTasks>>()
  const http = (): Promise<HttpTasks> => {
    const known = loaded.get('http') ?? import('./eval-http.ts').then(({ createHttpTasks }) => createHttpTasks(options))
    loaded.set('http', known)
    return known
  }
  /** The task knows what it is before its code is loaded. */
  const later = (lane: string, identity: unknown, find: (tasks: HttpTasks) => Pick<Task, 'call'>): Task => {
    let found: Promise<Pick<Task, 'call'>> | undefined
    return {
      lane,
      identity,
      async call(request, signal) {
        found ??= http().then(find)
        return (await found).call(request, signal)
      },
    }
  }
  let speak: ReturnType<typeof openInProcess> | undefined
  const simulator = (model: string): Task => {
    speak ??= openInProcess()
    const ask = speak
    return {
      lane: 'simulator',
      identity: { simulator: model },
      call: (request, signal) => answerOf(() => ask({ model, ...request }), { signal, timeoutMs: options.limits.timeoutSeconds * 1000 }),
    }
  }

  return {
    model(name: string): Task {
      if (options.gateway)
        return later(options.gateway.baseUrl, { gateway: options.gateway.baseUrl, model: name }, (tasks) => tasks.gateway(name))
      const [provider = '', ...rest] = name.split('/')
      const model = rest.join('/')
      if (model === '')
        throw new AppError('invalid-request', `"${name}" does not say whose model it is.`, {
          hint: 'Write PROVIDER/MODEL, such as openai/gpt-4o or simulator/echo; aliases need a gateway: { baseUrl }.',
        })
      const declared = Object.hasOwn(options.providers, provider) ? options.providers[provider] : undefined
      if (provider === 'simulator' && !declared) return simulator(model)
      return later(provider, { provider, baseUrl: declared?.baseUrl ?? null, model }, (tasks) => tasks.provider(provider, model))
    },
    http: (task: NonNullable<EvalFile['task']>['http']): Task => {
      const { origin } = new URL(task.url)
      return later(origin, { http: task.url, method: task.method }, (tasks) => tasks.http(task))
    },
    /** A model at an address of its own, as other tools' files name them. */
    at: (place: { baseUrl: string; apiKey: string | undefined; model: string; dialect: 'openai' | 'anthropic' }): Task =>
      later(place.baseUrl, { baseUrl: place.baseUrl, model: place.model, dialect: place.dialect }, (tasks) => tasks.at(place)),
    simulator,
    embed: async (texts: string[], model: string, signal: AbortSignal): Promise<number[][]> => (await http()).embed(texts, model, signal),
    close: async (): Promise<void> => (await loaded.get('http'))?.close(),
  }
}
export type EvalTasks = ReturnType<typeof createEvalTasks>

function answerOf(ask: () => Spoken, { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number }): TaskAnswer | Promise<TaskAnswer> {
  try {
    const spoken = ask()
    return spoken.afterMs === 0 ? taskAnswer(spoken) : waited(spoken.afterMs, { signal, timeoutMs }).then(() => taskAnswer(spoken))
  } catch (error) {
    if (!(error instanceof SpokenFault)) throw error
    const failure = failureOf(error)
    if (error.hangs) return waited(Number.POSITIVE_INFINITY, { signal, timeoutMs }).then(() => Promise.reject(failure))
    if (error.afterMs === 0) throw failure
    return waited(error.afterMs, { signal, timeoutMs }).then(() => Promise.reject(failure))
  }
}

async function waited(ms: number, { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number }): Promise<void> {
  await sleep(Math.min(ms, timeoutMs), undefined, { signal })
  if (ms > timeoutMs) throw new TaskError({ kind: 'timeout', message: `No answer within ${timeoutMs / 1000} s.` })
}

function failureOf({ message, status, retryAfterMs }: SpokenFault): TaskError {
  const kind =
    status === undefined || (status >= 500 && status !== 503 && status !== 529) ? 'temporary' : OVERLOAD.has(status) ? 'overload' : 'final'
  return new TaskError({
    kind,
    message: status === undefined ? message : `${status}: ${message}`,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  })
}
const OVERLOAD = new Set([429, 503, 529])

const FINISH = { stop: 'stop', length: 'length', tools: 'tool_calls' } as const

function taskAnswer({ text, calls, finish, usage, costUsd, logprobs, afterMs }: Spoken): TaskAnswer {
  const output =
    calls.length === 0
      ? text
      : {
          role: 'assistant',
          content: text === '' ? null : text,
          tool_calls: calls.map((call, index) => ({ id: `call_${index}`, type: 'function', function: call })),
        }
  return {
    output,
    costUsd,
    ms: afterMs,
    finishReason: FINISH[finish],
    ...(usage && { usage: { inputTokens: usage.input, outputTokens: usage.output } }),
    ...(logprobs && { logprobs: logprobs.map(({ token, logprob, top_logprobs }) => ({ token, logprob, top: top_logprobs })) }),
  }
}
