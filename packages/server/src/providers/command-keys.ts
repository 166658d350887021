import { execFile } from 'node:child_process'
import { AppError, type SnapshotProvider } from '@signalbox/schema'

const TIMEOUT_MS = 15_000
/** Google's access tokens live an hour, and its tools hand out the same one until shortly before its end. */
const KEPT_MS = 240_000

/**
 * The key of a provider that is printed by a command (`settings.apiKeyCommand`). It is kept for four minutes, and calls that
 * need it at the same time wait for one run. Throws `provider-auth` when the command fails; its output stays here.
 */
export function createCommandKeys(now: () => number = Date.now): (provider: SnapshotProvider) => Promise<SnapshotProvider> {
  const found = new WeakMap<SnapshotProvider, { until: number; keyed: Promise<SnapshotProvider> }>()
  return (provider) => {
    const known = found.get(provider)
    if (known && known.until > now()) return known.keyed
    const keyed = run(provider).then((apiKey) => ({ ...provider, apiKey }))
    found.set(provider, { until: now() + KEPT_MS, keyed })
    // A failure is not kept: the next call tries again.
    keyed.catch(() => found.delete(provider))
    return keyed
  }
}

function run({ name, settings }: SnapshotProvider): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', settings?.apiKeyCommand ?? ''], { timeout: TIMEOUT_MS, maxBuffer: 65_536 }, (error, stdout) => {
      const key = stdout.trim()
      if (!error && /^[\x21-\x7e]+$/.test(key)) return resolve(key)
      const why = error
        ? error.killed
          ? 'took too long'
          : `failed with code ${error.code}`
        : key
          ? 'printed more than one word'
          : 'printed nothing'
      reject(
        new AppError('provider-auth', `The apiKeyCommand of ${name} ${why}.`, {
          hint: 'Run the command as the user of Signalbox: it must print the key and nothing else.',
        }),
      )
    })
  })
}
