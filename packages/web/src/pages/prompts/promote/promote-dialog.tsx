import { MovableLabel, type PromptRow } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useId, useState } from 'react'
import { clientFor } from '../../../data/client.ts'
import { useMay } from '../../../data/may.ts'
import { promptChanged, promptImpactQuery, promptVersionsQuery, protectionsQuery } from '../../../data/prompts.ts'
import { useProject } from '../../../data/view.ts'
import { Dialog } from '../../../ui/dialog.tsx'
import { Input } from '../../../ui/input.tsx'
import { Labelled } from '../../../ui/labelled.tsx'
import { SaveForm } from '../../../ui/save-form.tsx'
import { Segmented } from '../../../ui/segmented.tsx'
import { Select } from '../../../ui/select.tsx'
import { toast } from '../../../ui/toast.tsx'
import { describeTarget } from '../labels.tsx'
import { Impact } from './impact.tsx'
import { isSplit, type Share, SplitWeights } from './split-weights.tsx'

const PromotionEvidence = lazy(() => import('../../experiments/prompt/promotion-evidence.tsx'))

type Props = {
  prompt: PromptRow
  /** What is shown, and most likely meant. */
  version: number
  onClose: () => void
}

/** Points a label to a version, or divides it; says before what that changes, and asks why. Loaded when it is asked for. */
export default function PromoteDialog({ prompt, version: shown, onClose }: Props) {
  const project = useProject()
  const cache = useQueryClient()
  const may = useMay()
  const suggestions = useId()
  const versions = useQuery(promptVersionsQuery(project, prompt.name))
  const protections = useQuery(protectionsQuery(project))
  const [label, setLabel] = useState('production')
  const [kind, setKind] = useState<'one' | 'split'>('one')
  const [version, setVersion] = useState(shown)
  const current = prompt.labels.find((one) => one.label === label)
  const [shares, setShares] = useState<Share[]>([])
  const [why, setWhy] = useState('')
  const numbers = versions.data?.map((one) => one.version) ?? [shown]
  const valid = MovableLabel.safeParse(label)
  const target = kind === 'one' ? { version } : { split: shares }
  const complete = kind === 'one' || isSplit(shares)
  const needs = current?.needs ?? protections.data?.find((one) => one.label === label)?.needs ?? null
  const mustAsk = needs === 'approval' || (needs === 'role' && !may('prompts:protect')) || !may('prompts:promote')
  const impact = useQuery({
    ...promptImpactQuery(project, { name: prompt.name, label, ...target }),
    enabled: valid.success && complete,
    retry: false,
  })
  const startSplit = () => {
    const other = current?.version && current.version !== version ? current.version : numbers.find((one) => one !== version)
    const start =
      current?.split ??
      (other === undefined
        ? []
        : [
            { version: other, weight: 90 },
            { version, weight: 10 },
          ])
    setShares([...start])
    setKind('split')
  }
  const send = async () => {
    const of = { name: prompt.name, label, ...target, why: why.trim() }
    if (mustAsk) {
      await clientFor(project).prompts.requestApproval(of)
      toast({ title: 'Approval asked for', description: 'Somebody else decides, on the page of the prompt or under Approvals.' })
    } else {
      await clientFor(project).prompts.setLabel({ ...of, expectedRevision: current?.revision ?? 0 })
      toast({ title: `${label} points to ${describeTarget(target)}`, description: 'In effect at every edge.' })
    }
    await promptChanged(cache, project)
    onClose()
  }
  return (
    <Dialog
      open
      wide
      sticky
      onClose={onClose}
      title={`Promote “${prompt.name}”`}
      description="Calls that name the label use what it points to, from the moment it is moved."
    >
      <SaveForm
        submitLabel={mustAsk ? 'Ask for approval' : `Move ${label || 'the label'}`}
        onCancel={onClose}
        read={() => {
          const problems = {
            ...(!valid.success && { label: valid.error.issues[0]?.message ?? 'is no label' }),
            ...(why.trim() === '' && { why: 'Say why: everybody reads it in the history' }),
            ...(!complete && { target: 'At least two different versions, each with a weight above 0' }),
          }
          return Object.keys(problems).length > 0 ? { problems } : { send }
        }}
      >
        {(problems) => (
          <>
            <div className="grid grid-cols-2 items-start gap-3">
              <Labelled title="Label" problem={problems.label} help={NEEDS[needs ?? 'none']}>
                {(given) => (
                  <>
                    <Input
                      {...given}
                      list={suggestions}
                      value={label}
                      onChange={({ target: { value } }) => setLabel(value.trim())}
                      spellCheck={false}
                      className="font-mono text-sm"
                    />
                    <datalist id={suggestions}>
                      {[...new Set(['production', 'staging', ...prompt.labels.map((one) => one.label)])].map((one) => (
                        <option key={one} value={one} />
                      ))}
                    </datalist>
                  </>
                )}
              </Labelled>
              <div>
                <p className="mb-1 font-medium">Points to</p>
                <div className="flex items-center gap-2">
                  <Segmented
                    label="Points to"
                    value={kind}
                    choices={[
                      { value: 'one', label: 'one version' },
                      { value: 'split', label: 'several' },
                    ]}
                    onChange={(next) => (next === 'split' ? startSplit() : setKind('one'))}
                  />
                  {kind === 'one' && (
                    <Select
                      label="Version"
                      value={String(version)}
                      choices={numbers.map((one) => ({ value: String(one), label: `v${one}` }))}
                      onChange={(next) => setVersion(Number(next))}
                      className="w-24"
                    />
                  )}
                </div>
                {problems.target && (
                  <p role="alert" className="mt-1 text-sm text-error">
                    {problems.target}
                  </p>
                )}
              </div>
            </div>
            {kind === 'split' && <SplitWeights shares={shares} versions={numbers} onChange={setShares} />}
            <Impact project={project} prompt={prompt} impact={impact} />
            {kind === 'one' && (
              <Suspense>
                <PromotionEvidence name={prompt.name} label={label} from={current?.version} to={version} />
              </Suspense>
            )}
            <Labelled title="Why" problem={problems.why}>
              {(given) => (
                <Input
                  {...given}
                  maxLength={2000}
                  value={why}
                  onChange={({ target: { value } }) => setWhy(value)}
                  placeholder="What it is for, or what was tested"
                />
              )}
            </Labelled>
          </>
        )}
      </SaveForm>
    </Dialog>
  )
}

const NEEDS = {
  none: undefined,
  role: 'Protected: only who may move protected labels, or by approval.',
  approval: 'Protected: a second person must approve.',
}
