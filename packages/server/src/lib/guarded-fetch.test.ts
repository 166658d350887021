import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGuardedFetch } from './guarded-fetch.ts'

let asked = 0
const server = createServer((_, response) => {
  asked++
  response.end('1')
})
let port = 0
const lookup = ((_: string, options: { all?: boolean }, done: (...given: unknown[]) => void) =>
  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) as never
const room = createGuardedFetch({ lookup })
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  await room.close()
  await new Promise((resolve) => server.close(resolve))
})

test('private addresses are not reached, by number or by name, unless they are allowed', async () => {
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', 'scores.example'])
    await expect(room.fetch(false)(`http://${host}:${port}/`)).rejects.toThrow('leads to a private address')
  expect(asked).toBe(0)
  expect(await (await room.fetch(true)(`http://127.0.0.1:${port}/`)).text()).toBe('1')
})
