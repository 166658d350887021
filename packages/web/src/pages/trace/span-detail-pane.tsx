import type { SpanOutline } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Code, Text } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { usePreference } from '../../data/preferences.ts'
import { spanQuery } from '../../data/queries.ts'
import { classNames } from '../../lib/class-names.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Status } from '../../ui/badge.tsx'
import { IconButton } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Duration, Money } from '../../ui/values.tsx'
import { callFacts } from './call-facts.ts'
import { CostTab } from './cost-tab.tsx'
import { MessagesTab } from './messages-tab.tsx'
import { MetadataTab } from './metadata-tab.tsx'
import { RawTab } from './raw-tab.tsx'
import { SpanActions } from './span-actions.tsx'
import { SpanKindIcon } from './span-kind.tsx'
import type { Look } from './use-look.ts'

const VersionOfSpan = lazy(() => import('../prompts/version-of-span.tsx'))

type View = 'messages' | 'raw' | 'metadata' | 'cost'
const WHY: Record<string, string> = {
  aborted: 'The client hung up before the answer was complete.',
  interrupted: 'The process that made the call died before it ended.',
  running: 'It has begun, and not ended yet.',
  incomplete: 'Its client said that it began, and nothing more for a quarter of an hour.',
}
type Props = {
  project: string
  traceId: string
  span: SpanOutline
  look: Look
  /** Spans of the same kind and name, with this one. */
  twins: number
}

/** The tab stays the same from span to span. */
let lastView: View = 'messages'

/** One step of a trace: what it read and wrote, what is known about it, what it cost. */
export function SpanDetailPane({ project, traceId, span, look, twins }: Props) {
  const detail = useQuery(spanQuery(project, traceId, span.spanId))
  const [view, setView] = useState<View>(lastView)
  const [reading, setReading] = usePreference('messages', 'rendered')
  // In short until the whole span is here.
  const message = detail.data?.statusMessage ?? span.statusMessage
  const counted = span.inputTokens + span.outputTokens > 0 || span.kind === 'llm' || span.kind === 'embedding'
  const skeleton = <SkeletonRows rows={5} />
  // What is known without the payload is shown also where that cannot be read.
  const whole = detail.data
  const facts = callFacts({ source: whole?.source ?? 'otlp', attributes: whole?.attributes ?? null })
  return (
    <>
      <div className="shrink-0 px-4 pt-3 pb-2">
        <div className="flex items-center gap-2">
          <SpanKindIcon kind={span.kind} />
          <h2 className="truncate font-semibold">{span.name || 'unnamed'}</h2>
          {span.model && (
            <span className="truncate font-mono text-sm text-soft">{span.provider ? `${span.provider}/${span.model}` : span.model}</span>
          )}
          <span className="ml-auto">
            <SpanActions traceId={traceId} span={span} detail={whole} look={look} twins={twins} />
          </span>
        </div>
        <dl className="mt-1 flex flex-wrap gap-x-4 text-sm">
          {span.status !== 'running' && (
            <Figure title="Duration">
              <Duration milliseconds={span.durationMs} />
            </Figure>
          )}
          {span.firstTokenMs !== null && (
            <Figure title="First token">
              <Duration milliseconds={span.firstTokenMs} />
            </Figure>
          )}
          {counted && (
            <>
              {span.inputTokens + span.outputTokens > 0 || facts.units.length === 0 ? (
                <Figure title="Tokens">
                  {formatCount(span.inputTokens)} in, {formatCount(span.outputTokens)} out
                </Figure>
              ) : (
                <Figure title="Used">{facts.units.map(([unit, count]) => plural(count, unit)).join(', ')}</Figure>
              )}
              <Figure title="Cost">
                <Money usd={span.costUsd} reason={facts.costReason ?? `Unknown: no price is known for ${span.model ?? 'this model'}`} />
              </Figure>
            </>
          )}
          {whole?.promptName && (
            <Figure title="Prompt">
              <Suspense fallback={whole.promptName}>
                <VersionOfSpan name={whole.promptName} version={whole.promptVersion} />
              </Suspense>
            </Figure>
          )}
          {whole?.finishReason && <Figure title="Finish">{whole.finishReason}</Figure>}
          {whole && whole.attempts > 1 && <Figure title="Attempts">{whole.attempts}</Figure>}
        </dl>
        {span.status !== 'ok' && (
          <div
            className={classNames(
              'mt-2 flex items-start gap-2 rounded-md px-3 py-2',
              span.status === 'error' ? 'bg-error-soft' : span.status === 'running' ? 'bg-accent-soft' : 'bg-warning-soft',
            )}
          >
            <p className="max-h-40 min-w-0 flex-1 overflow-y-auto break-words whitespace-pre-wrap">
              <Status status={span.status} />
              {span.errorType && <span className="ml-2 font-mono text-sm">{span.errorType}</span>}
              <span className="ml-2">{message ?? WHY[span.status] ?? ''}</span>
            </p>
            {message && <CopyButton text={message} label="Copy the error" />}
          </div>
        )}
      </div>
      <Tabs<View>
        label="Views of the span"
        value={view}
        onChange={(next) => {
          lastView = next
          setView(next)
        }}
        className="flex-1"
        trailing={
          view === 'messages' && (
            <IconButton
              label={reading === 'rendered' ? 'Show text as it is' : 'Render markdown'}
              size="small-icon"
              aria-pressed={reading === 'raw'}
              onClick={() => setReading(reading === 'rendered' ? 'raw' : 'rendered')}
            >
              {reading === 'rendered' ? <Code size={14} /> : <Text size={14} />}
            </IconButton>
          )
        }
        tabs={[
          {
            value: 'messages',
            label: span.kind === 'llm' ? 'Messages' : 'Input and output',
            content: (
              <Loaded query={detail} skeleton={skeleton}>
                {(data) => <MessagesTab detail={data} raw={reading === 'raw'} />}
              </Loaded>
            ),
          },
          {
            value: 'raw',
            label: 'Raw',
            content: (
              <Loaded query={detail} skeleton={skeleton}>
                {(data) => <RawTab detail={data} />}
              </Loaded>
            ),
          },
          {
            value: 'metadata',
            label: 'Metadata',
            content: (
              <Loaded query={detail} skeleton={skeleton}>
                {(data) => <MetadataTab span={data} facts={facts} />}
              </Loaded>
            ),
          },
          {
            value: 'cost',
            label: 'Cost',
            content: (
              <Loaded query={detail} skeleton={skeleton}>
                {(data) => <CostTab span={data} counted={counted} facts={facts} />}
              </Loaded>
            ),
          },
        ]}
      />
    </>
  )
}

function Figure({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt className="text-faint">{title}</dt>
      <dd className="tabular">{children}</dd>
    </div>
  )
}
