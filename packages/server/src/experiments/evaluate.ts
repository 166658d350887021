import { createHash } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import type { Plan } from './plan.ts'
import { readTable } from './report/table.ts'
import { AnswerCache, type CacheMode } from './run/cache.ts'
import type { RunFrame } from './run/frames.ts'
import { Journal } from './run/journal.ts'
import type { RunRows } from './run/rows.ts'
import { type Worked, type WorkOptions, workOff } from './work-off.ts'

export type EvaluateOptions = Omit<WorkOptions, 'rows' | 'cache'> & {
  /** Where journals are. */
  folder: string
  cache: CacheMode
  /** Runs again what is done already, in a journal of its own; the old one is kept. */
  fresh: boolean
}
export type Evaluated = Worked & { journal: Journal }

/** What a run is: the same manifest is the same run, and goes on where it stopped. */
export function runIdOf(plan: Plan): { id: string; manifest: Record<string, unknown> } {
  const manifest = {
    dataset: plan.cases.hash,
    variants: plan.variants.map(({ identity }) => identity),
    evaluators: plan.identity,
    repeats: plan.repeats,
    seed: plan.seed,
    epoch: plan.epoch,
  }
  return { id: createHash('sha256').update(canonicalJson(manifest)).digest('hex').slice(0, 16), manifest }
}

export const journalPath = (folder: string, { name, id }: { name: string; id: string }): string =>
  join(folder, `${name.replace(/[^\w.-]+/g, '-').slice(0, 60)}-${id}.rows.jsonl`)

/** Runs what is not done yet, and says what all of it shows. `close` the journal when its rows are read. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluated> {
  const { plan, folder } = options
  const { id, manifest } = runIdOf(plan)
  const path = journalPath(folder, { name: plan.name, id })
  if (options.fresh && existsSync(path)) setAside(path)
  const numbers = { cases: plan.cases.count, variants: plan.variants.length }
  const frame: RunFrame = { kind: 'run', format: 1, id, name: plan.name, startedAt: new Date().toISOString(), manifest }
  const journal = Journal.open(path, frame, numbers.cases * numbers.variants * plan.repeats)
  const cache = new AnswerCache(folder, { mode: options.fresh && options.cache === 'on' ? 'write' : options.cache, except: path })
  try {
    const rows: RunRows = {
      run: journal.run,
      found: journal.found,
      stateOf: (item) => journal.stateOf(item),
      read: (item) => journal.read(item),
      add: (added) => journal.add(added),
      addJudge: (judged) => void journal.addJudge(judged),
      grow: (items) => journal.grow(items),
      flush: () => journal.flush(),
      table: (repeats) => readTable(path, { numbers, repeats }),
    }
    return { ...(await workOff({ ...options, rows, cache })), journal }
  } catch (error) {
    await journal.close()
    throw error
  } finally {
    cache.close()
  }
}

function setAside(path: string): void {
  for (let number = 1; ; number++) {
    const other = path.replace(/\.rows\.jsonl$/, `.${number}.rows.jsonl`)
    if (existsSync(other)) continue
    renameSync(path, other)
    return
  }
}
