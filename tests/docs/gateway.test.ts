import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Strategy } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../packages/server/src/config/load.ts'
import { type Signalbox, startSignalbox } from '../signalbox.ts'
import { calledExamples, runExample } from './called-examples.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/gateway.md'), 'utf8')
const called = calledExamples(page).filter(({ calls }) => calls.length > 0)

let signalbox: Signalbox
let file: string
beforeAll(async () => {
  signalbox = await startSignalbox({ yaml: 'version: 1\n' })
  file = join(signalbox.data, '..', `${basename(signalbox.data)}.yaml`)
})
afterAll(() => signalbox?.stop())

it('has an example for every strategy, and an answer to every call', () => {
  expect(called.map((example) => example.section)).toEqual(expect.arrayContaining([...Strategy.options]))
  for (const { section: name, calls } of called) for (const { answer } of calls) expect(answer, name).toBeDefined()
})

describe.each(called)('$section', ({ yaml, calls }) => {
  it('is configured and called as the page says', async () => {
    const config = parseConfig(yaml, { name: 'signalbox.yaml', variables: {} })
    expect(config.warnings).toEqual([])
    writeFileSync(file, yaml)
    for (const { script, answer } of calls) {
      // The file is looked at every second.
      await expect.poll(() => runExample(script, signalbox), { interval: 300 }).toMatchObject(answer as object)
    }
  })
})
