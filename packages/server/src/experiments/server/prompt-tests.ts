import { AppError, type Caller, NewExperiment, type Output, type Parsed, type PromptContent } from '@signalbox/schema'
import type { GateRule } from '@signalbox/schema/experiment'
import type { SqlSession } from '../../store/ports.ts'
import { createExperiment } from './create.ts'
import type { ExperimentDeps } from './deps.ts'
import { resolvePrompt } from './prompt-use.ts'
import { COLUMNS, reportOf, type StoredExperiment, toSummary } from './stored.ts'

type Tests = NonNullable<PromptContent['tests']>

/** Runs what a version says of how it is tested, beside the version that it would take the place of. Answers the id of the experiment. */
export async function testPrompt(
  deps: ExperimentDeps,
  caller: Caller,
  { name, version: wanted, against, model, repeats }: Parsed<'experiments.testPrompt'>,
): Promise<string> {
  const { sql } = deps
  const { projectId } = caller
  const { version, tests } = await resolvePrompt(sql, projectId, {
    name,
    ...(wanted === undefined ? { label: 'latest' } : { version: wanted }),
  })
  if (!tests)
    throw new AppError('invalid-request', `Version ${version} of ${JSON.stringify(name)} says nothing of tests.`, {
      hint: 'Save a version with tests: { dataset, evaluators, gate }.',
    })
  const before = await beforeOf(sql, projectId, { name, against })
  const candidate = `v${version}`
  const baseline = before === null || before === version ? null : before
  const variants = [...(baseline === null ? [] : [baseline]), version].map((one) => ({
    id: `v${one}`,
    prompt: { name, version: one },
    ...(model !== undefined && { model }),
  }))
  const definition = NewExperiment.parse({
    name: `test ${name.replace(/[^\w ./@:+-]/g, '_')}`.slice(0, 100),
    description: `Tests of version ${version}${baseline === null ? '' : ` beside version ${baseline}`}.`,
    dataset: { name: tests.dataset },
    variants,
    repeats,
    evaluators: tests.evaluators,
    gate: { ...(baseline !== null && { vs: `v${baseline}` }), rules: rulesOf(tests, { candidate, isAlone: baseline === null }) },
  } satisfies typeof NewExperiment._input)
  return createExperiment(deps, caller, definition, { test: { prompt: name, version, against: baseline } })
}

/** The version that a label points to; none where it points nowhere yet. */
async function beforeOf(
  session: SqlSession,
  projectId: string,
  { name, against }: { name: string; against: string | number },
): Promise<number | null> {
  if (typeof against === 'number') return (await resolvePrompt(session, projectId, { name, version: against })).version
  try {
    return (await resolvePrompt(session, projectId, { name, label: against })).version
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return null
    throw error
  }
}

const BOUND = /^(>=|<=)\s*(-?\d+(?:\.\d+)?)$/
const RULE = /^(noninferior|better)(?:\s+(\d+(?:\.\d+)?))?$/

/** `{ "pass": ">= 0.9", "faithfulness": "noninferior 0.02" }` as rules of a gate. */
function rulesOf({ gate }: Tests, { candidate, isAlone }: { candidate: string; isAlone: boolean }): GateRule[] {
  return Object.entries(gate).flatMap(([metric, said]): GateRule[] => {
    const bound = BOUND.exec(said.trim())
    if (bound) return [{ metric, rule: 'min', value: Number(bound[2]), bound: 'mean', variant: candidate }]
    const rule = RULE.exec(said.trim())
    if (!rule)
      throw new AppError('invalid-request', `The gate of these tests says ${JSON.stringify(said)} of ${metric}, which is no rule.`, {
        hint: 'Write ">= 0.9", "<= 200", "noninferior", "noninferior 0.02" or "better".',
      })
    // There is nothing yet that it could be worse than.
    if (isAlone) return []
    const margin = rule[2] === undefined ? {} : { margin: Number(rule[2]) }
    return [{ metric, rule: rule[1] as 'noninferior' | 'better', bound: 'mean', ...margin, variant: candidate }]
  })
}

type TestRow = StoredExperiment & { test_version: number; test_against: number | null }

export async function listTests(
  session: SqlSession,
  projectId: string,
  { name, version, limit }: Parsed<'experiments.promptTests'>,
): Promise<Output<'experiments.promptTests'>> {
  const rows = await session.query<TestRow>(
    `select ${COLUMNS}, t.version as test_version, t.against as test_against from prompt_tests t join experiments x on x.id = t.experiment_id
     where t.project_id = $1 and t.prompt = $2 and ($3::int is null or t.version = $3) order by t.created_at desc limit $4`,
    [projectId, name, version ?? null, limit],
  )
  return { tests: rows.map((row) => ({ version: row.test_version, against: row.test_against, experiment: toSummary(row) })) }
}

/** What a change of prompts is looked at for: where a label now points. */
export type LabelMove = {
  kind: string
  prompt: string
  label: string | null
  from: { version: number } | { split: { version: number }[] } | null
  to: { version: number } | { split: { version: number }[] } | null
}

/**
 * Throws where a label that asks for passed tests would point to a version without. Called in the transaction of the move, which is then
 * taken back. A rollback is let through: in an emergency nobody waits for tests.
 */
export async function assertTested(session: SqlSession, projectId: string, moves: readonly LabelMove[], publicUrl: string): Promise<void> {
  for (const { kind, prompt, label, from, to } of moves) {
    if (kind !== 'label-set' || label === null || to === null) continue
    const [gated] = await session.query('select 1 from prompt_gates where project_id = $1 and label = $2', [projectId, label])
    if (!gated) continue
    const before = versionsIn(from)
    for (const version of versionsIn(to))
      if (!before.includes(version)) await assertOne(session, { projectId, prompt, label, version, before, publicUrl })
  }
}

const versionsIn = (target: LabelMove['to']): number[] =>
  target === null ? [] : 'split' in target ? target.split.map(({ version }) => version) : [target.version]

type Asked = { projectId: string; prompt: string; label: string; version: number; before: readonly number[]; publicUrl: string }

async function assertOne(session: SqlSession, { projectId, prompt, label, version, before, publicUrl }: Asked): Promise<void> {
  const what = `Version ${version} of ${JSON.stringify(prompt)}`
  const contents = await session.query<{ version: number; content: string }>(
    `select v.version, v.content from prompt_versions v join prompts p on p.id = v.prompt_id
     where p.project_id = $1 and p.name = $2 and v.version = any($3::int[])`,
    [projectId, prompt, [version, ...before]],
  )
  const tested = new Set(contents.filter(({ content }) => (JSON.parse(content) as PromptContent).tests).map((one) => one.version))
  if (!tested.has(version)) {
    if (tested.size === 0) return
    throw new AppError('conflict', `${what} has no tests, and the version that ${label} points to has: they were taken out.`, {
      hint: 'Save a version that keeps them.',
      data: { label, version },
    })
  }
  const [last] = await session.query<StoredExperiment>(
    `select ${COLUMNS} from prompt_tests t join experiments x on x.id = t.experiment_id
     where t.project_id = $1 and t.prompt = $2 and t.version = $3 order by t.created_at desc limit 1`,
    [projectId, prompt, version],
  )
  if (!last)
    throw new AppError('conflict', `${what} was not tested yet, and ${label} only takes what passed its tests.`, {
      hint: `Run them with POST /api/v1/prompts/${encodeURIComponent(prompt)}/tests { "version": ${version} }.`,
      data: { label, version, experimentId: null },
    })
  if (last.state === 'done' && last.gate === 'pass') return
  const url = `${publicUrl}/p/${projectId}/experiments/${last.id}`
  const data = { label, version, experimentId: last.id, url }
  if (last.state !== 'done')
    throw new AppError('conflict', `The tests of version ${version} of ${JSON.stringify(prompt)} are not finished (${last.state}).`, {
      hint: `See ${url}, and move the label when they passed.`,
      data,
    })
  const findings = (reportOf(last)?.gate.findings ?? []).filter(({ outcome }) => outcome !== 'pass')
  const told = findings.map(({ name, message }) => `${name}: ${message}`).join(' ')
  throw new AppError('conflict', `${what} did not pass its tests (${last.gate}). ${told}`, {
    hint: `See ${url}. Mend the prompt and save it again, or run the tests once more.`,
    data: { ...data, findings },
  })
}
