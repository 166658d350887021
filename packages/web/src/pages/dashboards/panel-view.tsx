import type { DashboardPanel, Filter } from '@signalbox/schema'
import { lazy, Suspense } from 'react'
import type { Mark } from '../../ui/chart/series.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { titleOf } from './forms.ts'
import { HeatPanel } from './heat-panel.tsx'
import { NumberPanel } from './number-panel.tsx'
import { type Chrome, NothingHere, PanelFrame } from './panel-frame.tsx'
import { TablePanel, TopPanel } from './rows-panels.tsx'
import { TimePanel } from './time-panel.tsx'
import { usePanelData } from './use-panel-data.ts'

const Markdown = lazy(() => import('../trace/markdown.tsx'))

type Props = {
  panel: DashboardPanel
  /** Of the dashboard, its variables and the page. */
  filters: readonly Filter[]
  marks: readonly Mark[]
  chrome: Chrome
}

/** One panel, whatever it shows. */
export function PanelView({ panel, ...rest }: Props) {
  if (panel.kind === 'text') return <TextPanel panel={panel} {...rest} />
  if (!panel.query) {
    return (
      <PanelFrame title={titleOf(panel)} chrome={rest.chrome}>
        <NothingHere>Choose a measure.</NothingHere>
      </PanelFrame>
    )
  }
  // Of another kind the numbers are others: what was there is of no use to it.
  return <AskingPanel key={panel.kind} panel={panel} {...rest} />
}

function AskingPanel({ panel, filters, marks, chrome }: Props) {
  const state = usePanelData(panel, filters)
  const given = { panel, state, filters, chrome }
  if (panel.kind === 'number') return <NumberPanel {...given} />
  if (panel.kind === 'table') return <TablePanel {...given} />
  if (panel.kind === 'top') return <TopPanel {...given} />
  if (panel.kind === 'heatmap') return <HeatPanel {...given} marks={marks} />
  return <TimePanel {...given} marks={marks} />
}

function TextPanel({ panel, chrome }: Props) {
  return (
    <PanelFrame title={titleOf(panel)} chrome={chrome}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className="h-full overflow-y-auto px-3 py-2" aria-label={`${titleOf(panel)}, text`} tabIndex={0}>
        <Suspense fallback={<Skeleton className="h-full" />}>
          <Markdown text={panel.text ?? ''} />
        </Suspense>
      </section>
    </PanelFrame>
  )
}
