/** Turns places in UTF-16 units into places in code points. Ask in rising order: it walks through the text once. */
export function codePointPlaces(text: string): (unit: number) => number {
  let unit = 0
  let point = 0
  return (wanted) => {
    if (wanted < unit) [unit, point] = [0, 0]
    for (; unit < wanted; point++) unit += isPair(text, unit) ? 2 : 1
    return point
  }
}

function isPair(text: string, at: number): boolean {
  const first = text.charCodeAt(at)
  if (first < 0xd800 || first > 0xdbff) return false
  const second = text.charCodeAt(at + 1)
  return second >= 0xdc00 && second <= 0xdfff
}
