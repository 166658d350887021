import type { LookupFunction } from 'node:net'
import { EnvHttpProxyAgent, request } from 'undici'
import { assertPublicHost, guardedConnect, PrivateAddressError } from '../../lib/guarded-connect.ts'
import { signatureOf } from './sign.ts'

const TIMEOUT_MS = 10_000

export type Sending = { url: string; body: string; secret: string; delivery: string; event: string; allowPrivate: boolean }
/** `problem` is absent where it arrived: with a status of 200 to 299. */
export type Sent = { status: number | null; problem?: string }
export type SendWebhook = ((sending: Sending) => Promise<Sent>) & { close(): Promise<void> }

/** Sends one delivery. It never throws, follows no redirect, and reads nothing of the answer but its status. */
export function createSender({ lookup, now = Date.now }: { lookup?: LookupFunction; now?: () => number } = {}): SendWebhook {
  const options = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, keepAliveTimeout: 4_000 }
  const open = new EnvHttpProxyAgent({ ...options, connect: { timeout: TIMEOUT_MS } })
  const guarded = new EnvHttpProxyAgent({ ...options, connect: guardedConnect({ timeout: TIMEOUT_MS, ...(lookup && { lookup }) }) })

  const send = async ({ url, body, secret, delivery, event, allowPrivate }: Sending): Promise<Sent> => {
    try {
      // A proxy resolves names itself, so the name is checked before it is asked.
      if (!allowPrivate) await assertPublicHost(new URL(url).hostname, lookup)
      const response = await request(url, {
        method: 'POST',
        dispatcher: allowPrivate ? open : guarded,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          'content-type': 'application/json',
          'user-agent': 'signalbox-webhooks',
          'x-signalbox-delivery': delivery,
          'x-signalbox-event': event,
          'x-signalbox-signature': signatureOf(body, { secret, seconds: Math.floor(now() / 1000) }),
        },
        body,
      })
      // What it says is of no interest, but a connection is only used again when it was said.
      response.body.dump({ limit: 16_384 }).catch(() => {})
      const { statusCode: status } = response
      return status >= 200 && status < 300 ? { status } : { status, problem: `It answered ${status}.` }
    } catch (error) {
      return { status: null, problem: problemOf(error, new URL(url).hostname) }
    }
  }
  return Object.assign(send, {
    async close() {
      await Promise.all([open.destroy(), guarded.destroy()])
    },
  })
}

function problemOf(error: unknown, host: string): string {
  if (error instanceof PrivateAddressError) return `${host} leads to a private address, to which nothing is sent.`
  const { name, code, message } = error as { name?: string; code?: string; message?: string }
  return name === 'TimeoutError'
    ? `It did not answer within ${TIMEOUT_MS / 1000} seconds.`
    : (code ?? message ?? 'It could not be reached.')
}
