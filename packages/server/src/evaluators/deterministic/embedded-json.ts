/** Starts that are tried in a text before it is said to hold no JSON. */
const MOST_STARTS = 100

/** JSON in a text that says more: inside a fence, or the first object or list that is whole. */
export function embeddedJson(text: string): unknown {
  const whole = parsed(text)
  if (whole !== undefined) return whole
  const fence = text.match(/```(?:json)?[^\S\n]*\n([\s\S]*?)```/i)?.[1]
  const fenced = fence === undefined ? undefined : parsed(fence)
  if (fenced !== undefined) return fenced
  let tried = 0
  for (let at = 0; at < text.length && tried < MOST_STARTS; at++) {
    const first = text[at]
    if (first !== '{' && first !== '[') continue
    tried++
    const end = endOf(text, at)
    const found = end === undefined ? undefined : parsed(text.slice(at, end))
    if (found !== undefined) return found
  }
  return undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Where the bracket that opens here is closed, strings left aside. */
function endOf(text: string, start: number): number | undefined {
  let depth = 0
  let quoted = false
  for (let at = start; at < text.length; at++) {
    const letter = text[at]
    if (quoted) {
      if (letter === '\\') at++
      else if (letter === '"') quoted = false
    } else if (letter === '"') quoted = true
    else if (letter === '{' || letter === '[') depth++
    else if ((letter === '}' || letter === ']') && --depth === 0) return at + 1
  }
  return undefined
}
