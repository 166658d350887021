import type { Strategy } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { LoadedConfig } from './load.ts'
import { isBuiltIn } from './models.ts'

/** Answers what is configured for the project of the caller. Keys of providers never leave this file. */
export function configHandlers(deps: { config(): LoadedConfig; simulatorUrl?(): string }): HandlersOf<'providers' | 'models'> {
  const projectOf = (id: string) => deps.config().projects[id] ?? deps.config().base
  return {
    'providers.list': async (_input, { caller }) => ({
      providers: Object.values(projectOf(caller.projectId).providers).map(({ name, kind, baseUrl, from, problem, apiKey }) => ({
        name,
        kind,
        baseUrl: baseUrl || (deps.simulatorUrl?.() ?? ''),
        from,
        configured: problem === null,
        problem,
        hasKey: apiKey !== null,
      })),
    }),
    'models.list': async (_input, { caller }) => {
      const { models, providers } = projectOf(caller.projectId)
      return {
        models: Object.entries(models).map(([name, model]) => ({
          name,
          strategy: model.strategy as Strategy,
          targets: model.targets.map((target) => {
            const problem = providers[target.provider]?.problem ?? null
            return { ...target, usable: problem === null, problem }
          }),
          from: isBuiltIn(name) ? ('built-in' as const) : ('file' as const),
        })),
      }
    },
  }
}
