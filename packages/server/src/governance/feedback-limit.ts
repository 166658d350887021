import { AppError, type FeedbackSettings } from '@signalbox/schema'

const MINUTE = 60_000
/** Addresses that one minute remembers: more than this many share one count, so that nobody fills the memory with made-up ones. */
const MOST_ADDRESSES = 20_000
const OTHERS = '(others)'

type Asked = { keyId: string; address: string; settings: Pick<FeedbackSettings, 'perMinute' | 'perMinuteOfAddress'> }

/** Bounds what public keys send: they are in every page, so anybody can take one. Per edge, counted anew each minute. */
export type FeedbackLimit = {
  /** Counts one request. Throws `rate-limited` where it is one too many. */
  take(asked: Asked): void
  readonly counters: { refusedByKey: number; refusedByAddress: number }
}

export function createFeedbackLimit({ now = Date.now }: { now?: () => number } = {}): FeedbackLimit {
  const counters = { refusedByKey: 0, refusedByAddress: 0 }
  let minute = 0
  let keys = new Map<string, number>()
  let addresses = new Map<string, number>()
  const count = (counts: Map<string, number>, name: string, most: number): boolean => {
    const counted = (counts.get(name) ?? 0) + 1
    if (counted <= most) counts.set(name, counted)
    return counted <= most
  }
  return {
    counters,
    take({ keyId, address, settings }) {
      const at = now()
      if (Math.floor(at / MINUTE) !== minute) {
        minute = Math.floor(at / MINUTE)
        keys = new Map()
        addresses = new Map()
      }
      const retryAfterSeconds = Math.max(1, Math.ceil(((minute + 1) * MINUTE - at) / 1000))
      const refuse = (message: string) => new AppError('rate-limited', message, { retryAfterSeconds })
      // By project of the key as well: an address may use the pages of several.
      const name = `${keyId} ${address}`
      const known = addresses.has(name) || addresses.size < MOST_ADDRESSES ? name : OTHERS
      if (!count(addresses, known, settings.perMinuteOfAddress)) {
        counters.refusedByAddress++
        throw refuse('Too much feedback from one address.')
      }
      if (!count(keys, keyId, settings.perMinute)) {
        counters.refusedByKey++
        throw refuse('Too much feedback with one public key.')
      }
    },
  }
}
