import { useVirtualizer } from '@tanstack/react-virtual'
import { Equal, EqualNot, Minus, Plus } from 'lucide-react'
import { memo, useEffect, useRef } from 'react'
import type { AlignedSpan, Change } from '../../lib/align-traces.ts'
import { classNames } from '../../lib/class-names.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCount } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { Status } from '../../ui/badge.tsx'
import { SpanKindIcon } from '../trace/span-kind.tsx'

const ROW = 28
const INDENT = 14
const DEEPEST = 12

/** A pair by the ids of its spans. */
export const rowId = ({ a, b }: AlignedSpan): string => `${a?.span.spanId ?? ''}-${b?.span.spanId ?? ''}`

const MARKS: Record<Change, { icon: typeof Plus; word: string; tone: string; line: string }> = {
  same: { icon: Equal, word: 'alike', tone: 'text-faint', line: '' },
  changed: { icon: EqualNot, word: 'changed', tone: 'text-warning', line: '' },
  added: { icon: Plus, word: 'only in B', tone: 'text-ok', line: 'bg-ok-soft' },
  removed: { icon: Minus, word: 'only in A', tone: 'text-error', line: 'bg-error-soft' },
}

type Props = { rows: readonly AlignedSpan[]; at: number; onChoose: (pair: string) => void }

/** The steps of both traces, one line for each pair; only the lines in sight are there. */
export function CompareRows({ rows, at, onChoose }: Props) {
  const scroller = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 16 })
  useEffect(() => {
    virtual.scrollToIndex(at, { align: 'auto' })
  }, [at, virtual])
  const chosen = rows[at]
  return (
    <>
      <div aria-hidden className="flex h-7 shrink-0 items-center gap-2 border-b border-line pr-4 pl-3 text-sm text-faint">
        <span className="flex-1 pl-6">Span</span>
        <span className="hidden w-28 text-right @2xl:block">Tokens A → B</span>
        <span className="hidden w-36 text-right @3xl:block">Cost A → B</span>
        <span className="w-36 text-right">Duration A → B</span>
      </div>
      <div
        ref={scroller}
        role="tree"
        aria-label="Steps of both traces"
        tabIndex={0}
        aria-activedescendant={chosen && `pair-${rowId(chosen)}`}
        className="min-h-0 flex-1 overflow-y-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
      >
        <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index]
            return row && <CompareRow key={rowId(row)} row={row} top={item.start} chosen={item.index === at} onChoose={onChoose} />
          })}
        </div>
      </div>
    </>
  )
}

type RowProps = { row: AlignedSpan; top: number; chosen: boolean; onChoose: (pair: string) => void }
const CompareRow = memo(function CompareRow({ row, top, chosen, onChoose }: RowProps) {
  const { a, b, depth, change, differs } = row
  const { icon: Mark, word, tone, line } = MARKS[change]
  const span = b?.span ?? a?.span
  if (!span) return null
  const tokens = (of: typeof a) => of && of.span.inputTokens + of.span.outputTokens
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the arrow keys move through the rows.
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and points here.
    <div
      id={`pair-${rowId(row)}`}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={chosen}
      onClick={() => onChoose(rowId(row))}
      style={{ transform: `translateY(${top}px)` }}
      className={classNames(
        'absolute inset-x-0 top-0 flex h-7 items-center gap-2 pr-4 pl-3',
        chosen ? 'bg-surface-2 shadow-[inset_2px_0_0_var(--accent)]' : line || 'hover:bg-surface-0',
      )}
    >
      <span className={classNames('shrink-0', tone)} data-tip={differs.length > 0 ? `Another ${differs.join(', ')}` : word}>
        <Mark size={13} aria-hidden />
        <span className="sr-only">{word}</span>
      </span>
      <div className="flex min-w-0 flex-1 items-center gap-1.5" style={{ paddingLeft: Math.min(depth, DEEPEST) * INDENT }}>
        <SpanKindIcon kind={span.kind} />
        <span className="truncate">
          {a && b && a.span.name !== b.span.name ? (
            <>
              {a.span.name || 'unnamed'} <span className="text-faint">→</span> {b.span.name || 'unnamed'}
            </>
          ) : (
            span.name || 'unnamed'
          )}
        </span>
        {differs.includes('model') && (
          <span className="min-w-0 truncate font-mono text-sm text-warning">
            {a?.span.model ?? '–'} → {b?.span.model ?? '–'}
          </span>
        )}
        {span.status !== 'ok' && <Status status={span.status} />}
      </div>
      <Both
        wide="hidden w-28 @2xl:block"
        a={tokens(a) || null}
        b={tokens(b) || null}
        format={formatCount}
        strong={differs.includes('tokens')}
      />
      <Both
        wide="hidden w-36 @3xl:block"
        a={a?.span.costUsd === undefined ? null : a.span.costUsd}
        b={b?.span.costUsd === undefined ? null : b.span.costUsd}
        format={formatUsd}
        strong={differs.includes('cost')}
      />
      <Both wide="w-36" a={a?.span.durationMs ?? null} b={b?.span.durationMs ?? null} format={formatDuration} strong={false} />
    </div>
  )
})

type BothProps<V> = { wide: string; a: V | null; b: V | null; format: (value: V) => string; strong: boolean }
function Both<V extends number | string>({ wide, a, b, format, strong }: BothProps<V>) {
  return (
    <span className={classNames('tabular shrink-0 truncate text-right', wide, strong ? 'text-text' : 'text-soft')}>
      {a === null && b === null ? null : a === b && a !== null ? (
        format(a)
      ) : (
        <>
          {a === null ? '–' : format(a)} <span className="text-faint">→</span> {b === null ? '–' : format(b)}
        </>
      )}
    </span>
  )
}
