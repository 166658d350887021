import type { Sql } from '../store/ports.ts'
import { type DeclaredKey, declareKeys } from './declared-keys.ts'
import { createProjects, DEFAULT_PROJECT } from './projects.ts'
import { ensureOwner } from './sessions.ts'

export type BootstrapEnvironment = {
  bootstrap: { publicKey: string; secretKey: string } | null
  admin: { email: string; password: string } | null
}

/**
 * Makes what the environment asks for: the project `default` always, its key pair with all rights, an owner. Safe to run
 * at every start: changed values replace the old ones; variables that are gone change nothing.
 */
export async function ensureBootstrap(sql: Sql, { bootstrap, admin }: BootstrapEnvironment, now: Date = new Date()): Promise<void> {
  await createProjects({ sql, now: () => now }).ensure(DEFAULT_PROJECT, 'Default')
  if (bootstrap) {
    const key: DeclaredKey = { ...bootstrap, projectId: DEFAULT_PROJECT, name: 'Bootstrap', scopes: ['*'] }
    await declareKeys(sql, { source: 'environment', keys: [key], at: now })
  }
  if (admin) await ensureOwner(sql, { ...admin, at: now })
}

/** Of the configuration: the projects that the file names, with their key pairs. */
export type ConfiguredProjects = { projects: Record<string, { keys: readonly Omit<DeclaredKey, 'projectId'>[] }> }

/** Makes the projects and keys of signalbox.yaml; keys that left the file are revoked. Says whether anything changed. */
export async function ensureConfigured(sql: Sql, { projects }: ConfiguredProjects, now: Date = new Date()): Promise<boolean> {
  const room = createProjects({ sql, now: () => now })
  let changed = false
  for (const id of Object.keys(projects)) changed = (await room.ensure(id)) || changed
  const keys = Object.entries(projects).flatMap(([projectId, project]) => project.keys.map((key) => ({ ...key, projectId })))
  return (await declareKeys(sql, { source: 'file', keys, at: now })) || changed
}
