import type { Table } from '../report/table.ts'
import type { JudgeFrame, RunFrame, ScoresFrame, TaskFrame } from './frames.ts'

/** Where the rows of a run are: a journal beside a file, or the database of a server. */
export type RunRows = {
  readonly run: RunFrame
  /** Rows of an earlier process that are there. */
  readonly found: number
  stateOf(item: number): number
  /** The answer of an item and what scored it so far; only of items whose scores are not all there, or whose call failed. */
  read(item: number): { task: TaskFrame | undefined; scores: ScoresFrame[] }
  add(frame: TaskFrame | ScoresFrame): void
  addJudge(frame: JudgeFrame): void
  /** Room for more repeats. */
  grow(items: number): void
  /** All that was added is where it survives. */
  flush(): void | Promise<void>
  table(repeats: number): Table | Promise<Table>
}
