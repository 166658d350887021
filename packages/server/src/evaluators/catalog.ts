import type { EvaluatorEntry } from '@signalbox/schema/evaluator'
import { ABOUT } from './about.ts'
import { listEvaluators } from './registry.ts'

/** All evaluators with what a person has to know to choose one. */
export async function evaluatorCatalog(): Promise<EvaluatorEntry[]> {
  return (await listEvaluators()).map((info) => ({ ...info, ...aboutOf(info.id, info.title) }))
}

/** One that nobody described yet is told by its title. */
const aboutOf = (id: string, title: string) =>
  (Object.hasOwn(ABOUT, id) && ABOUT[id]) || { group: 'checks' as const, description: `${title}.`, notFor: '' }
