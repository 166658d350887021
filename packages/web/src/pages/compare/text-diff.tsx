import { useMemo, useState } from 'react'
import { plural } from '../../lib/format-number.ts'
import { type DiffPiece, wordDiff } from '../../lib/word-diff.ts'
import { Button } from '../../ui/button.tsx'

/** Of a long text, so much is shown around what differs. */
const AROUND = 240
/** Two that are shorter than this fit on one line. */
const SHORT = 60

/** Two texts as one, with what went struck through and what came underlined. */
export function TextDiff({ a, b }: { a: string; b: string }) {
  const [whole, setWhole] = useState(false)
  const pieces = useMemo(() => wordDiff(a, b), [a, b])
  const folds = pieces.some(({ type, text }) => type === 'same' && text.length > 3 * AROUND)
  return (
    <div className="rounded-md border border-line p-2.5">
      {a === b ? (
        <p className="mb-1 text-sm text-faint">The same in both, {plural(a.length, 'character')}.</p>
      ) : (
        a !== '' && b === '' && <p className="mb-1 text-sm text-error">Only in A</p>
      )}
      {a === '' && b !== '' && <p className="mb-1 text-sm text-ok">Only in B</p>}
      <div className="break-words whitespace-pre-wrap">
        {pieces.map((piece, at) => (
          <Piece
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of two texts never move.
            key={at}
            piece={piece}
            place={at === 0 ? 'first' : at === pieces.length - 1 ? 'last' : 'inner'}
            whole={whole}
            alone={pieces.length === 2 && pieces[0]?.type === 'removed' && a.length + b.length > SHORT}
          />
        ))}
      </div>
      {folds && (
        <Button size="small" kind="ghost" className="mt-2" onClick={() => setWhole(!whole)}>
          {whole ? 'Only what differs' : 'Show the whole text'}
        </Button>
      )}
    </div>
  )
}

type PieceProps = { piece: DiffPiece; place: 'first' | 'inner' | 'last'; whole: boolean; alone: boolean }
function Piece({ piece: { type, text }, place, whole, alone }: PieceProps) {
  // Two texts that share nothing stand below each other.
  if (type === 'added' && alone)
    return (
      <>
        {'\n\n'}
        <ins className="rounded-[2px] bg-ok-soft text-ok">{text}</ins>
      </>
    )
  if (type === 'removed') return <del className="rounded-[2px] bg-error-soft text-error">{text}</del>
  if (type === 'added') return <ins className="rounded-[2px] bg-ok-soft text-ok">{text}</ins>
  if (whole || text.length <= 3 * AROUND) return text
  const before = place === 'first' ? '' : text.slice(0, AROUND)
  const after = place === 'last' ? '' : text.slice(-AROUND)
  return (
    <>
      {before}
      <span className="mx-1 rounded-sm bg-surface-2 px-1 text-sm text-faint">
        {plural(text.length - before.length - after.length, 'character')} alike
      </span>
      {after}
    </>
  )
}
