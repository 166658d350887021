import { appendFileSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunFrame, TaskFrame } from './frames.ts'
import { ANSWERED, DONE, Journal, NOTHING } from './journal.ts'

const run: RunFrame = { kind: 'run', format: 1, id: 'a', name: 'x', startedAt: '2026-01-01T00:00:00Z', manifest: {} }
const task = (item: number, output: string): TaskFrame => ({
  kind: 'task',
  item,
  case: `c${item}`,
  variant: 'v',
  repeat: 0,
  ok: true,
  output,
})
const fresh = () => join(mkdtempSync(join(tmpdir(), 'journal-')), 'x.rows.jsonl')

async function written(path: string): Promise<void> {
  const journal = Journal.open(path, run, 4)
  journal.add(task(0, 'zero'))
  journal.add({ kind: 'scores', item: 0, scores: [{ key: 'm', metric: 'm', status: 'scored', score: 1 }], pass: true })
  journal.add(task(1, 'one „é“'))
  await journal.close()
}

describe('the journal of a run', () => {
  it('is found again as it was left', async () => {
    const path = fresh()
    await written(path)
    const journal = Journal.open(path, { ...run, startedAt: 'later' }, 4)
    expect([0, 1, 2].map((item) => journal.stateOf(item))).toEqual([DONE, ANSWERED, NOTHING])
    expect(journal.found).toBe(2)
    expect(journal.run.startedAt).toBe(run.startedAt)
    expect(journal.read(1).task?.output).toBe('one „é“')
    expect(journal.read(0).scores[0]?.scores[0]?.score).toBe(1)
    await journal.close()
  })

  it('loses at most the line that a crash cut off, wherever it cut', async () => {
    const path = fresh()
    await written(path)
    const whole = readFileSync(path)
    const lastLine = whole.subarray(0, -1).lastIndexOf(10) + 1
    for (const end of [lastLine + 1, lastLine + 40, whole.length - 1]) {
      writeFileSync(path, whole)
      truncateSync(path, end)
      const journal = Journal.open(path, run, 4)
      expect([journal.stateOf(0), journal.stateOf(1), journal.damaged]).toEqual([DONE, NOTHING, 0])
      journal.add(task(1, 'again'))
      await journal.close()
      const after = Journal.open(path, run, 4)
      expect(after.read(1).task?.output).toBe('again')
      await after.close()
    }
  })

  it('leaves out a line that was changed, and says so', async () => {
    const path = fresh()
    await written(path)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"zero"', '"null"'))
    const journal = Journal.open(path, run, 4)
    expect(journal.damaged).toBe(1)
    await journal.close()
  })

  it('refuses to go on with another run', async () => {
    const path = fresh()
    await written(path)
    expect(() => Journal.open(path, { ...run, id: 'b' }, 4)).toThrow(/holds another run/)
  })

  it('begins again where its first line is not there', async () => {
    const path = fresh()
    appendFileSync(path, '{"kind":"ru')
    const journal = Journal.open(path, run, 4)
    expect(journal.stateOf(0)).toBe(NOTHING)
    await journal.close()
    expect(readFileSync(path, 'utf8').startsWith('{"kind":"run"')).toBe(true)
  })
})
