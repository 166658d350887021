const NAME = '[A-Za-z_:][\\w:.-]*'
const TOKEN = new RegExp(
  `<!--[\\s\\S]*?-->|<!\\[CDATA\\[[\\s\\S]*?\\]\\]>|<\\?[\\s\\S]*?\\?>|<!DOCTYPE[^>[]*>|<(/?)(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`,
  'y',
)

/** What is not well-formed about a text, or which element it lacks (`a.b` is a b inside an a); undefined where nothing is wrong. */
export function xmlProblem(text: string, required: readonly string[]): string | undefined {
  const open: string[] = []
  const seen = new Set<string>()
  let roots = 0
  let at = 0
  while (at < text.length) {
    const next = text.indexOf('<', at)
    const words = text.slice(at, next === -1 ? text.length : next)
    if (open.length === 0 && words.trim() !== '') return 'There is text outside of the root element.'
    if (/&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/.test(words)) return 'An & stands for itself.'
    if (next === -1) break
    TOKEN.lastIndex = next
    const token = TOKEN.exec(text)
    if (!token) return `What begins with ${JSON.stringify(text.slice(next, next + 20))} is no markup of XML.`
    at = TOKEN.lastIndex
    const [, closing, name, , empty] = token
    if (name === undefined) continue
    if (closing === '/') {
      if (open.pop() !== name) return `</${name}> closes nothing that is open.`
      continue
    }
    if (open.length === 0 && roots++ > 0) return 'There are two root elements.'
    seen.add([...open, name].join('.'))
    if (empty !== '/') open.push(name)
  }
  if (open.length > 0) return `<${open.at(-1)}> is not closed.`
  if (roots === 0) return 'There is no element.'
  const missing = required.filter((path) => ![...seen].some((one) => one === path || one.endsWith(`.${path}`)))
  return missing.length > 0 ? `Elements are missing: ${missing.join(', ')}.` : undefined
}

const TAGS =
  /<(?:!doctype html|\/?(?:html|head|body|title|meta|link|script|style|div|span|p|a|img|ul|ol|li|table|thead|tbody|tr|td|th|h[1-6]|form|input|button|select|option|textarea|label|nav|header|footer|main|section|article|aside|br|hr|em|strong|b|i|u|pre|code|blockquote|svg|video|audio|iframe|canvas|figure|figcaption|small|sub|sup)\b[^>]*)>/gi

/** Nothing but markup of HTML and what is inside it. */
export function isMarkup(text: string): boolean {
  const trimmed = text.trim()
  const first = new RegExp(TAGS.source, 'iy')
  return first.test(trimmed) && trimmed.endsWith('>') && (trimmed.match(TAGS)?.length ?? 0) >= 1
}

/** Two signs at least: a single `<b>` may be anything. */
export function looksLikeHtml(text: string): boolean {
  const signs = [
    (text.match(TAGS)?.length ?? 0) > 0,
    (text.match(TAGS)?.length ?? 0) > 1,
    /<\/[a-z][\w-]*\s*>/i.test(text),
    /&(?:nbsp|amp|lt|gt|quot);/.test(text),
    /<!doctype html/i.test(text),
    /<[a-z][\w-]*\s+[\w-]+=["']/i.test(text),
  ]
  return signs[0] === true && signs.filter(Boolean).length >= 2
}
