import type { ExperimentAnswer, ExperimentDetail, ExperimentRow } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { experimentRowQuery, isUnderWay } from '../../../data/experiments.ts'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { useProject } from '../../../data/view.ts'
import { Badge } from '../../../ui/badge.tsx'
import { Button } from '../../../ui/button.tsx'
import { CopyId } from '../../../ui/copy.tsx'
import { Loaded } from '../../../ui/panel.tsx'
import { Segmented } from '../../../ui/segmented.tsx'
import { SidePanel } from '../../../ui/side-panel.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { comparedBy, type Sides } from '../run/sides.ts'
import { AnswerFacts } from './answer-facts.tsx'
import { answersOf, candidateOf, textOf } from './row-text.ts'
import { ScoreTable } from './score-table.tsx'

const TextDiff = lazy(() => import('../../compare/text-diff.tsx').then(({ TextDiff }) => ({ default: TextDiff })))
const ROUTE = '/p/$project/experiments/$id'

type Props = {
  detail: ExperimentDetail
  sides: Sides
  itemId: string
  metric: string
  wide: boolean
  onWide: (wide: boolean) => void
  onClose: () => void
}

/** One item: what was asked, what was answered on both sides, and why each got its scores. */
export function RowPanel({ detail, sides, itemId, metric, wide, onWide, onClose }: Props) {
  const project = useProject()
  const ask = { id: detail.id, itemId, metric, ...comparedBy(detail.id, sides) }
  const query = useQuery({ ...experimentRowQuery(project, ask), ...(isUnderWay(detail) && { refetchInterval: 3_000 }) })
  return (
    <SidePanel
      label="Row"
      head={
        <div className="flex items-center gap-2">
          <h2 className="text-lg font-semibold">Row {query.data ? query.data.index + 1 : ''}</h2>
          <CopyId id={itemId} what="id of the item" />
          {query.data?.tags.map((tag) => (
            <Badge key={tag}>{tag}</Badge>
          ))}
          {query.data?.flaky && (
            <Badge tone="warning" tip="Repeats disagree with each other: no proof of anything">
              flaky
            </Badge>
          )}
        </div>
      }
      wide={wide}
      onWide={onWide}
      onClose={onClose}
    >
      <Loaded query={query} skeleton={<SkeletonRows rows={10} />}>
        {(row) =>
          row === null ? (
            <p className="p-4 text-soft">There is no such item in this experiment.</p>
          ) : row.sealed ? (
            <p className="p-4 text-soft">
              This item is of the holdout: it is sealed, so that nothing is made to fit it. Only its scores count.
            </p>
          ) : (
            <RowBody key={row.itemId} row={row} detail={detail} sides={sides} />
          )
        }
      </Loaded>
    </SidePanel>
  )
}

function RowBody({ row, detail, sides }: { row: ExperimentRow; detail: ExperimentDetail; sides: Sides }) {
  const navigate = useNavigate({ from: ROUTE })
  const { as } = useSearch({ from: ROUTE })
  const [repeat, setRepeat] = useState(0)
  const now = answersOf(row, detail.id, candidateOf(detail.id, sides))
  const before = sides.baseline ? answersOf(row, detail.id, sides.baseline) : []
  const repeats = Math.max(now.length, before.length)
  const candidate = now[repeat] ?? now[0]
  const baseline = before[repeat] ?? before[0]
  const asDiff = as === 'diff' && candidate !== undefined && baseline !== undefined
  const setAs = (next: string) => void navigate({ search: (old) => ({ ...old, as: next === 'diff' ? next : undefined }), replace: true })
  useShortcuts({ c: () => baseline && setAs(asDiff ? 'sides' : 'diff') })
  return (
    <div className="flex flex-col gap-4 p-4">
      <Text title="Input" value={row.input} />
      {row.expected !== undefined && row.expected !== null && <Text title="Expected" value={row.expected} />}
      {row.context !== undefined && row.context !== null && <Context value={row.context} />}
      <section aria-label="Answers" className="flex flex-col gap-2">
        <div className="flex flex-wrap items-center gap-2">
          <h3 className="font-medium">Answers</h3>
          {baseline && candidate && (
            <Segmented
              label="Answers as"
              value={asDiff ? 'diff' : 'sides'}
              choices={[
                { value: 'sides', label: 'Side by side' },
                { value: 'diff', label: 'Differences', title: 'Differences by word  c' },
              ]}
              onChange={setAs}
            />
          )}
          {repeats > 1 &&
            Array.from({ length: repeats }, (_, at) => (
              <Button
                // biome-ignore lint/suspicious/noArrayIndexKey: repeats have their places.
                key={at}
                size="small"
                kind={at === repeat ? 'secondary' : 'ghost'}
                aria-pressed={at === repeat}
                onClick={() => setRepeat(at)}
              >
                Repeat {at + 1}
              </Button>
            ))}
        </div>
        {asDiff ? (
          <>
            <p className="text-sm text-faint">
              From {baseline.variant} to {candidate.variant}: what went is struck through, what came is underlined.
            </p>
            <Suspense fallback={<SkeletonRows rows={3} />}>
              <TextDiff a={textOf(baseline.output)} b={textOf(candidate.output)} />
            </Suspense>
          </>
        ) : (
          <div className={baseline ? 'grid grid-cols-2 items-start gap-3' : ''}>
            {baseline && <Answer answer={baseline} title={`${baseline.variant} (baseline)`} />}
            {candidate ? <Answer answer={candidate} title={candidate.variant} /> : <p className="text-faint">Not answered yet.</p>}
          </div>
        )}
      </section>
      {(candidate || baseline) && <ScoreTable baseline={baseline} candidate={candidate} />}
    </div>
  )
}

function Answer({ answer, title }: { answer: ExperimentAnswer; title: string }) {
  return (
    <div className="min-w-0 rounded-md border border-line">
      <p className="truncate border-b border-line px-2.5 py-1 text-sm font-medium">{title}</p>
      {answer.error !== null ? (
        <p className="px-2.5 py-2 break-words whitespace-pre-wrap text-warning">{answer.error}</p>
      ) : (
        <p className="px-2.5 py-2 break-words whitespace-pre-wrap">{textOf(answer.output) || <span className="text-faint">empty</span>}</p>
      )}
      <AnswerFacts answer={answer} />
    </div>
  )
}

const Text = ({ title, value }: { title: string; value: unknown }): ReactNode => (
  <section>
    <h3 className="mb-1 font-medium">{title}</h3>
    {isRecord(value) ? (
      <dl className="flex flex-col gap-1.5">
        {Object.entries(value).map(([name, one]) => (
          <div key={name}>
            <dt className="font-mono text-sm text-faint">{name}</dt>
            <dd>
              <Clipped text={textOf(one)} />
            </dd>
          </div>
        ))}
      </dl>
    ) : (
      <Clipped text={textOf(value)} />
    )}
  </section>
)

/** Variables of a prompt: each by its name. */
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0

/** The sources that the answer had, one below the other. */
function Context({ value }: { value: unknown }) {
  const sources = Array.isArray(value) ? value.map(textOf) : [textOf(value)]
  return (
    <details>
      <summary className="rounded-sm font-medium">
        Sources <span className="font-normal text-faint">{sources.length}</span>
      </summary>
      <ol className="mt-1 flex flex-col gap-1">
        {sources.map((source, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: sources have their places.
          <li key={at}>
            <Clipped text={source} />
          </li>
        ))}
      </ol>
    </details>
  )
}

const LONG = 1200
function Clipped({ text }: { text: string }) {
  const [whole, setWhole] = useState(false)
  return (
    <div className="rounded-md border border-line bg-surface-0 px-2.5 py-2 break-words whitespace-pre-wrap">
      {whole ? text : text.slice(0, LONG)}
      {text.length > LONG && (
        <Button size="small" kind="ghost" onClick={() => setWhole(!whole)}>
          {whole ? 'Less' : `… ${(text.length - LONG).toLocaleString('en-US')} characters more`}
        </Button>
      )}
    </div>
  )
}
