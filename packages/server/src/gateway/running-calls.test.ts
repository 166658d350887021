import type { CallStart, RunningReport } from '@signalbox/schema'
import { beforeEach, expect, test } from 'vitest'
import { RunningCalls } from './running-calls.ts'

let now = 0
let told: RunningReport[] = []
let answer: () => Promise<boolean>
let calls: RunningCalls
beforeEach(() => {
  now = 1_000_000
  told = []
  answer = async () => true
  calls = new RunningCalls({
    edgeId: () => 'edge',
    now: () => now,
    tell(report) {
      told.push(report)
      return answer()
    },
  })
})
const call = (spanId: string, projectId = 'shop') => ({ spanId, projectId, startedAt: now * 1000 }) as CallStart
const after = async (ms: number) => {
  now += ms
  await calls.look()
}
const last = () => {
  const { began, ended, all } = told.at(-1) as RunningReport
  return { began: began.map(({ spanId }) => spanId), ended, all }
}

test('a short call is never told of', async () => {
  const short = call('a')
  calls.begins(short)
  await after(299)
  calls.ends(short)
  await after(1000)
  expect(told).toEqual([])
})

test('a long one is told of once, again and again as still there, and as ended', async () => {
  const long = call('a')
  calls.begins(long)
  await after(300)
  expect(last()).toEqual({ began: ['a'], ended: [], all: true })
  await after(300)
  expect(told).toHaveLength(1)
  await after(3000)
  expect(last()).toEqual({ began: [], ended: [], all: false })
  const other = call('b')
  calls.begins(other)
  calls.ends(long)
  await after(300)
  expect(last()).toEqual({ began: ['b'], ended: ['a'], all: false })
  calls.ends(other)
  await after(300)
  expect(last()).toEqual({ began: [], ended: ['b'], all: false })
  await after(10_000)
  expect(told).toHaveLength(4)
})

test('a core that was down, or has forgotten, is told of everything again', async () => {
  const [one, two] = [call('a'), call('b')]
  calls.begins(one)
  calls.begins(two)
  answer = () => Promise.reject(new Error('down'))
  await after(300)
  calls.ends(two)
  answer = async () => true
  await after(300)
  expect(last()).toEqual({ began: ['a'], ended: [], all: true })
  answer = async () => false
  await after(3000)
  answer = async () => true
  await after(300)
  expect(last()).toEqual({ began: ['a'], ended: [], all: true })
})

test('of very many the first thousand are told, and how many others there are of which project', async () => {
  for (let at = 0; at < 1005; at++) calls.begins(call(`c${at}`, at < 1002 ? 'shop' : 'other'))
  await after(300)
  expect(told[0]?.began).toHaveLength(1000)
  expect(told[0]?.others).toEqual({ shop: 2, other: 3 })
  calls.ends(call('c0'))
  await after(300)
  expect(last()).toEqual({ began: ['c1000'], ended: ['c0'], all: false })
  expect(told[1]?.others).toEqual({ shop: 1, other: 3 })
})
