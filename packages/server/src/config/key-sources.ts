import { unwatchFile, watchFile } from 'node:fs'
import { resolve } from 'node:path'
import type { KeySource } from '@signalbox/schema'
import { type ReadKey, readKey } from './read-key.ts'

type Sources = Record<string, { keySources: Record<string, KeySource> }>
export type KeySourcesDeps = {
  /** The folder of the configuration file. */
  folder: string
  /** Called when a key became another one, or its problem did, so that every edge gets a new snapshot. */
  changed(): unknown
  warn(details: { project: string; provider: string; problem: string }): void
}
type Followed = { text: string; current: ReadKey; again(): Promise<void>; stop(): void }

const RETRY_SECONDS = 15
/** The part of its time after which a key is asked for anew: the rest is for a command that is slow, or fails at first. */
const RENEWED_AT = 0.8
const LOOK_MS = 1000

/** Keys that signalbox.yaml leaves to files and commands. Files are read again when they change, commands run again before the time of their key is over. */
export function createKeySources({ folder, changed, warn }: KeySourcesDeps) {
  const followed = new Map<string, Followed>()

  async function begin(project: string, provider: string, source: KeySource): Promise<Followed> {
    let timer: NodeJS.Timeout | undefined
    const watched = 'file' in source ? resolve(folder, source.file) : undefined
    const look = (now: { mtimeMs: number; ino: number }, before: { mtimeMs: number; ino: number }) => {
      if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) void again(true)
    }
    let stopped = false
    const again = async (tell: boolean): Promise<void> => {
      clearTimeout(timer)
      const read = await readKey(source, folder)
      if (stopped) return
      const before = one.current
      // A command that fails now and then: the key that it printed before is the best there is.
      const keep = 'problem' in read && 'apiKey' in before && 'command' in source
      if ('problem' in read) warn({ project, provider, problem: read.problem })
      if (!keep) one.current = read
      if ('command' in source) {
        const seconds = 'problem' in read ? Math.min(RETRY_SECONDS, source.ttlSeconds) : source.ttlSeconds * RENEWED_AT
        timer = setTimeout(() => void again(true), seconds * 1000).unref()
      }
      if (tell && JSON.stringify(one.current) !== JSON.stringify(before)) await changed()
    }
    const one: Followed = {
      text: JSON.stringify(source),
      current: { problem: 'its key was not read yet' },
      again: () => again(false),
      stop: () => {
        stopped = true
        clearTimeout(timer)
        if (watched) unwatchFile(watched, look)
      },
    }
    if (watched) watchFile(watched, { interval: LOOK_MS, persistent: false }, look)
    await again(false)
    return one
  }

  return {
    /**
     * Follows what the configuration names now. Resolves when every new one was read once and every file again; commands that
     * are in it still are not run before their time.
     */
    async follow(projects: Sources): Promise<void> {
      const wanted = new Map(
        Object.entries(projects).flatMap(([project, { keySources }]) =>
          Object.entries(keySources).map(([provider, source]) => [idOf(project, provider), { project, provider, source }] as const),
        ),
      )
      for (const [id, one] of followed) {
        if (JSON.stringify(wanted.get(id)?.source) === one.text) continue
        one.stop()
        followed.delete(id)
      }
      await Promise.all(
        [...wanted].map(async ([id, { project, provider, source }]) => {
          const known = followed.get(id)
          if (!known) followed.set(id, await begin(project, provider, source))
          else if ('file' in source) await known.again()
        }),
      )
    },

    /** The key of a provider, or why it has none; undefined where its key comes from no file and no command. */
    keyOf: (project: string, provider: string): ReadKey | undefined => followed.get(idOf(project, provider))?.current,

    close(): void {
      for (const one of followed.values()) one.stop()
      followed.clear()
    },
  }
}

const idOf = (project: string, provider: string): string => `${project}/${provider}`
