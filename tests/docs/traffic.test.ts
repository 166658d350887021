import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../packages/server/src/config/load.ts'
import { awayFromMidnight, type Signalbox, startSignalbox } from '../signalbox.ts'
import { calledExamples, runExample } from './called-examples.ts'

const examples = calledExamples(readFileSync(resolve(import.meta.dirname, '../../docs/guide/traffic.md'), 'utf8'))

let signalbox: Signalbox
let file: string
beforeAll(() => awayFromMidnight())
beforeAll(async () => {
  signalbox = await startSignalbox({ yaml: 'version: 1\n' })
  file = join(signalbox.data, '..', `${basename(signalbox.data)}.yaml`)
})
afterAll(() => signalbox?.stop())

it('has five cases, and an answer to every call', () => {
  expect(examples).toHaveLength(5)
  for (const { section, calls } of examples) for (const { answer } of calls) expect(answer, section).toBeDefined()
})

describe.each(examples)('$section', ({ yaml, calls }) => {
  it('is configured and called as the page says', async () => {
    expect(parseConfig(yaml, { name: 'signalbox.yaml', variables: {} }).warnings).toEqual([])
    writeFileSync(file, yaml)
    for (const { script, answer } of calls) {
      // The file is looked at every second, and what was called is in the store a moment later.
      await expect.poll(() => runExample(script, signalbox), { interval: 500 }).toMatchObject(today(answer))
    }
  })
})

/** As the page says it, on the day of this run; of reports one of whose rows it shows, the other cases have rows as well. */
function today(answer: unknown): object {
  const text = JSON.stringify(answer).replaceAll(/"day":"[\d-]+"/g, `"day":"${new Date().toISOString().slice(0, 10)}"`)
  const { rows, ...rest } = JSON.parse(text) as { rows?: object[] }
  return { ...rest, ...(rows && { rows: expect.arrayContaining(rows.map((row) => expect.objectContaining(row))) }) }
}
