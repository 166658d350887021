import { expect, test } from 'vitest'
import { createSlots } from './slots.ts'

test('never more at once, all in their order, and a failure frees its place', async () => {
  const slots = createSlots(3)
  let now = 0
  let most = 0
  const begun: number[] = []
  const signal = new AbortController().signal
  const done = await Promise.allSettled(
    Array.from({ length: 20 }, (_, at) =>
      slots.run(signal, async () => {
        begun.push(at)
        most = Math.max(most, ++now)
        await Promise.resolve()
        now--
        if (at % 5 === 0) throw new Error('no')
      }),
    ),
  )
  expect(most).toBe(3)
  expect(begun).toEqual(Array.from({ length: 20 }, (_, at) => at))
  expect(done.filter(({ status }) => status === 'rejected')).toHaveLength(4)
})

test('what is aborted while it waits never begins and holds up nobody', async () => {
  const slots = createSlots(1)
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const leaving = new AbortController()
  const begun: string[] = []
  const work = (name: string, until?: Promise<void>) => async () => {
    begun.push(name)
    await until
  }
  const first = slots.run(new AbortController().signal, work('first', held))
  const second = slots.run(leaving.signal, work('second'))
  const third = slots.run(new AbortController().signal, work('third'))
  leaving.abort(new Error('gone'))
  await expect(second).rejects.toThrow('gone')
  release()
  await Promise.all([first, third])
  expect(begun).toEqual(['first', 'third'])
})
