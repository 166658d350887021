import { AppError, type Provider, type ProviderTest, type SnapshotProvider } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { createProjectProviders, ProjectProviders } from './project-providers.ts'
import { keyCountOf } from './stored-provider.ts'
import type { StoredProviders } from './stored-providers.ts'

export type ProviderRooms = {
  providers: ReturnType<typeof createProjectProviders>
  stored: Pick<StoredProviders, 'create' | 'change' | 'remove'>
  simulatorUrl?(): string
  test(provider: SnapshotProvider): Promise<ProviderTest>
}

/** What is configured for the project of the caller, and the providers that can be changed here. Their keys never leave this file. */
export function providerHandlers({ providers, stored, simulatorUrl, test }: ProviderRooms): HandlersOf<'providers'> {
  const list = (found: ProjectProviders): Provider[] =>
    Object.keys(found.providers).map((name) => shown(name, found, simulatorUrl?.() ?? ''))
  const one = async (projectId: string, name: string): Promise<Provider> => {
    const found = await providers.of(projectId)
    if (!Object.hasOwn(found.providers, name)) throw new AppError('not-found', `There is no provider ${name} in this project.`)
    return shown(name, found, simulatorUrl?.() ?? '')
  }
  return {
    'providers.list': async (_input, { caller }) => ({ providers: list(await providers.of(caller.projectId)) }),
    'providers.create': async (input, { caller }) => {
      await stored.create(caller.projectId, input)
      return await one(caller.projectId, input.name)
    },
    'providers.change': async ({ name, ...change }, { caller }) => {
      await stored.change({ projectId: caller.projectId, name }, change)
      return await one(caller.projectId, name)
    },
    'providers.remove': async ({ name }, { caller }) => {
      await stored.remove({ projectId: caller.projectId, name })
      return { ok: true }
    },
    'providers.test': async ({ name }, { caller }) => {
      const { providers: found } = await providers.of(caller.projectId)
      const provider = Object.hasOwn(found, name) ? found[name] : undefined
      if (!provider) throw new AppError('not-found', `There is no provider ${name} in this project.`)
      const baseUrl = provider.baseUrl || (provider.kind === 'simulator' ? (simulatorUrl?.() ?? '') : '')
      // It is part of this program and opens with the first call.
      if (provider.kind === 'simulator' && baseUrl === '') return { ok: true, milliseconds: 0, models: null, problem: null }
      return await test({ ...provider, baseUrl })
    },
  }
}

const SECRET_OPTIONS = ['secretAccessKey', 'sessionToken']

function shown(name: string, { providers, stored }: ProjectProviders, simulatorUrl: string): Provider {
  const provider = providers[name]
  if (!provider) throw new AppError('not-found', `There is no provider ${name} in this project.`)
  const { kind, baseUrl, from, problem, apiKey, moreKeys = [], headers, settings = {} } = provider
  const added = from === 'project' ? stored[name] : undefined
  return {
    name,
    kind,
    baseUrl: baseUrl || (kind === 'simulator' ? simulatorUrl : ''),
    from,
    configured: problem === null,
    problem,
    hasKey: added?.hasKey ?? apiKey !== null,
    keyCount: added ? keyCountOf(added) : Number(apiKey !== null) + moreKeys.length,
    keyHint: added?.keyHint ?? null,
    headerNames: added?.headerNames ?? Object.keys(headers),
    options: Object.fromEntries(Object.entries(settings).filter(([option]) => !SECRET_OPTIONS.includes(option))),
    hides: from !== 'project' && Object.hasOwn(stored, name),
  }
}
