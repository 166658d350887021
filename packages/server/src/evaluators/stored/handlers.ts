import { AppError, allows, type Caller } from '@signalbox/schema'
import { assertPublicHost, PrivateAddressError } from '../../lib/guarded-connect.ts'
import type { HandlersOf } from '../../lib/handlers.ts'
import { evaluatorCatalog } from '../catalog.ts'
import { prepareScorer } from '../registry.ts'
import type { StoredEvaluators } from './stored-evaluators.ts'
import { type TryRooms, tryEvaluator } from './try-evaluator.ts'

export type EvaluatorRooms = TryRooms & {
  stored: StoredEvaluators
  /** Whether services of the project may be at private addresses. */
  allowsPrivate(projectId: string): Promise<boolean>
}

/** Evaluators: those that are built in, those that a project keeps, and the bench to try one. */
export function evaluatorHandlers(rooms: EvaluatorRooms): HandlersOf<'evaluators'> {
  const { stored } = rooms

  /** Refuses what cannot run here, before it is kept or tried. */
  const check = async (caller: Caller, evaluator: string, params: Record<string, unknown>): Promise<void> => {
    if (evaluator === 'sql' && !allows(caller.permissions, 'sql:read'))
      throw new AppError('permission-denied', 'SQL over spans takes `sql:read`.', {
        hint: 'Ask an owner for it, or choose another evaluator.',
      })
    const scorer = await prepareScorer(evaluator, params)
    await scorer.close()
    if (evaluator !== 'http' || (await rooms.allowsPrivate(caller.projectId))) return
    const { hostname } = new URL(String(params.url))
    await assertPublicHost(hostname).catch((error: unknown) => {
      if (!(error instanceof PrivateAddressError)) throw error
      throw new AppError('invalid-request', `\`params.url\`: ${hostname} leads to a private address, to which nothing is sent.`, {
        hint: 'Let an owner allow private addresses in the settings of the project.',
      })
    })
  }

  return {
    'evaluators.builtin': async () => ({ evaluators: await evaluatorCatalog() }),
    'evaluators.list': (wanted, { caller }) => stored.list(caller.projectId, wanted),
    'evaluators.get': ({ name, version }, { caller }) => stored.get(caller.projectId, name, version),
    'evaluators.put': (wanted, { caller }) =>
      stored.put({ projectId: caller.projectId, by: caller.userId ?? caller.keyId ?? '' }, wanted, (params) =>
        check(caller, wanted.evaluator, params),
      ),
    'evaluators.change': (wanted, { caller }) => stored.change(caller.projectId, wanted),
    'evaluators.versions': (wanted, { caller }) => stored.versions(caller.projectId, wanted),
    'evaluators.try': async ({ evaluator: id, params: given, stored: name, version, ...wanted }, { caller }) => {
      if (id === undefined && name === undefined)
        throw new AppError('invalid-request', 'Which evaluator?', {
          hint: 'Send `evaluator` with `params`, or the name of one that is kept as `stored`.',
        })
      const kept = id === undefined && name !== undefined ? await stored.resolve(caller.projectId, name, version) : undefined
      const evaluator = kept?.evaluator ?? id ?? ''
      const params = kept?.params ?? (await stored.completed(caller.projectId, name, given))
      await check(caller, evaluator, params)
      return await tryEvaluator(rooms, caller, { evaluator, params, ...wanted })
    },
  }
}
