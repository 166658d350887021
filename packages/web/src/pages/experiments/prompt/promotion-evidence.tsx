import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { TestTubes } from 'lucide-react'
import { compareQuery, experimentQuery, lastExperimentsQuery, promptGatesQuery, promptTestsQuery } from '../../../data/experiments.ts'
import { useProject } from '../../../data/view.ts'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { Ago } from '../../../ui/values.tsx'
import { GateBadge } from '../experiment-state.tsx'
import { VerdictBadge } from '../run/verdict-badge.tsx'
import { verdictSentence } from '../words/verdict-words.ts'
import { evidenceOf } from './evidence.ts'

type Props = {
  name: string
  label: string
  /** The version that the label points to, where it points to one. */
  from: number | null | undefined
  to: number
}

/** What experiments say of a version before a label is moved to it: better or worse than the one in use, and whether it may. */
export default function PromotionEvidence({ name, label, from, to }: Props) {
  const project = useProject()
  const tests = useQuery(promptTestsQuery(project, name, to))
  const last = useQuery(lastExperimentsQuery(project, { prompt: name, state: 'done' }))
  const gates = useQuery(promptGatesQuery(project))
  const found = evidenceOf({ tests: tests.data ?? [], last: last.data ?? [], name, from: from ?? undefined, to })
  const isGated = gates.data?.some((gate) => gate.label === label) === true
  const detail = useQuery({ ...experimentQuery(project, found?.id ?? ''), enabled: found !== undefined })
  const sides = found && detail.data ? sidesIn(detail.data, { name, from: from ?? undefined, to }) : undefined
  const compared = useQuery({
    ...compareQuery(project, { id: found?.id ?? '', variant: sides?.to ?? '', baselineVariant: sides?.from ?? '' }),
    enabled: sides !== undefined,
  })
  if (tests.isPending || last.isPending) return <SkeletonRows rows={2} />
  return (
    <section aria-label="What experiments say" className="flex flex-col gap-2 rounded-md border border-line bg-surface-0 p-3">
      <h3 className="flex items-center gap-2 font-medium">
        <TestTubes size={14} className="text-faint" aria-hidden /> What experiments say
        {found?.gate && <GateBadge outcome={found.gate} />}
      </h3>
      {isGated && <p className="text-warning">“{label}” takes only versions whose tests passed, where a version says how it is tested.</p>}
      {found ? (
        <>
          {compared.data?.comparisons.map((one) => (
            <p key={one.metric} className="flex items-start gap-2">
              <VerdictBadge verdict={one.verdict} />
              <span className="min-w-0">{verdictSentence(one)}</span>
            </p>
          ))}
          {detail.data?.report?.gate.findings
            .filter(({ outcome }) => outcome !== 'pass')
            .map(({ name: rule, message }) => (
              <p key={`${rule} ${message}`} className="text-soft">
                {rule}: {message}
              </p>
            ))}
          <p>
            <Link
              to="/p/$project/experiments/$id"
              params={{ project, id: found.id }}
              search={{}}
              className="text-accent underline underline-offset-2"
            >
              {found.name}
            </Link>
            <span className="text-faint">
              , <Ago time={found.finishedAt ?? found.createdAt} />
            </span>
          </p>
        </>
      ) : (
        <p className="text-soft">
          Version {to} was not evaluated{from && from !== to ? ` beside version ${from}` : ''} yet.{' '}
          <EvaluateLink name={name} version={to} against={from ?? undefined} />
        </p>
      )}
    </section>
  )
}

type LinkProps = { name: string; version: number; against: number | undefined }
/** To the form of an experiment that holds one version against another. */
function EvaluateLink({ name, version, against }: LinkProps) {
  return (
    <Link
      to="/p/$project/experiments/new"
      params={{ project: useProject() }}
      search={{
        prompt: name,
        version: String(version),
        against: against === undefined || against === version ? undefined : String(against),
      }}
      className="text-accent underline underline-offset-2"
    >
      Evaluate it{against !== undefined && against !== version && ` against version ${against}`}
    </Link>
  )
}

type Definition = { definition: { variants?: readonly { id: string; prompt?: unknown }[] | undefined } | null }
/** The variants of an experiment that are the two versions. */
function sidesIn({ definition }: Definition, { name, from, to }: { name: string; from: number | undefined; to: number }) {
  const of = (version: number | undefined) =>
    definition?.variants?.find(({ prompt }) => {
      const stored = prompt as { name?: string; version?: number } | undefined
      return version !== undefined && stored?.name === name && stored.version === version
    })?.id
  const [a, b] = [of(from), of(to)]
  return a !== undefined && b !== undefined && a !== b ? { from: a, to: b } : undefined
}
