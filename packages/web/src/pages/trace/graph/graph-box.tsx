import type { GraphNode } from '../../../lib/agent-graph.ts'
import { classNames } from '../../../lib/class-names.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { formatDuration } from '../../../lib/format-time.ts'
import { SpanKindIcon } from '../span-kind.tsx'
import { BOX } from './sizes.ts'

type Props = { node: GraphNode; x: number; y: number; chosen: boolean; onChoose: () => void }

/** One agent, tool, model or retriever with how often it was there. */
export function GraphBox({ node, x, y, chosen, onChoose }: Props) {
  const { kind, name, spanIds, errors, running, durationMs } = node
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button element has no place in a picture.
    <g
      role="button"
      tabIndex={0}
      aria-pressed={chosen}
      aria-label={`${kind} ${name}, ${plural(spanIds.length, 'time')}, ${formatDuration(durationMs)}${errors ? `, ${plural(errors, 'error')}` : ''}`}
      data-key={node.key}
      transform={`translate(${x - BOX.width / 2} ${y - BOX.height / 2})`}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return
        event.preventDefault()
        onChoose()
      }}
      className="group cursor-pointer outline-none"
    >
      <rect
        width={BOX.width}
        height={BOX.height}
        rx={6}
        className={classNames(
          'group-focus-visible:stroke-accent group-focus-visible:stroke-[2.5]',
          chosen ? 'fill-surface-2 stroke-accent stroke-2' : 'fill-surface-1 stroke-line-strong group-hover:fill-surface-0',
        )}
      />
      <foreignObject width={BOX.width} height={BOX.height} className="pointer-events-none">
        <div className="flex h-full flex-col justify-center gap-0.5 px-2.5 leading-4">
          <div className="flex items-center gap-1.5">
            <SpanKindIcon kind={kind} />
            <span className="truncate font-medium">{name || 'unnamed'}</span>
          </div>
          <div className="tabular flex items-center gap-2 text-xs text-faint">
            <span>{formatCount(spanIds.length)}×</span>
            <span>{formatDuration(durationMs)}</span>
            {running > 0 && <span className="text-accent">{running} running</span>}
            {errors > 0 && <span className="ml-auto text-error">{plural(errors, 'error')}</span>}
          </div>
        </div>
      </foreignObject>
    </g>
  )
}
