import type { Span } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { exactTime } from '../../lib/format-time.ts'
import { CopyId } from '../../ui/copy.tsx'

/** Everything that is known about a step; a value leads to the traces that share it. */
export function MetadataTab({ span }: { span: Span }) {
  const project = useProject()
  const shared = (field: string, value: string | null): ReactNode =>
    value && (
      <Link
        to="/p/$project/traces"
        params={{ project }}
        search={{ filter: writeFilters([{ field, op: 'eq', value }]) }}
        data-tip="Traces with this value"
        className="break-all hover:text-accent hover:underline"
      >
        {value}
      </Link>
    )
  const groups: [title: string, rows: [name: string, value: ReactNode][]][] = [
    [
      'Identity',
      [
        ['Span', <CopyId key="span" id={span.spanId} what="span id" className="-ml-1" />],
        ['Trace', <CopyId key="trace" id={span.traceId} what="trace id" className="-ml-1" />],
        ['Parent', span.parentId && <CopyId id={span.parentId} what="span id" className="-ml-1" />],
        ['Kind', shared('kind', span.kind)],
        ['Name', shared('name', span.name)],
        ['Source', shared('source', span.source)],
        ['Scope', span.scope],
      ],
    ],
    [
      'Time',
      [
        [
          'Started',
          <span key="started" className="whitespace-pre-line">
            {exactTime(span.startedAt)}
          </span>,
        ],
        ['Duration', `${span.durationMs} ms`],
        ['First token', span.firstTokenMs === null ? null : `${span.firstTokenMs} ms`],
      ],
    ],
    [
      'Call',
      [
        ['Status', shared('status', span.status)],
        ['Error type', shared('errorType', span.errorType)],
        ['Provider', shared('provider', span.provider)],
        ['Model', shared('model', span.model)],
        ['Requested model', shared('requestModel', span.requestModel)],
        ['Operation', shared('operation', span.operation)],
        ['Streamed', span.kind === 'llm' ? (span.stream ? 'yes' : 'no') : null],
        ['Finish reason', shared('finishReason', span.finishReason)],
        ['Attempts', span.attempts > 0 ? String(span.attempts) : null],
        ['Key', shared('keyId', span.keyId)],
      ],
    ],
    [
      'Context',
      [
        ['Environment', shared('environment', span.environment)],
        ['Service', shared('service', span.service)],
        ['Release', shared('release', span.release)],
        ['User', shared('userId', span.userId)],
        ['Session', shared('sessionId', span.sessionId)],
        [
          'Tags',
          span.tags.length > 0 && (
            <span className="flex flex-wrap gap-x-3">
              {span.tags.map((tag) => (
                <Link
                  key={tag}
                  to="/p/$project/traces"
                  params={{ project }}
                  search={{ filter: writeFilters([{ field: 'tags', op: 'contains', value: tag }]) }}
                  className="hover:text-accent hover:underline"
                >
                  {tag}
                </Link>
              ))}
            </span>
          ),
        ],
      ],
    ],
    [
      'Metadata',
      Object.entries(span.metadata).map(([name, value]) => [
        name,
        /^[\w.:-]{1,200}$/.test(name) ? shared(`metadata.${name}`, value) : value,
      ]),
    ],
  ]
  return (
    <div className="px-4 pb-6">
      {groups.map(([title, rows]) => {
        const known = rows.filter(([, value]) => value)
        if (known.length === 0) return null
        return (
          <section key={title} aria-label={title} className="pt-3">
            <h3 className="h-7 text-sm leading-7 font-medium text-faint">{title}</h3>
            <dl className="divide-y divide-line rounded-md border border-line">
              {known.map(([name, value]) => (
                <div key={name} className="grid min-h-8 grid-cols-[140px_1fr] items-center px-2.5 py-1">
                  <dt className="truncate text-soft">{name}</dt>
                  <dd className="min-w-0">{value}</dd>
                </div>
              ))}
            </dl>
          </section>
        )
      })}
    </div>
  )
}
