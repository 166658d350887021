import type { Marker, MarkerKind } from '@signalbox/schema'
import { ExternalLink, MessageSquareText, Rocket, SlidersHorizontal, Split, StickyNote } from 'lucide-react'
import { useSetView } from '../../data/view.ts'
import type { TimeWindow } from '../../ui/chart/series.ts'
import { useMarkers } from '../../ui/chart/use-marks.ts'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'

const KINDS = {
  deploy: Rocket,
  prompt: MessageSquareText,
  route: Split,
  config: SlidersHorizontal,
  note: StickyNote,
} as const satisfies Record<MarkerKind, typeof Rocket>
const AROUND = 30 * 60_000

/** The flags of the charts as a list, newest first; a press looks at the hour around one. */
export function Changes({ window }: { window: TimeWindow }) {
  const markers = useMarkers(window)
  return (
    <Panel title="Changes" description="What happened meanwhile: the flags on the charts" className="flex h-[326px] flex-col">
      <Loaded query={markers} skeleton={<SkeletonRows rows={8} />}>
        {({ markers, more }) =>
          markers.length === 0 ? (
            <p className="px-3 py-4 text-faint">
              Nothing was changed in this time. New releases, changes of routes, providers, budgets and of signalbox.yaml appear here by
              themselves; your own by <code className="font-mono">POST /api/v1/markers</code>.
            </p>
          ) : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
            <section aria-label="Changes, list" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto">
              <ul>
                {markers.map((marker) => (
                  <Line key={marker.id} marker={marker} />
                ))}
              </ul>
              {more && <p className="px-3 py-2 text-sm text-faint">Only the last 500 are shown.</p>}
            </section>
          )
        }
      </Loaded>
    </Panel>
  )
}

function Line({ marker: { kind, title, at, url, environment, by, details } }: { marker: Marker }) {
  const { setRange } = useSetView()
  const Icon = KINDS[kind]
  const time = Date.parse(at)
  return (
    <li className="flex h-8 items-center gap-2 border-b border-line px-3 last:border-b-0 hover:bg-surface-0">
      <Icon size={14} aria-hidden className="shrink-0 text-faint" />
      <span className="sr-only">{kind}:</span>
      <button
        type="button"
        onClick={() => setRange({ kind: 'absolute', from: time - AROUND, to: time + AROUND })}
        data-tip={[title, ...details.filter((line) => !title.includes(line)), 'Press to look at the hour around it'].join('\n')}
        className="min-w-0 flex-1 truncate text-left hover:text-accent"
      >
        {title}
      </button>
      {url && (
        <a
          href={url}
          target="_blank"
          rel="noreferrer noopener"
          aria-label={`Read about ${title}`}
          className="shrink-0 text-faint hover:text-accent"
        >
          <ExternalLink size={13} aria-hidden />
        </a>
      )}
      {environment && <span className="max-w-24 shrink-0 truncate text-sm text-faint">{environment}</span>}
      {by && <span className="hidden max-w-28 shrink-0 truncate text-sm text-faint 2xl:inline">{by}</span>}
      <span className="shrink-0 text-sm text-faint">
        <Ago time={at} />
      </span>
    </li>
  )
}
