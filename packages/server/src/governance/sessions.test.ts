import * as argon2 from '@node-rs/argon2'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { sha256 } from '../lib/ids.ts'
import { contextOf, freshAccess } from './fresh-access.case.ts'

// The real ones, counted.
vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof argon2>()
  return { ...real, verify: vi.fn(real.verify) }
})

const room = freshAccess()
const DAY = 86_400
const ada = { email: 'ada@example.com', password: 'correct horse battery' }
beforeEach(() => room.access().ensureBootstrap({ bootstrap: null, admin: ada }))

const login = async (credentials: Partial<typeof ada> = {}, ip = '192.0.2.1') => {
  const context = contextOf({}, { ip })
  const session = await room.handlers()['session.login']({ ...ada, ...credentials }, context)
  return { session, token: context.cookies[0] ?? '' }
}
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  )
const get = (token: string) => {
  const context = contextOf({}, { sessionToken: token })
  return room
    .handlers()
    ['session.get']({}, context)
    .then((session) => ({ session, cookies: context.cookies }))
}
const setCredentials = (token: string, input: { email?: string; password: string; currentPassword?: string }) =>
  room.handlers()['session.credentials']({ email: ada.email, ...input }, contextOf({}, { sessionToken: token }))

describe('a login', () => {
  test('gives a session with a cookie, and the database neither password nor token', async () => {
    const { session, token } = await login({ email: ' ADA@example.com ' })
    expect(session).toMatchObject({
      account: { email: 'ada@example.com', hasPassword: true },
      version: '1.2.3',
      projects: [{ id: 'default' }],
    })
    expect((await get(token)).session).toEqual(session)
    const stored = JSON.stringify([await room.sql().query('SELECT * FROM sessions'), await room.sql().query('SELECT * FROM accounts')])
    expect(stored).toContain(sha256(token))
    expect(stored).toContain('$argon2id$')
    expect(stored).not.toContain(token)
    expect(stored).not.toContain(ada.password)
  })
  test('says the same, and does the same work, for a wrong password and an unknown e-mail', async () => {
    const verify = vi.mocked(argon2.verify)
    verify.mockClear()
    const wrong = await failure(login({ password: 'wrong' }))
    expect(verify).toHaveBeenCalledTimes(1)
    const unknown = await failure(login({ email: 'eve@example.com' }))
    expect(verify).toHaveBeenCalledTimes(2)
    expect(wrong).toMatchObject({ code: 'unauthenticated' })
    expect(JSON.stringify(unknown)).toBe(JSON.stringify(wrong))
  })
  test('does not work for an account without a password', async () => {
    await room.sql().query('UPDATE accounts SET password_hash = NULL')
    for (const password of ['', ada.password]) expect(await failure(login({ password }))).toMatchObject({ code: 'unauthenticated' })
  })
})

describe('the limit of attempts', () => {
  test('holds for one e-mail from many addresses, and ends', async () => {
    for (let at = 0; at < 10; at++)
      expect(await failure(login({ password: 'wrong' }, `192.0.2.${at}`))).toMatchObject({ code: 'unauthenticated' })
    const refused = await failure(login({}, '198.51.100.1'))
    expect(refused).toMatchObject({ code: 'rate-limited', status: 429, retryAfterSeconds: 900 })
    expect(await failure(login({ email: 'ADA@example.com' }, '198.51.100.1'))).toMatchObject({ code: 'rate-limited' })
    room.pass(600)
    expect(await failure(login({}, '198.51.100.1'))).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 300 })
    room.pass(300)
    expect((await login({}, '198.51.100.1')).token).not.toBe('')
  })
  test('is the same for an e-mail that nobody has', async () => {
    const attempts = []
    for (let at = 0; at < 11; at++) attempts.push(await failure(login({ email: 'eve@example.com' }, `192.0.2.${at}`)))
    expect(attempts.at(-2)).toMatchObject({ code: 'unauthenticated' })
    expect(attempts.at(-1)).toMatchObject({ code: 'rate-limited' })
  })
  test('holds for one address with many e-mails, and for nobody else', async () => {
    for (let at = 0; at < 30; at++) await failure(login({ email: `user-${at}@example.com` }))
    expect(await failure(login())).toMatchObject({ code: 'rate-limited' })
    expect(await failure(room.handlers()['session.redeem']({ token: 'x' }, contextOf()))).toMatchObject({ code: 'rate-limited' })
    expect((await login({}, '198.51.100.1')).token).not.toBe('')
  })
  test('counts attempts that come all at once', async () => {
    const attempts = await Promise.all(Array.from({ length: 15 }, (_, at) => failure(login({ password: 'wrong' }, `192.0.2.${at}`))))
    expect(attempts.filter((error) => (error as { code: string }).code === 'rate-limited')).toHaveLength(5)
  })
  test('is forgotten for the e-mail by a success', async () => {
    for (let round = 0; round < 2; round++) {
      for (let at = 0; at < 9; at++) await failure(login({ password: 'wrong' }, `192.0.2.${at}`))
      await login({}, '198.51.100.1')
    }
    expect(await failure(login({ password: 'wrong' }, '198.51.100.1'))).toMatchObject({ code: 'unauthenticated' })
  })
  test('holds for the current password too', async () => {
    const { token } = await login()
    for (let at = 0; at < 10; at++)
      expect(await failure(setCredentials(token, { password: 'a new password', currentPassword: 'wrong' }))).toMatchObject({
        code: 'permission-denied',
      })
    expect(await failure(setCredentials(token, { password: 'a new password', currentPassword: ada.password }))).toMatchObject({
      code: 'rate-limited',
    })
  })
})

describe('a session', () => {
  test('lives 30 days from its last use', async () => {
    const { token } = await login()
    for (let use = 0; use < 4; use++) {
      room.pass(29 * DAY)
      expect((await get(token)).cookies).toEqual([token])
    }
    room.pass(30 * DAY)
    expect(await room.access().accountOfSession(token)).toBeUndefined()
    expect(await failure(get(token))).toMatchObject({ code: 'unauthenticated' })
  })
  test('ends with logout, and no other does', async () => {
    const [one, two] = [await login(), await login()]
    const context = contextOf({}, { sessionToken: one.token })
    expect(await room.handlers()['session.logout']({}, context)).toEqual({ ok: true })
    expect(context.cookies).toEqual([null])
    expect(await room.access().accountOfSession(one.token)).toBeUndefined()
    expect(await room.access().accountOfSession(two.token)).toBeDefined()
  })
  test('has a CSRF token of its own, which does not give the session away', async () => {
    const [one, two] = [await login(), await login()]
    expect(one.session.csrfToken).toBe(room.access().csrfTokenOf(one.token))
    expect(one.session.csrfToken).not.toBe(two.session.csrfToken)
    expect(await room.access().accountOfSession(one.session.csrfToken)).toBeUndefined()
  })
  test.each(['', 'x', "' OR 1=1 --"])('is not there for the token %j', async (token) => {
    await login()
    expect(await room.access().accountOfSession(token)).toBeUndefined()
  })
})

describe('changing the password', () => {
  test('needs the current one and ends all other sessions', async () => {
    const [mine, elsewhere] = [await login(), await login()]
    for (const currentPassword of [undefined, '', 'wrong'])
      expect(
        await failure(
          setCredentials(mine.token, { password: 'a new password', ...(currentPassword !== undefined && { currentPassword }) }),
        ),
      ).toMatchObject({
        code: 'permission-denied',
      })
    expect(await room.access().accountOfSession(elsewhere.token)).toBeDefined()
    const account = await setCredentials(mine.token, {
      email: 'Ada@new.example',
      password: 'a new password',
      currentPassword: ada.password,
    })
    expect(account).toMatchObject({ email: 'ada@new.example', hasPassword: true })
    expect(await room.access().accountOfSession(mine.token)).toEqual(account)
    expect(await room.access().accountOfSession(elsewhere.token)).toBeUndefined()
    expect(await failure(login())).toMatchObject({ code: 'unauthenticated' })
    expect((await login({ email: 'ada@new.example', password: 'a new password' })).session.account.id).toBe(account.id)
  })
  test('does not take the e-mail of another account', async () => {
    await room.sql().query(`INSERT INTO accounts VALUES ('account_2', 'grace@example.com', NULL, 'owner', 'link', now())`)
    const { token } = await login()
    const change = setCredentials(token, { email: 'grace@example.com', password: 'a new password', currentPassword: ada.password })
    expect(await failure(change)).toMatchObject({ code: 'conflict' })
  })
  test('needs a session', async () => {
    expect(await failure(setCredentials('gone', { password: 'a new password' }))).toMatchObject({ code: 'unauthenticated' })
  })
})

describe('a login link', () => {
  const redeem = async (token: string) => {
    const context = contextOf()
    const session = await room.handlers()['session.redeem']({ token }, context)
    return { session, token: context.cookies[0] ?? '' }
  }
  const nobody = () => room.sql().exec('DELETE FROM accounts')

  test('makes the first owner, who then sets e-mail and password', async () => {
    await nobody()
    const link = (await room.access().firstLoginToken()) ?? ''
    const { session, token } = await redeem(link)
    expect(session.account).toMatchObject({ email: null, role: 'owner', hasPassword: false })
    expect(await room.access().firstLoginToken()).toBeDefined()
    const account = await setCredentials(token, { email: 'new@example.com', password: 'my own password' })
    expect(account).toEqual({ ...session.account, email: 'new@example.com', hasPassword: true })
    expect(await room.access().firstLoginToken()).toBeUndefined()
    expect((await login({ email: 'new@example.com', password: 'my own password' })).session.account).toEqual(account)
  })
  test('works once, also for many at once', async () => {
    await nobody()
    const link = await room.access().createLoginLink()
    const results = await Promise.allSettled([redeem(link), redeem(link), redeem(link)])
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1)
    expect(await failure(redeem(link))).toMatchObject({ code: 'unauthenticated' })
    expect(await room.sql().query('SELECT count(*) AS accounts FROM accounts')).toEqual([{ accounts: 1 }])
  })
  test('brings an owner without a password back to the same account', async () => {
    await nobody()
    const first = await redeem(await room.access().createLoginLink())
    const second = await redeem((await room.access().firstLoginToken()) ?? '')
    expect(second.session.account).toEqual(first.session.account)
  })
  test('is over after 24 hours', async () => {
    const link = await room.access().createLoginLink()
    room.pass(DAY)
    expect(await failure(redeem(link))).toMatchObject({ code: 'unauthenticated' })
  })
  test('lets somebody who forgot the password set a new one, once', async () => {
    const { token } = await redeem(await room.access().createLoginLink())
    const unused = await room.access().createLoginLink()
    await setCredentials(token, { password: 'not forgotten' })
    expect((await login({ password: 'not forgotten' })).session.account.email).toBe(ada.email)
    expect(await failure(setCredentials(token, { password: 'another password' }))).toMatchObject({ code: 'permission-denied' })
    expect(await failure(redeem(unused))).toMatchObject({ code: 'unauthenticated' })
  })
  test('is stored as a hash', async () => {
    const link = await room.access().createLoginLink()
    const stored = JSON.stringify(await room.sql().query('SELECT * FROM login_links'))
    expect(stored).toContain(sha256(link))
    expect(stored).not.toContain(link)
  })
})
