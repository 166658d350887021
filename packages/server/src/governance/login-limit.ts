import { AppError } from '@signalbox/schema'
import { sha256 } from '../lib/ids.ts'
import type { KeyValue } from '../store/ports.ts'

const WINDOW_SECONDS = 15 * 60
const PER_IP = 30
const PER_EMAIL = 10

/** Bounds attempts to get in: 30 from one address and 10 for one e-mail in a quarter of an hour, over all cores. */
export function createLoginLimit({ keyValue, now }: { keyValue: KeyValue; now: () => Date }) {
  const window = () => Math.floor(now().getTime() / 1000 / WINDOW_SECONDS)
  // Hashed, so that nobody chooses the length of a key or reads e-mails in the store.
  const keyOf = (kind: string, value: string) => `login:${kind}:${sha256(value)}:${window()}`
  const count = async (kind: string, value: string, most: number) => {
    const attempts = await keyValue.increment(keyOf(kind, value), 1, WINDOW_SECONDS)
    if (attempts <= most) return
    const retryAfterSeconds = Math.max(1, Math.ceil((window() + 1) * WINDOW_SECONDS - now().getTime() / 1000))
    throw new AppError('rate-limited', `Too many attempts. Try again in ${Math.ceil(retryAfterSeconds / 60)} minutes.`, {
      retryAfterSeconds,
    })
  }
  return {
    /** Counts an attempt before it is made, so that many at once don't slip through. Throws `rate-limited`. */
    async attempt({ ip, email }: { ip: string; email?: string }): Promise<void> {
      await count('ip', ip, PER_IP)
      if (email !== undefined) await count('email', email, PER_EMAIL)
    },
    /** A success forgets the attempts on the e-mail, not those of the address. */
    succeeded: (email: string): Promise<void> => keyValue.delete(keyOf('email', email)),
  }
}
