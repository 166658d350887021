import { AppError, Key, Project } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../lib/ids.ts'
import { contextOf, freshAccess } from './fresh-access.case.ts'

const room = freshAccess()
const inDefault = contextOf()
const ada = contextOf({ userId: 'account_1', organisationRole: 'owner' })
const inOther = contextOf({ projectId: 'other' })
const create = (name: string, context = inDefault, rest: { expiresAt?: string; scopes?: Key['scopes'] } = {}) =>
  room.handlers()['keys.create']({ name, scopes: ['gateway:call'], ...rest }, context)
const list = (context = inDefault, page: { limit?: number; cursor?: string } = {}) =>
  room.handlers()['keys.list']({ limit: 50, ...page }, context)
const other = () => room.handlers()['projects.create']({ id: 'other', name: 'Other' }, inDefault)

describe('projects', () => {
  test('default is always there, others can be made, each id once', async () => {
    expect(await other()).toEqual({
      id: 'other',
      name: 'Other',
      createdAt: room.now().toISOString(),
      allowPrivateProviders: false,
      demo: false,
    })
    expect(room.changes()).toBe(1)
    await expect(other()).rejects.toMatchObject({ code: 'conflict' })
    const { projects } = await room.handlers()['projects.list']({}, ada)
    expect(projects.map((project) => Project.parse(project).id)).toEqual(['default', 'other'])
    expect(await room.access().projectIds()).toEqual(['default', 'other'])
  })
  test('a key sees its own project only', async () => {
    await other()
    const { projects } = await room.handlers()['projects.list']({}, inOther)
    expect(projects.map((project) => project.id)).toEqual(['other'])
  })
  test('can be renamed, and keep the name over a start', async () => {
    const rename = room.handlers()['projects.update']
    expect(await rename({ id: 'default', name: 'Copilot' }, inDefault)).toMatchObject({ id: 'default', name: 'Copilot' })
    await room.access().ensureBootstrap({ bootstrap: null, admin: null })
    await room.access().ensureConfigured({ projects: { default: { keys: [] } } })
    expect(await room.handlers()['projects.list']({}, inDefault)).toMatchObject({ projects: [{ id: 'default', name: 'Copilot' }] })
  })
  test('only an owner of the organisation renames a project beside the one that was asked for', async () => {
    await other()
    const rename = room.handlers()['projects.update']
    const member = contextOf({ userId: 'account_2', organisationRole: 'member' })
    for (const context of [inDefault, member])
      await expect(rename({ id: 'other', name: 'Mine' }, context)).rejects.toMatchObject({ code: 'not-found' })
    expect(await rename({ id: 'other', name: 'Mine' }, inOther)).toMatchObject({ name: 'Mine' })
    expect(await rename({ id: 'other', name: 'Theirs' }, ada)).toMatchObject({ name: 'Theirs' })
    await expect(rename({ id: 'none', name: 'None' }, ada)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('private addresses', () => {
  test('are allowed in a project by an owner of the organisation, which every edge is told', async () => {
    await other()
    const update = room.handlers()['projects.update']
    const before = room.changes()
    expect(await update({ id: 'other', allowPrivateProviders: true }, ada)).toMatchObject({
      name: 'Other',
      allowPrivateProviders: true,
    })
    expect(room.changes()).toBe(before + 1)
    expect(await update({ id: 'other', name: 'Else' }, ada)).toMatchObject({ name: 'Else', allowPrivateProviders: true })
    expect(room.changes()).toBe(before + 1)
    const { projects } = await room.handlers()['projects.list']({}, ada)
    expect(projects.map(({ id, allowPrivateProviders }) => [id, allowPrivateProviders])).toEqual([
      ['default', false],
      ['other', true],
    ])
    expect(await update({ id: 'other', allowPrivateProviders: false }, ada)).toMatchObject({ allowPrivateProviders: false })
  })
  test.each([true, false])('are decided neither by a key nor by a member, whatever they may do: %s', async (allowPrivateProviders) => {
    const update = room.handlers()['projects.update']
    for (const context of [inDefault, contextOf({ userId: 'account_2', organisationRole: 'member' })])
      await expect(update({ id: 'default', name: 'Mine', allowPrivateProviders }, context)).rejects.toMatchObject({
        code: 'permission-denied',
        hint: expect.stringContaining('Settings') as string,
      })
    expect(await room.handlers()['projects.list']({}, inDefault)).toMatchObject({ projects: [{ allowPrivateProviders: false }] })
    expect((await room.handlers()['projects.list']({}, inDefault)).projects[0]?.name).not.toBe('Mine')
    expect(room.changes()).toBe(0)
  })
})

describe('keys', () => {
  test('are shown once and stored as a hash', async () => {
    const { secretKey, ...key } = await create('checkout')
    expect(secretKey).toMatch(/^sk-sb-[\w-]{32}$/)
    expect(key.publicKey).toMatch(/^pk-sb-[\w-]{32}$/)
    expect(key.secretHint).toBe(secretKey.slice(-4))
    expect(await list()).toEqual({ keys: [Key.parse(key)] })
    const stored = JSON.stringify(await room.sql().query('SELECT * FROM keys'))
    expect(stored).toContain(sha256(secretKey))
    expect(stored).not.toContain(secretKey.slice('sk-sb-'.length))
    expect(room.changes()).toBe(1)
  })

  test('are found by their secret and nothing else', async () => {
    const key = await create('a', inDefault, { scopes: ['traces:read', 'keys:read'] })
    expect(await room.access().callerOfKey(key.secretKey)).toEqual({
      projectId: 'default',
      permissions: ['traces:read', 'keys:read'],
      keyId: key.id,
    })
    for (const wrong of ['', key.publicKey, `${key.secretKey}x`, key.secretKey.toUpperCase(), sha256(key.secretKey)])
      expect(await room.access().callerOfKey(wrong)).toBeUndefined()
  })

  test('that are revoked open nothing, at once, and stay on the list', async () => {
    const key = await create('a')
    const revoked = await room.handlers()['keys.revoke']({ id: key.id }, inDefault)
    expect(revoked.revokedAt).toBe(room.now().toISOString())
    expect(room.changes()).toBe(2)
    expect(await room.access().callerOfKey(key.secretKey)).toBeUndefined()
    expect(await room.access().snapshotKeys()).toEqual([])
    room.pass(60)
    expect(await room.handlers()['keys.revoke']({ id: key.id }, inDefault)).toEqual(revoked)
    expect((await list()).keys).toEqual([revoked])
  })

  test('end when they expire', async () => {
    const expiresAt = new Date(room.now().getTime() + 60_000).toISOString()
    const key = await create('a', inDefault, { expiresAt })
    expect((await room.access().snapshotKeys())[0]?.expiresAt).toBe(Date.parse(expiresAt))
    expect(await room.access().callerOfKey(key.secretKey)).toBeDefined()
    room.pass(60)
    await expect(room.access().callerOfKey(key.secretKey)).rejects.toMatchObject({ code: 'key-expired' })
    expect(await room.access().snapshotKeys()).toEqual([])
    await expect(create('b', inDefault, { expiresAt })).rejects.toMatchObject({ code: 'invalid-request' })
  })

  test('of another project are neither seen nor revoked', async () => {
    await other()
    const ours = await create('ours')
    const theirs = await create('theirs', inOther)
    expect((await list()).keys.map((key) => key.name)).toEqual(['ours'])
    expect((await list(inOther)).keys.map((key) => key.name)).toEqual(['theirs'])
    await expect(room.handlers()['keys.revoke']({ id: ours.id }, inOther)).rejects.toMatchObject({ code: 'not-found' })
    expect(await room.access().callerOfKey(ours.secretKey)).toMatchObject({ projectId: 'default' })
    expect(await room.access().callerOfKey(theirs.secretKey)).toMatchObject({ projectId: 'other' })
    expect((await room.access().snapshotKeys()).map((key) => key.projectId).sort()).toEqual(['default', 'other'])
  })

  test('cannot be made with rights that the maker lacks', async () => {
    const maker = contextOf({ permissions: ['keys:write', 'traces:read'] })
    await expect(create('a', maker, { scopes: ['traces:read', '*'] })).rejects.toThrow(/don't have: \*/)
    expect((await create('b', maker, { scopes: ['traces:read'] })).scopes).toEqual(['traces:read'])
  })

  test('are listed newest first, page by page, also those of one moment', async () => {
    const names = ['1', '2', '3', '4', '5']
    for (const name of names) {
      await create(name)
      if (name !== '2') room.pass(1)
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await list(inDefault, { limit: 2, ...(cursor && { cursor }) })
      seen.push(...page.keys.map((key) => key.name))
      cursor = page.nextCursor
    } while (cursor)
    expect(seen.slice(0, 2)).toEqual(['5', '4'])
    expect([...seen].sort()).toEqual(names)
  })
  test.each(['x', '', 'MjAyNg', Buffer.from("2026-11-20T12:00:00.000Z ' OR 1").toString('base64url')])(
    'refuse the cursor %j',
    async (cursor) => {
      await expect(list(inDefault, { cursor })).rejects.toBeInstanceOf(AppError)
    },
  )

  test('remember their last use, not backwards and not for every call', async () => {
    const key = await create('a')
    const lastUse = async () => (await list()).keys[0]?.lastUsedAt
    expect(await lastUse()).toBeNull()
    await room.access().touchKeys(
      new Map([
        [key.id, new Date('2026-11-20T12:00:30Z')],
        ['gone', new Date()],
      ]),
    )
    expect(await lastUse()).toBe('2026-11-20T12:00:30.000Z')
    await room.access().touchKeys(new Map([[key.id, new Date('2026-11-20T12:00:10Z')]]))
    await room.access().touchKeys(new Map([[key.id, new Date('2026-11-20T12:00:35Z')]]))
    expect(await lastUse()).toBe('2026-11-20T12:00:30.000Z')
    room.pass(60)
    await room.access().callerOfKey(key.secretKey)
    expect(await lastUse()).toBe('2026-11-20T12:01:00.000Z')
    await room.access().touchKeys(new Map())
  })

  test('start with one for the first example, never again', async () => {
    const secret = await room.access().firstKey()
    expect(await room.access().callerOfKey(secret ?? '')).toMatchObject({ projectId: 'default' })
    expect(await room.access().firstKey()).toBeUndefined()
    await room.handlers()['keys.revoke']({ id: (await list()).keys[0]?.id ?? '' }, inDefault)
    expect(await room.access().firstKey()).toBeUndefined()
  })
})
