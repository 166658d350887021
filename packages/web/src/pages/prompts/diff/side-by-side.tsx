import { type ReactNode, useMemo, useState } from 'react'
import { classNames } from '../../../lib/class-names.ts'
import { plural } from '../../../lib/format-number.ts'
import { type DiffLine, type DiffRow, foldRows, lineDiff } from '../../../lib/line-diff.ts'

type Props = { label: string; before: string; after: string }

/** Two texts in two columns, with the words that differ. What is alike for long is folded. */
export function SideBySide({ label, before, after }: Props) {
  const groups = useMemo(() => foldRows(lineDiff(before, after)), [before, after])
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  return (
    <table aria-label={label} className="w-full table-fixed border-collapse font-mono text-sm leading-[19px]">
      <colgroup>
        <col className="w-10" />
        <col />
        <col className="w-10" />
        <col />
      </colgroup>
      {groups.map(({ rows, folded }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the stretches of two texts never move.
        <tbody key={at}>
          {folded && !open.has(at) ? (
            <tr>
              <td colSpan={4} className="bg-surface-0 px-2 py-0.5 text-center font-sans">
                <button
                  type="button"
                  onClick={() => setOpen(new Set([...open, at]))}
                  className="rounded-sm px-1 text-sm text-faint hover:text-text hover:underline"
                >
                  {plural(rows.length, 'line')} alike
                </button>
              </td>
            </tr>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            rows.map((row, line) => <Row key={line} row={row} />)
          )}
        </tbody>
      ))}
    </table>
  )
}

function Row({ row: { type, left, right } }: { row: DiffRow }): ReactNode {
  return (
    <tr className="align-top">
      <Side line={left} tone={type === 'same' ? undefined : 'removed'} whole={type === 'removed'} />
      <Side line={right} tone={type === 'same' ? undefined : 'added'} whole={type === 'added'} />
    </tr>
  )
}

const TONES = {
  removed: { row: 'bg-error-soft/50', word: 'bg-error-soft text-error', sign: '−', said: 'removed' },
  added: { row: 'bg-ok-soft/50', word: 'bg-ok-soft text-ok', sign: '+', said: 'added' },
} as const

/** `whole`: the other side has no such line, so no word of it needs to stand out. */
function Side({ line, tone, whole }: { line: DiffLine | null; tone: 'removed' | 'added' | undefined; whole: boolean }) {
  if (!line) return <td colSpan={2} className="bg-surface-0" />
  const { row, word, sign, said } = tone ? TONES[tone] : { row: '', word: '', sign: '', said: '' }
  const Mark = tone === 'added' ? 'ins' : 'del'
  return (
    <>
      <td className={classNames('pr-1.5 text-right text-faint select-none', row)}>
        {sign && <span aria-hidden>{sign}</span>}
        {said && <span className="sr-only">{said} </span>} {line.number}
      </td>
      <td className={classNames('px-1.5 break-words whitespace-pre-wrap', row)}>
        {line.pieces.map(({ type, text }, at) =>
          type === 'same' || whole ? (
            text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <Mark key={at} className={classNames('rounded-[2px] no-underline', word)}>
              {text}
            </Mark>
          ),
        )}
      </td>
    </>
  )
}
