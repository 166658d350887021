import { FileText } from 'lucide-react'
import type { Found, FoundDocument } from '../../lib/documents.ts'
import { plural } from '../../lib/format-number.ts'
import { CopyButton } from '../../ui/copy.tsx'
import { JsonTree } from '../../ui/json-tree.tsx'
import { LongText } from './message-view.tsx'
import { RemoteLink } from './remote-link.tsx'

/** What was found, best first as it came: rank, score, where it is from, and the text. */
export function DocumentsView({ found: { query, documents } }: { found: Found }) {
  const best = Math.max(0, ...documents.map(({ score }) => score ?? 0))
  return (
    <div className="rounded-md border border-line">
      {query && (
        <p className="border-b border-line px-2.5 py-1.5">
          <span className="mr-2 text-sm text-faint">query</span>
          {query}
        </p>
      )}
      <ol aria-label={plural(documents.length, 'document')} className="divide-y divide-line">
        {documents.map((document, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the documents of a recorded search never move.
          <DocumentView key={at} rank={at + 1} document={document} best={best} />
        ))}
      </ol>
    </div>
  )
}

function DocumentView({
  rank,
  document: { id, title, text, score, source, metadata },
  best,
}: {
  rank: number
  document: FoundDocument
  best: number
}) {
  const rest = Object.keys(metadata).length
  return (
    <li className="px-2.5 py-2">
      <div className="mb-1 flex min-w-0 items-center gap-2 text-sm">
        <span className="tabular flex h-5 min-w-5 shrink-0 items-center justify-center rounded-sm bg-surface-2 px-1 font-medium">
          {rank}
        </span>
        <FileText size={13} className="shrink-0 text-faint" aria-hidden />
        <span className="min-w-0 truncate font-medium">{title ?? id ?? 'document'}</span>
        {title && id && <span className="truncate font-mono text-faint">{id}</span>}
        {source && (
          <span className="min-w-0 truncate">
            <RemoteLink address={source}>{source}</RemoteLink>
          </span>
        )}
        <span className="ml-auto flex shrink-0 items-center gap-2">
          {score !== null && (
            <span className="tabular flex items-center gap-1.5" data-tip={`Score ${score}`}>
              <span aria-hidden className="h-1.5 w-14 overflow-hidden rounded-full bg-surface-2">
                <span
                  className="block h-full bg-mark-3"
                  style={{ width: `${best > 0 ? Math.max(0, Math.min(100, (score / best) * 100)) : 0}%` }}
                />
              </span>
              {score.toPrecision(3)}
            </span>
          )}
          <CopyButton text={text} label={`Copy document ${rank}`} />
        </span>
      </div>
      <LongText text={text} raw={false} />
      {rest > 0 && (
        <div className="mt-1">
          <JsonTree value={metadata} openDepth={0} />
        </div>
      )}
    </li>
  )
}

const SHOWN = 8
const MOST = 50

/** Vectors in figures: how long, how strong, and how they begin. */
export function VectorsView({ vectors }: { vectors: readonly (readonly number[])[] }) {
  return (
    <div className="overflow-x-auto rounded-md border border-line">
      <table aria-label={plural(vectors.length, 'vector')} className="w-full">
        <thead>
          <tr className="h-7 border-b border-line text-sm text-faint">
            <th scope="col" className="px-2.5 text-left font-medium">
              Vector
            </th>
            <th scope="col" className="px-2.5 text-right font-medium">
              Dimensions
            </th>
            <th scope="col" className="px-2.5 text-right font-medium">
              Length
            </th>
            <th scope="col" className="px-2.5 text-left font-medium">
              Begins with
            </th>
          </tr>
        </thead>
        <tbody>
          {vectors.slice(0, MOST).map((vector, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the vectors of an answer never move.
            <tr key={at} className="h-8 border-b border-line last:border-b-0">
              <td className="tabular px-2.5">{at + 1}</td>
              <td className="tabular px-2.5 text-right">{vector.length}</td>
              <td className="tabular px-2.5 text-right">{Math.hypot(...vector.slice(0, 20_000)).toFixed(3)}</td>
              <td className="tabular px-2.5 whitespace-nowrap text-soft">
                {vector
                  .slice(0, SHOWN)
                  .map((value) => value.toFixed(4))
                  .join('  ')}
                {vector.length > SHOWN && ' …'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {vectors.length > MOST && (
        <p className="px-2.5 py-1.5 text-sm text-faint">{plural(vectors.length - MOST, 'more vector')}, see Raw.</p>
      )}
    </div>
  )
}
