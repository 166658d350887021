import { afterEach, beforeEach, expect, test } from 'vitest'
import { clients } from './clients.case.ts'
import { mocks } from './mock-providers.case.ts'
import { type Behaviour, good, json, nothing, prelude, startOf, startWalk, streamHead, type Walk } from './walk.case.ts'
import { until } from './world.case.ts'

let walk: Walk
beforeEach(async () => {
  walk = await startWalk()
})
afterEach(() => walk.close())

const ask = clients['openai-chat'].ask
const cut: Behaviour = (response) => {
  const body = JSON.stringify(mocks['openai-chat'].whole)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(body.length) })
  response.write(body.slice(0, 60), () => response.destroy())
}
const attempts = async () => (await walk.world.recorded()).ends[0]?.attempts ?? []

test('of a whole answer that was cut, and told nothing, it is known how much came', async () => {
  walk.behave = { first: cut, second: good('openai-chat') }
  expect((await walk.world.send(ask('own-openai-chat', false))).status).toBe(200)
  expect(await attempts()).toMatchObject([{ failure: 'transport', cameBytes: 60 }, { status: 200 }])
  expect((await attempts())[1]).not.toHaveProperty('cameBytes')
})

test('where nothing follows, the same stands on the only try', async () => {
  walk.behave = { first: cut }
  await walk.world.send(ask('first-openai-chat/gpt-4o', false))
  expect(await attempts()).toMatchObject([{ failure: 'transport', cameBytes: 60 }])
})

test('a stream that broke off before its first content has said nothing, and was asked all the same', async () => {
  walk.behave = { first: startOf('openai-chat', prelude['openai-chat'], (response) => response.destroy()), second: good('openai-chat') }
  expect((await walk.world.send(ask('own-openai-chat', true))).status).toBe(200)
  expect(await attempts()).toMatchObject([{ failure: 'transport', cameBytes: 0 }, {}])
})

test('a page of HTML is no answer', async () => {
  walk.behave = {
    first: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome to the hotel</html>'),
    second: good('openai-chat'),
  }
  await walk.world.send(ask('own-openai-chat', false))
  expect(await attempts()).toMatchObject([{ failure: 'garbage', cameBytes: 0 }, {}])
})

test('what the provider told before it failed stands as it told it', async () => {
  walk.behave = { first: startOf('anthropic', prelude.anthropic, (response) => response.destroy()) }
  await walk.world.send(clients.anthropic.ask('first-anthropic/claude-sonnet-4-5', true))
  const [end] = (await walk.world.recorded()).ends
  expect(end).toMatchObject({ status: 'error', usageSource: 'provider', usage: { input: 10 } })
  expect(end?.attempts[0]).not.toHaveProperty('cameBytes')
})

test('a refusal, and a provider that never began, used nothing', async () => {
  for (const failing of [json(500, {}), json(429, {}), nothing] as Behaviour[]) {
    walk.behave = { first: failing, second: good('openai-chat') }
    await walk.world.send(ask('own-openai-chat', false))
  }
  for (const { attempts } of (await walk.world.recorded()).ends) expect(attempts[0]).not.toHaveProperty('cameBytes')
})

test('an answer that broke off after its content says how much came, and the call is not whole', async () => {
  walk.behave = {
    first: (response) => {
      streamHead(response, 'openai-chat')
      response.write(mocks['openai-chat'].stream.slice(0, 3).join(''), () => setTimeout(() => response.destroy(), 15))
    },
    second: good('openai-chat'),
  }
  await walk.world.send(ask('own-openai-chat', true))
  await until(async () => (await walk.world.recorded()).ends.length === 1)
  const [end] = (await walk.world.recorded()).ends
  expect([end?.status, end?.attempts.length]).toEqual(['error', 1])
  expect(end?.attempts[0]?.cameBytes).toBe(Buffer.byteLength(mocks['openai-chat'].stream.slice(0, 3).join('')))
})
