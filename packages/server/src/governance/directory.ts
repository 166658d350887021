import { AppError, allows, type Caller, type Snapshot, type SnapshotKey, type SnapshotProject } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'

/** A caller of the gateway, with what its project may use. */
export type Admitted = Caller & {
  keyId: string
  project: SnapshotProject
  keyName?: string | undefined
  /** Whose key it is. */
  accountId?: string | undefined
  teamId?: string | undefined
}

/** The snapshot, indexed: who may come in, and what their project has. Replaced as a whole when a new one arrives. */
export type Directory = {
  readonly version: number
  readonly maxBodyBytes: number
  /** Finds the caller of a secret. Throws `unauthenticated` or `key-expired`. */
  authenticate(secret: string | undefined): Admitted
  /** Finds the caller of a public key: it may send scores, where its pair may, and nothing else. */
  authenticatePublic(publicKey: string): Admitted
  /** Whether pages of an origin may send feedback to any project: what can be said before a key is known. */
  hearsPagesOf(origin: string): boolean
}

/** Where a directory looks things up. */
export type DirectorySource = {
  readonly version: number
  readonly limits: { maxBodyBytes: number }
  /** By the SHA-256 of its secret, in hex. */
  keyOf(secretSha256: string): SnapshotKey | undefined
  keyOfPublic(publicKey: string): SnapshotKey | undefined
  projectOf(id: string): SnapshotProject | undefined
  projects(): Iterable<Pick<SnapshotProject, 'feedback'>>
}

export const createDirectory = (snapshot: Snapshot, now: () => number = Date.now): Directory => {
  const keys = new Map(snapshot.keys.map((key) => [key.secretSha256, key]))
  const publicKeys = new Map(snapshot.keys.map((key) => [key.publicKey, key]))
  const { version, limits, projects } = snapshot
  return directoryOver(
    {
      version,
      limits,
      keyOf: (secret) => keys.get(secret),
      keyOfPublic: (publicKey) => publicKeys.get(publicKey),
      projectOf: (id) => projects[id],
      projects: () => Object.values(projects),
    },
    now,
  )
}

/** The same over what is indexed already. */
export function directoryOver(source: DirectorySource, now: () => number = Date.now): Directory {
  const admit = (key: SnapshotKey | undefined): Admitted => {
    const project = key && source.projectOf(key.projectId)
    if (!key || !project) throw new AppError('unauthenticated', 'This key is not known, or it was revoked.')
    assertFresh(key, now())
    const { id: keyId, projectId, scopes: permissions, name: keyName, accountId, teamId } = key
    return { keyId, projectId, permissions, project, keyName, accountId, teamId }
  }
  let origins: Set<string> | undefined
  return {
    version: source.version,
    hearsPagesOf(origin) {
      origins ??= new Set([...source.projects()].flatMap(({ feedback }) => feedback?.origins ?? []))
      return origins.has(origin)
    },
    maxBodyBytes: source.limits.maxBodyBytes,
    authenticate(secret) {
      if (!secret) throw new AppError('unauthenticated', 'No key was sent.')
      if (secret.startsWith('pk-sb-')) throw new AppError('unauthenticated', 'This is a public key; calls need the secret one (sk-sb-…).')
      // The hash, not the secret, is looked up: how long it takes tells nothing about any secret.
      return admit(source.keyOf(sha256(secret)))
    },
    authenticatePublic(publicKey) {
      const caller = admit(source.keyOfPublic(publicKey))
      return { ...caller, permissions: allows(caller.permissions, 'scores:write') ? ['scores:write'] : [] }
    },
  }
}

function assertFresh(key: SnapshotKey, now: number): void {
  if (key.expiresAt !== null && key.expiresAt <= now)
    throw new AppError('key-expired', `This key expired at ${new Date(key.expiresAt).toISOString()}.`)
}
