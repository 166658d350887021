import type { EvalFile } from '@signalbox/schema/experiment'
import type { Task } from './plan.ts'

/** What of a file says who may be asked. */
export type EvalTaskOptions = Pick<EvalFile, 'providers' | 'prices' | 'gateway' | 'limits'> & {
  variables: Record<string, string | undefined>
  /** Only public addresses may be reached: of what people wrote into a server. */
  publicOnly?: boolean
}

type Callable = Pick<Task, 'call'>

/** Tasks that speak over a network. `app` makes them: it knows the providers and their dialects. */
export type HttpTasks = {
  gateway(model: string): Callable
  provider(name: string, model: string): Callable
  at(place: { baseUrl: string; apiKey: string | undefined; model: string; dialect: 'openai' | 'anthropic' }): Callable
  http(task: NonNullable<EvalFile['task']>['http']): Callable
  embed(texts: string[], model: string, signal: AbortSignal): Promise<number[][]>
  close(): Promise<void>
}
