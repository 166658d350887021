import { AppError } from '@signalbox/schema/errors'
import { seal, unseal } from '../../lib/secret-box.ts'

/** What stands in the place of a value that is kept sealed. */
export const HIDDEN = '•••'

type Params = Record<string, unknown>
type Headers = Record<string, string>

/** Headers of a service often hold its key: their names are kept as they are, their values sealed. */
export function sealParams(params: Params, owner: string, masterKey: string): { shown: Params; sealed: string | null } {
  const headers = headersOf(params)
  if (Object.keys(headers).length === 0) return { shown: params, sealed: null }
  return {
    shown: { ...params, headers: Object.fromEntries(Object.keys(headers).map((name) => [name, HIDDEN])) },
    sealed: seal(Buffer.from(JSON.stringify({ owner, headers })), masterKey).toString('base64'),
  }
}

/** The parameters as they are used. */
export function openParams(shown: Params, sealed: string | null, { owner, masterKey }: { owner: string; masterKey: string }): Params {
  if (sealed === null) return shown
  const plain = unseal(Buffer.from(sealed, 'base64'), masterKey)
  const found = plain && (JSON.parse(plain.toString('utf8')) as { owner: string; headers: Headers })
  if (!found || found.owner !== owner)
    throw new AppError('conflict', 'Its headers were sealed with another master key, and cannot be read.', {
      hint: 'Set the SIGNALBOX_MASTER_KEY of then, or save the evaluator with its headers again.',
    })
  return { ...shown, headers: found.headers }
}

/** Values that were shown hidden stay what they are, as long as they go where they were saved for. */
export function keepHidden(given: Params, before: Params | undefined): Params {
  const headers = headersOf(given)
  const hidden = Object.keys(headers).filter((name) => headers[name] === HIDDEN)
  if (hidden.length === 0) return given
  const known = before ? headersOf(before) : {}
  const lost = hidden.filter((name) => !Object.hasOwn(known, name))
  if (lost.length > 0)
    throw new AppError('invalid-request', `There is no value for the header ${lost[0]}.`, {
      hint: `Send the value itself: ${HIDDEN} only stands for one that is kept.`,
    })
  if (originOf(given) !== originOf(before ?? {}))
    throw new AppError(
      'invalid-request',
      `With a new address, send the value of ${hidden[0]} again: what is kept only goes where it was saved for.`,
    )
  return { ...given, headers: { ...headers, ...Object.fromEntries(hidden.map((name) => [name, known[name]])) } }
}

function headersOf({ headers }: Params): Headers {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return {}
  return headers as Headers
}

const originOf = ({ url }: Params): string => (typeof url === 'string' && URL.canParse(url) ? new URL(url).origin : '')
