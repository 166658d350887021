const MARK = '#public-only='

/**
 * An address that may only be reached at a public IP address, with the name of the provider for what is said when it is not.
 * The mark stands in the fragment, which never goes on the wire: whoever sends to this address is guarded, and cannot forget to be.
 */
export const guardedUrl = (url: string, provider: string): string => `${url.split('#')[0]}${MARK}${encodeURIComponent(provider)}`

/** The provider of a guarded address; undefined for an address that may lead anywhere. */
export const guardOf = (url: URL): string | undefined =>
  url.hash.startsWith(MARK) ? decodeURIComponent(url.hash.slice(MARK.length)) : undefined
