import type { PickedExample, PromptContent, PromptExamples } from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'

export type DatasetExamples = Exclude<PromptExamples, readonly unknown[]>
/** What the room of datasets does for prompts. */
export type ExampleRows = {
  /** Undefined where there is no such dataset. */
  pick(session: SqlSession, projectId: string, wanted: DatasetExamples): Promise<{ rows: PickedExample[]; stamp: string } | undefined>
  /** By name, what each dataset is now: another stamp means other rows. */
  stamps(session: SqlSession, projectId: string, names: readonly string[]): Promise<ReadonlyMap<string, string>>
}

/** The dataset that examples come from, where they do. */
export const datasetOf = ({ examples }: PromptContent): DatasetExamples | undefined =>
  examples === undefined || Array.isArray(examples) ? undefined : examples

/** With the rows that its dataset gives now. Where there is no such dataset, whoever renders it says so. */
export async function withExamples(
  content: PromptContent,
  rows: ExampleRows | undefined,
  { session, projectId }: { session: SqlSession; projectId: string },
): Promise<{ content: PromptContent; from?: { dataset: string; stamp: string | undefined } }> {
  const wanted = datasetOf(content)
  if (!wanted) return { content }
  const found = await rows?.pick(session, projectId, wanted)
  return {
    content: found ? { ...content, examples: { ...wanted, picked: found.rows } } : content,
    from: { dataset: wanted.dataset, stamp: found?.stamp },
  }
}

/** As it is saved: what a dataset gives is no part of a version, also where somebody sends back what was read. */
export function withoutPicked(content: PromptContent): PromptContent {
  const wanted = datasetOf(content)
  if (wanted?.picked === undefined) return content
  const { picked: _, ...examples } = wanted
  return { ...content, examples }
}
