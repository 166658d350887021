import type { Piece } from './answer.ts'

/** A piece with its place: which block of the answer it belongs to, and whether it is that block's first or last. */
export type Placed = { piece: Piece; block: number; opens: boolean; closes: boolean }

/** Blocks of an answer, for dialects that say where each begins and ends: reasoning, text, and one for every call. */
export function placed(pieces: readonly Piece[]): Placed[] {
  let block = -1
  return pieces.map((piece, index) => {
    const opens = index === 0 || blockOf(pieces[index - 1]) !== blockOf(piece)
    if (opens) block++
    return { piece, block, opens, closes: blockOf(pieces[index + 1]) !== blockOf(piece) }
  })
}

const blockOf = (piece: Piece | undefined): string | null =>
  piece === undefined ? null : 'text' in piece ? 'text' : 'reasoning' in piece ? 'reasoning' : `call ${piece.call}`
