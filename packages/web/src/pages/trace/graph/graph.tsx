import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type KeyboardEvent, useLayoutEffect, useMemo, useRef } from 'react'
import { agentGraph, type GraphNode } from '../../../lib/agent-graph.ts'
import { plural } from '../../../lib/format-number.ts'
import { formatDuration } from '../../../lib/format-time.ts'
import { layOutLayers } from '../../../lib/layered-layout.ts'
import { IconButton } from '../../../ui/button.tsx'
import { Segmented } from '../../../ui/segmented.tsx'
import { isInGroup } from '../span-group.ts'
import { SpanRows } from '../span-rows.tsx'
import type { Look } from '../use-look.ts'
import type { TraceView } from '../use-trace-view.ts'
import { GraphBox } from './graph-box.tsx'
import { GraphLine } from './graph-line.tsx'
import { BOX, GAP, MARGIN } from './sizes.ts'

type Props = { view: TraceView; look: Look; now: number; onSelect: (spanId: string) => void }

/** A trace as a graph of who called whom: steps that do the same are one box. A box chooses the spans behind it. */
export default function Graph({ view, look, now, onSelect }: Props) {
  const { tree, chosen } = view
  const graph = useMemo(() => agentGraph(tree, look.edges), [tree, look.edges])
  const layout = useMemo(() => layOutLayers({ nodes: graph.nodes.map(({ key }) => key), edges: graph.edges, size: BOX, gap: GAP }), [graph])
  const open = graph.nodes.find((node) => look.group && isInGroup(node, look.group))
  const holds = useMemo(() => new Map(graph.nodes.flatMap((node) => node.spanIds.map((id) => [id, node.key]))), [graph])
  const current = open?.key ?? holds.get(chosen ?? '')
  const choose = (node: GraphNode) => look.setGroup(node, node.spanIds[0])
  const step = (by: number) => {
    if (!open) return
    const at = open.spanIds.indexOf(chosen ?? '')
    const next = open.spanIds[(at + by + open.spanIds.length) % open.spanIds.length]
    if (next) onSelect(next)
  }
  // A graph wider than its place begins with its first box in the middle.
  const scroller = useRef<HTMLElement>(null)
  const first = layout.places.get(graph.nodes[0]?.key ?? '')?.x ?? 0
  useLayoutEffect(() => {
    const element = scroller.current
    if (element) element.scrollLeft = first + MARGIN - element.clientWidth / 2
  }, [first])
  const moveFocus = (event: KeyboardEvent<SVGSVGElement>) => {
    if (!event.key.startsWith('Arrow') || !(event.target instanceof Element)) return
    const from = layout.places.get(event.target.getAttribute('data-key') ?? '')
    if (!from) return
    event.preventDefault()
    event.stopPropagation()
    const next = nearest(layout.places, from, event.key)
    if (next) event.currentTarget.querySelector<SVGElement>(`[data-key="${CSS.escape(next)}"]`)?.focus()
  }
  const width = layout.width + 2 * MARGIN + (graph.edges.some(({ from, to }) => from === to) ? MARGIN : 0)
  const height = layout.height + 2 * MARGIN
  return (
    <>
      <section
        ref={scroller}
        aria-label="Graph of the trace"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        tabIndex={0}
        className="relative min-h-0 flex-1 overflow-auto outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
      >
        {/* biome-ignore lint/a11y/useSemanticElements: a group of boxes is no set of fields. */}
        <svg
          width={width}
          height={height}
          role="group"
          aria-label={`${plural(graph.nodes.length, 'kind')} of steps, ${plural(graph.edges.length, 'connection')}`}
          className="mx-auto block"
          onKeyDown={moveFocus}
        >
          <title>Graph of the trace</title>
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="9"
              markerHeight="9"
              markerUnits="userSpaceOnUse"
              orient="auto-start-reverse"
            >
              <path d="M0 0.5 L8 4 L0 7.5 Z" className="fill-mark-3" />
            </marker>
            <marker
              id="arrow-error"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="9"
              markerHeight="9"
              markerUnits="userSpaceOnUse"
              orient="auto-start-reverse"
            >
              <path d="M0 0.5 L8 4 L0 7.5 Z" className="fill-mark-error" />
            </marker>
          </defs>
          <g transform={`translate(${MARGIN} ${MARGIN})`}>
            {graph.edges.map((edge, at) => {
              const [from, to, line] = [layout.places.get(edge.from), layout.places.get(edge.to), layout.lines[at]]
              const isPaired = graph.edges.some((other) => other.from === edge.to && other.to === edge.from && other !== edge)
              return (
                from &&
                to &&
                line && <GraphLine key={`${edge.from}\n${edge.to}`} edge={edge} from={from} to={to} line={line} paired={isPaired} />
              )
            })}
            {graph.nodes.map((node) => {
              const place = layout.places.get(node.key)
              return (
                place && (
                  <GraphBox
                    key={node.key}
                    node={node}
                    x={place.x}
                    y={place.y}
                    chosen={node.key === current}
                    onChoose={() => choose(node)}
                  />
                )
              )
            })}
          </g>
        </svg>
      </section>
      {open && (
        <div className="flex h-[38%] shrink-0 flex-col border-t border-line">
          <SpanRows view={view} now={now} onSelect={onSelect} />
        </div>
      )}
      <footer className="flex h-9 shrink-0 items-center gap-3 border-t border-line pr-2 pl-2 text-sm text-faint">
        <Segmented
          label="What the lines mean"
          value={look.edges}
          choices={[
            { value: 'calls', label: 'Calls', title: 'Who called whom' },
            { value: 'order', label: 'Order', title: 'What came after what' },
          ]}
          onChange={look.setEdges}
        />
        <span className="min-w-0 flex-1 truncate">
          {graph.leftOut > 0
            ? `${plural(graph.leftOut, 'shorter step')} left out`
            : open
              ? `${plural(open.spanIds.length, 'span')}, ${formatDuration(open.durationMs)}`
              : 'A box chooses the spans behind it'}
        </span>
        {open && open.spanIds.length > 1 && (
          <span className="flex items-center">
            <IconButton label="Span before" size="small-icon" onClick={() => step(-1)}>
              <ChevronLeft size={14} />
            </IconButton>
            <span className="tabular">
              {open.spanIds.indexOf(chosen ?? '') + 1} / {open.spanIds.length}
            </span>
            <IconButton label="Next span" size="small-icon" onClick={() => step(1)}>
              <ChevronRight size={14} />
            </IconButton>
          </span>
        )}
      </footer>
    </>
  )
}

type Point = { x: number; y: number }
/** The box that lies nearest in the direction of an arrow key. */
function nearest(places: ReadonlyMap<string, Point>, from: Point, key: string): string | undefined {
  const sideways = key === 'ArrowLeft' || key === 'ArrowRight'
  const sign = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : -1
  let best: { id: string; far: number } | undefined
  for (const [id, { x, y }] of places) {
    const [ahead, aside] = sideways ? [(x - from.x) * sign, Math.abs(y - from.y)] : [(y - from.y) * sign, Math.abs(x - from.x)]
    if (ahead <= 1) continue
    const far = ahead + 2 * aside
    if (!best || far < best.far) best = { id, far }
  }
  return best?.id
}
