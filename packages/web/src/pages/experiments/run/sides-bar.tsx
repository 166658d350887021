import type { ExperimentDetail } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ArrowLeftRight } from 'lucide-react'
import { lastExperimentsQuery } from '../../../data/experiments.ts'
import { useProject } from '../../../data/view.ts'
import { formatMoment } from '../../../lib/format-time.ts'
import { IconButton } from '../../../ui/button.tsx'
import { NativeSelect } from '../../../ui/native-select.tsx'
import type { Sides } from './sides.ts'

type Props = { detail: ExperimentDetail; sides: Sides; other: ExperimentDetail | undefined }

/** Chooses what is held against what: a variant against another one, or against one of another experiment. */
export function SidesBar({ detail, sides: { candidate, baseline }, other }: Props) {
  const project = useProject()
  const navigate = useNavigate({ from: '/p/$project/experiments/$id' })
  const last = useQuery(lastExperimentsQuery(project))
  const set = (next: { variant?: string | undefined; baseline?: string | undefined; against?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...next, item: undefined }), replace: true })
  const own = baseline === undefined || baseline.experimentId === detail.id
  const others = (last.data ?? []).filter(({ id, dataset }) => id !== detail.id && dataset.name === detail.dataset.name)
  const known = other && !others.some(({ id }) => id === other.id) ? [other, ...others] : others
  const theirs = own
    ? detail.variants.filter((one) => one !== candidate)
    : (known.find(({ id }) => id === baseline.experimentId)?.variants ?? [])
  if (detail.variants.length < 2 && known.length === 0) return null
  const toOther = (id: string) => set(id === detail.id ? { baseline: undefined, against: undefined } : { baseline: id, against: undefined })
  return (
    <fieldset aria-label="What is held against what" className="flex flex-wrap items-center gap-2 border-b border-line px-6 py-2">
      <NativeSelect
        label="Candidate"
        value={candidate}
        choices={detail.variants.map((one) => ({ value: one, label: one }))}
        onChange={(variant) =>
          set(
            own && baseline?.variant === variant
              ? { variant, against: candidate }
              : { variant, ...(baseline && { against: baseline.variant }) },
          )
        }
        className="w-52"
      />
      <span className="text-faint">against</span>
      {baseline !== undefined && theirs.length > 0 && (
        <NativeSelect
          label="Baseline"
          value={baseline.variant}
          choices={theirs.map((one) => ({ value: one, label: one }))}
          onChange={(against) => set({ variant: candidate, against })}
          className="w-52"
        />
      )}
      {known.length > 0 && (
        <>
          <span className="text-faint">of</span>
          <NativeSelect
            label="Experiment of the baseline"
            value={own ? detail.id : baseline.experimentId}
            choices={[
              { value: detail.id, label: detail.variants.length > 1 ? 'this experiment' : '–' },
              ...known.map((one) => ({ value: one.id, label: `${one.name}, ${formatMoment(one.startedAt ?? one.createdAt)}` })),
            ]}
            onChange={toOther}
            className="w-72"
          />
        </>
      )}
      {own && baseline && (
        <IconButton label="Swap the two" size="small-icon" onClick={() => set({ variant: baseline.variant, against: candidate })}>
          <ArrowLeftRight size={14} />
        </IconButton>
      )}
    </fieldset>
  )
}
