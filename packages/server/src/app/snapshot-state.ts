import { CacheStore, type SnapshotKey, type SnapshotProject, type SnapshotPrompt } from '@signalbox/schema'
import type { Message, PartKind, PartValues, ProjectPart } from './snapshot-parts.ts'

type Part = { kind: PartKind; value: PartValues[PartKind] }
/** Before the first message. */
const NO_SERVER = { limits: { maxBodyBytes: 0 }, cache: CacheStore.parse({}) }

/**
 * What an edge knows, put together from messages. Nothing is in effect before the end of its message. What a project has is put together when
 * it is asked for, and stays the same object until something of it changes.
 */
export class SnapshotState {
  version = 0
  #parts = new Map<string, Part>()
  #keys = new Map<string, SnapshotKey>()
  /** By the public half. Made when it is first asked for: few edges ever see one. */
  #publicKeys: Map<string, SnapshotKey> | undefined
  /** By project and name. Made when a project is first put together after a change of one of them. */
  #prompts: Map<string, Map<string, SnapshotPrompt>> | undefined
  #projects = new Map<string, SnapshotProject | undefined>()
  #coming:
    | { version: number; full: boolean; set: [string, Part][]; drop: string[]; parts: Map<string, Part>; keys: Map<string, SnapshotKey> }
    | undefined

  /** Takes one message; true when with it a new version is in effect. Throws where a message is not what the core sends. */
  take(message: Message): boolean {
    if ('begin' in message) {
      this.#coming = { version: message.begin, full: message.full, set: [], drop: [], parts: new Map(), keys: new Map() }
      return false
    }
    const coming = this.#coming
    if (!coming) throw new Error('a part of a snapshot came without its beginning')
    if ('set' in message) {
      for (const [name, value] of message.set) {
        const part = partOf(name, value)
        if (coming.full) put(coming, name, part)
        else coming.set.push([name, part])
      }
    } else if ('drop' in message) coming.drop.push(...message.drop)
    else if ('end' in message) return this.#commit(message.end)
    return false
  }

  get limits(): { maxBodyBytes: number } {
    return (this.#parts.get('server')?.value as PartValues['server'] | undefined)?.limits ?? NO_SERVER.limits
  }

  /** Where answers are kept that are given again. */
  get cache(): CacheStore {
    return (this.#parts.get('server')?.value as PartValues['server'] | undefined)?.cache ?? NO_SERVER.cache
  }

  keyOf(secretSha256: string): SnapshotKey | undefined {
    return this.#keys.get(secretSha256)
  }

  keyOfPublic(publicKey: string): SnapshotKey | undefined {
    this.#publicKeys ??= new Map([...this.#keys.values()].map((key) => [key.publicKey, key]))
    return this.#publicKeys.get(publicKey)
  }

  projectOf(id: string): SnapshotProject | undefined {
    if (!this.#projects.has(id)) this.#projects.set(id, this.#assemble(id))
    return this.#projects.get(id)
  }

  keyById(id: string): SnapshotKey | undefined {
    return this.#parts.get(`key:${id}`)?.value as SnapshotKey | undefined
  }

  /** All projects, without what it takes to put them together. */
  *projects(): Generator<ProjectPart> {
    for (const { kind, value } of this.#parts.values()) if (kind === 'project') yield value as ProjectPart
  }

  /** All pieces by name, as they are now. */
  parts(): [name: string, value: unknown][] {
    return [...this.#parts].map(([name, { value }]) => [name, value])
  }

  #commit(version: number): boolean {
    const coming = this.#coming
    this.#coming = undefined
    if (!coming || coming.version !== version) throw new Error('the end of a snapshot is of another version than its beginning')
    if (coming.full) {
      this.#parts = coming.parts
      this.#keys = coming.keys
      this.#projects.clear()
      this.#prompts = undefined
    }
    for (const name of coming.drop) this.#drop(name)
    for (const [name, part] of coming.set) {
      this.#drop(name)
      put({ parts: this.#parts, keys: this.#keys }, name, part)
      if (part.kind === 'prompt' && this.#prompts) putPrompt(this.#prompts, name, part)
    }
    // Rebuilt rather than followed: keys change seldom, and a pair may be gone in more ways than one.
    this.#publicKeys = undefined
    this.version = version
    return true
  }

  #drop(name: string): void {
    const part = this.#parts.get(name)
    this.#parts.delete(name)
    if (part?.kind === 'key') {
      const { secretSha256, id } = part.value as SnapshotKey
      // Another key may have the secret by now.
      if (this.#keys.get(secretSha256)?.id === id) this.#keys.delete(secretSha256)
      return
    }
    this.#projects.delete(projectIdOf(name))
    if (part?.kind === 'prompt') this.#prompts?.get(projectIdOf(name))?.delete(promptNameOf(name))
  }

  #assemble(id: string): SnapshotProject | undefined {
    const part = this.#parts.get(`project:${id}`)?.value as ProjectPart | undefined
    if (!part) return undefined
    const named = <K extends 'provider' | 'model'>(kind: K, names: readonly string[]) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const found = this.#parts.get(`${kind}:${id}:${name}`)?.value as PartValues[K] | undefined
          return found ? [[name, found] as const] : []
        }),
      )
    const prompts = this.#promptsOf(id)
    return {
      ...part,
      providers: named('provider', part.providers),
      models: named('model', part.models),
      ...(prompts.size > 0 && { prompts: Object.fromEntries(prompts) }),
    }
  }

  #promptsOf(id: string): ReadonlyMap<string, SnapshotPrompt> {
    if (!this.#prompts) {
      this.#prompts = new Map()
      for (const [name, part] of this.#parts) if (part.kind === 'prompt') putPrompt(this.#prompts, name, part)
    }
    return this.#prompts.get(id) ?? new Map()
  }
}

function put({ parts, keys }: { parts: Map<string, Part>; keys: Map<string, SnapshotKey> }, name: string, part: Part): void {
  parts.set(name, part)
  if (part.kind === 'key') keys.set((part.value as SnapshotKey).secretSha256, part.value as SnapshotKey)
}

function putPrompt(prompts: Map<string, Map<string, SnapshotPrompt>>, name: string, { value }: Part): void {
  const id = projectIdOf(name)
  const ofProject = prompts.get(id) ?? new Map<string, SnapshotPrompt>()
  prompts.set(id, ofProject.set(promptNameOf(name), value as SnapshotPrompt))
}

/** The name of a prompt may have colons itself. */
const promptNameOf = (name: string): string => name.slice(`prompt:${projectIdOf(name)}:`.length)
const projectIdOf = (name: string): string => name.split(':', 2)[1] ?? ''

/** What each piece must have. It comes from our own core, so that it is not looked at more closely than not to fail over it later. */
const LOOKS: Record<PartKind, (value: Record<string, unknown>) => boolean> = {
  server: ({ limits, cache }) => isObject(limits) && isObject(cache),
  project: ({ id, providers, models, prices, capture }) =>
    typeof id === 'string' && [providers, models, prices].every(Array.isArray) && isObject(capture),
  provider: ({ name, kind, baseUrl, headers }) => [name, kind, baseUrl].every((text) => typeof text === 'string') && isObject(headers),
  model: ({ targets }) => Array.isArray(targets),
  prompt: ({ labels, versions }) => isObject(labels) && isObject(versions),
  key: ({ id, projectId, secretSha256, scopes }) =>
    [id, projectId, secretSha256].every((text) => typeof text === 'string') && Array.isArray(scopes),
}
/** What a core of an older version does not send. */
const DEFAULTS = { budgets: [], splits: [], currency: { code: 'USD', perUsd: 1 } }

function partOf(name: string, value: unknown): Part {
  const colon = name.indexOf(':')
  const kind = (colon === -1 ? name : name.slice(0, colon)) as PartKind
  if (!Object.hasOwn(LOOKS, kind) || !isObject(value) || !LOOKS[kind](value))
    throw new Error(`the part ${name} of the snapshot is not understood`)
  return { kind, value: (kind === 'project' ? { ...DEFAULTS, ...value } : value) as Part['value'] }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
