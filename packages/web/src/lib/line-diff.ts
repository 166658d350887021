import { listDiff } from './list-diff.ts'
import { type DiffPiece, wordDiff } from './word-diff.ts'

/** One line of one side: its number from 1, and what of it the other side has too. */
export type DiffLine = { number: number; pieces: DiffPiece[] }
/** What stands side by side; a side without a line has nothing there. */
export type DiffRow = { type: 'same' | 'changed' | 'removed' | 'added'; left: DiffLine | null; right: DiffLine | null }

/** Two texts line by line for two columns, with the words that differ inside lines that were changed. */
export function lineDiff(before: string, after: string): DiffRow[] {
  const rows: DiffRow[] = []
  let [left, right] = [0, 0]
  let removed: string[] = []
  let added: string[] = []
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) rows.push(pair(removed[at], added[at]))
    removed = []
    added = []
  }
  const pair = (was: string | undefined, is: string | undefined): DiffRow => {
    if (was === undefined) return { type: 'added', left: null, right: { number: ++right, pieces: whole('added', is ?? '') } }
    if (is === undefined) return { type: 'removed', left: { number: ++left, pieces: whole('removed', was) }, right: null }
    const pieces = wordDiff(was, is)
    return {
      type: 'changed',
      left: { number: ++left, pieces: pieces.filter(({ type }) => type !== 'added') },
      right: { number: ++right, pieces: pieces.filter(({ type }) => type !== 'removed') },
    }
  }
  for (const { type, text } of listDiff(lines(before), lines(after))) {
    if (type === 'removed') removed.push(text)
    else if (type === 'added') added.push(text)
    else {
      flush()
      const pieces = whole('same', text)
      rows.push({ type: 'same', left: { number: ++left, pieces }, right: { number: ++right, pieces } })
    }
  }
  flush()
  return rows
}

/** Rows to show, and stretches without a change to unfold. */
export type FoldedRows = { rows: DiffRow[]; folded: boolean }
/** Lines around a change that are shown with it. */
const AROUND = 3

/** Long stretches in which nothing changed, apart from the rest. A single line is never hidden. */
export function foldRows(rows: readonly DiffRow[]): FoldedRows[] {
  const near = rows.map(() => false)
  rows.forEach(({ type }, at) => {
    if (type !== 'same') near.fill(true, Math.max(0, at - AROUND), at + AROUND + 1)
  })
  const shows = near.map((is, at) => is || (near[at - 1] === true && near[at + 1] === true))
  const groups: FoldedRows[] = []
  rows.forEach((row, at) => {
    const folded = !shows[at]
    const last = groups.at(-1)
    if (last?.folded === folded) last.rows.push(row)
    else groups.push({ rows: [row], folded })
  })
  return groups
}

const lines = (text: string): string[] => (text === '' ? [] : text.split(/\r\n|\r|\n/))
const whole = (type: DiffPiece['type'], text: string): DiffPiece[] => [{ type, text }]
