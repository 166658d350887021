import { lookup as dnsLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import { isPrivateAddress, isPrivateHost } from './private-address.ts'

/** A connection that was refused because of where it would have gone. Its message names the host as it was configured, no address. */
export class PrivateAddressError extends Error {
  readonly code = 'PRIVATE_ADDRESS'

  constructor(host: string) {
    super(`${host} leads to a private address`)
    this.name = 'PrivateAddressError'
  }
}

/** What to do about it. */
export const PRIVATE_ADDRESS_HINT =
  'Name the provider in signalbox.yaml, or let an owner allow private addresses in the settings of the project (SIGNALBOX_ALLOW_PRIVATE_PROVIDERS=true allows them in all).'

/**
 * A connector for undici that reaches public addresses only. It looks at the address that the socket really goes to, so a
 * name that resolves to something else the second time gains nothing. A name of which one address is private is refused whole.
 */
export function guardedConnect({ timeout, lookup = dnsLookup as LookupFunction }: { timeout?: number; lookup?: LookupFunction }) {
  const connect = buildConnector({
    ...(timeout !== undefined && { timeout }),
    lookup: guardedLookup(lookup),
  } as buildConnector.BuildOptions)
  const guarded: buildConnector.connector = (options, done) => {
    // An address is not looked up, so it is checked here.
    if (isPrivateHost(options.hostname)) done(new PrivateAddressError(options.hostname), null)
    else connect(options, done)
  }
  return guarded
}

/** Throws where the host, or what it resolves to now, is private. Whether it resolves at all is not its business. */
export async function assertPublicHost(host: string, lookup: LookupFunction = dnsLookup as LookupFunction): Promise<void> {
  if (isPrivateHost(host)) throw new PrivateAddressError(host)
  if (isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0) return
  await new Promise<void>((resolve, reject) => {
    guardedLookup(lookup)(host, { all: true }, (error) => (error instanceof PrivateAddressError ? reject(error) : resolve()))
  })
}

const guardedLookup =
  (lookup: LookupFunction): LookupFunction =>
  (host, options, done) => {
    lookup(host, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address)
      if (!error && addresses.some(isPrivateAddress)) return done(new PrivateAddressError(host), found, family)
      done(error, found, family)
    })
  }
