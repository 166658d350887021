/** A run of ASCII letters and digits: where a code may begin. `digits` counts those in the chain of groups from here on. */
export type Group = { start: number; end: number; letterFirst: boolean; digits: number }

const DIGIT = 1
const LETTER = 2
const CLASS = new Uint8Array(128)
for (let code = 48; code < 58; code++) CLASS[code] = DIGIT
for (let code = 65; code < 91; code++) CLASS[code] = CLASS[code + 32] = LETTER

const classAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at)
  return code < 128 ? (CLASS[code] as number) : 0
}

/** What may stand between the groups of one number. */
const isJoint = (code: number): boolean =>
  code === 32 || (code >= 45 && code <= 47) || code === 58 || code === 40 || code === 41 || code === 160

/** A code never spans more than this. */
const LONGEST_CHAIN = 44

/** All groups from which a code can begin: with a digit within, or a few letters that a digit follows. One walk through the text. */
export function groupsOf(text: string): Group[] {
  const all: (Group & { own: number })[] = []
  for (let at = 0; at < text.length; ) {
    const first = classAt(text, at)
    if (first === 0) {
      at++
      continue
    }
    const start = at
    let own = 0
    for (let kind = first; kind !== 0; kind = classAt(text, ++at)) if (kind === DIGIT) own++
    if (own > 0 || (at - start <= 6 && startsGroup(text, at))) all.push({ start, end: at, letterFirst: first === LETTER, own, digits: own })
  }
  for (let at = all.length - 2; at >= 0; at--) {
    const group = all[at] as Group
    for (let next = at + 1, behind = group.end; next < all.length; next++) {
      const other = all[next] as (typeof all)[number]
      if (other.end - group.start > LONGEST_CHAIN && next > at + 1) break
      if (other.start - behind > 2 || !isJoint(text.charCodeAt(other.start - 1))) break
      group.digits += other.own
      behind = other.end
    }
  }
  return all.filter(({ digits }) => digits > 0)
}

/** "GB 82", "AB-12": letters go on with a digit behind one sign. */
const startsGroup = (text: string, at: number): boolean => isJoint(text.charCodeAt(at)) && classAt(text, at + 1) === DIGIT

/** Whether a match ends where a word does, and is no part of something longer, such as of a path, a version or an id with dashes. */
export function standsAlone(text: string, start: number, end: number): boolean {
  if (classAt(text, end) !== 0 || text[end] === '_') return false
  if (start > 0 && (classAt(text, start - 1) !== 0 || text[start - 1] === '_')) return false
  if ('-./'.includes(text[start - 1] ?? ' ') && start > 1 && classAt(text, start - 2) === DIGIT) return false
  if ('-/'.includes(text[end] ?? ' ') && classAt(text, end + 1) === DIGIT) return false
  return !(text[end] === '.' && classAt(text, end + 1) === DIGIT)
}
