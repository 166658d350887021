import type { Output, Parsed } from '@signalbox/schema'
import type { Sql } from '../../store/ports.ts'
import { baselineRows } from '../baseline.ts'
import { adjust } from '../gate.ts'
import { compare } from '../report/compare.ts'
import { pairsOf, rowScores } from '../report/pairs.ts'
import { ROW } from '../report/table.ts'
import { comparisonLines } from '../report/words.ts'
import { baselineAt, loadTable } from './report.ts'
import { getExperiment, planOfStored, variantNamed } from './stored.ts'

/** The comparison that the gate makes, between any two variants: on items that both have, and only where one version scored both. */
export async function compareExperiments(
  sql: Sql,
  projectId: string,
  { id, variant, baseline, baselineVariant, metric, alpha }: Parsed<'experiments.compare'>,
): Promise<Output<'experiments.compare'>> {
  const experiment = await getExperiment(sql, projectId, id)
  const own = await loadTable(sql, experiment)
  const stored = planOfStored(experiment)
  const sameRun = baseline === undefined || baseline === id
  const other = sameRun ? own : await loadTable(sql, await getExperiment(sql, projectId, baseline))
  const otherStored = planOfStored(other.experiment)
  const against = variantNamed(otherStored, baselineVariant, sameRun && variant !== undefined ? { not: variant } : {})
  const againstId = otherStored.variants[against]?.id ?? ''
  const candidate = variantNamed(stored, variant, sameRun ? { not: againstId } : {})
  const candidateId = stored.variants[candidate]?.id ?? ''
  const pinned = baselineAt(other, againstId)
  const label = sameRun ? againstId : `${againstId} of ${other.experiment.name}`
  const wanted = metric === undefined ? [...own.table.metrics.keys()] : [metric]
  const shared = wanted.filter((name) => own.table.metrics.has(name) && other.table.metrics.has(name))
  const different = shared.filter((name) => own.plan.versionOf(name) !== other.plan.versionOf(name))
  const idOf = (index: number) => own.plan.cases.idAt(index)
  const comparisons = shared
    .filter((name) => !different.includes(name))
    .map((name) => {
      const { pairs, unpaired } = pairsOf(baselineRows(pinned, name), rowScores(own.table, name, candidate), {
        keyOf: idOf,
        idOf,
        clusterOf: own.plan.cases.clusterAt,
      })
      return compare(pairs, {
        metric: name,
        variant: candidateId,
        baseline: label,
        unpaired,
        higherIsBetter: name === ROW || own.plan.higherIsBetter(name),
        seed: own.plan.seed,
        alpha,
      })
    })
    .filter(({ n, unpaired }) => n + unpaired > 0)
  adjust(comparisons, alpha)
  return {
    candidate: { experimentId: id, variant: candidateId },
    baseline: { experimentId: other.experiment.id, variant: againstId },
    comparisons: comparisons.map((one) => ({ ...one, ...mutable(one), words: comparisonLines(one) })),
    differentVersions: different,
  }
}

/** As the table of the API has lists. */
const mutable = ({ worse, improved, flaky }: ReturnType<typeof compare>) => ({
  worse: { ...worse, ids: [...worse.ids] },
  improved: { ...improved, ids: [...improved.ids] },
  flaky: { ...flaky, ids: [...flaky.ids] },
})
