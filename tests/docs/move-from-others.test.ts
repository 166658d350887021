import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Signalbox, startSignalbox } from '../signalbox.ts'
import { runExample } from './called-examples.ts'

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

it.each(['langsmith', 'opik', 'helicone'])(
  'answers every call of the page about %s as it says there',
  async (name) => {
    const page = readFileSync(resolve(import.meta.dirname, `../../docs/move-from-${name}.md`), 'utf8')
    const calls = [...page.matchAll(/^```sh\n(.*?)^```\n\n```json\n(.*?)^```/gms)]
    expect(calls).toHaveLength(page.split('```sh').length - 1)
    expect(calls.length).toBeGreaterThan(0)
    for (const [, script = '', answer = ''] of calls) {
      // What was sent is in the store a moment later. A command that prints no JSON yet is asked again.
      const ask = () => runExample(script, signalbox).catch((error: unknown) => String(error))
      await expect.poll(ask, { interval: 300 }).toMatchObject(JSON.parse(answer))
    }
  },
  200_000,
)
