import { getDomain } from 'tldts'

/** Why an address is not let through; by severity, worst first. */
export type UrlFault = 'SCHEME' | 'USERINFO' | 'PRIVATE_HOST' | 'NOT_ALLOWED' | 'CARRIES_DATA'

export type UrlPolicy = {
  /** Registrable domains or hosts that may be led to; `*` lets all through. Subdomains of what is listed are part of it. */
  allow: readonly string[]
  schemes: readonly string[]
  /** How much an address outside of the list may carry in its path and query, in characters that look like data. */
  maxData: number
}

// What runs or reads instead of leading somewhere.
const PRIVATE =
  /^(?:localhost|.*\.local|.*\.internal|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0$|\[(?:::1|f[cd]|fe80))/i

export type JudgedUrl = { host: string; faults: UrlFault[] }

/** What is wrong with an address; undefined where it leads nowhere else (a fragment, a path, an id). */
export function judgeUrl(address: string, { allow, schemes, maxData }: UrlPolicy): JudgedUrl | undefined {
  const scheme = /^\s*([a-z][a-z0-9+.-]{0,30}):/i.exec(address)?.[1]?.toLowerCase()
  if (scheme === undefined && !/^(?:\/\/|www\.)/i.test(address)) return undefined
  if (scheme !== undefined && !schemes.includes(scheme)) return { host: '', faults: ['SCHEME'] }
  if (scheme === 'mailto' || scheme === 'tel') return undefined
  let url: URL
  try {
    url = new URL(scheme === undefined ? `https:${address.startsWith('//') ? '' : '//'}${address}` : address)
  } catch {
    return undefined
  }
  const faults: UrlFault[] = []
  if (url.username !== '' || url.password !== '') faults.push('USERINFO')
  if (PRIVATE.test(url.hostname)) faults.push('PRIVATE_HOST')
  if (!isAllowed(url.hostname, allow)) {
    if (allow.length > 0) faults.push('NOT_ALLOWED')
    if (dataOf(url) > maxData) faults.push('CARRIES_DATA')
  } else if (leadsOn(url, allow)) faults.push('NOT_ALLOWED')
  return { host: url.hostname, faults }
}

/** Whether a host is one of the list, or below one of it. A registrable domain never covers its neighbours under a public suffix. */
export function isAllowed(host: string, allow: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return allow.some((entry) => {
    const listed = entry.toLowerCase().replace(/^\*\./, '')
    if (listed === '*' || name === listed) return true
    return name.endsWith(`.${listed}`) && getDomain(listed, { allowPrivateDomains: true }) !== null
  })
}

/** An open redirect: a listed host whose query holds an address of another one. */
function leadsOn(url: URL, allow: readonly string[]): boolean {
  for (const value of url.searchParams.values()) {
    const host = /^(?:https?:)?\/\/([^/?#\s]{1,255})/i.exec(value)?.[1]
    if (host !== undefined && !isAllowed(host.replace(/^.*@/, '').replace(/:\d+$/, ''), allow)) return true
  }
  return false
}

/** Characters of path, query, fragment and subdomains that look like data: long words, encodings, sentences. */
function dataOf(url: URL): number {
  let data = 0
  const query = [...url.searchParams].flat()
  const labels = url.hostname.split('.').slice(0, -2)
  for (const part of [...url.pathname.split('/'), ...query, url.hash.slice(1), ...labels]) {
    const text = decoded(part)
    // A slug of words is what a page is called; anything encoded, spaced or very long is told as data.
    if (/^[a-z]+(?:[-_][a-z0-9]+){0,12}$/i.test(text) && text.length <= 80) continue
    if (text.length >= 16 || /[\s@{}$<>|]/.test(text)) data += text.length
  }
  return data
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
