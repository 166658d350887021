import { type Caller, Invitation, Key, Member, OrganisationAccount, PERMISSIONS_OF, type Role, Team } from '@signalbox/schema'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../lib/ids.ts'
import { contextOf, freshAccess } from './fresh-access.case.ts'

const room = freshAccess()
const DAY = 86_400
const PASSWORD = 'correct horse battery'
type Somebody = { id: string; email: string; token: string; caller(projectId?: string): Promise<Caller> }

/** Somebody with the log-in that their session token stands for. */
function somebody(id: string, email: string, token: string): Somebody {
  const caller = async (projectId = 'default'): Promise<Caller> => {
    const account = await room.access().accountOfSession(token)
    if (!account) throw new Error('logged out')
    const role = await room.access().roleIn(account, projectId)
    return { projectId, permissions: role ? PERMISSIONS_OF[role] : [], userId: account.id, organisationRole: account.role }
  }
  return { id, email, token, caller }
}

async function login(email: string, ip = '192.0.2.1'): Promise<Somebody> {
  const context = contextOf({}, { ip, userAgent: 'Firefox' })
  const { account } = await room.handlers()['session.login']({ email, password: PASSWORD }, context)
  return somebody(account.id, email, context.cookies[0] ?? '')
}
const as = async (who: Somebody, projectId?: string) => contextOf(await who.caller(projectId), { sessionToken: who.token })
const tokenOf = (url: string) => new URL(url).searchParams.get('token') ?? ''

async function invite(by: Somebody, input: { role: Role; email?: string; teamId?: string }, projectId?: string) {
  return tokenOf((await room.handlers()['invitations.create'](input, await as(by, projectId))).url)
}
async function accept(token: string, email: string): Promise<Somebody> {
  // Each in a moment of their own, so that lists have an order.
  room.pass(1)
  const context = contextOf()
  const { account } = await room.handlers()['invitations.accept']({ token, email, password: PASSWORD }, context)
  return somebody(account.id, email, context.cookies[0] ?? '')
}
const member = async (email: string, role: Role, by = ada, projectId?: string) => accept(await invite(by, { role }, projectId), email)
const members = async (who = ada, projectId?: string) => (await room.handlers()['members.list']({}, await as(who, projectId))).members
const team = async (by: Somebody, name: string) => await room.handlers()['teams.create']({ name }, await as(by))

let ada: Somebody
beforeEach(async () => {
  await room.access().ensureBootstrap({ bootstrap: null, admin: { email: 'ada@example.com', password: PASSWORD } })
  ada = await login('ada@example.com')
})

describe('an invitation', () => {
  test('makes an account with its role, once, and is stored as a hash', async () => {
    const made = await room.handlers()['invitations.create']({ role: 'editor' }, await as(ada))
    expect(made.url).toMatch(/^http:\/\/localhost:7500\/join\?token=[\w-]{32}$/)
    const token = tokenOf(made.url)
    const stored = JSON.stringify(await room.sql().query('SELECT * FROM invitations'))
    expect(stored).toContain(sha256(token))
    expect(stored).not.toContain(token)
    expect(await room.handlers()['invitations.show']({ token }, contextOf())).toEqual({
      project: { id: 'default', name: 'Default' },
      role: 'editor',
      email: null,
      team: null,
      invitedBy: 'ada@example.com',
      expiresAt: '2026-11-27T12:00:00.000Z',
    })
    const grace = await accept(token, ' Grace@Example.com')
    expect((await grace.caller()).permissions).toEqual(PERMISSIONS_OF.editor)
    await expect(accept(token, 'eve@example.com')).rejects.toMatchObject({ code: 'unauthenticated' })
    expect((await login('grace@example.com')).id).toBe(grace.id)
    const { invitations } = await room.handlers()['invitations.list']({ limit: 50 }, await as(ada))
    expect(invitations.map((one) => Invitation.parse(one))).toMatchObject([{ state: 'used', usedBy: 'grace@example.com' }])
    await expect(room.handlers()['invitations.revoke']({ id: made.id }, await as(ada))).rejects.toMatchObject({ code: 'conflict' })
  })
  test('works once, also for many at once', async () => {
    const token = await invite(ada, { role: 'viewer' })
    const results = await Promise.allSettled(['a', 'b', 'c'].map((name) => accept(token, `${name}@example.com`)))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await room.sql().query('SELECT count(*)::int AS n FROM accounts')).toEqual([{ n: 2 }])
  })
  test.each([
    ['is over after seven days', async () => room.pass(7 * DAY)],
    [
      'can be taken back',
      async () => {
        const { invitations } = await room.handlers()['invitations.list']({ limit: 1 }, await as(ada))
        await room.handlers()['invitations.revoke']({ id: invitations[0]?.id ?? '' }, await as(ada))
      },
    ],
  ])('%s', async (_, end) => {
    const token = await invite(ada, { role: 'viewer' })
    await end()
    await expect(accept(token, 'grace@example.com')).rejects.toMatchObject({ code: 'unauthenticated' })
    await expect(room.handlers()['invitations.show']({ token }, contextOf())).rejects.toMatchObject({ code: 'unauthenticated' })
  })
  test('with an e-mail is for nobody else, and not used up by them', async () => {
    const token = await invite(ada, { role: 'viewer', email: 'Grace@example.com' })
    await expect(accept(token, 'eve@example.com')).rejects.toMatchObject({ code: 'permission-denied' })
    expect(await accept(token, 'grace@example.com')).toMatchObject({ email: 'grace@example.com' })
  })
  test('does not take an e-mail that is there, and lets its account join instead, never with less than it has', async () => {
    const grace = await member('grace@example.com', 'editor')
    const token = await invite(ada, { role: 'viewer' })
    await expect(accept(token, 'grace@example.com')).rejects.toMatchObject({ code: 'conflict' })
    await room.handlers()['invitations.join']({ token }, contextOf({}, { sessionToken: grace.token }))
    expect((await members()).find(({ id }) => id === grace.id)).toMatchObject({ role: 'editor' })
    await room.handlers()['invitations.join']({ token: await invite(ada, { role: 'admin' }) }, contextOf({}, { sessionToken: grace.token }))
    expect((await members()).find(({ id }) => id === grace.id)).toMatchObject({ role: 'admin' })
  })
  test.each([
    ['admin', 'owner'],
    ['editor', 'admin'],
  ] as const)('of an %s cannot be for an %s', async (role, wanted) => {
    const grace = await member('grace@example.com', role)
    await expect(invite(grace, { role: wanted })).rejects.toMatchObject({ code: 'permission-denied' })
  })
  test('ends when the one who invited could not do so any more', async () => {
    const grace = await member('grace@example.com', 'admin')
    const tokens = [await invite(grace, { role: 'admin' }), await invite(grace, { role: 'viewer' })]
    await room.handlers()['members.change']({ id: grace.id, role: 'editor' }, await as(ada))
    await expect(accept(tokens[0] ?? '', 'a@example.com')).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(await accept(tokens[1] ?? '', 'b@example.com')).toBeDefined()
    const last = await invite(grace, { role: 'viewer' })
    await room.handlers()['members.remove']({ id: grace.id }, await as(ada))
    await expect(accept(last, 'c@example.com')).rejects.toMatchObject({ code: 'unauthenticated' })
  })
  test('can be made by a key, while it works', async () => {
    const key = await room.handlers()['keys.create']({ name: 'setup', role: 'admin' }, await as(ada))
    const byKey = contextOf(await room.access().callerOfKey(key.secretKey))
    const tokens = await Promise.all(
      [1, 2].map(async () => tokenOf((await room.handlers()['invitations.create']({ role: 'viewer' }, byKey)).url)),
    )
    await expect(room.handlers()['invitations.create']({ role: 'owner' }, byKey)).rejects.toMatchObject({ code: 'permission-denied' })
    expect(await accept(tokens[0] ?? '', 'a@example.com')).toBeDefined()
    await room.handlers()['keys.revoke']({ id: key.id }, await as(ada))
    await expect(accept(tokens[1] ?? '', 'b@example.com')).rejects.toMatchObject({ code: 'unauthenticated' })
  })
  test.each(['', 'x', "' OR 1=1 --"])('is not there for the token %j', async (token) => {
    await invite(ada, { role: 'viewer' })
    await expect(accept(token, 'eve@example.com')).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('members', () => {
  test('are listed with what they are, and get another role', async () => {
    const grace = await member('grace@example.com', 'viewer')
    expect((await members()).map((one) => Member.parse(one))).toMatchObject([
      { email: 'ada@example.com', role: 'owner', ownRole: null, organisationRole: 'owner', logins: 1 },
      { email: 'grace@example.com', role: 'viewer', ownRole: 'viewer', organisationRole: 'member', keys: 0 },
    ])
    expect(await room.handlers()['members.change']({ id: grace.id, role: 'editor' }, await as(ada))).toMatchObject({ role: 'editor' })
    expect((await grace.caller()).permissions).toEqual(PERMISSIONS_OF.editor)
  })
  test('that are removed may do nothing from then on, and their keys go on unless told otherwise', async () => {
    const grace = await member('grace@example.com', 'editor')
    const key = await room.handlers()['keys.create']({ name: 'hers' }, await as(grace))
    expect(await room.handlers()['members.remove']({ id: grace.id }, await as(ada))).toEqual({ revokedKeys: 0 })
    expect((await grace.caller()).permissions).toEqual([])
    expect(await room.access().callerOfKey(key.secretKey)).toMatchObject({ ownerId: grace.id })
    const { keys } = await room.handlers()['keys.list']({ limit: 50 }, await as(ada))
    expect(Key.parse(keys[0]).owner).toEqual({ id: grace.id, email: 'grace@example.com', member: false })

    const alan = await member('alan@example.com', 'editor')
    const second = await room.handlers()['keys.create']({ name: 'his' }, await as(alan))
    const changes = room.changes()
    expect(await room.handlers()['members.remove']({ id: alan.id, revokeKeys: true }, await as(ada))).toEqual({ revokedKeys: 1 })
    expect(room.changes()).toBe(changes + 1)
    expect(await room.access().callerOfKey(second.secretKey)).toBeUndefined()
  })
  test('leave by themselves, whatever they may do here, unless they are the last owner', async () => {
    const grace = await member('grace@example.com', 'viewer')
    const leave = async (who: Somebody, revokeKeys = false) => room.handlers()['members.leave']({ revokeKeys }, await as(who))
    expect(await leave(grace)).toEqual({ revokedKeys: 0 })
    expect((await grace.caller()).permissions).toEqual([])
    await expect(leave(grace)).rejects.toMatchObject({ code: 'not-found' })
    const editor = await member('editor@example.com', 'editor')
    await room.handlers()['keys.create']({ name: 'hers' }, await as(editor))
    expect(await leave(editor, true)).toEqual({ revokedKeys: 1 })

    const owners = [await member('one@example.com', 'owner'), await member('two@example.com', 'owner')]
    const left = await Promise.allSettled(owners.map((owner) => leave(owner)))
    expect(left.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(left.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
    // An owner of the organisation is in every project, and a key is nobody who could leave.
    await expect(leave(ada)).rejects.toMatchObject({ code: 'conflict' })
    await expect(room.handlers()['members.leave']({ revokeKeys: false }, contextOf())).rejects.toMatchObject({ code: 'permission-denied' })
  })
  test('above oneself are neither changed nor removed nor logged out', async () => {
    const admin = await member('admin@example.com', 'admin')
    const owner = await member('owner@example.com', 'owner')
    const peer = await member('peer@example.com', 'admin')
    const context = await as(admin)
    for (const id of [owner.id, ada.id]) {
      await expect(room.handlers()['members.change']({ id, role: 'viewer' }, context)).rejects.toMatchObject({ status: expect.any(Number) })
      await expect(room.handlers()['members.remove']({ id }, context)).rejects.toMatchObject({ status: expect.any(Number) })
      await expect(room.handlers()['members.endLogins']({ id }, context)).rejects.toMatchObject({ status: expect.any(Number) })
    }
    await expect(room.handlers()['members.change']({ id: peer.id, role: 'owner' }, context)).rejects.toMatchObject({
      code: 'permission-denied',
    })
    expect(await room.handlers()['members.change']({ id: peer.id, role: 'viewer' }, context)).toMatchObject({ role: 'viewer' })
    expect(await room.handlers()['members.endLogins']({ id: peer.id }, context)).toEqual({ ended: 1 })
    expect(await room.access().accountOfSession(peer.token)).toBeUndefined()
    expect(await room.access().accountOfSession(owner.token)).toBeDefined()
  })
  test('of another project are not there', async () => {
    await room.handlers()['projects.create']({ id: 'other', name: 'Other' }, await as(ada))
    const grace = await member('grace@example.com', 'admin')
    const eve = await member('eve@example.com', 'admin', ada, 'other')
    expect((await members(grace)).map(({ email }) => email)).toEqual(['ada@example.com', 'grace@example.com'])
    const context = await as(grace)
    for (const work of [
      room.handlers()['members.change']({ id: eve.id, role: 'viewer' }, context),
      room.handlers()['members.remove']({ id: eve.id }, context),
      room.handlers()['members.endLogins']({ id: eve.id }, context),
    ])
      await expect(work).rejects.toMatchObject({ code: 'not-found' })
    const { projects } = await room.handlers()['projects.list']({}, context)
    expect(projects.map(({ id }) => id)).toEqual(['default'])
    expect((await room.handlers()['session.get']({}, contextOf({}, { sessionToken: eve.token }))).projects).toMatchObject([
      { id: 'other', role: 'admin' },
    ])
  })
})

describe('teams', () => {
  test('give their people a role in each project, the highest of all that they have', async () => {
    const grace = await member('grace@example.com', 'viewer')
    const { id } = await team(ada, 'Support')
    await room.handlers()['teams.setRole']({ id, role: 'editor' }, await as(ada))
    await room.handlers()['teams.addMember']({ id, accountId: grace.id }, await as(ada))
    expect((await members()).find((one) => one.id === grace.id)).toMatchObject({
      role: 'editor',
      ownRole: 'viewer',
      teams: [{ name: 'Support', role: 'editor' }],
    })
    await expect(room.handlers()['members.remove']({ id: grace.id }, await as(ada))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Support') as string,
    })
    expect(await room.handlers()['teams.removeMember']({ id, accountId: grace.id }, await as(ada))).toMatchObject({ memberCount: 0 })
    expect((await grace.caller()).permissions).toEqual(PERMISSIONS_OF.viewer)
    await room.handlers()['teams.addMember']({ id, accountId: grace.id }, await as(ada))
    await room.handlers()['teams.delete']({ id }, await as(ada))
    expect((await grace.caller()).permissions).toEqual(PERMISSIONS_OF.viewer)
  })
  test('have a name that no other has, and can be renamed', async () => {
    const { id } = await team(ada, 'Support')
    const other = await team(ada, 'Sales')
    await expect(team(ada, 'SUPPORT')).rejects.toMatchObject({ code: 'conflict' })
    await expect(room.handlers()['teams.rename']({ id, name: 'sales' }, await as(ada))).rejects.toMatchObject({ code: 'conflict' })
    expect(Team.parse(await room.handlers()['teams.rename']({ id, name: 'support' }, await as(ada)))).toMatchObject({ name: 'support' })
    expect((await room.handlers()['teams.list']({}, await as(ada))).teams.map((one) => one.id)).toEqual([other.id, id])
  })
  test('are no way to a role that one could not give, here or in another project', async () => {
    await room.handlers()['projects.create']({ id: 'other', name: 'Other' }, await as(ada))
    const admin = await member('admin@example.com', 'admin')
    const { id } = await team(ada, 'Operators')
    const context = async () => await as(admin)
    await room.handlers()['teams.setRole']({ id, role: 'viewer' }, await as(ada, 'other'))
    for (const work of [
      room.handlers()['teams.addMember']({ id, accountId: admin.id }, await context()),
      room.handlers()['teams.delete']({ id }, await context()),
      room.handlers()['invitations.create']({ role: 'viewer', teamId: id }, await context()),
    ])
      await expect(work).rejects.toMatchObject({ code: 'permission-denied' })
    expect((await room.handlers()['teams.list']({}, await context())).teams).toMatchObject([{ changeable: false, members: null }])
    await room.handlers()['teams.setRole']({ id, role: null }, await as(ada, 'other'))
    await room.handlers()['teams.setRole']({ id, role: 'owner' }, await as(ada))
    await expect(room.handlers()['teams.addMember']({ id, accountId: admin.id }, await context())).rejects.toMatchObject({
      code: 'permission-denied',
    })
    await expect(room.handlers()['teams.setRole']({ id, role: 'viewer' }, await context())).rejects.toMatchObject({
      code: 'permission-denied',
    })
    await room.handlers()['teams.setRole']({ id, role: 'admin' }, await as(ada))
    expect(await room.handlers()['teams.addMember']({ id, accountId: admin.id }, await context())).toMatchObject({ memberCount: 1 })
  })
  test('take in members of the project only, except from an owner of the organisation', async () => {
    await room.handlers()['projects.create']({ id: 'other', name: 'Other' }, await as(ada))
    const admin = await member('admin@example.com', 'admin')
    const eve = await member('eve@example.com', 'viewer', ada, 'other')
    const { id } = await team(admin, 'Mine')
    await expect(room.handlers()['teams.addMember']({ id, accountId: eve.id }, await as(admin))).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(await room.handlers()['teams.addMember']({ id, accountId: eve.id }, await as(ada))).toMatchObject({ memberCount: 1 })
  })
  test('can be joined by an invitation', async () => {
    const { id } = await team(ada, 'Support')
    await room.handlers()['teams.setRole']({ id, role: 'annotator' }, await as(ada))
    const grace = await accept(await invite(ada, { role: 'viewer', teamId: id }), 'grace@example.com')
    expect((await grace.caller()).permissions).toEqual(PERMISSIONS_OF.annotator)
  })
})

describe('the organisation', () => {
  test('always has an owner', async () => {
    for (const work of [
      room.handlers()['accounts.change']({ id: ada.id, role: 'member' }, await as(ada)),
      room.handlers()['accounts.remove']({ id: ada.id }, await as(ada)),
    ])
      await expect(work).rejects.toMatchObject({ code: 'conflict' })
    const grace = await member('grace@example.com', 'viewer')
    expect(await room.handlers()['accounts.change']({ id: grace.id, role: 'owner' }, await as(ada))).toMatchObject({ role: 'owner' })
    expect((await grace.caller()).permissions).toEqual(['*'])
    const down = [ada.id, grace.id].map((id) => room.handlers()['accounts.change']({ id, role: 'member' }, contextOf()))
    expect((await Promise.allSettled(down)).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })
  test('shows everybody with their projects, and lets somebody go with all they had', async () => {
    const grace = await member('grace@example.com', 'editor')
    const key = await room.handlers()['keys.create']({ name: 'hers' }, await as(grace))
    const { accounts } = await room.handlers()['accounts.list']({}, await as(ada))
    expect(accounts.map((one) => OrganisationAccount.parse(one))).toMatchObject([
      { email: 'ada@example.com', role: 'owner' },
      { email: 'grace@example.com', role: 'member', projects: [{ id: 'default', role: 'editor' }], keys: 1 },
    ])
    await room.handlers()['accounts.remove']({ id: grace.id }, await as(ada))
    expect(await room.access().accountOfSession(grace.token)).toBeUndefined()
    expect((await members()).map(({ email }) => email)).toEqual(['ada@example.com'])
    expect((await room.handlers()['keys.list']({ limit: 1 }, await as(ada))).keys).toMatchObject([
      { id: key.id, owner: { id: grace.id, email: null, member: false }, revokedAt: null },
    ])
  })
  test('keeps the owner of the environment an owner over a start', async () => {
    const grace = await member('grace@example.com', 'viewer')
    await room.handlers()['accounts.change']({ id: grace.id, role: 'owner' }, await as(ada))
    await room.handlers()['accounts.change']({ id: ada.id, role: 'member' }, await as(grace))
    await room.access().ensureBootstrap({ bootstrap: null, admin: { email: 'ada@example.com', password: PASSWORD } })
    expect((await login('ada@example.com')).id).toBe(ada.id)
    expect((await room.handlers()['accounts.list']({}, await as(grace))).accounts.map(({ role }) => role)).toEqual(['owner', 'owner'])
  })
})

describe('keys of a role', () => {
  test('may do what the role may, now and at every edge, and belong to who made them', async () => {
    const { id } = await team(ada, 'Support')
    const { secretKey, ...key } = await room.handlers()['keys.create']({ name: 'bot', role: 'annotator', teamId: id }, await as(ada))
    expect(Key.parse(key)).toMatchObject({
      role: 'annotator',
      scopes: PERMISSIONS_OF.annotator,
      owner: { email: 'ada@example.com', member: true },
      team: { id, name: 'Support' },
    })
    expect(await room.access().callerOfKey(secretKey)).toMatchObject({ permissions: PERMISSIONS_OF.annotator, ownerId: ada.id })
    expect(await room.access().snapshotKeys()).toMatchObject([{ scopes: PERMISSIONS_OF.annotator, accountId: ada.id, teamId: id }])
    expect(await room.sql().query('SELECT scopes FROM keys')).toEqual([{ scopes: [] }])
    await room.handlers()['teams.delete']({ id }, await as(ada))
    expect((await room.access().snapshotKeys())[0]).not.toHaveProperty('teamId')
  })
  test('are not above their maker, and a maker without all keys makes and revokes their own', async () => {
    const grace = await member('grace@example.com', 'editor')
    const hers = await as(grace)
    const { id } = await team(ada, 'Support')
    await expect(room.handlers()['keys.create']({ name: 'x', role: 'admin' }, hers)).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(room.handlers()['keys.create']({ name: 'x', teamId: id }, hers)).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(room.handlers()['keys.create']({ name: 'x', teamId: 'team_x' }, hers)).rejects.toMatchObject({ code: 'not-found' })
    const own = await room.handlers()['keys.create']({ name: 'own', role: 'editor' }, hers)
    const others = await room.handlers()['keys.create']({ name: 'others' }, await as(ada))
    await expect(room.handlers()['keys.revoke']({ id: others.id }, hers)).rejects.toMatchObject({ code: 'permission-denied' })
    const child = await room.handlers()['keys.create']({ name: 'child' }, contextOf(await room.access().callerOfKey(own.secretKey)))
    expect(child.owner).toMatchObject({ id: grace.id })
    for (const { id: key } of [child, own]) expect(await room.handlers()['keys.revoke']({ id: key }, hers)).toMatchObject({ id: key })
  })
})

describe('log-ins', () => {
  test('are shown to their account, which ends one or all others', async () => {
    const elsewhere = await login('ada@example.com', '198.51.100.7')
    const third = await login('ada@example.com')
    const context = contextOf({}, { sessionToken: ada.token })
    room.pass(120)
    await room.access().accountOfSession(ada.token)
    const { logins } = await room.handlers()['logins.list']({}, context)
    expect(logins).toHaveLength(3)
    expect(logins[0]).toMatchObject({ current: true, address: '192.0.2.1', userAgent: 'Firefox', lastUsedAt: room.now().toISOString() })
    expect(JSON.stringify(logins)).not.toContain(sha256(elsewhere.token))
    const there = logins.find(({ address }) => address === '198.51.100.7')
    await room.handlers()['logins.end']({ id: there?.id ?? '' }, context)
    expect(await room.access().accountOfSession(elsewhere.token)).toBeUndefined()
    expect(await room.handlers()['logins.endOthers']({}, context)).toEqual({ ended: 1 })
    expect(await room.access().accountOfSession(third.token)).toBeUndefined()
    expect(await room.access().accountOfSession(ada.token)).toBeDefined()
  })
  test('of somebody else are not there', async () => {
    const grace = await member('grace@example.com', 'owner')
    const { logins } = await room.handlers()['logins.list']({}, contextOf({}, { sessionToken: ada.token }))
    await expect(
      room.handlers()['logins.end']({ id: logins[0]?.id ?? '' }, contextOf({}, { sessionToken: grace.token })),
    ).rejects.toMatchObject({ code: 'not-found' })
  })
})
