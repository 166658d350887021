import type { ExperimentDetail } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Hourglass } from 'lucide-react'
import { compareQuery, isUnderWay } from '../../../data/experiments.ts'
import { useProject } from '../../../data/view.ts'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Page } from '../../../ui/page.tsx'
import { Loaded, Panel } from '../../../ui/panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { CostQuality } from './cost-quality.tsx'
import { GatePanel } from './gate-panel.tsx'
import { comparedBy, type Sides } from './sides.ts'
import { Variants } from './variants.tsx'
import { Verdicts } from './verdicts.tsx'

/** What an experiment shows: verdict by metric, what the gate says of it, and the variants beside each other. */
export default function ResultTab({ detail, sides }: { detail: ExperimentDetail; sides: Sides }) {
  const project = useProject()
  const over = !isUnderWay(detail)
  const compared = useQuery({
    ...compareQuery(project, { id: detail.id, ...comparedBy(detail.id, sides) }),
    enabled: sides.baseline !== undefined && over,
  })
  const metrics = detail.report?.metrics ?? detail.metrics
  return (
    <Page>
      {!over && metrics.length === 0 && (
        <EmptyState icon={Hourglass} title="Not done yet">
          Verdicts are worked out when all rows are there: what is shown half-way is not what will be shown in the end. The rows that are
          done can be read already.
        </EmptyState>
      )}
      {over && sides.baseline && (
        <Panel title="Verdict" description={`${sides.candidate} against ${sides.baseline.variant || 'the baseline'}`}>
          <Loaded query={compared} skeleton={<SkeletonRows rows={3} />}>
            {({ comparisons, differentVersions }) => (
              <>
                <Verdicts comparisons={comparisons} />
                {comparisons.length === 0 && <p className="px-3 py-2.5 text-soft">Both sides have no score in common.</p>}
                {differentVersions.length > 0 && (
                  <p className="border-t border-line px-3 py-2 text-sm text-warning">
                    Not compared, for they were worked out by other versions of their evaluators: {differentVersions.join(', ')}.
                  </p>
                )}
              </>
            )}
          </Loaded>
        </Panel>
      )}
      {detail.report && <GatePanel gate={detail.report.gate} definition={detail.definition} />}
      {metrics.length > 0 && <Variants detail={detail} metrics={metrics} baseline={sides.baseline} />}
      {detail.report && detail.variants.length > 1 && <CostQuality report={detail.report} baseline={sides.baseline?.variant} />}
    </Page>
  )
}
