import type { SpanDetail, SpanOutline } from '@signalbox/schema'
import type { Json } from '@signalbox/sdk/conversation'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { spanQuery } from '../../data/queries.ts'
import { useProject } from '../../data/view.ts'
import type { AlignedSpan } from '../../lib/align-traces.ts'
import { formatUsd } from '../../lib/format-money.ts'
import { formatCount } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { parametersOf, textOfPayload } from '../../lib/text-of-payload.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { SpanKindIcon } from '../trace/span-kind.tsx'
import { signed } from './signed.ts'
import { TextDiff } from './text-diff.tsx'

type Props = { project: string; a: string; b: string; row: AlignedSpan }

/** One step of both: its figures, its parameters, and what it read and wrote, word by word. */
export function PairDetail({ project, a, b, row }: Props) {
  const [first, second] = [row.a?.span, row.b?.span]
  const one = useQuery({ ...spanQuery(project, a, first?.spanId ?? ''), enabled: first !== undefined })
  const other = useQuery({ ...spanQuery(project, b, second?.spanId ?? ''), enabled: second !== undefined })
  const span = second ?? first
  if (!span) return null
  const failed = one.error ? one : other.error ? other : undefined
  const waiting = (first && !one.data) || (second && !other.data)
  return (
    <div
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto px-4 pt-3 pb-6 outline-none focus-visible:outline-2 focus-visible:-outline-offset-2"
    >
      <div className="flex items-center gap-2">
        <SpanKindIcon kind={span.kind} />
        <h2 className="truncate font-semibold">{span.name || 'unnamed'}</h2>
        <span className="ml-auto flex shrink-0 gap-3 text-sm">
          {first && <SpanLink traceId={a} spanId={first.spanId} label="Open in A" />}
          {second && <SpanLink traceId={b} spanId={second.spanId} label="Open in B" />}
        </span>
      </div>
      <Figures a={first} b={second} />
      {failed?.error ? (
        <ErrorNote error={failed.error} retry={() => failed.refetch()} className="mt-3" />
      ) : waiting ? (
        <SkeletonRows rows={5} />
      ) : (
        <>
          <Parameters a={one.data} b={other.data} />
          <Texts title="Input" speaker="user" a={one.data} b={other.data} />
          <Texts title="Output" speaker="assistant" a={one.data} b={other.data} />
        </>
      )}
    </div>
  )
}

function SpanLink({ traceId, spanId, label }: { traceId: string; spanId: string; label: string }) {
  return (
    <Link
      to="/p/$project/traces/$traceId"
      params={{ project: useProject(), traceId }}
      search={{ span: spanId }}
      className="text-accent hover:underline"
    >
      {label}
    </Link>
  )
}

type Spans = { a: SpanOutline | undefined; b: SpanOutline | undefined }
function Figures({ a, b }: Spans) {
  const number = (title: string, of: (span: SpanOutline) => number | null, format: (value: number) => string): Row => {
    const [one, other] = [a ? of(a) : null, b ? of(b) : null]
    return [
      title,
      one === null ? null : format(one),
      other === null ? null : format(other),
      one === null || other === null ? null : signed(one, other, format),
    ]
  }
  const rows: Row[] = [
    number('Duration', ({ durationMs }) => durationMs, formatDuration),
    number('First token', ({ firstTokenMs }) => firstTokenMs, formatDuration),
    number('Input tokens', ({ inputTokens }) => inputTokens || null, formatCount),
    number('Output tokens', ({ outputTokens }) => outputTokens || null, formatCount),
    number('Cost', ({ costUsd }) => (costUsd === null ? null : Number(costUsd)), formatUsd),
    ['Model', a?.model ?? null, b?.model ?? null, null],
    ['Provider', a?.provider ?? null, b?.provider ?? null, null],
    ['Status', a?.status ?? null, b?.status ?? null, null],
  ]
  return <BothTable label="Figures" rows={rows.filter(([, one, other]) => one !== null || other !== null)} />
}

type Details = { a: SpanDetail | undefined; b: SpanDetail | undefined }
function Parameters({ a, b }: Details) {
  if (a?.kind !== 'llm' && b?.kind !== 'llm') return null
  const [one, other] = [parametersOf((a?.input ?? null) as Json), parametersOf((b?.input ?? null) as Json)]
  const names = [...new Set([...one.keys(), ...other.keys()])]
  if (names.length === 0) return null
  return (
    <>
      <h3 className="mt-4 mb-1 text-sm font-medium text-faint">Parameters</h3>
      <BothTable label="Parameters" rows={names.map((name) => [name, one.get(name) ?? null, other.get(name) ?? null, null])} />
    </>
  )
}

type Row = [title: string, a: string | null, b: string | null, difference: string | null]
function BothTable({ label, rows }: { label: string; rows: Row[] }) {
  const cell = (value: string | null): ReactNode => value ?? <span className="text-faint">–</span>
  return (
    <table aria-label={label} className="mt-2 w-full table-fixed">
      <thead>
        <tr className="h-7 border-b border-line text-sm text-faint">
          <th scope="col" className="w-[26%] text-left font-medium">
            <span className="sr-only">What</span>
          </th>
          <th scope="col" className="text-left font-medium">
            A
          </th>
          <th scope="col" className="text-left font-medium">
            B
          </th>
          <th scope="col" className="w-[24%] text-right font-medium">
            Difference
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([title, a, b, difference]) => (
          <tr key={title} className="border-b border-line align-top">
            <th scope="row" className="truncate py-1 pr-2 text-left font-normal text-soft" data-tip={title}>
              {title}
            </th>
            <td className="tabular py-1 pr-2 break-words">{cell(a)}</td>
            <td className="tabular py-1 pr-2 break-words">{cell(b)}</td>
            <td className="tabular py-1 text-right break-words">
              {difference ?? (a === b ? <span className="text-faint">same</span> : <span className="text-warning">changed</span>)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type TextsProps = Details & { title: 'Input' | 'Output'; speaker: 'user' | 'assistant' }
function Texts({ title, speaker, a, b }: TextsProps) {
  const field = title === 'Input' ? 'input' : 'output'
  const text = (detail: SpanDetail | undefined) =>
    detail ? textOfPayload(detail[field] as Json, { role: speaker, always: detail.kind === 'llm' }) : ''
  const [one, other] = [text(a), text(b)]
  if (one === '' && other === '') return null
  return (
    <section aria-label={title} className="mt-4">
      <h3 className="mb-1 text-sm font-medium text-faint">{title}</h3>
      <TextDiff a={one} b={other} />
    </section>
  )
}
