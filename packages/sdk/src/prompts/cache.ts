import { AppError, DEFAULT_LABEL, LATEST, shareOf } from '@signalbox/schema'
import {
  emptySnapshot,
  type KeptLabel,
  type KeptVersion,
  mergeSnapshots,
  type PromptSnapshot,
  type PromptStore,
  versionsOf,
} from './snapshot.ts'
import type { Answered, Wanted } from './source.ts'

/** From where an answer came: the server, or what stands in for it. */
export type PromptSource = 'server' | 'snapshot' | 'lock'
export type Found = { name: string; label: string | null; version: number; kept: KeptVersion; source: PromptSource }
export type Which = { version?: number; label?: string; session?: string }

export type CacheOptions = {
  read(wanted: Wanted, etag: string | undefined): Promise<Answered>
  store: PromptStore | undefined
  lock: PromptSnapshot | undefined
  staleAfterMs: number
  warn(message: string): void
  now(): number
}

type Entry<T> = { value: T; source: PromptSource; etag: string | undefined; checkedAt: number }

/** After a failure the server is left alone for so long, so that each new prompt does not wait for it again. */
const PAUSE_MS = 5_000

/**
 * Memory, then the server, then what is kept on disk, then the lock file. What was read once is answered from memory: a version for ever, a
 * label at once and checked behind the scenes when it is older than `staleAfterMs`. Who asks at the same time shares one request.
 */
export function createPromptCache({ read, store, lock, staleAfterMs, warn, now }: CacheOptions) {
  const labels = new Map<string, Entry<KeptLabel>>()
  const versions = new Map<string, Entry<KeptVersion>>()
  const underWay = new Map<string, Promise<void>>()
  let silentUntil = 0
  let disk: Promise<PromptSnapshot> | undefined
  let writing = Promise.resolve()
  let waiting: PromptSnapshot | undefined

  const fromDisk = (): Promise<PromptSnapshot> => {
    disk ??= (async () => {
      try {
        return (await store?.read()) ?? emptySnapshot()
      } catch (error) {
        warn(`The kept prompts cannot be read and are not used: ${messageOf(error)}`)
        return emptySnapshot()
      }
    })()
    return disk
  }

  /** What was learnt goes to disk, one write after the other; what comes meanwhile waits together. */
  const keep = (name: string, learnt: PromptSnapshot['prompts'][string]): void => {
    if (!store) return
    const isWaiting = waiting !== undefined
    waiting = mergeSnapshots(waiting ?? emptySnapshot(), { lockfileVersion: 1, prompts: { [name]: learnt } })
    if (isWaiting) return
    writing = writing.then(async () => {
      const snapshot = waiting
      waiting = undefined
      if (!snapshot) return
      try {
        await store.write(snapshot)
      } catch (error) {
        warn(`Prompts could not be kept on disk: ${messageOf(error)}`)
      }
    })
  }

  function learn({ name, version, label }: Wanted, { found, etag }: Exclude<Answered, 'unchanged'>): void {
    const checkedAt = now()
    if (found.resolved === null) {
      const problem = found.fragments.find((fragment) => fragment.problem !== null)?.problem
      throw new AppError(
        'conflict',
        `The fragments of ${name} version ${found.version} cannot be filled in${problem ? `: ${problem}` : ''}.`,
      )
    }
    const { examples } = found.resolved
    const changes = found.fragments.some((fragment) => fragment.label !== null) || (examples && !Array.isArray(examples))
    const kept: KeptVersion = { hash: found.hash, content: found.resolved, ...(changes && { changes: true as const }) }
    versions.set(versionKey(name, found.version), {
      value: kept,
      source: 'server',
      etag: version === undefined ? undefined : etag,
      checkedAt,
    })
    if (label === undefined) return keep(name, { labels: {}, versions: { [found.version]: kept } })
    const split = found.prompt.labels.find((one) => one.label === label)?.split
    const target: KeptLabel = split ? { split } : { version: found.version }
    labels.set(labelKey(name, label), { value: target, source: 'server', etag, checkedAt })
    keep(name, { labels: { [label]: target }, versions: { [found.version]: kept } })
  }

  /** One request at a time for the same thing. */
  function refresh(wanted: Wanted): Promise<void> {
    const isLabel = wanted.label !== undefined
    const key = isLabel ? labelKey(wanted.name, wanted.label ?? '') : versionKey(wanted.name, wanted.version ?? 0)
    const running = underWay.get(key)
    if (running) return running
    const started = (async () => {
      const entry = isLabel ? labels.get(key) : versions.get(key)
      try {
        const answered = await read(wanted, entry?.source === 'server' ? entry.etag : undefined)
        silentUntil = 0
        if (answered !== 'unchanged') learn(wanted, answered)
        else if (entry) entry.checkedAt = now()
      } catch (error) {
        // Asked again when this time is over, not with every call.
        if (entry) entry.checkedAt = now() - staleAfterMs + Math.min(PAUSE_MS, staleAfterMs)
        if (!isFinal(error)) silentUntil = now() + PAUSE_MS
        throw error
      } finally {
        underWay.delete(key)
      }
    })()
    underWay.set(key, started)
    return started
  }

  const refreshBehind = (wanted: Wanted, what: string): void => {
    refresh(wanted).catch((error: unknown) => warn(`${what} could not be checked, so what is known of it is used on: ${messageOf(error)}`))
  }

  /** What is kept or brought along, for want of the server; put into memory, so that it is checked again like anything else. */
  async function standIn({ name, label, version }: Wanted): Promise<boolean> {
    for (const [source, snapshot] of [
      ['snapshot', await fromDisk()],
      ['lock', lock ?? emptySnapshot()],
    ] as const) {
      const known = snapshot.prompts[name]
      const target = label === undefined ? version && { version } : known?.labels[label]
      if (!known || !target || !versionsOf(target).some((one) => known.versions[one])) continue
      // As old as what is checked next: the server is asked again when its pause is over.
      const checkedAt = now() - staleAfterMs + Math.min(PAUSE_MS, staleAfterMs)
      for (const one of versionsOf(target)) {
        const kept = known.versions[one]
        const key = versionKey(name, one)
        if (kept && !versions.has(key)) versions.set(key, { value: kept, source, etag: undefined, checkedAt })
      }
      if (label !== undefined) labels.set(labelKey(name, label), { value: target, source, etag: undefined, checkedAt })
      return true
    }
    return false
  }

  /** Makes sure that something is in memory: from the server, else from what stands in for it. */
  async function ensure(wanted: Wanted): Promise<void> {
    const what = wanted.label === undefined ? `version ${wanted.version} of ${wanted.name}` : `${wanted.name}@${wanted.label}`
    if (now() < silentUntil && (await standIn(wanted))) return
    try {
      await refresh(wanted)
    } catch (error) {
      if (isFinal(error)) throw error
      if (!(await standIn(wanted))) throw unreachable(what, error, { hasStore: store !== undefined, hasLock: lock !== undefined })
      warn(`The server could not be asked for ${what}, so what is kept of it is used: ${messageOf(error)}`)
    }
  }

  async function versionOf(name: string, version: number): Promise<Entry<KeptVersion>> {
    const key = versionKey(name, version)
    const known = versions.get(key)
    if (known) {
      if (known.value.changes && now() - known.checkedAt >= staleAfterMs) refreshBehind({ name, version }, `version ${version} of ${name}`)
      return known
    }
    // A version never changes: what is kept of it is as good as what the server would say.
    if ((await fromDisk()).prompts[name]?.versions[version]?.changes === undefined && (await standIn({ name, version }))) {
      const kept = versions.get(key)
      if (kept) return kept
    }
    await ensure({ name, version })
    const found = versions.get(key)
    if (!found) throw new AppError('internal', `Version ${version} of ${name} was read and is not there.`)
    return found
  }

  return {
    async get(name: string, which: Which = {}): Promise<Found> {
      if (which.version !== undefined) {
        if (which.label !== undefined) throw new AppError('invalid-request', 'Ask for a version or for a label, not for both.')
        const { value, source } = await versionOf(name, which.version)
        return { name, label: null, version: which.version, kept: value, source }
      }
      const label = which.label ?? DEFAULT_LABEL
      const key = labelKey(name, label)
      const known = labels.get(key)
      if (!known) await ensure({ name, label, ...(which.session !== undefined && { session: which.session }) })
      else if (now() - known.checkedAt >= staleAfterMs) refreshBehind({ name, label }, `${name}@${label}`)
      const target = labels.get(key)
      if (!target) throw new AppError('internal', `${name}@${label} was read and is not there.`)
      const version = 'split' in target.value ? shareOf(target.value.split, { name, label }, which.session) : target.value.version
      const { value } = await versionOf(name, version)
      return { name, label, version, kept: value, source: target.source }
    },

    /** A label was moved, or (without one) anything may have been: what memory holds of it is read anew. */
    async heard(name?: string, label?: string): Promise<void> {
      const stale = [...labels.keys()].map(readLabelKey).filter((one) => {
        if (name === undefined) return true
        // A fragment's label changes the text of others, which only the server knows.
        return (one.name === name && (label === undefined || one.label === label || one.label === LATEST)) || changesText(one)
      })
      await Promise.all(
        stale.map((one) =>
          refresh(one).catch((error: unknown) => warn(`${one.name}@${one.label} could not be read anew: ${messageOf(error)}`)),
        ),
      )
    },

    /** Everything that was learnt is on disk. */
    async flush(): Promise<void> {
      await Promise.allSettled(underWay.values())
      await writing
    },
  }

  function changesText({ name, label }: { name: string; label: string }): boolean {
    const target = labels.get(labelKey(name, label))?.value
    return target !== undefined && versionsOf(target).some((version) => versions.get(versionKey(name, version))?.value.changes === true)
  }
}

/** Names hold neither @ nor |. */
const labelKey = (name: string, label: string): string => `${name}@${label}`
const versionKey = (name: string, version: number): string => `${name}|${version}`
const readLabelKey = (key: string): { name: string; label: string } => {
  const at = key.lastIndexOf('@')
  return { name: key.slice(0, at), label: key.slice(at + 1) }
}

/** The server knows that there is no such thing, or that it was asked wrongly. Nothing that is kept makes that right. */
const isFinal = (error: unknown): boolean =>
  error instanceof AppError && ['not-found', 'invalid-request', 'invalid-json', 'conflict', 'internal'].includes(error.code)

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function unreachable(what: string, cause: unknown, { hasStore, hasLock }: { hasStore: boolean; hasLock: boolean }): AppError {
  const places = ['memory', ...(hasStore ? ['the kept snapshot'] : []), ...(hasLock ? ['the lock file'] : [])].join(', ')
  return new AppError('unavailable', `${what} is nowhere to be had. The server: ${messageOf(cause)} Nor does ${places} have it.`, {
    cause,
    hint: 'Start the server, or ship a lock file: "signalbox prompts pull --out prompts.lock.json", then createPrompts({ lock }).',
  })
}
