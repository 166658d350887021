import {
  AppError,
  allows,
  type Caller,
  type Dashboard,
  type DashboardRow,
  declaredDashboardId,
  type ShownDashboard,
} from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import { changesBetween } from './changes.ts'
import { KEPT_VERSIONS, type Stored, type StoredDashboards } from './stored.ts'

export type DashboardRooms = {
  stored: StoredDashboards
  /** Those of signalbox.yaml. */
  declared(projectId: string): readonly Dashboard[]
}

/**
 * Dashboards of a project. Those of the file are read there; the others belong to who made them, and once shared every editor may change
 * what they show. Only the owner, or who may change the project, takes one away from the others.
 */
export function dashboardHandlers({ stored, declared }: DashboardRooms): HandlersOf<'dashboards'> {
  const ofFile = (projectId: string, id: string): Dashboard | undefined =>
    declared(projectId).find(({ name }) => declaredDashboardId(name) === id)
  const refuseDeclared = ({ projectId }: Caller, id: string): void => {
    const found = ofFile(projectId, id)
    if (!found) return
    throw new AppError('conflict', `The dashboard "${found.name}" stands in signalbox.yaml.`, {
      hint: 'Change it there, or duplicate it and change the copy.',
    })
  }
  const get = async (caller: Caller, id: string): Promise<ShownDashboard> => {
    const found = ofFile(caller.projectId, id)
    return found ? shownDeclared(found) : shown(await stored.get(seenBy(caller), id), caller)
  }
  /** Throws what is different now, where the version is not the one that the caller has read. */
  const assertRead = async (caller: Caller, id: string, now: Stored, expected: number): Promise<void> => {
    if (now.problem !== null) throw new AppError('conflict', now.problem, { hint: 'Make a new dashboard, and delete this one.' })
    if (now.version === expected) return
    const versions = await stored.versions(seenBy(caller), id)
    const read = versions.find(({ version }) => version === expected)
    const changes = read && read.problem === null ? changesBetween(read.dashboard, now.dashboard) : []
    const by = now.savedBy === null ? '' : ` by ${now.savedBy}`
    const what = changes.length > 0 ? `: ${changes.join('; ')}` : ''
    throw new AppError('conflict', `"${now.dashboard.name}" was changed${by} meanwhile${what}.`, {
      hint: `It is version ${now.version} now. Read it again and make your change there.`,
      data: { version: now.version, changedBy: now.savedBy, changedAt: now.updatedAt.toISOString(), changes },
    })
  }
  const freeName = async (caller: Caller, wanted: string): Promise<string> => {
    const names = new Set((await stored.list(seenBy(caller))).map(({ dashboard }) => dashboard.name.toLowerCase()))
    for (let count = 1; ; count++) {
      const end = count === 1 ? '' : ` ${count}`
      const name = `Copy of ${wanted}`.slice(0, 100 - end.length) + end
      if (!names.has(name.toLowerCase())) return name
    }
  }
  const save = async (caller: Caller, id: string, expected: number, next: (now: Stored) => { dashboard?: Dashboard; shared?: boolean }) => {
    refuseDeclared(caller, id)
    // Looked at once more under the lock: in between somebody may have been quicker.
    await assertRead(caller, id, await stored.get(seenBy(caller), id), expected)
    try {
      return shown(
        await stored.change(seenBy(caller), id, (now) => {
          if (now.version !== expected) throw new Overtaken()
          return next(now)
        }),
        caller,
      )
    } catch (error) {
      if (error instanceof Overtaken) await assertRead(caller, id, await stored.get(seenBy(caller), id), expected)
      throw error
    }
  }

  return {
    'dashboards.list': async (_, { caller }) => ({
      dashboards: [
        ...declared(caller.projectId).map((dashboard) => toRow(shownDeclared(dashboard))),
        ...(await stored.list(seenBy(caller))).map((one) => toRow(shown(one, caller))),
      ],
    }),
    'dashboards.get': ({ id }, { caller }) => get(caller, id),
    'dashboards.create': async ({ dashboard, shared }, { caller }) => shown(await stored.create(seenBy(caller), dashboard, shared), caller),
    'dashboards.change': async ({ id, expectedVersion, dashboard, shared }, { caller }) =>
      save(caller, id, expectedVersion, (now) => {
        if (shared === false && now.shared && !mayTakeAway(now, caller)) throw ofSomebodyElse(now, 'unshare')
        return { ...(dashboard && { dashboard }), ...(shared !== undefined && { shared }) }
      }),
    'dashboards.remove': async ({ id }, { caller }) => {
      refuseDeclared(caller, id)
      const found = await stored.get(seenBy(caller), id)
      if (!mayTakeAway(found, caller)) throw ofSomebodyElse(found, 'delete')
      await stored.remove(seenBy(caller), id)
      return { ok: true }
    },
    'dashboards.duplicate': async ({ id, name, shared }, { caller }) => {
      const { dashboard, problem } = await get(caller, id)
      if (problem !== null) throw new AppError('conflict', problem, { hint: 'Make a new dashboard.' })
      const copy = { ...dashboard, name: name ?? (await freeName(caller, dashboard.name)) }
      return shown(await stored.create(seenBy(caller), copy, shared), caller)
    },
    'dashboards.history': async ({ id }, { caller }) => {
      if (ofFile(caller.projectId, id)) return { versions: [] }
      const versions = await stored.versions(seenBy(caller), id)
      return {
        versions: versions.map(({ version, dashboard, savedAt, savedBy, problem }, index) => {
          const before = versions[index + 1]
          const known = before !== undefined && before.problem === null && problem === null
          const changes = known ? changesBetween(before.dashboard, dashboard) : version === 1 ? ['made'] : []
          return { version, savedAt: savedAt.toISOString(), savedBy, changes }
        }),
      }
    },
    'dashboards.restore': async ({ id, version, expectedVersion }, { caller }) => {
      refuseDeclared(caller, id)
      const found = (await stored.versions(seenBy(caller), id)).find((one) => one.version === version)
      if (!found)
        throw new AppError('not-found', `There is no version ${version} of this dashboard any more.`, {
          hint: `The last ${KEPT_VERSIONS} are kept. List them with GET /api/v1/dashboards/{id}/versions.`,
        })
      if (found.problem !== null) throw new AppError('conflict', found.problem, { hint: 'Restore another version.' })
      return await save(caller, id, expectedVersion, () => ({ dashboard: found.dashboard }))
    },
  }
}

/** Between reading and writing somebody else saved. */
class Overtaken extends Error {}

/** An account keeps its dashboards whatever it comes with; a key has its own. */
const seenBy = ({ projectId, userId, keyId }: Caller) => ({ projectId, owner: userId ?? keyId ?? '' })

const isOwn = ({ owner }: Stored, caller: Caller): boolean => owner === seenBy(caller).owner
const mayTakeAway = (found: Stored, caller: Caller): boolean => isOwn(found, caller) || allows(caller.permissions, 'projects:write')
const ofSomebodyElse = ({ dashboard }: Stored, verb: string) =>
  new AppError('permission-denied', `The dashboard "${dashboard.name}" was made by somebody else: you may not ${verb} it.`, {
    hint: 'Ask who made it or an admin, or duplicate it.',
  })

const shown = (found: Stored, caller: Caller): ShownDashboard => ({
  id: found.id,
  from: 'project',
  shared: found.shared,
  own: isOwn(found, caller),
  mayChange: found.problem === null && allows(caller.permissions, 'dashboards:write'),
  version: found.version,
  savedBy: found.savedBy,
  createdAt: found.createdAt.toISOString(),
  updatedAt: found.updatedAt.toISOString(),
  dashboard: found.dashboard,
  problem: found.problem,
})

const shownDeclared = (dashboard: Dashboard): ShownDashboard => ({
  id: declaredDashboardId(dashboard.name),
  from: 'file',
  shared: true,
  own: false,
  mayChange: false,
  version: 1,
  savedBy: null,
  createdAt: null,
  updatedAt: null,
  dashboard,
  problem: null,
})

const toRow = ({ dashboard, problem: _, ...rest }: ShownDashboard): DashboardRow => ({
  ...rest,
  name: dashboard.name,
  description: dashboard.description,
  panelCount: dashboard.panels.length,
})
