import { randomUUID } from 'node:crypto'
import { api, canonicalJson } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../lib/ids.ts'
import type { Sql } from '../store/ports.ts'
import { type PromptWorld, promptWorld, refusal } from './world.case.ts'

/** What prompts do on any database. */
export function promptContract(open: () => Promise<Sql>): void {
  let sql: Sql
  let world: PromptWorld
  beforeAll(async () => {
    sql = await open()
  })
  afterAll(() => sql[Symbol.asyncDispose]())
  beforeEach(async () => {
    world = await promptWorld(sql, `p-${randomUUID().slice(0, 8)}`)
  })

  describe('a version', () => {
    test('is made once: the same content is the same version, whatever the order of its names', async () => {
      const { save, ann, handlers } = world
      const first = await save(ann, 'support/refund', { type: 'text', text: 'Be kind.', config: { b: 1, a: [2] } }, { message: 'first' })
      expect(api['prompts.create'].output.parse(first)).toMatchObject({
        created: true,
        version: 1,
        message: 'first',
        createdBy: 'ann@example.test',
        labels: ['latest'],
        prompt: { name: 'support/refund', type: 'text', latestVersion: 1, versionCount: 1 },
      })
      expect(first.hash).toBe(sha256(canonicalJson(first.content)))
      const second = await save(ann, 'support/refund', 'Be brief.')
      expect([second.created, second.version]).toEqual([true, 2])
      const again = await save(ann, 'support/refund', { config: { a: [2], b: 1 }, text: 'Be kind.', type: 'text', engine: 'mustache' })
      expect([again.created, again.version, again.hash]).toEqual([false, 1, first.hash])
      expect(await handlers['prompts.versions']({ name: 'support/refund', limit: 1 }, ann)).toMatchObject({
        versions: [{ version: 2, labels: ['latest'] }],
        nextCursor: '2',
      })
    })

    test('keeps its type, and is refused where it was not read first', async () => {
      const { save, ann } = world
      await save(ann, 'a', 'one')
      expect(await refusal(save(ann, 'a', { type: 'chat', messages: [] }))).toMatchObject({
        status: 400,
        message: expect.stringContaining('text prompt'),
      })
      await save(ann, 'a', 'two', { expectedLatest: 1 })
      expect(await refusal(save(ann, 'a', 'three', { expectedLatest: 1 }))).toMatchObject({ code: 'conflict', data: { latestVersion: 2 } })
      expect(await refusal(save(ann, 'a', 'Hello {{#name}}'))).toMatchObject({ status: 400, message: expect.stringContaining('mustache') })
    })

    test('is not deleted while a label points to it, and its number is never given again', async () => {
      const { save, point, ann, handlers } = world
      for (const text of ['one', 'two', 'three']) await save(ann, 'a', text)
      await point(ann, 'a', 'production', 3)
      expect(await refusal(handlers['prompts.remove']({ name: 'a', version: 3 }, ann))).toMatchObject({
        code: 'conflict',
        data: { labels: ['production'] },
      })
      await point(ann, 'a', 'production', 1)
      await handlers['prompts.remove']({ name: 'a', version: 3 }, ann)
      expect(await handlers['prompts.get']({ name: 'a', label: 'latest' }, ann)).toMatchObject({ version: 2 })
      expect(await save(ann, 'a', 'three')).toMatchObject({ version: 4, created: true })
    })
  })

  describe('a label', () => {
    test('is moved with a reason, and back again by one call', async () => {
      const { save, point, ann, ben, handlers, text } = world
      for (const said of ['one', 'two']) await save(ann, 'a', said)
      await point(ann, 'a', 'production', 1, { why: 'the first' })
      expect(await point(ben, 'a', 'production', 2, { why: 'shorter' })).toMatchObject({
        kind: 'plain',
        version: 2,
        movedBy: 'ben@example.test',
        why: 'shorter',
      })
      expect(await text('a')).toBe('two')
      await handlers['prompts.rollback']({ name: 'a', label: 'production', why: 'worse' }, ann)
      expect(await text('a')).toBe('one')
      const { events } = await handlers['prompts.events']({ name: 'a', label: 'production', limit: 10 }, ann)
      expect(events).toMatchObject([
        { kind: 'rolled-back', by: 'ann@example.test', from: { version: 2 }, to: { version: 1 }, why: 'worse' },
        { kind: 'label-set', by: 'ben@example.test', from: { version: 1 }, to: { version: 2 }, why: 'shorter' },
        { kind: 'label-set', from: null, to: { version: 1 } },
      ])
      for (const event of events) api['prompts.events'].output.shape.events.element.parse(event)
      const page = await handlers['prompts.events']({ name: 'a', limit: 2 }, ann)
      const next = await handlers['prompts.events']({ name: 'a', limit: 10, cursor: page.nextCursor }, ann)
      expect([...page.events, ...next.events].map(({ kind }) => kind)).toEqual([
        'rolled-back',
        'label-set',
        'label-set',
        'version',
        'version',
        'created',
      ])
    })

    test('that two people move at once goes to the first, and the second learns who it was', async () => {
      const { save, point, ann, ben } = world
      for (const said of ['one', 'two', 'three']) await save(ann, 'a', said)
      const { revision } = await point(ann, 'a', 'production', 1)
      const outcomes = await Promise.allSettled([
        point(ann, 'a', 'production', 2, { expectedRevision: revision }),
        point(ben, 'a', 'production', 3, { expectedRevision: revision }),
      ])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const [failed] = outcomes.filter((one) => one.status === 'rejected')
      const won = outcomes[0]?.status === 'fulfilled' ? 'ann' : 'ben'
      expect(failed?.reason).toMatchObject({ code: 'conflict', data: { movedBy: `${won}@example.test`, from: { version: 1 } } })
      expect(await refusal(point(ann, 'a', 'production', 1, { expected: 1 }))).toMatchObject({ code: 'conflict' })
      expect(await refusal(point(ann, 'a', 'staging', 1, { expected: 1 }))).toMatchObject({ code: 'conflict' })
      await point(ann, 'a', 'staging', 1, { expected: null })
    })

    test('divides sessions by weight, and each stays with its version', async () => {
      const { save, ann, handlers } = world
      for (const said of ['one', 'two']) await save(ann, 'a', said)
      const split = [
        { version: 1, weight: 3 },
        { version: 2, weight: 1 },
      ]
      expect(await handlers['prompts.setLabel']({ name: 'a', label: 'production', split, why: '' }, ann)).toMatchObject({
        kind: 'split',
        split,
      })
      const got = async (session: string) => (await handlers['prompts.get']({ name: 'a', session }, ann)).version
      const versions = await Promise.all(Array.from({ length: 60 }, (_, at) => got(`s${at}`)))
      expect(await Promise.all(Array.from({ length: 60 }, (_, at) => got(`s${at}`)))).toEqual(versions)
      expect(new Set(versions)).toEqual(new Set([1, 2]))
      expect((await world.snapshot()).a).toMatchObject({ labels: { production: { split } }, versions: { 1: {}, 2: {} } })
      expect(await refusal(handlers['prompts.remove']({ name: 'a', version: 1 }, ann))).toMatchObject({ data: { labels: ['production'] } })
    })

    test('points only to what is there', async () => {
      const { save, point, ann, handlers } = world
      await save(ann, 'a', 'one')
      expect(await refusal(point(ann, 'a', 'production', 2))).toMatchObject({ status: 404 })
      expect(await refusal(point(ann, 'b', 'production', 1))).toMatchObject({ status: 404 })
      expect(await refusal(handlers['prompts.get']({ name: 'a' }, ann))).toMatchObject({
        status: 404,
        message: expect.stringContaining('no label production'),
      })
      expect(await refusal(handlers['prompts.rollback']({ name: 'a', label: 'production', why: '' }, ann))).toMatchObject({ status: 404 })
      await point(ann, 'a', 'production', 1)
      expect(await refusal(handlers['prompts.rollback']({ name: 'a', label: 'production', why: '' }, ann))).toMatchObject({ status: 409 })
    })
  })

  describe('a protected label', () => {
    beforeEach(async () => {
      for (const said of ['one', 'two', 'three']) await world.save(world.ann, 'a', said)
      await world.point(world.ann, 'a', 'production', 1)
    })

    test('by role is moved by admins and by a key made for it, not by another editor or key', async () => {
      const { ann, ada, as, point, handlers, save } = world
      await handlers['prompts.protect']({ label: 'production', needs: 'role', why: '' }, ada)
      const pipeline = (permissions: string[]) => as({ keyId: 'key_x', permissions })
      expect(await refusal(point(ann, 'a', 'production', 2))).toMatchObject({ status: 403, data: { needs: 'role' } })
      expect(await refusal(save(ann, 'a', 'four', { labels: ['production'] }))).toMatchObject({ status: 403 })
      expect(await refusal(point(pipeline(['prompts:read', 'prompts:promote']), 'a', 'production', 2))).toMatchObject({ status: 403 })
      expect(await refusal(point(pipeline(['prompt:promote:staging']), 'a', 'production', 2))).toMatchObject({ status: 403 })
      expect(await refusal(handlers['prompts.removeLabel']({ name: 'a', label: 'production', why: '' }, ann))).toMatchObject({
        status: 403,
      })
      expect(await refusal(handlers['prompts.remove']({ name: 'a' }, ann))).toMatchObject({ status: 403 })
      await point(pipeline(['prompt:promote:production']), 'a', 'production', 2)
      await point(ada, 'a', 'production', 3)
      expect(await handlers['prompts.labels']({ name: 'a' }, ann)).toMatchObject({
        labels: [{ kind: 'protected', needs: 'role', version: 3 }],
      })
      // What was refused left nothing behind.
      expect(await handlers['prompts.versions']({ name: 'a', limit: 10 }, ann)).toMatchObject({ versions: [{ version: 3 }, {}, {}] })
    })

    test('by approval is moved when a second person says yes, whatever the first one may', async () => {
      const { ann, ben, ada, as, point, handlers, text } = world
      await handlers['prompts.protect']({ label: 'production', needs: 'approval', why: '' }, ada)
      const ofAnn = as({ keyId: 'key_x', ownerId: 'acc_ann', permissions: ['*'] })
      for (const who of [ann, ada, ofAnn, as({ permissions: ['prompt:promote:production'] })])
        expect(await refusal(point(who, 'a', 'production', 2))).toMatchObject({ status: 403, data: { needs: 'approval' } })
      const asked = await handlers['prompts.requestApproval']({ name: 'a', label: 'production', version: 2, why: 'shorter' }, ofAnn)
      expect(api['prompts.approval'].output.parse(asked)).toMatchObject({
        status: 'open',
        own: true,
        from: { version: 1 },
        to: { version: 2 },
      })
      expect(await refusal(handlers['prompts.approve']({ id: asked.id }, ann))).toMatchObject({
        status: 403,
        message: expect.stringContaining('second person'),
      })
      expect(await refusal(handlers['prompts.approve']({ id: asked.id }, as({ keyId: 'key_y', permissions: ['*'] })))).toMatchObject({
        status: 403,
      })
      expect(await text('a')).toBe('one')
      await handlers['prompts.comment']({ id: asked.id, text: 'Is it tested?' }, ben)
      expect(await handlers['prompts.approve']({ id: asked.id, comment: 'Yes.' }, ben)).toMatchObject({
        status: 'approved',
        own: false,
        decidedBy: 'ben@example.test',
        comments: [{ text: 'Is it tested?', by: 'ben@example.test' }, { text: 'Yes.' }],
      })
      expect(await text('a')).toBe('two')
      const { events } = await handlers['prompts.events']({ name: 'a', kind: 'label-set', limit: 1 }, ann)
      expect(events).toMatchObject([{ approvedBy: 'ben@example.test', approvalId: asked.id, why: 'shorter' }])
      expect(await refusal(handlers['prompts.approve']({ id: asked.id }, ben))).toMatchObject({ status: 409 })
      expect(await refusal(handlers['prompts.rollback']({ name: 'a', label: 'production', why: '' }, ann))).toMatchObject({ status: 403 })
      await handlers['prompts.rollback']({ name: 'a', label: 'production', why: 'it is down' }, ada)
      expect(await text('a')).toBe('one')
    })

    test('asked for, and then moved otherwise, is asked for in vain', async () => {
      const { ann, ben, point, handlers } = world
      const ask = (version: number) => handlers['prompts.requestApproval']({ name: 'a', label: 'production', version, why: 'better' }, ann)
      const first = await ask(2)
      expect(await refusal(ask(2))).toMatchObject({ status: 409, data: { id: first.id } })
      await point(ben, 'a', 'production', 3)
      expect(await handlers['prompts.approval']({ id: first.id }, ann)).toMatchObject({ status: 'outdated' })
      const second = await ask(2)
      expect(await handlers['prompts.reject']({ id: second.id, comment: 'No.' }, ben)).toMatchObject({
        status: 'rejected',
        decidedBy: 'ben@example.test',
      })
      const third = await ask(2)
      expect(await handlers['prompts.reject']({ id: third.id }, ann)).toMatchObject({ status: 'withdrawn' })
      const page = await handlers['prompts.approvals']({ limit: 2 }, ben)
      const rest = await handlers['prompts.approvals']({ limit: 2, cursor: page.nextCursor }, ben)
      expect([...page.approvals, ...rest.approvals].map(({ status }) => status).sort()).toEqual(['outdated', 'rejected', 'withdrawn'])
    })
  })

  describe('a fragment', () => {
    test('is filled in where it stands, and moving its label reaches all that include it', async () => {
      const { save, point, ann, snapshot, text, handlers } = world
      await save(ann, 'tone', 'Be kind.', { labels: ['production'] })
      await save(ann, 'both', 'Tone: {{> tone}}', { labels: ['production'] })
      await save(ann, 'refund', 'A {{> both@production}} B @@@langfusePrompt:name=tone|version=1@@@', { labels: ['production'] })
      expect(await text('refund')).toBe('A Tone: Be kind. B Be kind.')
      await snapshot()
      await save(ann, 'tone', 'Be brief.')
      await point(ann, 'tone', 'production', 2)
      expect(await text('refund')).toBe('A Tone: Be brief. B Be kind.')
      expect(await handlers['prompts.get']({ name: 'refund' }, ann)).toMatchObject({
        content: { text: 'A {{> both@production}} B @@@langfusePrompt:name=tone|version=1@@@' },
        resolved: { text: 'A Tone: Be brief. B Be kind.' },
        fragments: [
          { name: 'both', label: 'production', version: 1, fragments: ['tone@production'] },
          { name: 'tone', label: 'production', version: 2 },
          { name: 'tone', label: null, version: 1 },
        ],
      })
      const { uses } = await handlers['prompts.usedBy']({ name: 'tone', label: 'production' }, ann)
      expect(uses).toEqual([
        { prompt: 'both', version: 1, labels: ['production', 'latest'], through: 'tone@production' },
        { prompt: 'refund', version: 1, labels: ['production', 'latest'], through: 'both@production' },
      ])
    })

    test('in use is not deleted, and who uses it is said', async () => {
      const { save, ann, handlers, text } = world
      await save(ann, 'tone', 'Be kind.', { labels: ['production'] })
      await save(ann, 'refund', '{{> tone}}', { labels: ['production'] })
      const usedBy = [{ prompt: 'refund', version: 1, labels: ['production', 'latest'], through: 'tone@production' }]
      expect(await refusal(handlers['prompts.remove']({ name: 'tone' }, ann))).toMatchObject({ code: 'conflict', data: { usedBy } })
      expect(await refusal(handlers['prompts.removeLabel']({ name: 'tone', label: 'production', why: '' }, ann))).toMatchObject({
        code: 'conflict',
      })
      expect(await text('refund')).toBe('Be kind.')
      await save(ann, 'refund', 'Nothing.', { labels: ['production'] })
      await handlers['prompts.remove']({ name: 'tone' }, ann)
      expect(Object.keys(await world.snapshot())).toEqual(['refund'])
      // The old version says why it cannot be used any more.
      expect(await handlers['prompts.get']({ name: 'refund', version: 1 }, ann)).toMatchObject({
        resolved: null,
        fragments: [{ problem: expect.stringContaining('there is no prompt "tone"') }],
      })
      expect(await refusal(handlers['prompts.rollback']({ name: 'refund', label: 'production', why: '' }, ann))).toMatchObject({
        code: 'conflict',
      })
    })

    test.each([
      ['that is not there', '{{> nowhere}}', 'there is no prompt "nowhere"'],
      ['without this label', '{{> tone@staging}}', 'has no label staging'],
      ['without this version', '{{> tone@9}}', 'has no version 9'],
      ['that is itself', '{{> refund@latest}}', 'includes itself'],
      ['that is a chat', '{{> chat@latest}}', 'a fragment must be text'],
      ['of another engine', '{{> liquid@latest}}', 'is written for liquid'],
      ['that is broken', '@@@langfusePrompt:nothing@@@', 'name=…|version=…'],
    ])('%s is refused', async (_, text, problem) => {
      const { save, ann, handlers } = world
      await save(ann, 'tone', 'Be kind.', { labels: ['production'] })
      await save(ann, 'chat', { type: 'chat', messages: [] })
      await save(ann, 'liquid', { type: 'text', engine: 'liquid', text: 'x' })
      expect(await refusal(save(ann, 'refund', text))).toMatchObject({ status: 400, message: expect.stringContaining(problem) })
      expect(await refusal(handlers['prompts.get']({ name: 'refund', label: 'latest' }, ann))).toMatchObject({ status: 404 })
    })

    test('cannot go round by way of a label', async () => {
      const { save, point, ann } = world
      await save(ann, 'a', 'end', { labels: ['production'] })
      await save(ann, 'b', '{{> a}}', { labels: ['production'] })
      await save(ann, 'a', 'again {{> b}}')
      expect(await refusal(point(ann, 'a', 'production', 2))).toMatchObject({
        code: 'conflict',
        message: expect.stringContaining('includes itself'),
      })
      expect(await world.text('b')).toBe('end')
    })

    test('nests five deep and no deeper, and what grows too long is refused', async () => {
      const { save, ann } = world
      await save(ann, 'f0', 'end')
      for (let depth = 1; depth <= 5; depth++) await save(ann, `f${depth}`, `{{> f${depth - 1}@latest}}`)
      expect(await refusal(save(ann, 'f6', '{{> f5@latest}}'))).toMatchObject({ message: expect.stringContaining('deeper than 5') })
      expect(await refusal(save(ann, 'f6', '{{> f1@latest}} {{> f5@latest}}'))).toMatchObject({
        message: expect.stringContaining('deeper than 5'),
      })
      await save(ann, 'big', 'x'.repeat(1000))
      await save(ann, 'bigger', '{{> big@latest}}'.repeat(900))
      expect(await refusal(save(ann, 'biggest', '{{> bigger@latest}}'.repeat(1000)))).toMatchObject({
        message: expect.stringContaining('longer than'),
      })
    })
  })

  test('a list has folders, tags and labels, and is read in pieces', async () => {
    const { save, ann, handlers } = world
    for (const name of ['a', 'b/x', 'b/y', 'b/z/deep', 'c d/ü'])
      await save(ann, name, name, { tags: [name === 'a' ? 'one' : 'more'], ...(name === 'b/y' && { labels: ['production'] }) })
    const list = async (given: object) => {
      const found = await handlers['prompts.list']({ limit: 50, archived: 'false', ...given }, ann)
      api['prompts.list'].output.parse(found)
      return found
    }
    const names = async (given: object) => (await list(given)).prompts.map(({ name }) => name)
    expect(await list({ folder: '' })).toMatchObject({
      prompts: [{ name: 'a' }],
      folders: [
        { name: 'b', count: 3 },
        { name: 'c d', count: 1 },
      ],
      tags: ['more', 'one'],
      total: 1,
    })
    expect(await list({ folder: 'b' })).toMatchObject({ prompts: [{ name: 'b/x' }, { name: 'b/y' }], folders: [{ name: 'b/z', count: 1 }] })
    expect(await names({ search: 'DEEP' })).toEqual(['b/z/deep'])
    expect(await names({ search: 'ü' })).toEqual(['c d/ü'])
    expect(await names({ search: '%' })).toEqual([])
    expect(await names({ tag: 'one' })).toEqual(['a'])
    expect(await names({ label: 'production' })).toEqual(['b/y'])
    const first = await list({ limit: 3 })
    expect(first.total).toBe(5)
    expect([...first.prompts.map(({ name }) => name), ...(await names({ limit: 3, cursor: first.nextCursor }))]).toEqual(await names({}))
    await handlers['prompts.change']({ name: 'a', archived: true }, ann)
    expect(await names({})).toHaveLength(4)
    expect(await names({ archived: 'true' })).toEqual(['a'])
    expect(await refusal(save(ann, 'a', 'new'))).toMatchObject({ code: 'conflict', message: expect.stringContaining('archived') })
  })

  test('belongs to its project, and edges are given what changed', async () => {
    const { save, ann, handlers, snapshot, changes, snapshots } = world
    await save(ann, 'a', 'one', { labels: ['production'] })
    expect(snapshots()).toBe(1)
    expect(changes).toMatchObject([[{ kind: 'created' }, { kind: 'version' }, { kind: 'label-set', to: { version: 1 } }]])
    const before = await snapshot()
    await save(ann, 'b', { type: 'text', text: 'one', config: { a: 1 }, tests: { dataset: 'golden' }, manifest: {} })
    const after = await snapshot()
    expect(after.a).toBe(before.a)
    expect(after.b).toEqual({
      labels: { latest: { version: 1 } },
      versions: { 1: { hash: expect.any(String), content: { type: 'text', engine: 'mustache', text: 'one' } } },
    })
    const stranger = world.as({ projectId: 'default', userId: 'acc_ann' })
    expect(await refusal(handlers['prompts.get']({ name: 'a' }, stranger))).toMatchObject({ status: 404 })
    expect((await handlers['prompts.events']({ name: 'a', limit: 10 }, stranger)).events).toEqual([])
    expect(world.warnings).toEqual([])
  })

  test('two versions differ by single values, tools by name', async () => {
    const { save, ann, handlers } = world
    const tool = (name: string, description: string) => ({ name, description, parameters: {} })
    await save(ann, 'a', {
      type: 'chat',
      messages: [{ role: 'system', content: 'Be kind.' }],
      model: { parameters: { temperature: 0.2 } },
      tools: [tool('refund', 'pays back'), tool('look', 'looks')],
    })
    await save(ann, 'a', {
      type: 'chat',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: '{{question}}' },
      ],
      model: { parameters: { temperature: 0.5 } },
      tools: [tool('look', 'looks'), tool('refund', 'pays')],
    })
    const { changes } = await handlers['prompts.diff']({ name: 'a', from: 1, to: 2 }, ann)
    expect(changes).toEqual([
      { path: 'messages[0].content', kind: 'changed', before: 'Be kind.', after: 'Be brief.' },
      { path: 'messages[1]', kind: 'added', after: { role: 'user', content: '{{question}}' } },
      { path: 'model.parameters.temperature', kind: 'changed', before: 0.2, after: 0.5 },
      { path: 'tools.refund.description', kind: 'changed', before: 'pays back', after: 'pays' },
    ])
  })
}
