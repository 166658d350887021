import { AppError } from '@signalbox/schema/errors'
import { type Client, createClient } from '@signalbox/sdk'
import { readEnvironment } from '../environment.ts'

export type ConnectionOptions = { url?: string; key?: string; json?: boolean }
export type Connection = { url: string; key: string; fetch: typeof fetch; client: Client }

/** A client for the server that the options or the environment name. A server that does not answer is an error that says so. */
export function connect(options: ConnectionOptions): Connection {
  const url = (options.url ?? process.env.SIGNALBOX_URL ?? localUrl()).replace(/\/$/, '')
  const key = options.key ?? process.env.SIGNALBOX_KEY ?? process.env.SIGNALBOX_BOOTSTRAP_SECRET_KEY
  if (!key) {
    throw new AppError('invalid-request', 'No key was given.', { hint: 'Set SIGNALBOX_KEY to a secret key (sk-sb-…), or use --key.' })
  }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    try {
      return await globalThis.fetch(input, init)
    } catch (cause) {
      throw new AppError('unavailable', `No server answers at ${url}.`, {
        cause,
        hint: 'Start one with "npm start", or name another one with --url or SIGNALBOX_URL.',
      })
    }
  }
  return { url, key, fetch, client: createClient({ baseUrl: url, apiKey: key, fetch }) }
}

/** Where `signalbox up` listens with this environment. A public URL may lead through a proxy, so it is not used for that. */
export function localUrl(): string {
  const { host, port } = readEnvironment()
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}
