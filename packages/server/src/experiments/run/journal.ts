import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '@signalbox/schema/errors'
import { lineAt, linesOf } from '../data/lines.ts'
import { AppendFile } from './append-file.ts'
import { decodeFrame, encodeFrame, type Frame, type JudgeFrame, type RunFrame, type ScoresFrame, type TaskFrame } from './frames.ts'

/** What is known of each item: nothing, its answer, or all its scores too. */
export const NOTHING = 0
export const ANSWERED = 1
export const DONE = 2

/** The numbers of items: repeats last, so that more of them can be added to a run. */
export type ItemNumbers = { cases: number; variants: number }
export const itemOf = ({ cases, variants }: ItemNumbers, at: { case: number; variant: number; repeat: number }): number =>
  (at.repeat * cases + at.case) * variants + at.variant
export const partsOf = ({ cases, variants }: ItemNumbers, item: number) => ({
  variant: item % variants,
  case: Math.floor(item / variants) % cases,
  repeat: Math.floor(item / variants / cases),
})

/** The rows of one run on the disk: one file, only ever appended to. In memory is where each row stands, and no more. */
export class Journal {
  readonly path: string
  readonly run: RunFrame
  /** Rows of an earlier process that are there. */
  readonly found: number
  /** Lines in which the disk or somebody has changed something; they are as good as not there. */
  readonly damaged: number
  #states: Uint8Array
  #tasks: Float64Array
  #scores: Float64Array
  #moreScores = new Map<number, number[]>()
  #file: AppendFile

  private constructor(path: string, run: RunFrame, items: number) {
    this.path = path
    this.#states = new Uint8Array(items)
    this.#tasks = new Float64Array(items).fill(-1)
    this.#scores = new Float64Array(items).fill(-1)
    const {
      size,
      found,
      damaged,
      run: before,
    } = existsSync(path) ? this.#recover(run.id) : { size: 0, found: 0, damaged: 0, run: undefined }
    this.found = found
    this.damaged = damaged
    this.run = before ?? run
    this.#file = new AppendFile(path, size)
    if (!before) this.#file.append(encodeFrame(run))
  }

  /** Goes on with the run in the file, or begins it. Another run in the file is a `conflict`. */
  static open(path: string, run: RunFrame, items: number): Journal {
    mkdirSync(dirname(path), { recursive: true })
    return new Journal(path, run, items)
  }

  stateOf(item: number): number {
    return this.#states[item] ?? NOTHING
  }

  /** Room for more repeats. */
  grow(items: number): void {
    if (items <= this.#states.length) return
    const [states, tasks, scores] = [new Uint8Array(items), new Float64Array(items).fill(-1), new Float64Array(items).fill(-1)]
    states.set(this.#states)
    tasks.set(this.#tasks)
    scores.set(this.#scores)
    this.#states = states
    this.#tasks = tasks
    this.#scores = scores
  }

  /** Forgets that an item was tried, so that it is tried again; the later frame counts. */
  forget(item: number): void {
    this.#states[item] = NOTHING
    this.#tasks[item] = -1
    this.#scores[item] = -1
    this.#moreScores.delete(item)
  }

  add(frame: TaskFrame | ScoresFrame): void {
    this.#note(frame, this.#file.append(encodeFrame(frame)))
  }

  /** Where it stands, for the cache. */
  addJudge(frame: JudgeFrame): number {
    return this.#file.append(encodeFrame(frame))
  }

  /** The answer of an item and what scored it so far. */
  read(item: number): { task: TaskFrame | undefined; scores: ScoresFrame[] } {
    this.#file.write()
    const at = this.#tasks[item] ?? -1
    const first = this.#scores[item] ?? -1
    const places = first < 0 ? [] : [first, ...(this.#moreScores.get(item) ?? [])]
    return {
      task: at < 0 ? undefined : this.#frameAt<TaskFrame>(at),
      scores: places.map((place) => this.#frameAt<ScoresFrame>(place)),
    }
  }

  /** Everything is written and can be read from the file. */
  flush(): void {
    this.#file.write()
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  #frameAt<F>(offset: number): F {
    const frame = decodeFrame<F>(lineAt(this.#file.fd, offset))
    if (frame === undefined) throw new Error(`${this.path} was changed while it was read, at byte ${offset}.`)
    return frame
  }

  #note(frame: TaskFrame | ScoresFrame, offset: number): void {
    const { item } = frame
    if (item >= this.#states.length) this.grow(Math.max(item + 1, this.#states.length * 2))
    if (frame.kind === 'task') {
      this.forget(item)
      this.#tasks[item] = offset
      this.#states[item] = ANSWERED
      return
    }
    if ((this.#scores[item] ?? -1) < 0) this.#scores[item] = offset
    else this.#moreScores.set(item, [...(this.#moreScores.get(item) ?? []), offset])
    if (frame.pass !== undefined) this.#states[item] = DONE
  }

  /** Reads what an earlier process wrote. What a crash cut off at the end is not counted. */
  #recover(id: string): { size: number; found: number; damaged: number; run: RunFrame | undefined } {
    const fd = openSync(this.path, 'r')
    let [size, found, damaged] = [0, 0, 0]
    let run: RunFrame | undefined
    try {
      for (const { bytes, offset, ended } of linesOf(fd)) {
        if (!ended) break
        size = offset + bytes.length + 1
        const frame = decodeFrame<Frame>(bytes)
        if (!frame) damaged++
        else if (frame.kind === 'run') {
          if (frame.id !== id)
            throw new AppError('conflict', `${this.path} holds another run (${frame.id}).`, {
              hint: 'Move it away, or name another place with -o.',
            })
          run = frame
        } else if (frame.kind !== 'judge') {
          this.#note(frame, offset)
          if (frame.kind === 'task') found++
        }
      }
    } finally {
      closeSync(fd)
    }
    // Without its first line nothing says what the rows are of.
    return run ? { size, found, damaged, run } : { size: 0, found: 0, damaged, run: undefined }
  }
}
