import type { LookupFunction } from 'node:net'
import { EnvHttpProxyAgent, fetch as send } from 'undici'
import { assertPublicHost, guardedConnect } from './guarded-connect.ts'

export type GuardedFetch = { fetch(allowPrivate: boolean): typeof globalThis.fetch; close(): Promise<void> }

/** `fetch` for addresses that people wrote into the UI: public ones only, unless an owner allows others. */
export function createGuardedFetch({ lookup }: { lookup?: LookupFunction } = {}): GuardedFetch {
  const open = new EnvHttpProxyAgent({ connect: { timeout: 10_000 } })
  const guarded = new EnvHttpProxyAgent({ connect: guardedConnect({ timeout: 10_000, ...(lookup && { lookup }) }) })
  return {
    fetch: (allowPrivate) =>
      (async (input: string, init: object = {}) => {
        // A proxy resolves names itself, so the name is checked before it is asked.
        if (!allowPrivate) await assertPublicHost(new URL(input).hostname, lookup)
        return await send(input, { ...init, dispatcher: allowPrivate ? open : guarded })
      }) as unknown as typeof globalThis.fetch,
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()])
    },
  }
}
