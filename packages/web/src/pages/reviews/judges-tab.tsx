import type { ReviewCalibration, ReviewHalf, ReviewMeasure } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, Gavel, ShieldX, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { calibrationsQuery, judgesQuery, reviewsChanged } from '../../data/reviews.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Chosen } from '../../ui/chosen.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Input } from '../../ui/input.tsx'
import { Labelled } from '../../ui/labelled.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SaveForm } from '../../ui/save-form.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Ago } from '../../ui/values.tsx'
import { Estimate } from './estimate.tsx'

type Props = { project: string; queueId: string; measures: readonly ReviewMeasure[]; mayCalibrate: boolean }

/** Judges held against what people decided. */
export function JudgesTab({ project, queueId, measures, mayCalibrate }: Props) {
  const calibrations = useQuery(calibrationsQuery(project, queueId))
  return (
    <div className="flex flex-col gap-4">
      {mayCalibrate && (
        <Panel
          title="Hold a judge against people"
          description="Of items that are done. Half of them may be used to make the judge better; the other half says how good it is."
        >
          <Calibrate project={project} queueId={queueId} measures={measures} />
        </Panel>
      )}
      <Loaded query={calibrations} skeleton={<SkeletonRows />}>
        {(list) =>
          list.length === 0 ? (
            <Panel>
              <EmptyState icon={Gavel} title="No judge was held against people yet">
                A judge is a model or a program that scores answers. Let it score the same calls that people decided; then this page says
                how often it errs, and what your pass rate is without its errors. A judge below its bar cannot stop a release.
              </EmptyState>
            </Panel>
          ) : (
            list.map((one) => (
              <Calibration key={one.id} of={one} title={measures.find(({ id }) => id === one.measure)?.title ?? one.measure} />
            ))
          )
        }
      </Loaded>
    </div>
  )
}

function Calibrate({ project, queueId, measures }: Omit<Props, 'mayCalibrate'>) {
  const cache = useQueryClient()
  const judges = useQuery(judgesQuery(project, queueId))
  const [judge, setJudge] = useState('')
  const [measure, setMeasure] = useState(measures[0]?.id ?? '')
  const [threshold, setThreshold] = useState('0.5')
  const known = judges.data ?? []
  const of = judge || (known[0]?.judge ?? '')
  return (
    <div className="p-3">
      <SaveForm
        submitLabel="Calibrate"
        read={() => {
          const value = Number(threshold)
          const problems = {
            ...(!of && { judge: 'no judge has scored items of this queue' }),
            ...((threshold.trim() === '' || Number.isNaN(value)) && { threshold: 'a number' }),
          }
          if (Object.keys(problems).length > 0) return { problems }
          return {
            send: async () => {
              await clientFor(project).reviews.calibrate({ queueId, judge: of, measure, threshold: value })
              await reviewsChanged(cache, project)
            },
          }
        }}
      >
        {(problems) => (
          <div className="grid grid-cols-3 gap-3">
            <div>
              <Chosen
                title="Judge"
                value={of}
                choices={
                  known.length === 0
                    ? [{ value: '', label: 'none yet' }]
                    : known.map((one) => ({ value: one.judge, label: `${one.judge} (${plural(one.items, 'item')})` }))
                }
                onChange={setJudge}
              />
              {problems.judge && (
                <p role="alert" className="mt-1 text-sm text-error">
                  {problems.judge}
                </p>
              )}
            </div>
            <Chosen
              title="Against"
              value={measure}
              choices={measures.map(({ id, title }) => ({ value: id, label: title }))}
              onChange={setMeasure}
            />
            <Labelled title="Lets pass from a score of" problem={problems.threshold}>
              {(props) => <Input {...props} inputMode="decimal" value={threshold} onChange={({ target }) => setThreshold(target.value)} />}
            </Labelled>
          </div>
        )}
      </SaveForm>
    </div>
  )
}

function Calibration({ of, title }: { of: ReviewCalibration; title: string }) {
  const { holdout, tune, drift } = of
  return (
    <Panel
      title={
        <>
          {of.judge} <span className="font-normal text-soft">against “{title}”</span>
        </>
      }
      description={
        <>
          <Ago time={of.at} /> {of.by && `by ${of.by}`}, {of.basis === 'random' ? 'items drawn by lot' : 'all items'}, passes from{' '}
          {of.threshold}
        </>
      }
      actions={
        of.mayBlock ? (
          <Badge tone="ok" icon={<CircleCheck size={12} aria-hidden />}>
            may stop a release
          </Badge>
        ) : (
          <Badge tone="error" icon={<ShieldX size={12} aria-hidden />}>
            stops no release
          </Badge>
        )
      }
    >
      <div className="grid gap-4 p-3 lg:grid-cols-2">
        <div>
          <p className="mb-3 text-soft">{of.why}</p>
          <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1">
            <Fact name="Pass rate, as the judge says" tip={`Of ${formatCount(of.judged)} calls that nobody looked at.`}>
              <Estimate of={of.rawPassRate} as="percent" />
            </Fact>
            <Fact
              name="Pass rate, corrected"
              tip="By how the judge errs where people looked (Rogan and Gladen). Do not use it where the calls differ from those in the queue."
            >
              <Estimate of={of.correctedPassRate} as="percent" />
            </Fact>
            <Fact name="Mean score, with people’s help" tip="Prediction-powered: by the judge on all, put right by people on some.">
              <Estimate of={of.predictionPowered} />
            </Fact>
            <Fact name="Agreement with people, κ" tip="In the half that the judge was not made with.">
              <Estimate of={holdout.kappa} />
            </Fact>
            <Fact name="Agreement between people, α" tip="No judge can be held to more than this.">
              <Estimate of={of.ceiling} />
            </Fact>
            <Fact name="Of the good ones it lets pass" tip="True pass rate.">
              <Estimate of={holdout.truePassRate} as="percent" />
            </Fact>
            <Fact name="Of the bad ones it finds" tip="True fail rate.">
              <Estimate of={holdout.trueFailRate} as="percent" />
            </Fact>
          </dl>
          {drift.verdicts > 0 && (
            <p className="mt-3">
              {drift.alarm ? (
                <Badge tone="warning" icon={<TriangleAlert size={12} aria-hidden />}>
                  It errs more often than it did{drift.at ? ', since ' : ''}
                  {drift.at && <Ago time={drift.at} />}
                </Badge>
              ) : (
                <span className="text-soft">It errs as it did at first, on {plural(drift.verdicts, 'later verdict')}.</span>
              )}
            </p>
          )}
        </div>
        <div className="flex flex-col gap-3">
          <Confusion title={`Holdout, ${plural(holdout.items, 'item')}`} of={holdout} />
          <Confusion title={`For tuning, ${plural(tune.items, 'item')}`} of={tune} />
        </div>
      </div>
    </Panel>
  )
}

const Fact = ({ name, tip, children }: { name: string; tip: string; children: React.ReactNode }) => (
  <>
    <dt className="text-soft" data-tip={tip}>
      {name}
    </dt>
    <dd className="text-right">{children}</dd>
  </>
)

function Confusion({ title, of }: { title: string; of: ReviewHalf }) {
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="mb-1 text-left font-medium">{title}</caption>
      <thead>
        <tr className="border-b border-line text-faint">
          <th scope="col" className="py-1 text-left font-medium">
            People say
          </th>
          <th scope="col" className="py-1 text-right font-medium">
            Judge: pass
          </th>
          <th scope="col" className="py-1 text-right font-medium">
            Judge: fail
          </th>
        </tr>
      </thead>
      <tbody className="tabular">
        <tr className="border-b border-line">
          <th scope="row" className="py-1 text-left font-normal">
            pass
          </th>
          <td className="text-right">{formatCount(of.truePass)}</td>
          <td className="text-right text-error">{formatCount(of.falseFail)}</td>
        </tr>
        <tr>
          <th scope="row" className="py-1 text-left font-normal">
            fail
          </th>
          <td className="text-right text-error">{formatCount(of.falsePass)}</td>
          <td className="text-right">{formatCount(of.trueFail)}</td>
        </tr>
      </tbody>
    </table>
  )
}
