import { beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../lib/ids.ts'
import { contextOf, freshAccess } from './fresh-access.case.ts'

const room = freshAccess()
const OLD = 'correct horse battery'
const NEW = 'a different password'

type LoggedIn = { id: string; cookie: string }
async function login(email: string, password = OLD): Promise<LoggedIn> {
  const context = contextOf()
  const { account } = await room.handlers()['session.login']({ email, password }, context)
  return { id: account.id, cookie: context.cookies[0] ?? '' }
}
const tokenOf = (url: string) => new URL(url).searchParams.get('reset') ?? ''
const link = async (id: string) => tokenOf((await room.handlers()['accounts.resetLink']({ id }, contextOf())).url)
const reset = (token: string, password = NEW) => {
  const context = contextOf()
  return room
    .handlers()
    ['session.reset']({ token, password }, context)
    .then((session) => ({ session, cookie: context.cookies[0] ?? '' }))
}
const isIn = async (cookie: string) => (await room.access().accountOfSession(cookie)) !== undefined

let grace: LoggedIn
beforeEach(async () => {
  await room.access().ensureBootstrap({ bootstrap: null, admin: { email: 'ada@example.com', password: OLD } })
  const ada = await login('ada@example.com')
  const by = contextOf({ userId: ada.id, organisationRole: 'owner' })
  const { url } = await room.handlers()['invitations.create']({ role: 'viewer' }, by)
  const token = new URL(url).searchParams.get('token') ?? ''
  await room.handlers()['invitations.accept']({ token, email: 'grace@example.com', password: OLD }, contextOf())
  grace = await login('grace@example.com')
})

describe('a reset link', () => {
  test('sets a new password once, logs in, ends every other log-in, and is stored as a hash', async () => {
    const made = await room.handlers()['accounts.resetLink']({ id: grace.id }, contextOf())
    expect(made).toEqual({
      url: expect.stringMatching(/^http:\/\/localhost:7500\/join\?reset=[\w-]{32}$/) as string,
      expiresAt: '2026-11-21T12:00:00.000Z',
    })
    const token = tokenOf(made.url)
    const stored = JSON.stringify(await room.sql().query('SELECT * FROM reset_links'))
    expect(stored).toContain(sha256(token))
    expect(stored).not.toContain(token)
    expect(await room.handlers()['session.showReset']({ token }, contextOf())).toEqual({
      email: 'grace@example.com',
      expiresAt: '2026-11-21T12:00:00.000Z',
    })
    const { session, cookie } = await reset(token)
    expect(session).toMatchObject({ account: { id: grace.id, email: 'grace@example.com', role: 'member' }, projects: [{ role: 'viewer' }] })
    expect([await isIn(cookie), await isIn(grace.cookie)]).toEqual([true, false])
    await expect(login('grace@example.com')).rejects.toMatchObject({ code: 'unauthenticated' })
    expect((await login('grace@example.com', NEW)).id).toBe(grace.id)
    await expect(reset(token, OLD)).rejects.toMatchObject({ code: 'unauthenticated' })
    expect((await login('grace@example.com', NEW)).id).toBe(grace.id)
  })
  test('works once, also for many at once', async () => {
    const token = await link(grace.id)
    const results = await Promise.allSettled(['first password', 'second password', 'third password'].map((one) => reset(token, one)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })
  test.each<[string, () => unknown]>([
    ['after a day', () => room.pass(24 * 3600)],
    ['when another one was made', () => link(grace.id)],
    [
      'when the account set a password itself',
      () =>
        room
          .handlers()
          ['session.credentials'](
            { email: 'grace@example.com', password: NEW, currentPassword: OLD },
            contextOf({}, { sessionToken: grace.cookie }),
          ),
    ],
    ['when the account is removed', () => room.handlers()['accounts.remove']({ id: grace.id }, contextOf())],
  ])('is over %s', async (_, end) => {
    const token = await link(grace.id)
    await end()
    for (const work of [reset(token), room.handlers()['session.showReset']({ token }, contextOf())])
      await expect(work).rejects.toMatchObject({ code: 'unauthenticated' })
  })
  test('is no login link: those are for the owner', async () => {
    const token = await link(grace.id)
    await expect(room.handlers()['session.redeem']({ token }, contextOf())).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(reset(await room.access().createLoginLink())).rejects.toMatchObject({ code: 'unauthenticated' })
  })
  test('cannot be guessed: attempts are bounded', async () => {
    for (let i = 0; i < 30; i++) await reset(`guess-${i}`).catch(() => {})
    await expect(reset(await link(grace.id))).rejects.toMatchObject({ code: 'rate-limited' })
  })
  test('is for an account that there is, with an e-mail to log in with', async () => {
    await expect(link('acc_none')).rejects.toMatchObject({ code: 'not-found' })
    await room.sql().query('UPDATE accounts SET email = NULL WHERE id = $1', [grace.id])
    await expect(link(grace.id)).rejects.toMatchObject({ code: 'conflict' })
  })
})
