import { AppError, type Output } from '@signalbox/schema'
import { beforeEach, describe, expect, test } from 'vitest'
import { type CacheOptions, createPromptCache } from './cache.ts'
import type { KeptVersion, PromptSnapshot } from './snapshot.ts'
import type { Answered, Wanted } from './source.ts'

type Found = Output<'prompts.get'>
type Made = { text: string; fragmentLabel?: string | null; split?: { version: number; weight: number }[] }

/** A server that knows labels and versions of prompts, counts what it is asked, and can be switched off. */
function fakeServer() {
  const labels = new Map<string, number>()
  const versions = new Map<string, Made>()
  const asked: (Wanted & { etag: string | undefined })[] = []
  const server = {
    labels,
    versions,
    asked,
    failure: undefined as Error | undefined,
    /** Answers wait for it. */
    gate: Promise.resolve() as Promise<unknown>,
    async read(wanted: Wanted, etag: string | undefined): Promise<Answered> {
      asked.push({ ...wanted, etag })
      await server.gate
      if (server.failure) throw server.failure
      const version = wanted.version ?? labels.get(`${wanted.name}@${wanted.label}`)
      const made = version === undefined ? undefined : versions.get(`${wanted.name}|${version}`)
      if (version === undefined || !made) throw new AppError('not-found', `There is no ${wanted.name}.`)
      const own = `"${version}-${made.text}"`
      return own === etag ? 'unchanged' : { found: answer(version, made, wanted.label), etag: own }
    },
  }
  return server
}

function answer(version: number, { text, fragmentLabel, split }: Made, label = ''): Found {
  const content = { type: 'text', engine: 'mustache', text } as const
  const fragments = fragmentLabel === undefined ? [] : [{ name: 'tone', label: fragmentLabel, version: 1, problem: null, fragments: [] }]
  const labels = split ? [{ label, split }] : [{ label, split: null }]
  return { version, hash: `hash-${version}`, content, resolved: content, fragments, prompt: { labels } } as unknown as Found
}

let server: ReturnType<typeof fakeServer>
let clock: number
let warnings: string[]
beforeEach(() => {
  server = fakeServer()
  clock = 1_000_000
  warnings = []
  server.labels.set('refund@production', 1).set('refund@latest', 2)
  server.versions.set('refund|1', { text: 'one' }).set('refund|2', { text: 'two' })
})

const cacheOf = (more: Partial<CacheOptions> = {}) =>
  createPromptCache({
    read: server.read,
    store: undefined,
    lock: undefined,
    staleAfterMs: 60_000,
    warn: (message) => warnings.push(message),
    now: () => clock,
    ...more,
  })
const textOf = async (found: Promise<{ kept: KeptVersion }>) => (await found).kept.content.text

const memoryStore = () => {
  const store = {
    kept: undefined as PromptSnapshot | undefined,
    writes: 0,
    read: async () => store.kept,
    async write(snapshot: PromptSnapshot) {
      store.writes++
      const { mergeSnapshots, emptySnapshot } = await import('./snapshot.ts')
      store.kept = structuredClone(mergeSnapshots(store.kept ?? emptySnapshot(), snapshot))
    },
  }
  return store
}

describe('memory', () => {
  test('a version is asked for once', async () => {
    const cache = cacheOf()
    expect(await textOf(cache.get('refund', { version: 2 }))).toBe('two')
    clock += 86_400_000
    expect(await cache.get('refund', { version: 2 })).toMatchObject({ version: 2, label: null, source: 'server' })
    expect(server.asked).toHaveLength(1)
  })

  test('a label is fresh for a minute, then answered as it is and checked behind the scenes', async () => {
    const cache = cacheOf()
    expect(await textOf(cache.get('refund'))).toBe('one')
    clock += 59_000
    await cache.get('refund')
    expect(server.asked).toHaveLength(1)
    server.labels.set('refund@production', 2)
    clock += 2_000
    expect(await textOf(cache.get('refund'))).toBe('one')
    await cache.flush()
    expect(await textOf(cache.get('refund'))).toBe('two')
    expect(server.asked.map(({ etag }) => etag)).toEqual([undefined, '"1-one"'])
  })

  test('what is unchanged is fresh again', async () => {
    const cache = cacheOf()
    await cache.get('refund')
    clock += 61_000
    await cache.get('refund')
    await cache.flush()
    await cache.get('refund')
    expect(server.asked).toHaveLength(2)
  })

  test('who asks at the same time shares one request, also when it fails', async () => {
    const cache = cacheOf()
    let open = (_: unknown) => {}
    server.gate = new Promise((resolve) => (open = resolve))
    const all = Promise.all(Array.from({ length: 50 }, () => cache.get('refund')))
    open(undefined)
    expect(new Set((await all).map(({ version }) => version))).toEqual(new Set([1]))
    expect(server.asked).toHaveLength(1)
    const none = await Promise.allSettled(Array.from({ length: 5 }, () => cache.get('nothing')))
    expect(none.map(({ status }) => status)).toEqual(Array(5).fill('rejected'))
    expect(server.asked).toHaveLength(2)
  })

  test('a version and a label at once is a mistake', async () => {
    await expect(cacheOf().get('refund', { version: 1, label: 'latest' })).rejects.toThrow('not for both')
  })

  test('a version whose fragments go by label is checked like a label', async () => {
    server.versions.set('refund|2', { text: 'with tone', fragmentLabel: 'production' })
    const cache = cacheOf()
    await cache.get('refund', { version: 2 })
    server.versions.set('refund|2', { text: 'with another tone', fragmentLabel: 'production' })
    clock += 61_000
    await cache.get('refund', { version: 2 })
    await cache.flush()
    expect(await textOf(cache.get('refund', { version: 2 }))).toBe('with another tone')
  })

  test('of a split each session has its version, and each version is read once', async () => {
    const split = [
      { version: 1, weight: 1 },
      { version: 2, weight: 1 },
    ]
    server.versions.set('refund|1', { text: 'one', split })
    const cache = cacheOf()
    const sessions = Array.from({ length: 40 }, (_, index) => `s-${index}`)
    const first = await Promise.all(sessions.map(async (session) => (await cache.get('refund', { session })).version))
    expect(new Set(first)).toEqual(new Set([1, 2]))
    expect(await Promise.all(sessions.map(async (session) => (await cache.get('refund', { session })).version))).toEqual(first)
    expect(server.asked.length).toBeLessThanOrEqual(3)
  })
})

describe('news', () => {
  test('a label that was moved is read at once, others are left alone', async () => {
    const cache = cacheOf()
    await cache.get('refund')
    server.labels.set('greeting@production', 1)
    server.versions.set('greeting|1', { text: 'hi' })
    await cache.get('greeting')
    server.labels.set('refund@production', 2)
    await cache.heard('refund', 'production')
    expect(await textOf(cache.get('refund'))).toBe('two')
    expect(server.asked.filter(({ name }) => name === 'greeting')).toHaveLength(1)
  })

  test('the label of a fragment concerns those that include it', async () => {
    server.versions.set('refund|1', { text: 'calm', fragmentLabel: 'production' })
    const cache = cacheOf()
    await cache.get('refund')
    server.versions.set('refund|1', { text: 'brisk', fragmentLabel: 'production' })
    await cache.heard('tone', 'production')
    expect(await textOf(cache.get('refund'))).toBe('brisk')
  })

  test('after a gap everything is checked', async () => {
    const cache = cacheOf()
    await cache.get('refund')
    server.labels.set('refund@production', 2)
    await cache.heard()
    expect(await textOf(cache.get('refund'))).toBe('two')
  })
})

describe('without the server', () => {
  test('memory goes on and says so; the server is asked again after a while', async () => {
    const cache = cacheOf()
    await cache.get('refund')
    server.failure = new Error('refused')
    clock += 61_000
    expect(await textOf(cache.get('refund'))).toBe('one')
    await cache.flush()
    expect(warnings).toEqual([expect.stringContaining('refund@production could not be checked')])
    await cache.get('refund')
    expect(server.asked).toHaveLength(2)
    clock += 6_000
    server.failure = undefined
    server.labels.set('refund@production', 2)
    await cache.get('refund')
    await cache.flush()
    expect(await textOf(cache.get('refund'))).toBe('two')
  })

  test('a new process starts from what the last one kept', async () => {
    const store = memoryStore()
    const before = cacheOf({ store })
    await before.get('refund')
    await before.get('refund', { version: 2 })
    await before.flush()
    server.failure = new Error('refused')
    const after = cacheOf({ store })
    expect(await after.get('refund')).toMatchObject({ version: 1, source: 'snapshot' })
    expect(await textOf(after.get('refund', { version: 2 }))).toBe('two')
    // Of the version nobody had to be asked, and after the first failure the server is left alone for a while.
    expect(server.asked).toHaveLength(3)
    server.failure = undefined
    clock += 6_000
    await after.get('refund')
    await after.flush()
    expect(await after.get('refund')).toMatchObject({ source: 'server' })
  })

  test('the lock file stands in where nothing was kept, and the kept snapshot is newer than it', async () => {
    const kept: KeptVersion = { hash: 'h', content: { type: 'text', engine: 'mustache', text: 'locked' } }
    const lock: PromptSnapshot = {
      lockfileVersion: 1,
      prompts: { refund: { labels: { production: { version: 7 } }, versions: { 7: kept } } },
    }
    server.failure = new Error('refused')
    expect(await cacheOf({ lock }).get('refund')).toMatchObject({ version: 7, source: 'lock' })
    const store = memoryStore()
    store.kept = {
      lockfileVersion: 1,
      prompts: { refund: { labels: { production: { version: 8 } }, versions: { 8: { ...kept, hash: 'i' } } } },
    }
    expect(await cacheOf({ lock, store }).get('refund')).toMatchObject({ version: 8, source: 'snapshot' })
  })

  test('with nothing at all the error says what to do', async () => {
    server.failure = new Error('connect ECONNREFUSED')
    const error = await cacheOf({ store: memoryStore() })
      .get('refund')
      .catch((caught: AppError) => caught)
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/refund@production .*ECONNREFUSED.*snapshot/),
      hint: expect.stringContaining('prompts pull'),
    })
  })

  test('what the server says is not there is not taken from elsewhere; what it cannot or will not say is', async () => {
    const store = memoryStore()
    const before = cacheOf({ store })
    await before.get('refund')
    await before.flush()
    server.labels.delete('refund@production')
    await expect(cacheOf({ store }).get('refund')).rejects.toMatchObject({ code: 'not-found' })
    server.failure = new AppError('unauthenticated', 'This key was revoked.')
    expect(await cacheOf({ store }).get('refund')).toMatchObject({ source: 'snapshot' })
    expect(warnings.at(-1)).toContain('This key was revoked.')
  })

  test('a store that cannot be read or written costs a warning and nothing else', async () => {
    const broken = {
      read: async () => Promise.reject(new Error('EACCES')),
      write: async () => Promise.reject(new Error('EROFS')),
    }
    const cache = cacheOf({ store: broken })
    expect(await textOf(cache.get('refund'))).toBe('one')
    await textOf(cache.get('refund', { version: 2 }))
    await cache.flush()
    expect(warnings.join()).toMatch(/EROFS/)
    expect(warnings.join()).toMatch(/EACCES/)
  })
})

test('a version that no label points to any more is forgotten on disk, but for the last ones that were asked for', async () => {
  const store = memoryStore()
  const cache = cacheOf({ store })
  for (let version = 1; version <= 30; version++) {
    server.versions.set(`refund|${version}`, { text: String(version) })
    server.labels.set('refund@production', version)
    await cache.heard('refund', 'production')
    await cache.get('refund')
    await cache.flush()
    clock += 61_000
    await cache.get('refund')
    await cache.flush()
  }
  const { versions, labels } = store.kept?.prompts.refund ?? { versions: {}, labels: {} }
  expect(labels).toEqual({ production: { version: 30 } })
  expect(Object.keys(versions).length).toBeLessThanOrEqual(11)
  expect(versions).toHaveProperty('30')
})
