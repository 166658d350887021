import { ChartGantt, ChevronsDownUp, ChevronsUpDown, CircleAlert, ListTree, Search, Workflow, X } from 'lucide-react'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { MOST_SPANS } from './follow-trace.ts'
import { SpanKindIcon } from './span-kind.tsx'
import type { Look, Shape } from './use-look.ts'
import type { TraceView } from './use-trace-view.ts'

const SHAPES: { shape: Shape; label: string; key: string; icon: typeof ListTree }[] = [
  { shape: 'tree', label: 'Tree', key: '1', icon: ListTree },
  { shape: 'timeline', label: 'Timeline', key: '2', icon: ChartGantt },
  { shape: 'graph', label: 'Graph', key: '3', icon: Workflow },
]

type Props = {
  view: TraceView
  look: Look
  /** Spans that are here, and all that the trace has: more than a page can hold are left out at the end. */
  count: number
  total: number
  errors: number
}

/** How the steps of a trace are shown, and which of them. */
export function TraceToolbar({ view, look, count, total, errors }: Props) {
  const { group, shape } = look
  const narrowed = view.text !== '' || group !== undefined
  return (
    <div role="toolbar" aria-label="Steps of the trace" className="flex h-9 shrink-0 items-center gap-1 border-b border-line pr-3 pl-2">
      {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons is no set of fields. */}
      <div role="group" aria-label="Show as" className="mr-1 flex">
        {SHAPES.map(({ shape: one, label, key, icon: Icon }) => (
          <Button
            key={one}
            kind="bare"
            size="small"
            aria-pressed={shape === one}
            aria-label={label}
            data-tip={`${label}  ${key}`}
            onClick={() => look.setShape(one)}
            className={shape === one ? 'border-transparent bg-surface-2 text-text' : 'border-transparent text-faint hover:text-text'}
          >
            <Icon size={14} aria-hidden />
            <span className={shape === one ? 'hidden @lg:inline' : 'sr-only'}>{label}</span>
          </Button>
        ))}
      </div>
      {group && (
        <span className="flex h-6 max-w-56 min-w-0 shrink-0 items-center gap-1 rounded-sm border border-line bg-surface-0 pl-1.5">
          <SpanKindIcon kind={group.kind} />
          <span className="truncate">{group.name || 'unnamed'}</span>
          <IconButton label="Show all steps" size="small-icon" onClick={() => look.setGroup(undefined)}>
            <X size={13} />
          </IconButton>
        </span>
      )}
      {shape === 'graph' ? (
        <span className="flex-1" />
      ) : (
        <>
          <Search size={13} className="shrink-0 text-faint" aria-hidden />
          <input
            aria-label="Find a span"
            placeholder="Find a span by name, kind, model or id"
            value={view.text}
            onChange={(event) => view.setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return
              event.preventDefault()
              view.setText('')
              event.currentTarget.blur()
            }}
            className="h-7 min-w-0 flex-1 rounded-sm bg-transparent px-1.5 placeholder:text-faint"
          />
        </>
      )}
      <span role="status" className="tabular px-1 whitespace-nowrap text-faint">
        {narrowed
          ? `${formatCount(view.rows.length)} / ${formatCount(count)}`
          : total > count && count >= MOST_SPANS
            ? `first ${formatCount(count)} of ${plural(total, 'span')}`
            : plural(count, 'span')}
      </span>
      {errors > 0 && (
        <Button
          kind="bare"
          size="small"
          onClick={view.nextError}
          aria-label={`${formatCount(errors)} failed, show the next`}
          data-tip="Next failure  e"
          className="border-transparent text-error hover:bg-error-soft"
        >
          <CircleAlert size={13} aria-hidden /> {formatCount(errors)}
        </Button>
      )}
      {shape === 'tree' && (
        <IconButton
          label={view.folded ? 'Unfold all' : 'Fold all'}
          size="small-icon"
          onClick={view.folded ? view.unfoldAll : view.foldAll}
          disabled={narrowed}
        >
          {view.folded ? <ChevronsUpDown size={14} /> : <ChevronsDownUp size={14} />}
        </IconButton>
      )}
    </div>
  )
}
