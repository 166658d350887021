import { AppError, type Model, ModelEntry, type ShownSplit, Split } from '@signalbox/schema'
import type { z } from 'zod'
import type { HandlersOf } from '../lib/handlers.ts'
import { own } from '../lib/own.ts'
import { asSentence, type EntryProblem, findProblems, type ProjectEntries } from './find-problems.ts'
import type { LoadedConfig } from './load.ts'
import type { createProjectProviders } from './project-providers.ts'
import { type createProjectRoutes, modelOwner, type ProjectRoutes, splitOwner } from './project-routes.ts'
import type { StoredEntries } from './stored-entries.ts'

export type RouteRooms = {
  config(): LoadedConfig
  providers: Pick<ReturnType<typeof createProjectProviders>, 'of'>
  routes: Pick<ReturnType<typeof createProjectRoutes>, 'of'>
  storedModels: StoredEntries<'model'>
  storedSplits: StoredEntries<'split'>
}

/** What can be asked for in the project of the caller, and how its calls are divided. What stands in the file is changed there. */
export function routeHandlers({
  config,
  providers,
  routes,
  storedModels,
  storedSplits,
}: RouteRooms): Omit<HandlersOf<'models' | 'splits'>, 'models.simulate' | 'models.dryRun' | 'models.health'> {
  const declaredOf = (projectId: string) => config().projects[projectId] ?? config().base
  const stateOf = async (projectId: string): Promise<State> => {
    const [{ providers: usable }, found] = await Promise.all([providers.of(projectId), routes.of(projectId)])
    const { budgets } = declaredOf(projectId)
    const entries: ProjectEntries = { providers: usable, models: found.models, splits: found.splits, budgets }
    return { ...found, entries, problems: findProblems(entries, { complete: true }) }
  }
  const listModels = async (projectId: string): Promise<Model[]> => {
    const state = await stateOf(projectId)
    const declared = declaredOf(projectId).models
    const own = Object.entries(declared).map(([name, entry]) =>
      shownModel(name, { entry, from: modelOwner(declaredOf(projectId), name) ?? 'file', state }),
    )
    const added = state.storedModels.map(({ name, value, problem }) =>
      shownModel(name, { entry: value, from: 'project', state, problem, hidden: Object.hasOwn(declared, name) }),
    )
    return [...own, ...added]
  }
  const listSplits = async (projectId: string): Promise<ShownSplit[]> => {
    const state = await stateOf(projectId)
    const declared = declaredOf(projectId).splits
    return [
      ...declared.map((split) => shownSplit(split, { from: 'file', state })),
      ...state.storedSplits.map(({ name, value, problem }) =>
        value
          ? shownSplit(value, { from: 'project', state, hidden: declared.some((split) => split.name === name) })
          : { name, kind: 'weights' as const, model: '', active: false, from: 'project' as const, hidden: false, problem, warnings: [] },
      ),
    ]
  }
  const added = <T extends { name: string; from: string }>(list: T[], name: string): T => {
    const found = list.find((entry) => entry.name === name && entry.from === 'project')
    if (!found) throw new AppError('not-found', `There is no ${name} in this project.`)
    return found
  }
  /** What stands elsewhere is not changed here, unless something of the same name was added before. */
  const assertAdded = async (stored: { of(projectId: string): Promise<{ name: string }[]> }, named: Named, owner: Owner | undefined) => {
    if (owner && !(await stored.of(named.projectId)).some(({ name }) => name === named.name)) throw readOnly(named.name, owner)
  }
  /** Refuses what cannot work once it is among what the project has. */
  const assertModel = async ({ projectId, name }: Named, entry: ModelEntry) => {
    const { entries } = await stateOf(projectId)
    refuse(
      findProblems({ ...entries, models: { [name]: entry }, otherModels: entries.models, splits: [], budgets: [] }, { complete: true }),
      2,
    )
  }
  const assertSplit = async (projectId: string, split: Split) => {
    const { entries } = await stateOf(projectId)
    refuse(findProblems({ ...entries, models: {}, otherModels: entries.models, splits: [split], budgets: [] }, { complete: true }), 2)
  }

  return {
    'models.list': async (_input, { caller }) => ({ models: await listModels(caller.projectId) }),
    'models.create': async ({ name, ...entry }, { caller: { projectId } }) => {
      const owner = modelOwner(declaredOf(projectId), name)
      if (owner) throw taken(name, owner, 'an alias')
      await assertModel({ projectId, name }, entry)
      await storedModels.create({ projectId, name }, entry)
      return added(await listModels(projectId), name)
    },
    'models.change': async ({ name, ...change }, { caller: { projectId } }) => {
      await assertAdded(storedModels, { projectId, name }, modelOwner(declaredOf(projectId), name))
      await storedModels.change({ projectId, name }, (before) => changed(ModelEntry, { ...before, ...change }))
      return added(await listModels(projectId), name)
    },
    'models.remove': async ({ name }, { caller: { projectId } }) => {
      await assertAdded(storedModels, { projectId, name }, modelOwner(declaredOf(projectId), name))
      await storedModels.remove({ projectId, name })
      return { ok: true }
    },
    'splits.list': async (_input, { caller }) => ({ splits: await listSplits(caller.projectId) }),
    'splits.create': async (input, { caller: { projectId } }) => {
      const { name } = input
      const owner = splitOwner(declaredOf(projectId), name)
      if (owner) throw taken(name, owner, 'a split')
      const split = changed(Split, input)
      await assertSplit(projectId, split)
      await storedSplits.create({ projectId, name }, split)
      return added(await listSplits(projectId), name)
    },
    'splits.change': async ({ name, ...change }, { caller: { projectId } }) => {
      await assertAdded(storedSplits, { projectId, name }, splitOwner(declaredOf(projectId), name))
      const before = (await storedSplits.of(projectId)).find((split) => split.name === name)
      if (before?.value) await assertSplit(projectId, changed(Split, { ...before.value, ...change }))
      await storedSplits.change({ projectId, name }, (found) => changed(Split, { name, ...found, ...change }))
      return added(await listSplits(projectId), name)
    },
    'splits.remove': async ({ name }, { caller: { projectId } }) => {
      await assertAdded(storedSplits, { projectId, name }, splitOwner(declaredOf(projectId), name))
      await storedSplits.remove({ projectId, name })
      return { ok: true }
    },
  }
}

type Named = { projectId: string; name: string }
type Owner = 'file' | 'built-in'
type State = ProjectRoutes & { entries: ProjectEntries; problems: EntryProblem[] }

function shownModel(
  name: string,
  found: { entry: ModelEntry | undefined; from: Model['from']; state: State; problem?: string | null; hidden?: boolean },
): Model {
  const { entry, from, state, problem = null, hidden = false } = found
  const { strategy, targets, ...rest } = entry ?? { strategy: 'fallback' as const, targets: [] }
  return {
    ...rest,
    name,
    strategy,
    targets: targets.map((target) => {
      const provider = own(state.entries.providers, target.provider)
      const wrong = provider ? provider.problem : 'no such provider'
      return { ...target, usable: wrong === null, problem: wrong }
    }),
    from,
    hidden,
    problem,
    warnings: hidden ? [] : sentences(state.problems, ['models', name]),
  }
}

function shownSplit(
  split: Split,
  { from, state, hidden = false }: { from: ShownSplit['from']; state: State; hidden?: boolean },
): ShownSplit {
  const index = state.entries.splits.indexOf(split)
  return { ...split, from, hidden, problem: null, warnings: hidden ? [] : sentences(state.problems, ['splits', index]) }
}

const sentences = (problems: readonly EntryProblem[], [section, key]: readonly [string, string | number]): string[] =>
  problems.filter(({ path }) => path[0] === section && path[1] === key).map(({ path, message }) => asSentence(path.slice(2), message))

/** What was sent over what was there: `null` takes away. Throws `invalid-request` where it does not fit together. */
function changed<T extends z.ZodType>(schema: T, value: Record<string, unknown>): z.output<T> {
  const given = Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null && entry !== undefined))
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => (path.length > 0 ? `\`${path.join('.')}\`: ${message}` : message))
  throw new AppError('invalid-request', problems.join('; '), { data: { param: String(parsed.error.issues[0]?.path[0] ?? '') } })
}

function refuse(problems: readonly EntryProblem[], depth: number): void {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (!first) return
  throw new AppError('invalid-request', errors.map(({ path, message }) => asSentence(path.slice(depth), message)).join(' '), {
    data: { param: String(first.path[depth] ?? '') },
  })
}

const taken = (name: string, owner: Owner, what: string) =>
  new AppError(
    'conflict',
    `The name ${name} is taken: ${owner === 'file' ? `signalbox.yaml has ${what} of this name` : 'it is built in'}.`,
    {
      hint: 'Choose another name.',
    },
  )

const readOnly = (name: string, owner: Owner) =>
  owner === 'file'
    ? new AppError('conflict', `${name} stands in signalbox.yaml, and is read-only here.`, {
        hint: 'Change it in the file; it is read again at once. Or use "signalbox config apply".',
      })
    : new AppError('conflict', `${name} is built in, and cannot be changed.`, { hint: 'Add an alias of another name.' })
