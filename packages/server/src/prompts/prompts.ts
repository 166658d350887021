import type { Caller, PromptTarget, PromptVersion } from '@signalbox/schema'
import { AppError } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import { approve, commentOn, getApproval, listApprovals, reject, requestMove } from './approvals.ts'
import { checkTemplates } from './check-templates.ts'
import { changesBetween } from './diff.ts'
import { listEvents } from './events.ts'
import { moveLabel, removeLabel, rollBack } from './labels.ts'
import { listPrompts } from './list.ts'
import { pinVersion } from './pins.ts'
import { listProtections, protect, unprotect } from './protections.ts'
import { listVersions, readVersion, shownVersion } from './read.ts'
import { changePrompt, removePrompt, removeVersion } from './remove.ts'
import { getPrompt, toLabel, toRow } from './rows.ts'
import { createPromptSnapshots } from './snapshot.ts'
import { allUsesOf } from './used-by.ts'
import { saveVersion } from './versions.ts'
import { createTry, createWrite, type PromptDeps } from './writing.ts'

type Deps = PromptDeps & { warn: (details: object, what: string) => void }
type Shared = 'prompts.usage' | 'prompts.impact' | 'prompts.preview' | 'prompts.drift' | 'prompts.dismissDrift'

/** The room of prompts: what is kept in the database. */
export function createPrompts(deps: Deps) {
  const { sql, examples } = deps
  const write = createWrite(deps)
  const labelOf = async ({ projectId }: Caller, name: string, label: string) => {
    const found = (await getPrompt(sql, projectId, name)).labels.find((one) => one.label === label)
    if (!found) throw new AppError('conflict', `The label ${label} was taken away meanwhile.`)
    return toLabel(found)
  }
  const rowOf = async ({ projectId }: Caller, name: string) => toRow(await getPrompt(sql, projectId, name))

  const handlers: Omit<HandlersOf<'prompts'>, Shared> = {
    'prompts.list': (wanted, { caller }) => listPrompts(sql, caller.projectId, wanted),
    'prompts.get': ({ name, ...which }, { caller }) => shownVersion(sql, caller.projectId, name, which, examples),
    'prompts.create': async (wanted, { caller }) => {
      const { version, created } = await write(caller, (writing) => saveVersion(writing, { ...wanted, check: checkTemplates }))
      return { ...(await shownVersion(sql, caller.projectId, wanted.name, { version }, examples)), created }
    },
    'prompts.change': async ({ name, ...change }, { caller }) => {
      await write(caller, (writing) => changePrompt(writing, name, change))
      return await rowOf(caller, name)
    },
    'prompts.remove': async ({ name, version }, { caller }) => {
      await write(caller, (writing) => (version === undefined ? removePrompt(writing, name) : removeVersion(writing, name, version)))
      return { ok: true }
    },
    'prompts.versions': (wanted, { caller }) => listVersions(sql, caller.projectId, wanted),
    'prompts.diff': async ({ name, from, to }, { caller }) => {
      const [before, after] = await Promise.all(
        [from, to].map((version) => shownVersion(sql, caller.projectId, name, { version })) as [
          Promise<PromptVersion>,
          Promise<PromptVersion>,
        ],
      )
      return { from: before, to: after, changes: changesBetween(before.content, after.content) }
    },
    'prompts.usedBy': async ({ name, version, label }, { caller: { projectId } }) => {
      if (version === undefined && label === undefined) {
        await getPrompt(sql, projectId, name)
        return { uses: await allUsesOf(sql, projectId, name) }
      }
      const wanted = (await readVersion(sql, projectId, name, { version, label })).version
      return { uses: await allUsesOf(sql, projectId, name, (found) => found === wanted) }
    },
    'prompts.labels': async ({ name }, { caller }) => {
      const { labels, latestVersion } = await rowOf(caller, name)
      return { labels, latestVersion }
    },
    'prompts.setLabel': async ({ name, label, why, version, split, expected, expectedRevision }, { caller }) => {
      await write(caller, (writing) =>
        moveLabel(writing, { name, label, why, to: toTarget({ version, split }), expected, expectedRevision }),
      )
      return await labelOf(caller, name, label)
    },
    'prompts.removeLabel': async (wanted, { caller }) => {
      await write(caller, (writing) => removeLabel(writing, wanted))
      return { ok: true }
    },
    'prompts.rollback': async (wanted, { caller }) => {
      await write(caller, (writing) => rollBack(writing, wanted))
      return await labelOf(caller, wanted.name, wanted.label)
    },
    'prompts.events': (wanted, { caller }) => listEvents(sql, caller.projectId, wanted),
    'prompts.approvals': (wanted, { caller }) => listApprovals(sql, caller, wanted),
    'prompts.approval': ({ id }, { caller }) => getApproval(sql, caller, id),
    'prompts.requestApproval': async ({ name, label, why, version, split }, { caller }) => {
      const id = await write(caller, (writing) => requestMove(writing, { name, label, why, to: toTarget({ version, split }) }))
      return await getApproval(sql, caller, id)
    },
    'prompts.approve': async ({ id, comment }, { caller }) => {
      await write(caller, (writing) => approve(writing, id, comment))
      return await getApproval(sql, caller, id)
    },
    'prompts.reject': async ({ id, comment }, { caller }) => {
      await write(caller, (writing) => reject(writing, id, comment))
      return await getApproval(sql, caller, id)
    },
    'prompts.comment': async ({ id, text }, { caller }) => {
      await write(caller, (writing) => commentOn(writing, id, text))
      return await getApproval(sql, caller, id)
    },
    'prompts.protections': async (_, { caller }) => ({ protections: await listProtections(sql, caller.projectId) }),
    'prompts.protect': async (wanted, { caller }) => {
      await write(caller, (writing) => protect(writing, wanted))
      return { label: wanted.label, needs: wanted.needs }
    },
    'prompts.unprotect': async (wanted, { caller }) => {
      await write(caller, (writing) => unprotect(writing, wanted))
      return { ok: true }
    },
  }
  const snapshots = createPromptSnapshots(deps)
  return {
    handlers,
    write,
    attempt: createTry(deps),
    ofAll: snapshots.ofAll,
    /** A version that a gateway was asked for by its number. From then on every edge is given it; null where there is none. */
    async versionForEdges({ projectId, name, version }: { projectId: string; name: string; version: number }) {
      if (!(await pinVersion(sql, projectId, { name, version }))) return null
      void Promise.resolve(deps.changed()).catch((err: unknown) => deps.warn({ err }, 'edges could not be told of a version'))
      return (await snapshots.ofPrompt(projectId, name))?.versions[version] ?? null
    },
    /** Tells edges where datasets that prompts show rows of are not what they were. */
    async followExamples() {
      if (await snapshots.hasOtherRows()) await deps.changed()
    },
  }
}
export type Prompts = ReturnType<typeof createPrompts>

/** The table lets exactly one of them through. */
export const toTarget = ({
  version,
  split,
}: {
  version?: number | undefined
  split?: { version: number; weight: number }[] | undefined
}): PromptTarget => (split ? { split } : { version: version as number })
