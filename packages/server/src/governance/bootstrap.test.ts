import { describe, expect, test } from 'vitest'
import { contextOf, freshAccess } from './fresh-access.case.ts'

const room = freshAccess()
const pair = (name: string) => ({ publicKey: `pk-sb-public-key-${name}`, secretKey: `sk-sb-secret-key-${name}` })
const usable = async () => (await room.access().snapshotKeys()).map((key) => key.publicKey).sort()
const bootstrap = (name: string | null) => room.access().ensureBootstrap({ bootstrap: name === null ? null : pair(name), admin: null })

describe('the pair of the environment', () => {
  test('has all rights in the project default', async () => {
    await bootstrap('a')
    expect(await room.access().callerOfKey(pair('a').secretKey)).toMatchObject({ projectId: 'default', permissions: ['*'] })
  })
  test('stays the same key at every start, and when it is gone', async () => {
    await bootstrap('a')
    const before = await room.access().snapshotKeys()
    await bootstrap('a')
    await bootstrap(null)
    expect(await room.access().snapshotKeys()).toEqual(before)
  })
  test('is replaced when it changes, and can come back', async () => {
    await bootstrap('a')
    await bootstrap('b')
    expect(await usable()).toEqual([pair('b').publicKey])
    expect(await room.access().callerOfKey(pair('a').secretKey)).toBeUndefined()
    await bootstrap('a')
    expect(await usable()).toEqual([pair('a').publicKey])
    expect(await room.access().callerOfKey(pair('a').secretKey)).toBeDefined()
  })
  test.each([
    ['secret', { publicKey: pair('a').publicKey, secretKey: pair('b').secretKey }],
    ['public key', { publicKey: pair('b').publicKey, secretKey: pair('a').secretKey }],
  ])('may change only its %s', async (_, changed) => {
    await bootstrap('a')
    await room.access().ensureBootstrap({ bootstrap: changed, admin: null })
    expect(await usable()).toEqual([changed.publicKey])
    expect(await room.access().callerOfKey(changed.secretKey)).toMatchObject({ permissions: ['*'] })
    const old = changed.secretKey === pair('a').secretKey ? pair('b').secretKey : pair('a').secretKey
    expect(await room.access().callerOfKey(old)).toBeUndefined()
  })
  test('works when several cores start at once', async () => {
    await Promise.all([bootstrap('a'), bootstrap('a'), bootstrap('a')])
    expect(await usable()).toEqual([pair('a').publicKey])
  })
})

describe('what signalbox.yaml names', () => {
  const key = (name: string, scopes = ['gateway:call']) => ({ name, ...pair(name), scopes })
  const configured = (projects: Record<string, ReturnType<typeof key>[]>) =>
    room.access().ensureConfigured({ projects: Object.fromEntries(Object.entries(projects).map(([id, keys]) => [id, { keys }])) })

  test('is made, changed and revoked with the file', async () => {
    expect(await configured({ default: [key('a')], shop: [key('b')] })).toBe(true)
    expect(await configured({ default: [key('a')], shop: [key('b')] })).toBe(false)
    expect(await room.access().projectIds()).toEqual(['default', 'shop'])
    expect(await room.access().callerOfKey(pair('b').secretKey)).toMatchObject({ projectId: 'shop', permissions: ['gateway:call'] })
    expect(await configured({ default: [key('a', ['*'])] })).toBe(true)
    expect(await room.access().callerOfKey(pair('a').secretKey)).toMatchObject({ permissions: ['*'] })
    expect(await room.access().callerOfKey(pair('b').secretKey)).toBeUndefined()
    expect(await room.access().projectIds()).toEqual(['default', 'shop'])
  })
  test('leaves keys of the environment and of the page alone', async () => {
    await bootstrap('a')
    const made = await room.handlers()['keys.create']({ name: 'page', scopes: ['gateway:call'] }, contextOf())
    await configured({ default: [key('b')] })
    await configured({ default: [] })
    expect(await usable()).toEqual([made.publicKey, pair('a').publicKey].sort())
  })
  test.each([
    ['public key', { ...key('x'), publicKey: pair('a').publicKey }],
    ['secret', { ...key('x'), secretKey: pair('a').secretKey }],
  ])('is refused as a whole when a %s is taken', async (_, taken) => {
    await bootstrap('a')
    await expect(configured({ default: [key('b'), taken] })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('signalbox.yaml'),
    })
    expect(await usable()).toEqual([pair('a').publicKey])
  })
})

describe('the owner of the environment', () => {
  const owner = (email: string, password: string) => room.access().ensureBootstrap({ bootstrap: null, admin: { email, password } })
  const login = async (email: string, password: string) => {
    const context = contextOf()
    const { account } = await room.handlers()['session.login']({ email, password }, context)
    return { account, token: context.cookies[0] ?? '' }
  }
  test('can log in, and stays logged in over a restart', async () => {
    await owner('Ada@Example.com', 'first password')
    const { account, token } = await login('ada@example.com', 'first password')
    expect(account).toMatchObject({ email: 'ada@example.com', role: 'owner', hasPassword: true })
    await owner('ada@example.com', 'first password')
    expect(await room.access().accountOfSession(token)).toEqual(account)
    expect(await room.access().firstLoginToken()).toBeUndefined()
  })
  test('changes with the variables: the old password and sessions end', async () => {
    await owner('ada@example.com', 'first password')
    const { account, token } = await login('ada@example.com', 'first password')
    await owner('ada@example.com', 'second password')
    expect(await room.access().accountOfSession(token)).toBeUndefined()
    await expect(login('ada@example.com', 'first password')).rejects.toMatchObject({ code: 'unauthenticated' })
    await owner('grace@example.com', 'third password')
    expect((await login('grace@example.com', 'third password')).account.id).toBe(account.id)
    await expect(login('ada@example.com', 'second password')).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})
