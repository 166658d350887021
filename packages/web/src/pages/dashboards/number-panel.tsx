import type { DashboardPanel, Filter, PanelQuery } from '@signalbox/schema'
import { Change } from '../../ui/chart/change.tsx'
import { changeOf } from '../../ui/chart/rows.ts'
import { Sparkline } from '../../ui/chart/sparkline.tsx'
import { TracesLink } from '../../ui/traces-link.tsx'
import { formOf, reached, titleOf } from './forms.ts'
import type { NumberData } from './panel-data.ts'
import { type Chrome, PanelFrame } from './panel-frame.tsx'
import { useDrill } from './use-drill.ts'
import type { PanelQueryState } from './use-panel-data.ts'

type Props = { panel: DashboardPanel; state: PanelQueryState; filters: readonly Filter[]; chrome: Chrome }

/** One number, how it changed against the period before, and its course. */
export function NumberPanel({ panel, state, filters, chrome }: Props) {
  const query = panel.query as PanelQuery
  const [measure = 'calls' as const] = query.measures
  const { value = null, before = null, course = [] } = (state.data as NumberData | undefined) ?? {}
  const form = formOf(measure, panel)
  const drill = useDrill(filters)
  return (
    <PanelFrame
      title={titleOf(panel)}
      chrome={chrome}
      state={state}
      badge={reached(panel.thresholds, value)}
      csv={() => ({ header: [`${form.title} (${form.unit})`, 'in the period before'], rows: [[value, before]] })}
    >
      <div className="flex h-full flex-col justify-center gap-1 px-3 py-1">
        <div className="flex items-baseline gap-2">
          <span className="truncate text-2xl font-semibold tracking-tight tabular-nums" data-tip={form.exact(value)}>
            <TracesLink search={drill.searchOf({ query, measure, value })} label={`${form.show(value)}: the traces behind it`}>
              {form.show(value)}
            </TracesLink>
          </span>
          <span className="text-sm text-faint">
            <Change
              value={changeOf(value, before)}
              moreIsWorse={form.moreIsWorse ?? false}
              tip={`${form.show(before)} in the period before`}
            />
          </span>
        </div>
        <Sparkline values={course} />
      </div>
    </PanelFrame>
  )
}
