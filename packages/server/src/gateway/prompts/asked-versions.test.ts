import { expect, it } from 'vitest'
import { createAskedVersions, type VersionAnswer } from './asked-versions.ts'

const found = (hash: string): VersionAnswer => ({
  version: { hash, content: { type: 'text', engine: 'mustache', text: hash } },
})
const asked = { projectId: 'default', name: 'refund', version: 7 }

it('asks the core once, also for calls at the same time, and says what it knew while the core is gone', async () => {
  let [now, questions] = [0, 0]
  let answer: () => Promise<VersionAnswer> = async () => found('a')
  const versionOf = createAskedVersions(
    () => {
      questions++
      return answer()
    },
    () => now,
  )
  expect(await Promise.all([versionOf(asked), versionOf(asked)])).toEqual([found('a'), found('a')])
  expect(await versionOf(asked)).toEqual(found('a'))
  expect(questions).toBe(1)

  now = 10_000
  answer = async () => found('b')
  expect(await versionOf(asked)).toEqual(found('b'))
  expect(questions).toBe(2)

  now = 20_000
  answer = () => Promise.reject(new Error('the core is gone'))
  expect(await versionOf(asked)).toEqual(found('b'))
  expect(await versionOf({ ...asked, version: 8 })).toBeUndefined()
})

it('believes only for a moment that there is no such version', async () => {
  let now = 0
  let answer: VersionAnswer = { version: null }
  const versionOf = createAskedVersions(
    async () => answer,
    () => now,
  )
  expect(await versionOf(asked)).toEqual({ version: null })
  answer = found('a')
  expect(await versionOf(asked)).toEqual({ version: null })
  now = 1001
  expect(await versionOf(asked)).toEqual(found('a'))
})

it('keeps projects and names apart', async () => {
  const versionOf = createAskedVersions(async ({ projectId, name }) => found(`${projectId}/${name}`))
  expect(await versionOf(asked)).toEqual(found('default/refund'))
  expect(await versionOf({ ...asked, projectId: 'other' })).toEqual(found('other/refund'))
  expect(await versionOf({ ...asked, name: 'tone' })).toEqual(found('default/tone'))
})
