import { allows, api, PERMISSIONS_OF, Role, type Route } from '@signalbox/schema'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

let signalbox: Signalbox
let owner: Person
beforeAll(async () => {
  signalbox = await startSignalbox()
  owner = await login(signalbox.admin)
})
afterAll(() => signalbox?.stop())

type Credentials = { email: string; password: string }
type Person = Credentials & { cookie: string; csrfToken: string; accountId: string }
const PASSWORD = 'a long enough password'

/** A browser as far as it matters here: keeps the cookie and the token of its session. */
async function enter(path: string, sent: Credentials & { token?: string }): Promise<Person> {
  const response = await fetch(`${signalbox.url}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  })
  const body = (await response.json()) as { csrfToken: string; account: { id: string } }
  expect(response.status, JSON.stringify(body)).toBe(200)
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { email: sent.email, password: sent.password, cookie, csrfToken: body.csrfToken, accountId: body.account.id }
}
const login = ({ email, password }: Credentials) => enter('session', { email, password })
const headersOf = (who: Person, project = 'default') => ({
  cookie: who.cookie,
  'x-signalbox-csrf': who.csrfToken,
  'x-signalbox-project': project,
})
const as = (who: Person, project?: string) => createClient({ baseUrl: signalbox.url, headers: () => headersOf(who, project) })
const withKey = (apiKey: string) => createClient({ baseUrl: signalbox.url, apiKey })
async function invited(role: Role, email: string, project = 'default'): Promise<Person> {
  const { url } = await as(owner, project).invitations.create({ role })
  return enter('invitations/accept', { token: new URL(url).searchParams.get('token') ?? '', email, password: PASSWORD })
}
const denied = { code: 'permission-denied' }

/** Where an empty input would do a lot of work, another one that nobody can mean. */
const INPUTS: Record<string, string> = { 'POST /api/v1/demo': '{"scale":-1}' }

/** What a route answers to somebody, with ids that are nobody's: it is only asked whether they get in. */
async function ask(route: Route, headers: Record<string, string>): Promise<{ status: number; code: string | undefined }> {
  const path = route.path.replace(/{\w+}/g, 'nobodys-id')
  const input = INPUTS[`${route.method} ${route.path}`] ?? '{}'
  const body = route.method === 'GET' || route.method === 'DELETE' ? {} : { body: input }
  const response = await fetch(`${signalbox.url}${path}`, { method: route.method, headers, ...body })
  const text = await response.text()
  // A file that is sent is no JSON, an error always is.
  const answer = (response.ok ? {} : JSON.parse(text)) as { error?: { code: string } }
  return { status: response.status, code: answer.error?.code }
}
const ROUTES = Object.entries(api) as [string, Route][]

describe('two people', () => {
  test('the second comes in by the link of the first, and may do what a viewer may', async () => {
    const viewer = await invited('viewer', 'viewer@example.test')
    expect((await as(viewer).session.get()).projects).toMatchObject([{ id: 'default', role: 'viewer' }])
    expect(await as(viewer).traces.list({})).toMatchObject({ traces: expect.any(Array) })
    expect((await as(viewer).keys.list({})).keys.length).toBeGreaterThan(0)
    await expect(as(viewer).keys.create({ name: 'mine' })).rejects.toMatchObject({
      ...denied,
      message: expect.stringMatching(/viewer.*keys:own/) as string,
    })
    await expect(as(viewer).members.list()).rejects.toMatchObject(denied)
    await expect(as(viewer).invitations.create({ role: 'viewer' })).rejects.toMatchObject(denied)
    await expect(as(viewer).projects.create({ id: 'mine', name: 'Mine' })).rejects.toMatchObject(denied)

    await as(owner).members.change({ id: viewer.accountId, role: 'editor' })
    const key = await as(viewer).keys.create({ name: 'mine', role: 'editor' })
    expect(key.owner).toEqual({ id: viewer.accountId, email: viewer.email, member: true })
    const callWith = (secret: string) => fetch(`${signalbox.url}/v1/models`, { headers: { authorization: `Bearer ${secret}` } })
    await eventually(async () => ((await callWith(key.secretKey)).status === 200 ? true : undefined))

    await as(owner).members.remove({ id: viewer.accountId })
    await expect(as(viewer).traces.list({})).rejects.toMatchObject({ code: 'not-found' })
    expect((await callWith(key.secretKey)).status).toBe(200)
    const listed = (await as(owner).keys.list({})).keys.find(({ id }) => id === key.id)
    expect(listed?.owner).toMatchObject({ member: false })
  })

  test('a password change ends the other log-ins of its account and nobody else’s', async () => {
    const first = await invited('viewer', 'twice@example.test')
    const second = await login(first)
    expect((await as(first).logins.list()).logins).toHaveLength(2)
    await as(first).session.credentials({ email: first.email, password: 'another password', currentPassword: PASSWORD })
    await expect(as(second).session.get()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect((await as(first).logins.list()).logins).toMatchObject([{ current: true }])
    expect(await as(owner).session.get()).toBeDefined()
  })

  test('an invitation can be joined by who is logged in, with the token of their session only', async () => {
    const guest = await invited('viewer', 'guest@example.test')
    await as(owner).projects.create({ id: 'joined', name: 'Joined' })
    const { url } = await as(owner, 'joined').invitations.create({ role: 'editor' })
    const token = new URL(url).searchParams.get('token') ?? ''
    const forged = createClient({ baseUrl: signalbox.url, headers: () => ({ cookie: guest.cookie }) })
    await expect(forged.invitations.join({ token })).rejects.toMatchObject({ code: 'csrf-failed' })
    expect((await as(guest).invitations.join({ token })).projects.map(({ id, role }) => [id, role])).toEqual([
      ['default', 'viewer'],
      ['joined', 'editor'],
    ])
  })

  test('an open page stops hearing of a project that its account has left', async () => {
    const guest = await invited('viewer', 'listener@example.test')
    const listen = () => fetch(`${signalbox.url}/api/v1/live?project=default`, { headers: { cookie: guest.cookie } })
    const stream = await listen()
    expect(stream.status).toBe(200)
    await as(owner).members.remove({ id: guest.accountId })
    expect((await listen()).status).toBe(404)
    // Ends by itself: the stream is read to its end.
    expect(await stream.text()).toContain('event: hello')
  })
})

describe('two projects', () => {
  test('a member of one neither reads nor changes the other, and does not learn that it is there', async () => {
    await as(owner).projects.create({ id: 'apart', name: 'Apart' })
    const here = await invited('owner', 'here@example.test')
    const there = await invited('owner', 'there@example.test', 'apart')
    expect((await as(here).projects.list()).projects.map(({ id }) => id)).toEqual(['default'])
    const [unseen, missing] = await Promise.all(
      ['apart', 'nowhere'].map((project) =>
        as(here, project)
          .traces.list({})
          .catch((error: Error) => error.message.replace(project, '')),
      ),
    )
    expect(unseen).toEqual(missing)
    await expect(as(here).projects.update({ id: 'apart', name: 'Taken' })).rejects.toMatchObject({ code: 'not-found' })
    const emails = (await as(here).members.list()).members.map(({ email }) => email)
    expect(emails).toContain('here@example.test')
    expect(emails).not.toContain('there@example.test')
    const { id } = await as(there, 'apart').keys.create({ name: 'theirs' })
    await expect(as(here).keys.revoke({ id })).rejects.toMatchObject({ code: 'not-found' })
    for (const role of [here, there]) await expect(as(role).accounts.list()).rejects.toMatchObject(denied)
    expect((await fetch(`${signalbox.url}/api/v1/live?project=apart`, { headers: { cookie: here.cookie } })).status).toBe(404)
  })
})

describe.each(Role.options)('as %s of a project', (role) => {
  let person: Person
  let secretKey = ''
  beforeAll(async () => {
    person = await invited(role, `${role}@roles.example.test`)
    secretKey = (await as(owner).keys.create({ name: role, role })).secretKey
  })

  test.each(ROUTES)('%s lets in who may, and nobody else', async (id, route) => {
    const { access } = route
    // Who logs out or leaves would be missing in all rows that follow.
    const who =
      id === 'session.logout'
        ? await login(person)
        : id === 'members.leave'
          ? await invited(role, `${role}-who-leaves@roles.example.test`)
          : person
    const byAccount = await ask(route, headersOf(who))
    const byKey = await ask(route, { authorization: `Bearer ${secretKey}` })
    const nobody = await ask(route, {})
    if (access === 'public') {
      for (const answer of [byAccount, byKey, nobody]) expect(answer.code).toBe('invalid-request')
      return
    }
    expect(nobody).toMatchObject({ status: 401, code: 'unauthenticated' })
    if (access === 'session' || access === 'organisation:write') {
      expect(byKey).toMatchObject({ status: 401, code: 'unauthenticated' })
      if (access === 'session') expect(byAccount.status).not.toBe(403)
      else expect(byAccount).toEqual({ status: 403, code: 'permission-denied' })
      return
    }
    // A key is nobody who could leave.
    if (id === 'members.leave') expect(byKey).toEqual({ status: 403, code: 'permission-denied' })
    for (const answer of id === 'members.leave' ? [byAccount] : [byAccount, byKey]) {
      if (!allows(PERMISSIONS_OF[role], access)) expect(answer).toEqual({ status: 403, code: 'permission-denied' })
      else expect([200, 400, 404]).toContain(answer.status)
    }
  })
})

test('every role may do less than the one above it', () => {
  const rest = Role.options.slice(1)
  for (const [at, role] of rest.entries()) {
    const above = PERMISSIONS_OF[Role.options[at] ?? 'owner']
    expect(PERMISSIONS_OF[role].filter((permission) => !allows(above, permission))).toEqual([])
    expect(PERMISSIONS_OF[role].length).toBeLessThan(above.includes('*') ? Number.POSITIVE_INFINITY : above.length)
  }
})

test('a key with providers:read lists models as before', async () => {
  const key = await as(owner).keys.create({ name: 'old', scopes: ['providers:read'] })
  expect((await withKey(key.secretKey).models.list()).models.length).toBeGreaterThan(0)
})
