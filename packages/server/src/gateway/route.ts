import { AppError, type SnapshotProject, type SnapshotProvider } from '@signalbox/schema'
import { own } from '../lib/own.ts'
import type { Candidate } from './routing/router.ts'

/**
 * From a name that is no alias to its target: `provider/model`, else the name as the vendor knows it whose models are called so
 * (`claude-…`, `gemini-…`), or the `openai` provider. Throws `model-not-found` or `provider-not-configured`.
 */
export function directTarget(project: SnapshotProject, name: string): Candidate {
  const slash = name.indexOf('/')
  const named = slash > 0 ? own(project.providers, name.slice(0, slash)) : undefined
  if (named) return usable(named, name.slice(slash + 1))
  const vendor = slash === -1 && !name.startsWith('prompt:') ? vendorOf(project, name) : undefined
  if (vendor) return usable(vendor, name)
  throw new AppError(
    'model-not-found',
    `The model ${JSON.stringify(name)} does not exist: it is no alias of this project, and no provider/model.`,
    {
      ...(name.startsWith('prompt:') && {
        hint: 'A prompt can be called with the dialects of chat: chat completions, Responses, Messages, generateContent.',
      }),
      data: { param: 'model' },
    },
  )
}

/**
 * Where a request goes that names no model: to the provider that is `named`, else to the one whose name stands before the `id`
 * (`openai/file-abc`), else to the first that can be used of those that speak OpenAI's dialect, the simulator last. With the id as the provider knows it.
 */
export function routeWithoutModel(
  project: SnapshotProject,
  { named, id = '', speaks }: { named: string | undefined; id?: string | undefined; speaks(provider: SnapshotProvider): boolean },
): Candidate & { id: string } {
  const slash = id.indexOf('/')
  const prefix = slash > 0 ? id.slice(0, slash) : undefined
  const before = prefix === undefined ? undefined : own(project.providers, prefix)
  if (named !== undefined && named !== '') {
    const provider = own(project.providers, named)
    if (!provider)
      throw new AppError('provider-not-configured', `The provider ${JSON.stringify(named)} of x-signalbox-provider does not exist.`)
    return { ...usable(provider, ''), id: before === provider ? id.slice(slash + 1) : id }
  }
  if (before) return { ...usable(before, ''), id: id.slice(slash + 1) }
  const able = Object.values(project.providers).filter((provider) => provider.problem === null && speaks(provider))
  const first = able.find(({ kind }) => kind !== 'simulator') ?? able[0]
  if (!first)
    throw new AppError('provider-not-configured', 'No provider that speaks the dialect of OpenAI can be used.', {
      hint: 'Configure one, or name one in the header x-signalbox-provider.',
    })
  return { ...usable(first, ''), id }
}

/** Bare names → the provider of that name, where there is one. */
const VENDORS: readonly (readonly [pattern: RegExp, provider: string])[] = [
  [/^claude-/, 'anthropic'],
  [/^gemini-/, 'google'],
]

function vendorOf(project: SnapshotProject, name: string): SnapshotProvider | undefined {
  const provider = VENDORS.find(([pattern]) => pattern.test(name))?.[1]
  return (provider && own(project.providers, provider)) || own(project.providers, 'openai')
}

function usable(provider: SnapshotProvider, model: string): Candidate {
  if (provider.problem !== null)
    throw new AppError('provider-not-configured', `The provider ${provider.name} cannot be used: ${provider.problem}.`)
  return { provider, model }
}
