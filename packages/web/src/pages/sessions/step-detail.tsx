import type { TurnStep } from '@signalbox/schema'
import type { Json } from '@signalbox/sdk/conversation'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { spanQuery } from '../../data/queries.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { JsonTree } from '../../ui/json-tree.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Duration } from '../../ui/values.tsx'
import { documentsOf, type FoundDocument } from './found-documents.ts'

type Props = { project: string; traceId: string; step: TurnStep }

/** What a step read and wrote, asked for when it is unfolded. */
export default function StepDetail({ project, traceId, step }: Props) {
  const span = useQuery(spanQuery(project, traceId, step.spanId))
  if (span.error) return <ErrorNote error={span.error} retry={() => span.refetch()} />
  if (!span.data) return <Skeleton className="h-12" />
  const { input, output } = span.data as { input: Json; output: Json }
  const documents = step.kind === 'retriever' || step.kind === 'reranker' ? documentsOf(output) : null
  return (
    <div className="flex flex-col gap-2">
      {step.statusMessage && <p className="break-words text-error">{step.statusMessage}</p>}
      <Part title="Input" value={input} />
      {documents ? <Documents documents={documents} /> : <Part title="Output" value={output} />}
      <p className="flex gap-3 text-sm text-faint">
        <Duration milliseconds={step.durationMs} />
        <Link
          to="/p/$project/traces/$traceId"
          params={{ project, traceId }}
          search={{ span: step.spanId }}
          preload={false}
          className="text-accent hover:underline"
        >
          Open in the trace
        </Link>
      </p>
    </div>
  )
}

function Part({ title, value }: { title: string; value: Json }) {
  return (
    <section aria-label={title}>
      <h5 className="text-sm text-faint">{title}</h5>
      {value === null || value === '' ? (
        <p className="text-faint">nothing recorded</p>
      ) : typeof value === 'string' ? (
        <pre className="max-h-80 overflow-y-auto font-mono text-sm break-words whitespace-pre-wrap">{value}</pre>
      ) : (
        <JsonTree value={value} openDepth={2} />
      )}
    </section>
  )
}

function Documents({ documents }: { documents: FoundDocument[] }) {
  return (
    <ol aria-label="Documents" className="flex flex-col gap-1.5">
      {documents.map(({ title, text, score }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what was found never moves.
        <li key={at} className="rounded-sm border border-line px-2 py-1.5">
          <p className="flex gap-2 text-sm text-faint">
            <span className="tabular">{at + 1}</span>
            <span className="min-w-0 truncate">{title}</span>
            {score !== null && <span className="tabular ml-auto">{score.toFixed(3)}</span>}
          </p>
          <p className="line-clamp-4 break-words whitespace-pre-wrap">{text}</p>
        </li>
      ))}
    </ol>
  )
}
