import { AppError, type Caller, type Snapshot, type SnapshotKey, type SnapshotProject } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'

/** A caller of the gateway, with what its project may use. */
export type Admitted = Caller & { keyId: string; project: SnapshotProject }

/** The snapshot, indexed: who may come in, and what their project has. Replaced as a whole when a new one arrives. */
export type Directory = {
  readonly version: number
  readonly maxBodyBytes: number
  /** Finds the caller of a secret. Throws `unauthenticated` or `key-expired`. */
  authenticate(secret: string | undefined): Admitted
}

export function createDirectory(snapshot: Snapshot, now: () => number = Date.now): Directory {
  const keys = new Map(snapshot.keys.map((key) => [key.secretSha256, key]))
  return {
    version: snapshot.version,
    maxBodyBytes: snapshot.limits.maxBodyBytes,
    authenticate(secret) {
      if (!secret) throw new AppError('unauthenticated', 'No key was sent.')
      if (secret.startsWith('pk-sb-')) throw new AppError('unauthenticated', 'This is a public key; calls need the secret one (sk-sb-…).')
      // The hash, not the secret, is looked up: how long it takes tells nothing about any secret.
      const key = keys.get(sha256(secret))
      const project = key && snapshot.projects[key.projectId]
      if (!key || !project) throw new AppError('unauthenticated', 'This key is not known, or it was revoked.')
      assertFresh(key, now())
      return { keyId: key.id, projectId: key.projectId, permissions: key.scopes, project }
    },
  }
}

function assertFresh(key: SnapshotKey, now: number): void {
  if (key.expiresAt !== null && key.expiresAt <= now)
    throw new AppError('key-expired', `This key expired at ${new Date(key.expiresAt).toISOString()}.`)
}
