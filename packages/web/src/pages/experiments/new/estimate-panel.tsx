import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useProject } from '../../../data/view.ts'
import { formatUsd } from '../../../lib/format-money.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { formatDuration } from '../../../lib/format-time.ts'
import { Panel } from '../../../ui/panel.tsx'
import { scoreText } from '../words/score-words.ts'
import { type Draft, variantsOf } from './draft.ts'
import { estimate } from './estimate.ts'
import { datasetQuery, pastQuery } from './questions.ts'

/** What it will take and what it can show, while it is set up. */
export function EstimatePanel({ draft }: { draft: Draft }) {
  const project = useProject()
  const variants = variantsOf(draft)
  const items = useItems(project, draft)
  const byPrompt = draft.task === 'prompt'
  const models = [...new Set(variants.flatMap(({ model }) => model ?? []))]
  const past = useQuery({
    ...pastQuery(project, byPrompt && models.length === 0 ? { prompt: draft.prompt } : { models }),
    enabled: byPrompt ? draft.prompt !== '' : models.length > 0,
  })
  const repeats = Math.max(1, Math.floor(Number(draft.repeats)) || 1)
  const found =
    items === undefined
      ? undefined
      : estimate({
          items,
          repeats,
          variants: variants.map(({ model, prompt }) => {
            const version = prompt && typeof prompt === 'object' && 'name' in prompt ? String(prompt.version) : ''
            return { past: past.data?.get(model ?? version) }
          }),
        })
  const judged = draft.evaluators.length
  return (
    <div className="lg:sticky lg:top-0">
      <Panel title="Before it begins" description="By what calls took in the last 30 days.">
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 px-3 py-3" aria-live="polite">
          <Fact title="Items">{found ? formatCount(found.items) : '–'}</Fact>
          <Fact title="Calls">
            {found && variants.length > 0 ? (
              <>
                {formatCount(found.calls)}
                <span className="text-sm text-faint">
                  {' '}
                  = {formatCount(found.items)} × {plural(variants.length, 'variant')}
                  {repeats > 1 && ` × ${repeats}`}
                </span>
              </>
            ) : (
              '–'
            )}
          </Fact>
          <Fact title="Scores">{found && variants.length > 0 ? formatCount(found.calls * judged) : '–'}</Fact>
          <Fact title="Cost">
            {!found || variants.length === 0 ? (
              '–'
            ) : found.costUsd === null ? (
              <span className="text-soft">not known: such calls were not made, or have no price</span>
            ) : (
              <>about {formatUsd(found.costUsd)}</>
            )}
            {draft.judge !== '' && <span className="text-sm text-faint"> and what the judge costs</span>}
          </Fact>
          <Fact title="Time">
            {found?.seconds !== null && found?.seconds !== undefined && variants.length > 0 ? (
              <>about {formatDuration(found.seconds * 1000)}</>
            ) : (
              '–'
            )}
          </Fact>
        </dl>
        {found && found.items > 0 && (
          <div className="border-t border-line px-3 py-3">
            <h3 className="font-medium">What it can show</h3>
            <p className="text-soft">{powerWords(found.items, found.detectable)}</p>
          </div>
        )}
      </Panel>
    </div>
  )
}

function powerWords(items: number, { low, high }: { low: number; high: number }): string {
  if (low >= 0.5) return `${plural(items, 'item')} can show nothing but a landslide. Take more, or read the answers one by one.`
  const points = (value: number) => scoreText(Math.min(1, value), 'share').replace('%', '')
  return `With ${plural(items, 'item')} a change of ${points(low)} to ${points(high)} points in how many rows pass shows in four runs of five: the less, the more alike the variants answer. What is smaller is called “no difference shown”.`
}

function useItems(project: string, { dataset, version, split, tag, first }: Draft): number | undefined {
  const name = dataset.trim()
  const { data } = useQuery({ ...datasetQuery(project, name, version), enabled: name !== '' })
  if (!data || name === '') return undefined
  const count = (counted: readonly { value: string; count: number }[], value: string) =>
    counted.find((one) => one.value === value)?.count ?? 0
  const ofSplit = split === '' ? data.dataset.itemCount - count(data.splits, 'holdout') : count(data.splits, split)
  // Of both at once only the smaller one is known: no more than that.
  const most = tag.trim() === '' ? ofSplit : Math.min(ofSplit, count(data.tags, tag.trim()))
  return first.trim() !== '' && Number(first) > 0 ? Math.min(most, Number(first)) : most
}

const Fact = ({ title, children }: { title: string; children: ReactNode }) => (
  <>
    <dt className="text-faint">{title}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
)
