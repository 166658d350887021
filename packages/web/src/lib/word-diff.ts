import { type DiffPiece, listDiff } from './list-diff.ts'

export type { DiffPiece }

/** Two texts word by word: the fewest words taken out and put in. Space between words stands by itself. */
export function wordDiff(before: string, after: string): DiffPiece[] {
  const pieces: DiffPiece[] = []
  for (const { type, text } of listDiff(words(before), words(after))) {
    const last = pieces.at(-1)
    if (last?.type === type) last.text += text
    else pieces.push({ type, text })
  }
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
