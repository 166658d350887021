import type { DatasetItem, Filter, NewScore } from '@signalbox/schema'

export type Place = { traceId: string; spanId: string }
/** What was asked and answered in a call. */
export type Said = { input: unknown; output: unknown; name: string }
/** A score of a call, as far as sampling and calibration need it. */
export type CallScore = { traceId: string; spanId: string; name: string; value: number | null; source: string; atMs: number }
export type DatasetRow = Pick<DatasetItem, 'id' | 'content' | 'sealed'>

/** What reviews ask of other rooms; `app` answers. */
export type ReviewSurroundings = {
  /** Undefined where it is not there, or its content was not recorded. */
  said(projectId: string, place: Place): Promise<Said | undefined>
  find(projectId: string, wanted: { filter: Filter[]; from?: string | undefined; to?: string | undefined; limit: number }): Promise<Place[]>
  /** What evaluators, guardrails and users said of these traces. */
  scoresOf(projectId: string, traceIds: readonly string[], name?: string): Promise<CallScore[]>
  /** What a judge said of all calls of a time but those of these traces. */
  judgedApart(
    projectId: string,
    wanted: { judge: string; threshold: number; without: readonly string[]; from?: string | undefined; to?: string | undefined },
  ): Promise<{ n: number; passed: number; mean: number; variance: number }>
  datasetRows(
    projectId: string,
    wanted: { name: string; ids?: string[] | undefined; split?: string | undefined; tag?: string | undefined; first: number },
  ): Promise<{ version: number; rows: DatasetRow[] }>
  /** Scores by people, under ids of their own: again with the same id they take the place of what was said. */
  writeScores(projectId: string, authorId: string, scores: NewScore[]): Promise<void>
  now?: () => Date
}
