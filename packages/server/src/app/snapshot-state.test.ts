import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Snapshot } from '@signalbox/schema'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { CoreLink } from '../http/core-link.ts'
import { createLog } from '../lib/log.ts'
import { followSnapshots } from './snapshot-follower.ts'
import { SnapshotHub } from './snapshot-hub.ts'
import { linesOf, type Message, partsOf } from './snapshot-parts.ts'
import { SnapshotState } from './snapshot-state.ts'

const key = (id: string, projectId = 'default') => ({
  id,
  projectId,
  publicKey: `pk-${id}`,
  secretSha256: `sha-${id}`,
  scopes: ['*'],
  expiresAt: null,
})
const provider = (name: string) => ({ name, kind: 'openai', baseUrl: 'http://x', apiKey: 'k', headers: {}, from: 'file', problem: null })
const project = (id: string, models: string[], providers = ['a', 'b']) => ({
  id,
  providers: Object.fromEntries(providers.map((name) => [name, provider(name)])),
  models: Object.fromEntries(models.map((name) => [name, { targets: [{ provider: 'a', model: name }] }])),
  prices: [],
  capture: { content: true, maxBytes: 1 },
})
const snapshot = (models = ['one', 'two:with/odd:name'], keys = ['k1', 'k2']) =>
  Snapshot.parse({
    version: 1,
    projects: { default: project('default', models) },
    keys: keys.map((id) => key(id)),
    limits: { maxBodyBytes: 5 },
  })

const messages = (given: Snapshot, full = true): Message[] =>
  [
    ...linesOf({ version: given.version, full, set: [...partsOf(given)].map(([name, value]) => [name, JSON.stringify(value)] as const) }),
  ].map((line) => JSON.parse(line))
const stateOf = (given: Snapshot) => {
  const state = new SnapshotState()
  for (const message of messages(given)) state.take(message)
  return state
}

describe('a snapshot in pieces', () => {
  test('is the same when it is put together', () => {
    const given = snapshot()
    const state = stateOf(given)
    expect(state.projectOf('default')).toEqual(given.projects.default)
    expect(Object.keys(state.projectOf('default')?.providers ?? {})).toEqual(['a', 'b'])
    expect(state.keyOf('sha-k2')).toEqual(given.keys[1])
    expect([state.version, state.limits, state.cache]).toEqual([1, given.limits, given.cache])
    expect(state.projectOf('constructor')).toBeUndefined()
  })

  test('has many lines, none of them long', () => {
    const many = snapshot(
      ['one'],
      Array.from({ length: 2000 }, (_, index) => `key-${index}`),
    )
    const lines = [
      ...linesOf({ version: 1, full: true, set: [...partsOf(many)].map(([name, value]) => [name, JSON.stringify(value)] as const) }),
    ]
    expect(lines.length).toBeGreaterThan(10)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(40_000)
    expect(stateOf(many).keyOf('sha-key-1999')).toBeDefined()
  })

  test('nothing is in effect before the end', () => {
    const state = stateOf(snapshot())
    const next: Message[] = [{ begin: 2, full: false }, { set: [['key:k3', key('k3')]] }, { drop: ['key:k1'] }]
    expect(next.map((message) => state.take(message))).toEqual([false, false, false])
    expect([state.version, state.keyOf('sha-k3'), state.keyOf('sha-k1')?.id]).toEqual([1, undefined, 'k1'])
    expect(state.take({ end: 2 })).toBe(true)
    expect([state.version, state.keyOf('sha-k3')?.id, state.keyOf('sha-k1')]).toEqual([2, 'k3', undefined])
  })

  test('what did not change stays the same object', () => {
    const state = stateOf(snapshot())
    const before = state.projectOf('default')
    for (const message of [{ begin: 2, full: false }, { set: [['key:k3', key('k3')]] }, { end: 2 }] as Message[]) state.take(message)
    expect(state.projectOf('default')).toBe(before)
    const changed = { strategy: 'cost', targets: [{ provider: 'b', model: 'x' }] }
    for (const message of [{ begin: 3, full: false }, { set: [['model:default:one', changed]] }, { end: 3 }] as Message[])
      state.take(message)
    const after = state.projectOf('default')
    expect(after?.models.one).toEqual(changed)
    expect(after?.providers.a).toBe(before?.providers.a)
  })

  test('a secret that moves from one key to another stays good', () => {
    const state = stateOf(snapshot())
    const heir = { ...key('k9'), secretSha256: 'sha-k1' }
    for (const message of [{ begin: 2, full: false }, { set: [['key:k9', heir]] }, { drop: ['key:k1'] }, { end: 2 }] as Message[])
      state.take(message)
    expect(state.keyOf('sha-k1')?.id).toBe('k9')
  })

  test.each([
    ['a key without a hash', [{ begin: 2, full: false }, { set: [['key:x', { id: 'x', projectId: 'p', scopes: [] }]] }]],
    ['a part of an unknown kind', [{ begin: 2, full: false }, { set: [['what:x', {}]] }]],
    ['an end of another version', [{ begin: 2, full: false }, { end: 3 }]],
    ['a part before the beginning', [{ set: [] }]],
  ])('%s is refused, and what was in effect stays', (_, given) => {
    const state = stateOf(snapshot())
    expect(() => {
      for (const message of given as Message[]) state.take(message)
    }).toThrow()
    expect([state.version, state.keyOf('sha-k1')?.id]).toEqual([1, 'k1'])
  })
})

describe('core and edge', () => {
  const open: (() => void)[] = []
  afterEach(() => {
    for (const close of open.splice(0)) close()
  })
  async function world() {
    let current = snapshot()
    let builds = 0
    const hub = new SnapshotHub(async (version) => {
      builds += 1
      await new Promise((done) => setTimeout(done, 5))
      return { ...current, version }
    })
    const set = (next: Snapshot) => {
      current = next
    }
    const sent: string[] = []
    const server = createServer((_request, response) => {
      const write = response.write.bind(response)
      response.write = ((text: string) => {
        sent.push(text)
        return write(text)
      }) as typeof response.write
      hub.follow(response)
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const folder = mkdtempSync(join(tmpdir(), 'snapshot-'))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const follow = (port = url) => {
      const core = new CoreLink({ address: { url: port }, token: '', trustProxy: false })
      const seen: { state?: SnapshotState; versions: number[] } = { versions: [] }
      const follower = followSnapshots({
        core,
        file: join(folder, 'snapshot.bin'),
        key: 'k',
        log: createLog('edge', 'silent'),
        onSnapshot: (state) => {
          seen.state = state
          seen.versions.push(state.version)
        },
      })
      open.push(() => {
        follower.stop()
        core.close()
      })
      return seen
    }
    open.push(() => {
      hub.close()
      server.closeAllConnections()
      server.close()
      rmSync(folder, { recursive: true, force: true })
    })
    return { hub, follow, sent, builds: () => builds, set }
  }

  test('a change sends only what changed, and nothing where nothing did', async () => {
    const { hub, follow, sent, set } = await world()
    await hub.changed()
    const seen = follow()
    await vi.waitFor(() => expect(seen.state?.keyOf('sha-k1')).toBeDefined(), 60_000)
    sent.length = 0
    set(snapshot(['one', 'two:with/odd:name'], ['k2']))
    await hub.changed()
    await vi.waitFor(() => expect(seen.state?.keyOf('sha-k1')).toBeUndefined(), 60_000)
    expect(seen.state?.keyOf('sha-k2')).toBeDefined()
    expect(sent.join('')).toBe(`{"begin":${hub.version},"full":false}\n{"drop":["key:k1"]}\n{"end":${hub.version}}\n`)
    const { version } = hub
    await hub.changed()
    expect([hub.version, seen.state?.version]).toEqual([version, version])
  })

  test('changes that come during one are built together, and each waits for its own', async () => {
    const { hub, builds, set } = await world()
    const first = hub.changed()
    set(snapshot(['one'], ['k7']))
    await Promise.all([first, ...Array.from({ length: 50 }, () => hub.changed())])
    expect(builds()).toBe(2)
  })

  test('an edge starts with what it had, without a core', async () => {
    const { hub, follow } = await world()
    await hub.changed()
    const seen = follow()
    await vi.waitFor(() => expect(seen.state?.version).toBe(hub.version), 60_000)
    await vi.waitFor(() => {
      const again = follow('http://127.0.0.1:9')
      expect(again.state?.keyOf('sha-k1')?.id).toBe('k1')
      expect(again.state?.projectOf('default')).toEqual(seen.state?.projectOf('default'))
    }, 60_000)
  })
})

describe('prompts', () => {
  const prompt = (text: string) => ({
    labels: { latest: { version: 1 } },
    versions: { 1: { hash: text, content: { type: 'text', engine: 'mustache', text } } },
  })
  const withPrompts = (prompts: Record<string, ReturnType<typeof prompt>>, version = 1) => {
    const given = snapshot()
    const { default: project } = given.projects
    return Snapshot.parse({ ...given, version, projects: { default: { ...project, prompts }, other: { ...project, id: 'other' } } })
  }
  const textOf = (state: SnapshotState, name: string, id = 'default') => state.projectOf(id)?.prompts?.[name]?.versions[1]?.content.text

  test('come one by one, whatever their names, and a change leaves the others as they are', () => {
    const state = stateOf(withPrompts({ 'support/refund': prompt('one'), 'odd:na:me': prompt('two') }))
    expect([textOf(state, 'support/refund'), textOf(state, 'odd:na:me')]).toEqual(['one', 'two'])
    expect(state.projectOf('other')).not.toHaveProperty('prompts')
    const before = state.projectOf('default')?.prompts?.['odd:na:me']
    const set = (version: number, message: Message) => {
      state.take({ begin: version, full: false })
      state.take(message)
      state.take({ end: version })
    }
    set(2, { set: [['prompt:default:support/refund', prompt('three')]] })
    set(3, { set: [['prompt:other:new', prompt('four')]] })
    expect([textOf(state, 'support/refund'), textOf(state, 'new', 'other')]).toEqual(['three', 'four'])
    expect(state.projectOf('default')?.prompts?.['odd:na:me']).toBe(before)
    set(4, { drop: ['prompt:default:odd:na:me'] })
    expect(Object.keys(state.projectOf('default')?.prompts ?? {})).toEqual(['support/refund'])
    for (const message of messages(withPrompts({ only: prompt('five') }, 5))) state.take(message)
    expect(Object.keys(state.projectOf('default')?.prompts ?? {})).toEqual(['only'])
    expect(state.projectOf('other')).not.toHaveProperty('prompts')
  })
})
