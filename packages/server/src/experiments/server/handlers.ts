import { AppError, type Caller, type ExperimentDetail } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import { listBaselines, pin, unpin } from './baselines.ts'
import { compareExperiments } from './compare.ts'
import { createExperiment } from './create.ts'
import type { ExperimentDeps } from './deps.ts'
import { exportReport } from './export.ts'
import { listExperiments, trendOf } from './list.ts'
import { listRows } from './list-rows.ts'
import { listTests, testPrompt } from './prompt-tests.ts'
import type { Runner } from './runner.ts'
import { importRun, sendRows } from './send.ts'
import { getExperiment, iso, nameOf, planOfStored, toDetail } from './stored.ts'

/** Experiments of a project. */
export function experimentHandlers(deps: ExperimentDeps, runner: Pick<Runner, 'kick' | 'stop'>): HandlersOf<'experiments'> {
  const { sql, now = () => new Date() } = deps
  const detail = async ({ projectId }: Caller, id: string): Promise<ExperimentDetail> => toDetail(await getExperiment(sql, projectId, id))
  const begun = async (caller: Caller, id: string): Promise<ExperimentDetail> => {
    runner.kick()
    return detail(caller, id)
  }

  return {
    'experiments.list': (wanted, { caller }) => listExperiments(sql, caller.projectId, wanted),
    'experiments.create': async (wanted, { caller }) => begun(caller, await createExperiment(deps, caller, wanted)),
    'experiments.get': ({ id }, { caller }) => detail(caller, id),
    'experiments.remove': async ({ id }, { caller }) => {
      const { pinned } = await getExperiment(sql, caller.projectId, id)
      if (pinned.length > 0)
        throw new AppError('conflict', `It is the baseline of ${pinned.map(({ name }) => JSON.stringify(name)).join(', ')}.`, {
          hint: 'Pin another one, or take the baseline away with DELETE /api/v1/experiment-baselines/{name}.',
        })
      runner.stop(id)
      await sql.query('delete from experiments where project_id = $1 and id = $2', [caller.projectId, id])
      return { ok: true }
    },
    'experiments.stop': async ({ id, why }, { caller }) => {
      const experiment = await getExperiment(sql, caller.projectId, id)
      if (!['queued', 'running', 'paused'].includes(experiment.state))
        throw new AppError('conflict', `This experiment is ${experiment.state} already.`)
      await sql.query(
        `update experiments set state = 'stopped', why = $2, asked = asked + 1, work = false, finished_at = $3 where id = $1`,
        [id, why || 'Somebody stopped it.', now()],
      )
      runner.stop(id)
      return detail(caller, id)
    },
    'experiments.resume': async ({ id, retryErrors, costUsd }, { caller }) => {
      const experiment = await getExperiment(sql, caller.projectId, id)
      if (experiment.source !== 'server')
        throw new AppError('conflict', 'The rows of this experiment are not made by the server.', { hint: 'Send what is missing.' })
      if (['queued', 'running'].includes(experiment.state) || (experiment.state === 'done' && !retryErrors))
        throw new AppError('conflict', `This experiment is ${experiment.state}.`, {
          hint: experiment.state === 'done' ? 'With retryErrors: true what failed is asked again.' : 'Wait for it, or stop it first.',
        })
      const plan = planOfStored(experiment)
      const limits = plan.limits && costUsd !== undefined ? { ...plan.limits, costUsd } : plan.limits
      await sql.query(
        `update experiments set state = 'queued', why = null, work = true, asked = asked + 1, retry = $2, plan = $3, finished_at = null where id = $1`,
        [id, retryErrors, JSON.stringify({ ...plan, limits })],
      )
      return begun(caller, id)
    },
    'experiments.rows': (wanted, { caller }) => listRows(sql, caller.projectId, wanted),
    'experiments.send': async (wanted, { caller }) => {
      const sent = await sendRows(deps, caller, wanted)
      runner.kick()
      return sent
    },
    'experiments.import': (wanted, { caller }) => importRun(deps, caller, wanted),
    'experiments.compare': (wanted, { caller }) => compareExperiments(sql, caller.projectId, wanted),
    'experiments.trend': (wanted, { caller }) => trendOf(sql, caller.projectId, wanted),
    'experiments.export': (wanted, { caller }) => exportReport(sql, caller.projectId, { ...wanted, version: deps.version }),
    'experiments.pin': (wanted, { caller }) => pin(sql, caller, wanted, now()),
    'experiments.baselines': ({ name }, { caller }) => listBaselines(sql, caller.projectId, name),
    'experiments.unpin': async ({ name }, { caller }) => {
      await unpin(sql, caller.projectId, name)
      return { ok: true }
    },
    'experiments.testPrompt': async (wanted, { caller }) => begun(caller, await testPrompt(deps, caller, wanted)),
    'experiments.promptTests': (wanted, { caller }) => listTests(sql, caller.projectId, wanted),
    'experiments.promptGates': async (_, { caller }) => ({
      gates: (
        await sql.query<{ label: string; set_at: Date; by: string | null }>(
          `select label, set_at, ${nameOf('set_by')} as by from prompt_gates where project_id = $1 order by label`,
          [caller.projectId],
        )
      ).map(({ label, set_at, by }) => ({ label, setAt: iso(set_at), setBy: by })),
    }),
    'experiments.setPromptGate': async ({ label }, { caller }) => {
      const [row] = await sql.query<{ set_at: Date; by: string | null }>(
        `insert into prompt_gates (project_id, label, set_at, set_by) values ($1, $2, $3, $4)
         on conflict (project_id, label) do update set label = excluded.label returning set_at, ${nameOf('set_by')} as by`,
        [caller.projectId, label, now(), caller.userId ?? caller.keyId ?? ''],
      )
      return { label, setAt: iso(row?.set_at ?? now()), setBy: row?.by ?? null }
    },
    'experiments.removePromptGate': async ({ label }, { caller }) => {
      const rows = await sql.query('delete from prompt_gates where project_id = $1 and label = $2 returning label', [
        caller.projectId,
        label,
      ])
      if (rows.length === 0) throw new AppError('not-found', `The label ${label} asks for no tests.`)
      return { ok: true }
    },
  }
}
