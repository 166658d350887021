import type { Span } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { exactTime } from '../../lib/format-time.ts'
import { CopyId } from '../../ui/copy.tsx'
import { Duration } from '../../ui/values.tsx'
import type { Attempt, CallFacts, Routing } from './call-facts.ts'
import { promptRows, variableRows } from './prompt-rows.tsx'

/** Everything that is known about a step; a value leads to the traces that share it. */
export function MetadataTab({ span, facts }: { span: Span; facts: CallFacts }) {
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
        ['HTTP status', facts.httpStatus],
        ['Attempts', span.attempts > 0 ? String(span.attempts) : null],
        ['Dropped', facts.dropped.length > 0 && <Dropped key="dropped" names={facts.dropped} />],
        ['File or batch', facts.objectId && <CopyId id={facts.objectId} what="id" className="-ml-1" />],
        ['Key', shared('keyId', span.keyId)],
      ],
    ],
    ['Prompt', promptRows(span, facts, project)],
    ['Variables of the prompt', variableRows(facts)],
    ['Routing', routingRows(facts)],
    ['Attempts', facts.attempts.map((attempt, at) => [String(at + 1), <Try key="try" attempt={attempt} />])],
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

/** What the target could not carry, as the client calls it. */
function Dropped({ names }: { names: readonly string[] }) {
  return (
    <span className="flex flex-wrap gap-x-3 font-mono text-sm" data-tip="The target could not carry these">
      {names.map((name) => (
        <span key={name} className="break-all">
          {name}
        </span>
      ))}
    </span>
  )
}

/** How the targets were chosen, in the words of the gateway. */
function routingRows({ route, variant }: CallFacts): [name: string, value: ReactNode][] {
  const rows: [string, ReactNode][] = []
  if (route) {
    rows.push(['Alias', route.alias], ['Strategy', route.strategy], ['Reason', route.reason])
    for (const place of ['chosen', 'next', 'skipped'] as const) {
      const steps = route.steps.filter((step) => step.place === place)
      rows.push([PLACES[place], steps.length > 0 && <Steps key={place} steps={steps} />])
    }
  }
  if (variant) rows.push(['Split', `${variant.split}: ${variant.arm} (${Math.round(variant.propensity * 1000) / 10} % of calls)`])
  return rows
}
const PLACES = { chosen: 'First', next: 'Then', skipped: 'Passed over' } as const

function Steps({ steps }: { steps: Routing['steps'] }) {
  return (
    <ol className="flex flex-col">
      {steps.map(({ target, reason }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a recorded decision never change.
        <li key={at} className="flex flex-wrap items-baseline gap-x-3">
          <span className="min-w-0 font-mono text-sm break-all">{target}</span>
          {reason && <span className="break-words text-soft">{reason}</span>}
        </li>
      ))}
    </ol>
  )
}

/** One try: whom it went to, why, what came back, how long it took. */
function Try({ attempt: { provider, model, status, milliseconds, error, reason, failure, key } }: { attempt: Attempt }) {
  return (
    <span className="flex flex-wrap items-baseline gap-x-3">
      <span className="min-w-0 flex-1 font-mono text-sm break-all">{model ? `${provider}/${model}` : provider}</span>
      {key !== null && <span className="text-soft">key {key}</span>}
      {failure && <span className="text-soft">{failure}</span>}
      <span className="tabular text-soft">{status > 0 ? status : 'no answer'}</span>
      <span className="tabular text-right">
        <Duration milliseconds={milliseconds} />
      </span>
      {reason && <span className="basis-full break-words text-faint">{reason}</span>}
      {error && <span className="basis-full break-words text-soft">{error}</span>}
    </span>
  )
}
