import { isIPv4, isIPv6 } from 'node:net'
import type { Found } from '../check.ts'
import type { Near } from './near.ts'

const LOCAL = /[\p{L}\p{N}!#$%&'*+=?^_`{|}~.-]/u
const DOMAIN = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:\p{L}{2,24}|xn--[a-z0-9-]{2,40})(?![\p{L}\p{N}])/uy
const SHORT_LOCAL = 64

/** From each sign outwards, so that a text without one costs nothing. */
export function findEmails(text: string, found: Found[]): void {
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && at - start < SHORT_LOCAL && LOCAL.test(text[start - 1] as string)) start--
    while (start < at && /[.'/=`{|}!#$&*?^-]/.test(text[start] as string)) start++
    if (start === at || text[at - 1] === '.' || text.slice(start, at).includes('..')) continue
    DOMAIN.lastIndex = at + 1
    const domain = DOMAIN.exec(text)?.[0]
    if (domain === undefined || /^\d+$/.test(domain.slice(domain.lastIndexOf('.') + 1))) continue
    const scheme = text.slice(Math.max(0, start - 3), start) === '://'
    found.push({ type: 'EMAIL_ADDRESS', start, end: at + 1 + domain.length, score: scheme ? 0.6 : 1, reason: 'an address of mail' })
  }
}

const V4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?(?!\.?\d)/g
/** Of the machine itself, or of examples. */
const OF_NOBODY = /^(?:127\.|169\.254\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|255\.255\.)/
const VERSION = /(?:version|release|build|firmware|v|ver\.?|section|chapter|§|kernel|driver|chrome|safari|firefox|edge|opera)[ /:=]{0,2}$/
const V6 = /(?<![\w:.])(?:[\da-f]{0,4}:){2,8}(?:[\da-f]{0,4}|(?:\d{1,3}\.){3}\d{1,3})(?:%[\w.-]{1,16})?(?:\/\d{1,3})?(?![\w:])/gi
const MAC = /(?<![\w:-])(?:[\da-f]{2}([:-]))(?:[\da-f]{2}\1){4}[\da-f]{2}(?![\w:-])|(?<![\w.])[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}(?![\w.])/gi

export function findAddresses(text: string, near: Near, found: Found[]): void {
  for (const match of text.matchAll(V4)) {
    const [host = '', bits = '0'] = match[0].split('/')
    if (
      !isIPv4(host) ||
      Number(bits) > 32 ||
      host === '0.0.0.0' ||
      text[match.index - 1] === '-' ||
      /[a-z]/i.test(text[match.index - 1] ?? '')
    )
      continue
    if (VERSION.test(near.before(match.index))) continue
    found.push(
      OF_NOBODY.test(host)
        ? place('IP_ADDRESS', match, 0.45, 'an address that any machine may have')
        : place('IP_ADDRESS', match, 0.95, 'an address of IPv4'),
    )
  }
  if (!text.includes(':')) return
  for (const match of text.matchAll(V6)) {
    const host = match[0].replace(/[%/].*$/, '')
    if (!isIPv6(host) || host === '::' || (!/\d/.test(host) && host.split(':').length < 5)) continue
    found.push(place('IP_ADDRESS', match, 0.95, 'an address of IPv6'))
  }
}

export function findMacs(text: string, found: Found[]): void {
  for (const match of text.matchAll(MAC)) {
    const digits = match[0].replace(/[^\da-f]/gi, '').toLowerCase()
    if (/^(.)\1+$/.test(digits)) continue
    found.push(place('MAC_ADDRESS', match, 0.95, 'an address of a network card'))
  }
}

const CREDENTIALS =
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:"'<>]{0,100}:[^\s/@"'<>]{1,200}@[\w.-]{1,253}(?::\d{1,5})?(?:\/[^\s"'<>]{0,500})?/gi
const PLAIN = /\b(?:https?:\/\/|www\.)[^\s"'<>()[\]{}|\\^`]{3,2000}/gi

/** With user and password in it; or every one, where that is asked for. */
export function findUrls(text: string, all: boolean, found: Found[]): void {
  if (text.includes('://') && text.includes('@'))
    for (const match of text.matchAll(CREDENTIALS)) {
      const end = match.index + match[0].replace(/[.,;:!?)]+$/, '').length
      found.push({ type: 'URL', start: match.index, end, score: 1, reason: 'an address with a user and a password in it' })
    }
  if (!all) return
  for (const match of text.matchAll(PLAIN)) {
    const value = match[0].replace(/[.,;:!?]+$/, '')
    found.push({ type: 'URL', start: match.index, end: match.index + value.length, score: 0.6, reason: 'an address of the web' })
  }
}

const place = (type: string, { index, 0: value }: RegExpExecArray, score: number, reason: string): Found => ({
  type,
  start: index,
  end: index + value.length,
  score,
  reason,
})
