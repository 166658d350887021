/** A piece of text that both have, or only the first (`removed`), or only the second (`added`). */
export type DiffPiece = { type: 'same' | 'added' | 'removed'; text: string }

/** More changes than this are told as one: nobody reads them word by word, and finding them takes too long. */
const MOST_CHANGES = 1_000

/** Two texts word by word: the fewest words taken out and put in. Space between words stands by itself. */
export function wordDiff(before: string, after: string): DiffPiece[] {
  const [a, b] = [words(before), words(after)]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  const pieces: DiffPiece[] = []
  const add = (type: DiffPiece['type'], text: string) => {
    const last = pieces.at(-1)
    if (text === '') return
    if (last?.type === type) last.text += text
    else pieces.push({ type, text })
  }
  add('same', a.slice(0, head).join(''))
  for (const { type, text } of middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) add(type, text)
  add('same', a.slice(a.length - tail).join(''))
  return readable(joined(pieces))
}

/** Less in common than this is chance: two texts that say different things are read one after the other. */
const ALIKE = 0.3
const SHORT = 40

function readable(pieces: DiffPiece[]): DiffPiece[] {
  const letters = (wanted: DiffPiece['type'][]) =>
    pieces.reduce((sum, { type, text }) => sum + (wanted.includes(type) ? text.replace(/\s+/g, '').length : 0), 0)
  const most = Math.max(letters(['same', 'removed']), letters(['same', 'added']))
  if (most < SHORT || letters(['same']) >= ALIKE * most) return pieces
  return runs(
    pieces.flatMap(({ type, text }) =>
      type === 'same'
        ? [
            { type: 'removed', text },
            { type: 'added', text },
          ]
        : [{ type, text }],
    ),
  )
}

/** Where words on both sides of a space are others, the space is too: one change is told as one. */
function joined(pieces: DiffPiece[]): DiffPiece[] {
  return runs(
    pieces.flatMap((piece, at): DiffPiece[] => {
      const isBetween = piece.type === 'same' && /^\s+$/.test(piece.text) && at > 0 && at < pieces.length - 1
      return isBetween
        ? [
            { type: 'removed', text: piece.text },
            { type: 'added', text: piece.text },
          ]
        : [piece]
    }),
  )
}

/** Of each stretch of changes what went, then what came. */
function runs(pieces: DiffPiece[]): DiffPiece[] {
  const ordered: DiffPiece[] = []
  let [removed, added] = ['', '']
  const flush = () => {
    if (removed) ordered.push({ type: 'removed', text: removed })
    if (added) ordered.push({ type: 'added', text: added })
    removed = ''
    added = ''
  }
  for (const piece of pieces) {
    if (piece.type === 'removed') removed += piece.text
    else if (piece.type === 'added') added += piece.text
    else {
      flush()
      ordered.push(piece)
    }
  }
  flush()
  return ordered
}

/** Words, runs of space, and each sign by itself; scripts without spaces letter by letter. */
const words = (text: string): string[] =>
  text.match(
    /\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}\p{M}_'’]+?(?=[^\p{L}\p{N}\p{M}_'’]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|$)|[^\p{L}\p{N}\p{M}_\s]/gu,
  ) ?? []

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
  return [
    { type: 'removed', text: a.join('') },
    { type: 'added', text: b.join('') },
  ]
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
