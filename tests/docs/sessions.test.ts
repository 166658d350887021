import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from '../signalbox.ts'
import { runExample } from './called-examples.ts'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/guide/sessions.md'), 'utf8')
const blocks = (language: string) => [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code)
const [call = '', session = '', lists = '', user = '', ...more] = blocks('sh')

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

it('has a call, a session, two lists and a user', () => expect(more).toEqual([]))

it('makes of a call with the headers a session and a user, as the page says', async () => {
  await runExample(call, signalbox)
  const [answer = ''] = blocks('json')
  const read = await eventually(async () => {
    const found = (await runExample(session, signalbox)) as { session?: object }
    return found.session ? found : undefined
  })
  expect(read).toMatchObject(JSON.parse(answer))

  const [ofSessions = '', ofUsers = ''] = lists.split(/\n(?=curl)/)
  expect(await runExample(ofSessions, signalbox)).toMatchObject({ sessions: [{ sessionId: 'chat-42', calls: 1 }] })
  expect(await runExample(ofUsers, signalbox)).toMatchObject({ users: [{ userId: 'ann', sessions: 1, traces: 1 }] })
  expect(await runExample(user, signalbox)).toMatchObject({ user: { userId: 'ann' }, times: [{ calls: 1 }], models: [{ model: 'echo' }] })
})
