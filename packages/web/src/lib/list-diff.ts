/** A piece of text that both have, or only the first (`removed`), or only the second (`added`). */
export type DiffPiece = { type: 'same' | 'added' | 'removed'; text: string }

/** More changes than this are told as one: nobody reads them one by one, and finding them takes too long. */
const MOST_CHANGES = 1_000

/** Two lists of texts, item by item: the fewest taken out and put in. */
export function listDiff(a: readonly string[], b: readonly string[]): DiffPiece[] {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  return [
    ...all('same', a.slice(0, head)),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...all('same', a.slice(a.length - tail)),
  ]
}

const all = (type: DiffPiece['type'], texts: readonly string[]): DiffPiece[] => texts.map((text) => ({ type, text }))

/** Myers' algorithm: the furthest points that can be reached with 0, 1, 2, … changes, remembered to walk back on. */
function middle(a: readonly string[], b: readonly string[]): DiffPiece[] {
  const most = Math.min(a.length + b.length, MOST_CHANGES)
  const trail: Int32Array[] = []
  const reached = new Int32Array(2 * most + 3)
  for (let changes = 0; changes <= most; changes += 1) {
    trail.push(reached.slice())
    for (let line = -changes; line <= changes; line += 2) {
      const isDown =
        line === -changes || (line !== changes && (reached[line - 1 + most + 1] as number) < (reached[line + 1 + most + 1] as number))
      let x = isDown ? (reached[line + 1 + most + 1] as number) : (reached[line - 1 + most + 1] as number) + 1
      while (x < a.length && x - line < b.length && a[x] === b[x - line]) x += 1
      reached[line + most + 1] = x
      if (x >= a.length && x - line >= b.length) return walkBack({ a, b, trail, most })
    }
  }
  return [...all('removed', a), ...all('added', b)]
}

type Walk = { a: readonly string[]; b: readonly string[]; trail: readonly Int32Array[]; most: number }
function walkBack({ a, b, trail, most }: Walk): DiffPiece[] {
  const pieces: DiffPiece[] = []
  let x = a.length
  let y = b.length
  for (let changes = trail.length - 1; changes >= 0; changes -= 1) {
    const reached = trail[changes] as Int32Array
    const at = (line: number) => reached[line + most + 1] as number
    const line = x - y
    const isDown = line === -changes || (line !== changes && at(line - 1) < at(line + 1))
    const fromLine = isDown ? line + 1 : line - 1
    const fromX = changes === 0 ? 0 : at(fromLine)
    const fromY = changes === 0 ? 0 : fromX - fromLine
    while (x > fromX && y > fromY) {
      pieces.push({ type: 'same', text: a[x - 1] as string })
      x -= 1
      y -= 1
    }
    if (changes === 0) break
    if (isDown) pieces.push({ type: 'added', text: b[y - 1] as string })
    else pieces.push({ type: 'removed', text: a[x - 1] as string })
    x = fromX
    y = fromY
  }
  return pieces.reverse()
}
