import { ModelEntry, type Snapshot, Split } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from '../world.case.ts'

const easy = { provider: 'mistral', model: 'mistral-small-latest', tier: 'easy' as const, modalities: ['text' as const] }
const hard = { provider: 'openai', model: 'gpt-4o', tier: 'hard' as const, region: 'eu' }
const models = {
  smart: ModelEntry.parse({ strategy: 'complexity', targets: [easy, hard] }),
  divided: ModelEntry.parse({ targets: [easy] }),
}
const splits = [
  Split.parse({ name: 'ab', model: 'divided', kind: 'weights', arms: [{ name: 'b', model: 'openai/gpt-4o-mini', weight: 1 }] }),
]

let world: World
beforeAll(async () => {
  world = await startWorld((usual: Snapshot) => {
    const { default: project } = usual.projects
    if (!project) throw new Error('the usual project')
    return { ...usual, projects: { default: { ...project, models: { ...project.models, ...models }, splits } } }
  })
  world.answer = (_, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }] }))
})
afterAll(() => world.close())

const ask = (content: unknown, model = 'smart', headers: Record<string, string> = {}) =>
  world.send({ path: '/v1/chat/completions', body: { model, messages: [{ role: 'user', content }] }, headers })
const lastCall = async () => {
  const { starts, ends } = await world.recorded()
  return { start: starts.at(-1), end: ends.at(-1) }
}

test('a question of leave goes to the cheap model, a legal clause to the strong one, and the record says why', async () => {
  expect((await ask('What is our leave policy?')).headers['x-signalbox-model']).toBe('mistral-small-latest')
  expect((await lastCall()).end?.route).toMatchObject({
    alias: 'smart',
    strategy: 'complexity',
    reason: expect.stringContaining('easy: it scores 0'),
  })
  expect((await ask('Draft a legal clause for this MOU')).headers['x-signalbox-model']).toBe('gpt-4o')
  const { end } = await lastCall()
  expect(end?.route?.reason).toMatch(/^hard: .*draft.*legal, clause, mou/)
  expect(end?.route?.steps.map(({ model, place }) => [model, place])).toEqual([
    ['gpt-4o', 'chosen'],
    ['mistral-small-latest', 'next'],
  ])
})

test('an easy question about a picture goes to who can see it', async () => {
  const { headers } = await ask([
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
  ])
  expect(headers['x-signalbox-model']).toBe('gpt-4o')
  expect((await lastCall()).end?.route?.steps[1]).toMatchObject({ place: 'skipped', reason: 'it cannot be given images' })
})

test('a call that asks for a region stays there, or is refused; the header goes no further', async () => {
  expect((await ask('Hi', 'smart', { 'x-signalbox-region': 'eu' })).headers['x-signalbox-model']).toBe('gpt-4o')
  expect(Object.keys(world.seen.at(-1)?.headers ?? {})).not.toContain('x-signalbox-region')
  const calls = world.seen.length
  for (const model of ['smart', 'openai/gpt-4o']) {
    const { status, text } = await ask('Hi', model, { 'x-signalbox-region': 'in' })
    expect([status, text.includes('is in in')]).toEqual([424, true])
  }
  expect(world.seen.length).toBe(calls)
})

test('a split is recorded with its arm and how likely that was', async () => {
  expect((await ask('Hi', 'divided')).headers['x-signalbox-model']).toBe('gpt-4o-mini')
  const { start, end } = await lastCall()
  expect(start).toMatchObject({ requestModel: 'divided', variant: { split: 'ab', arm: 'b', propensity: 1 } })
  expect(end?.route?.reason).toContain('split ab: b of 100 %')
})
