/** How a text brings an address to a reader. What `loads` is fetched without a click. */
export type LinkKind = 'image' | 'link' | 'text' | 'html' | 'style'

export type Link = {
  kind: LinkKind
  /** The address as a browser would read it: entities decoded, without the line breaks that browsers drop. */
  url: string
  /** Whether it is fetched as soon as the text is shown. */
  loads: boolean
  /** The place of the whole construct in the text. */
  start: number
  end: number
  /** What a reader sees of it. */
  label: string
}

// Bounded everywhere, so that any text is read in time that grows with it.
const TARGET = String.raw`<?([^\s<>()]{1,2000}(?:\([^\s<>()]{0,500}\)[^\s<>()]{0,500})?)>?(?:\s{1,4}(?:"[^"\n]{0,300}"|'[^'\n]{0,300}'|\([^)\n]{0,300}\)))?`
const INLINE = new RegExp(String.raw`(!?)\[((?:[^\[\]\n]|\[[^\[\]\n]{0,200}\]){0,500})\]\(\s{0,4}${TARGET}\s{0,4}\)`, 'g')
const DEFINITION = /^ {0,3}\[([^\]\n]{1,200})\]:[ \t]{0,8}\n?[ \t]{0,8}<?([^\s<>]{1,2000})>?[^\n]{0,300}$/gm
const REFERENCE = /(!?)\[([^[\]\n]{0,500})\](?:\[([^\]\n]{0,200})\])?(?![(:])/g
const AUTOLINK = /<((?:[a-z][a-z0-9+.-]{1,30}:)[^\s<>]{1,2000})>/gi
const TAG = /<([a-z][a-z0-9-]{0,30})\b([^>]{0,4000})>/gi
const ATTRIBUTE =
  /\b(src|srcset|href|xlink:href|action|formaction|background|poster|data|cite|ping|longdesc|manifest|style|content)\s{0,4}=\s{0,4}(?:"([^"]{0,2000})"|'([^']{0,2000})'|([^\s"'>]{1,2000}))/gi
const STYLE_URL = /url\(\s{0,4}["']?([^"')\s]{1,2000})["']?\s{0,4}\)|@import\s{1,4}["']([^"']{1,2000})["']/gi
const BARE = /(?<![\w@/"'(=<])(?:https?:\/\/|ftp:\/\/|www\.|\/\/(?=[\w-]{1,63}\.))[^\s<>"'`)\]}]{2,2000}/gi
const LOADING = new Set(['src', 'srcset', 'background', 'poster', 'data', 'style'])

/** Every address of a text, with the construct that holds it: Markdown (inline, by reference, bare) and HTML. */
export function linksOf(text: string): Link[] {
  const links: Link[] = []
  const taken: [number, number][] = []
  const free = (start: number, end: number) => !taken.some(([from, to]) => start < to && end > from)
  const add = (kind: LinkKind, url: string, loads: boolean, start: number, length: number, label: string) => {
    if (!free(start, start + length)) return
    taken.push([start, start + length])
    links.push({ kind, url: asRead(url), loads, start, end: start + length, label })
  }
  // HTML first, as whatever stands in a tag belongs to the tag; several addresses may stand in one.
  for (const { index, 0: tag, 1: name = '', 2: attributes = '' } of text.matchAll(TAG)) {
    const found = [...inTag(name.toLowerCase(), attributes)]
    for (const { url, loads } of found)
      links.push({ kind: 'html', url: asRead(url), loads, start: index, end: index + tag.length, label: '' })
    if (found.length > 0) taken.push([index, index + tag.length])
  }
  for (const { index, 0: whole, 1: bang, 2: label = '', 3: url = '' } of text.matchAll(INLINE)) {
    // A picture inside of a link: both lead somewhere.
    const inner = [...label.matchAll(new RegExp(INLINE.source, 'g'))][0]
    if (inner)
      links.push({
        kind: 'image',
        url: asRead(inner[3] ?? ''),
        loads: true,
        start: index,
        end: index + whole.length,
        label: inner[2] ?? '',
      })
    add(bang ? 'image' : 'link', url, bang === '!', index, whole.length, inner?.[2] ?? label)
  }
  const definitions = new Map<string, string>()
  for (const { index, 0: whole, 1: id = '', 2: url = '' } of text.matchAll(DEFINITION)) {
    definitions.set(id.trim().toLowerCase(), url)
    add('link', url, false, index, whole.length, '')
  }
  if (definitions.size > 0)
    for (const { index, 0: whole, 1: bang, 2: label = '', 3: id } of text.matchAll(REFERENCE)) {
      const url = definitions.get((id || label).trim().toLowerCase())
      if (url !== undefined) add(bang ? 'image' : 'link', url, bang === '!', index, whole.length, label)
    }
  for (const { index, 0: whole, 1: url = '' } of text.matchAll(AUTOLINK)) add('link', url, false, index, whole.length, url)
  for (const { index, 0: css, 1: url, 2: imported } of text.matchAll(STYLE_URL))
    add('style', url ?? imported ?? '', true, index, css.length, '')
  for (const { index, 0: found } of text.matchAll(BARE)) {
    const url = found.replace(/[.,;:!?*_~]+$/, '')
    add('text', url, false, index, url.length, url)
  }
  return links.sort((a, b) => a.start - b.start)
}

function* inTag(tag: string, attributes: string): Generator<{ url: string; loads: boolean }> {
  for (const { 1: name = '', 2: double, 3: single, 4: bare } of attributes.matchAll(ATTRIBUTE)) {
    const attribute = name.toLowerCase()
    const value = double ?? single ?? bare ?? ''
    if (attribute === 'style')
      for (const { 1: url, 2: imported } of value.matchAll(STYLE_URL)) yield { url: url ?? imported ?? '', loads: true }
    else if (attribute === 'srcset') for (const part of value.split(',')) yield { url: part.trim().split(/\s/)[0] ?? '', loads: true }
    else if (attribute === 'content') {
      // Only a refresh leads somewhere.
      const url = tag === 'meta' ? /url\s{0,4}=\s{0,4}([^\s;"']{1,2000})/i.exec(value)?.[1] : undefined
      if (url) yield { url, loads: true }
    } else if (value !== '') yield { url: value, loads: LOADING.has(attribute) || tag === 'link' }
  }
}

const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  colon: ':',
  sol: '/',
  period: '.',
  Tab: '',
  NewLine: '',
}

/** As browsers read an address: entities decoded, tabs and line breaks dropped, backslashes as slashes. */
export function asRead(url: string): string {
  return url
    .replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,10}));?/gi, (whole, hex, decimal, name) => {
      if (name) return ENTITIES[name] ?? whole
      const code = Number.parseInt(hex ?? decimal, hex ? 16 : 10)
      return code > 0 && code < 0x110000 ? String.fromCodePoint(code) : ''
    })
    .replace(/[\t\n\r\u200b-\u200f\u2060\ufeff]/g, '')
    .replaceAll('\\', '/')
    .trim()
}
