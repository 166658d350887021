import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { pickExamples, stampsOfDatasets } from '../datasets/examples.ts'
import { datasetHandlers } from '../datasets/handlers.ts'
import type { Sql } from '../store/ports.ts'
import { createOthersNews } from './others-news.ts'
import { pinVersion } from './pins.ts'
import { type PromptWorld, promptWorld } from './world.case.ts'

/** What edges are given beside what labels point to, on any database. */
export function atEdgesContract(open: () => Promise<Sql>): void {
  let sql: Sql
  let world: PromptWorld
  let projectId: string
  beforeAll(async () => {
    sql = await open()
  })
  afterAll(() => sql[Symbol.asyncDispose]())
  beforeEach(async () => {
    projectId = `p-${randomUUID().slice(0, 8)}`
    world = await promptWorld(sql, projectId, { pick: pickExamples, stamps: stampsOfDatasets })
  })

  describe('a version that was asked for by its number', () => {
    beforeEach(async () => {
      await world.save(world.ann, 'tone', 'Kind.', { labels: ['production'] })
      await world.save(world.ann, 'refund', 'One. {{> tone@production}}')
      await world.save(world.ann, 'refund', 'Two.')
    })
    const ask = (version: number, name = 'refund') => world.versionForEdges({ projectId, name, version })
    const textsAtEdges = async () =>
      Object.fromEntries(
        Object.entries((await world.snapshot()).refund?.versions ?? {}).map(([number, { content }]) => [number, content.text]),
      )

    test('is answered, and every edge has it from then on, with what its fragments say now', async () => {
      expect(await textsAtEdges()).toEqual({ 2: 'Two.' })
      const before = world.snapshots()
      expect(await ask(1)).toMatchObject({ content: { text: 'One. Kind.' }, hash: expect.stringMatching(/^[0-9a-f]{64}$/) })
      expect(world.snapshots()).toBe(before + 1)
      expect(await textsAtEdges()).toEqual({ 1: 'One. Kind.', 2: 'Two.' })
      await world.save(world.ann, 'tone', 'Brisk.', { labels: ['production'] })
      expect(await textsAtEdges()).toEqual({ 1: 'One. Brisk.', 2: 'Two.' })
    })

    test('and is not there is said; one that is deleted is gone everywhere', async () => {
      expect([await ask(9), await ask(1, 'nobody')]).toEqual([null, null])
      await ask(1)
      await world.handlers['prompts.remove']({ name: 'refund', version: 1 }, world.ann)
      expect(await textsAtEdges()).toEqual({ 2: 'Two.' })
      expect(await ask(1)).toBeNull()
    })

    test('makes room where there are too many', async () => {
      await world.save(world.ann, 'refund', 'Three.')
      await pinVersion(sql, projectId, { name: 'refund', version: 1 }, 1)
      expect(await textsAtEdges()).toMatchObject({ 1: 'One. Kind.', 3: 'Three.' })
      await pinVersion(sql, projectId, { name: 'refund', version: 2 }, 1)
      expect(await textsAtEdges()).toEqual({ 2: 'Two.', 3: 'Three.' })
    })
  })

  describe('examples of a dataset', () => {
    const datasets = () => datasetHandlers({ sql, spans: async () => [] } as never)
    const write = (items: object[]) =>
      datasets()['datasets.write']({ name: 'golden', items, remove: [], duplicates: 'add', message: '' } as never, world.ann)
    const item = (input: unknown, expected: unknown, more: object = {}) => ({ input, expected, metadata: {}, tags: [], ...more })
    const picked = async (examples: object, name = 'shots') => {
      await world.save(world.ann, name, {
        type: 'chat',
        messages: [{ role: 'user', content: 'q' }],
        examples: { dataset: 'golden', ...examples },
      })
      return await shown(name)
    }
    const shown = async (name: string) => {
      const { versions = {}, labels = {} } = (await world.snapshot())[name] ?? {}
      const { version } = labels.latest as { version: number }
      const { examples } = versions[version]?.content ?? {}
      return Array.isArray(examples) ? undefined : examples?.picked?.map(({ input, output }) => `${input} → ${output}`)
    }
    beforeEach(async () => {
      await datasets()['datasets.create']({ name: 'golden', description: '' }, world.ann)
      await write([
        item('a', 'A', { tags: ['short'] }),
        item({ question: 'b' }, { answer: 'B', sure: true }, { split: 'train' }),
        item(
          [
            { role: 'system', content: 's' },
            { role: 'user', content: 'c' },
          ],
          'C',
          { tags: ['short'], split: 'test' },
        ),
        item('secret', 'SECRET', { split: 'holdout', tags: ['short'] }),
        { input: 'nobody knows', metadata: {}, tags: [] },
      ])
    })

    test('are its first rows, those of a tag or of a split, and never the holdout or what nobody answered', async () => {
      expect(await picked({ select: 'first', k: 2 })).toEqual(['a → A', 'b → {"answer":"B","sure":true}'])
      expect(await picked({ select: 'first', k: 9 })).toHaveLength(3)
      expect(await picked({ select: 'first', k: 9, tag: 'short' })).toEqual(['a → A', 'c → C'])
      expect(await picked({ select: 'first', k: 9, split: 'test' })).toEqual(['c → C'])
      const once = await picked({ select: 'random', k: 2 })
      expect(once).toHaveLength(2)
      expect(await picked({ select: 'random', k: 2 }, 'again')).toEqual(once)
    })

    test('follow the dataset, and are told to edges when it changes', async () => {
      expect(await picked({ select: 'first', k: 1, tag: 'new' })).toEqual([])
      await world.followExamples()
      const before = world.snapshots()
      await write([item('n', 'N', { tags: ['new'] })])
      await world.followExamples()
      expect(world.snapshots()).toBe(before + 1)
      expect(await shown('shots')).toEqual(['n → N'])
      await world.followExamples()
      expect(world.snapshots()).toBe(before + 1)
      await datasets()['datasets.remove']({ name: 'golden' }, world.ann)
      expect(await shown('shots')).toBeUndefined()
    })

    test('are in what an app reads and in the preview, and no part of what is saved', async () => {
      await picked({ select: 'first', k: 1 })
      const read = await world.handlers['prompts.get']({ name: 'shots', label: 'latest' }, world.ann)
      expect(read.resolved?.examples).toMatchObject({ picked: [{ input: 'a', output: 'A' }] })
      expect(read.content.examples).not.toHaveProperty('picked')
      const again = await world.save(world.ann, 'shots', read.resolved ?? '')
      expect(again).toMatchObject({ version: 1, created: false, hash: read.hash })
    })
  })

  test('what another core wrote is told once, and nothing that was written here', async () => {
    const told: string[] = []
    let snapshots = 0
    const others = createOthersNews({
      sql,
      tell: (id, news) => void told.push(...news.map(({ prompt, label }) => `${id === projectId ? '' : 'other '}${prompt}@${label}`)),
      changed: () => void snapshots++,
    })
    await world.save(world.ann, 'refund', 'One.')
    await others.look()
    expect([told, snapshots]).toEqual([[], 0])
    await world.save(world.ann, 'refund', 'Two.', { labels: ['production'] })
    await others.look()
    await others.look()
    expect([told, snapshots]).toEqual([['refund@null', 'refund@production'], 1])
    told.length = 0
    await world.point(world.ann, 'refund', 'staging', 1)
    others.wrote(projectId, world.revision())
    await world.point(world.ann, 'refund', 'canary', 1)
    await others.look()
    expect([told, snapshots]).toEqual([['refund@canary'], 2])
    await world.point(world.ann, 'refund', 'staging', 2)
    others.wrote(projectId, world.revision())
    await others.look()
    expect([told, snapshots]).toEqual([['refund@canary'], 2])
  })
}
