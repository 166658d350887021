import type { PromptRow, PromptVersion } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ArrowLeftRight, GitCompareArrows } from 'lucide-react'
import { promptDiffQuery, promptVersionsQuery } from '../../../data/prompts.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useProject } from '../../../data/view.ts'
import { Badge } from '../../../ui/badge.tsx'
import { IconButton } from '../../../ui/button.tsx'
import { EmptyState } from '../../../ui/empty-state.tsx'
import { Loaded } from '../../../ui/panel.tsx'
import { Select } from '../../../ui/select.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { Ago } from '../../../ui/values.tsx'
import { PromptLink } from '../prompt-links.tsx'
import { PartsView } from './parts-view.tsx'

const ROUTE = '/p/$project/prompts/$'

/** Any two versions side by side. Loaded when it is asked for. */
export default function Compare({ prompt, open }: { prompt: PromptRow; open: number }) {
  const project = useProject()
  const navigate = useNavigate({ from: ROUTE })
  const search = useSearch({ from: ROUTE })
  const versions = useQuery(promptVersionsQuery(project, prompt.name))
  const numbers = versions.data?.map(({ version }) => version) ?? []
  const given = (text: string | undefined) => (text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined)
  const b = given(search.b) ?? (open === numbers.at(-1) ? (numbers.at(-2) ?? open) : open)
  // Most people want to know what a version changed.
  const a = given(search.a) ?? numbers.find((number) => number < b) ?? b
  const set = (next: { a?: number; b?: number }) =>
    navigate({ search: (before) => ({ ...before, a: String(next.a ?? a), b: String(next.b ?? b) }), replace: true })
  const step = (by: number) => {
    const next = numbers[numbers.indexOf(b) - by]
    const older = next === undefined ? undefined : numbers[numbers.indexOf(next) + 1]
    if (next !== undefined && older !== undefined) set({ a: older, b: next })
  }
  useShortcuts({ j: () => step(-1), k: () => step(1), s: () => set({ a: b, b: a }) })
  const diff = useQuery({ ...promptDiffQuery(project, prompt.name, a, b), enabled: versions.data !== undefined && a !== b })
  if (prompt.versionCount < 2) {
    return (
      <EmptyState icon={GitCompareArrows} title="One version, nothing to compare">
        Change the prompt and save it: then the two versions stand here side by side.
      </EmptyState>
    )
  }
  const choices = (versions.data ?? []).map(({ version, labels, message }) => ({
    value: String(version),
    label: `v${version}`,
    hint: [labels.join(', '), message.slice(0, 40)].filter(Boolean).join(' · '),
  }))
  return (
    <div className="mx-auto flex max-w-[1480px] flex-col gap-3 px-6 py-4">
      <div className="flex flex-wrap items-center gap-2">
        <Select label="Before" value={String(a)} choices={choices} onChange={(next) => set({ a: Number(next) })} className="w-28" />
        <IconButton label="Swap the sides  s" onClick={() => set({ a: b, b: a })}>
          <ArrowLeftRight size={15} />
        </IconButton>
        <Select label="After" value={String(b)} choices={choices} onChange={(next) => set({ b: Number(next) })} className="w-28" />
        <span className="ml-auto text-sm text-faint">j k: the change before, the next one</span>
      </div>
      {versions.data && a === b ? (
        <p className="text-soft">Both sides are version {a}.</p>
      ) : (
        <Loaded query={diff} skeleton={<SkeletonRows rows={10} />}>
          {({ from, to }) => (
            <PartsView before={from.content} after={to.content} heads={[<Head key="a" of={from} />, <Head key="b" of={to} />]} />
          )}
        </Loaded>
      )}
    </div>
  )
}

function Head({ of: { version, labels, message, createdBy, createdAt, prompt } }: { of: PromptVersion }) {
  return (
    <>
      <p className="flex min-w-0 flex-wrap items-center gap-1.5">
        <PromptLink name={prompt.name} version={version} className="font-medium hover:text-accent hover:underline">
          Version {version}
        </PromptLink>
        {labels.map((label) => (
          <Badge key={label}>{label}</Badge>
        ))}
      </p>
      <p className="truncate text-sm text-faint">
        {message && `${message}, `}
        {createdBy ?? 'the server'}, <Ago time={createdAt} />
      </p>
    </>
  )
}
