import type { Turn } from '@signalbox/schema'
import type { Json, Message } from '@signalbox/sdk/conversation'
import { CircleAlert, History, Settings2 } from 'lucide-react'
import { classNames } from '../../lib/class-names.ts'
import { formatBytes, formatCount, plural } from '../../lib/format-number.ts'
import { lowerBound } from '../../lib/lower-bound.ts'
import { Status } from '../../ui/badge.tsx'
import { JsonTree } from '../../ui/json-tree.tsx'
import { Ago, Duration, Money } from '../../ui/values.tsx'
import { Fold } from '../trace/fold.tsx'
import { MessageView } from '../trace/message-view.tsx'
import { ScoreList } from './feedback.tsx'
import { turnMessages } from './turn-messages.ts'
import { Box, type Side, TraceLink } from './turn-parts.tsx'
import { Steps } from './turn-steps.tsx'

type Props = { project: string; turn: Turn; number: number; raw: boolean; marked: boolean }

/** One turn of a conversation: what was asked, what was done about it, what was answered, and what that took. */
export function TurnView({ project, turn, number, raw, marked }: Props) {
  const { trace, input, output, steps, stepCount, statusMessage, scores } = turn
  const { asked, between, answered, input: other, output: result } = turnMessages(turn)
  // Where the tools are steps of the trace, what models and tools wrote to each other would say the same again.
  const told = steps.some(({ kind }) => kind === 'tool')
  const said = told ? [] : between
  const answer = told ? answered.filter(({ parts }) => !parts.every(({ type }) => type === 'tool-call')) : answered
  const system = asked.filter(({ role }) => role === 'system' || role === 'developer')
  const failed = trace.status === 'error' || trace.status === 'interrupted'
  return (
    <article
      aria-label={`Turn ${number}`}
      id={`turn-${trace.traceId}`}
      className={classNames(
        'scroll-mt-4 [contain-intrinsic-size:auto_240px] [content-visibility:auto]',
        marked && 'rounded-md outline-2 outline-offset-8 outline-accent',
      )}
    >
      <Facts project={project} turn={turn} number={number} />
      <div className="flex flex-col gap-2">
        {(input?.earlier ?? 0) > 0 && (
          <p
            className="flex items-center gap-1.5 px-2.5 text-sm text-faint"
            data-tip="An app sends what was said before along with each call. It stands in the turns above."
          >
            <History size={12} aria-hidden /> {plural(input?.earlier ?? 0, 'earlier message')} sent along
          </p>
        )}
        {system.length > 0 && (
          <Box>
            <Fold
              icon={<Settings2 size={13} />}
              summary="system"
              detail={system
                .flatMap(({ parts }) => parts.map((part) => ('text' in part ? part.text : '')))
                .join(' ')
                .slice(0, 300)}
            >
              {system.map((message, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: messages of a turn never move.
                <MessageView key={at} message={message} raw={raw} />
              ))}
            </Fold>
          </Box>
        )}
        <Messages messages={asked.filter((message) => !system.includes(message))} raw={raw} side="user" />
        {other !== undefined && other !== null && <Value value={other} side="user" label="Input" />}
        {input?.cut && (
          <Cut
            project={project}
            traceId={trace.traceId}
            spanId={input.spanId}
            bytes={input.bytes}
            preview={trace.inputPreview}
            side="user"
          />
        )}
        {said.length > 0 && <Messages messages={said} raw={raw} side="assistant" />}
        {steps.length > 0 && <Steps project={project} traceId={trace.traceId} steps={steps} count={stepCount} />}
        <Messages messages={answer} raw={raw} side="assistant" />
        {result !== undefined && result !== null && !(failed && statusMessage) && <Value value={result} side="assistant" label="Output" />}
        {output?.cut && (
          <Cut
            project={project}
            traceId={trace.traceId}
            spanId={output.spanId}
            bytes={output.bytes}
            preview={trace.outputPreview}
            side="assistant"
          />
        )}
        {failed && (
          <p role="note" className="mr-10 flex items-start gap-2 rounded-md border border-error bg-error-soft px-2.5 py-1.5 text-error">
            <CircleAlert size={14} className="mt-[3px] shrink-0" aria-hidden />
            <span className="min-w-0 break-words">
              {trace.status === 'interrupted' ? 'Interrupted' : 'Failed'}: {statusMessage ?? 'the client told no reason'}{' '}
              <TraceLink project={project} traceId={trace.traceId}>
                Open the trace
              </TraceLink>
            </span>
          </p>
        )}
        {input === null && output === null && steps.length === 0 && !failed && (
          <p className="px-2.5 text-faint">Nothing was recorded of what was said.</p>
        )}
        {scores.length > 0 && (
          <div className="flex flex-wrap gap-x-3 gap-y-1 px-2.5">
            <ScoreList scores={scores} />
          </div>
        )}
      </div>
    </article>
  )
}

/** What the turn took, in one line that leads to its trace. */
function Facts({ project, turn: { trace }, number }: { project: string; turn: Turn; number: number }) {
  const tokens = trace.inputTokens + trace.outputTokens
  return (
    <header className="mb-1.5 flex flex-wrap items-center gap-x-3 border-b border-line pb-1 text-sm text-faint">
      <span className="tabular font-medium text-soft">{number}</span>
      <Ago time={trace.startedAt} />
      {trace.status !== 'ok' && <Status status={trace.status} />}
      {trace.models.length > 0 && <span className="max-w-56 truncate">{trace.models.join(', ')}</span>}
      <Duration milliseconds={trace.durationMs} />
      {trace.firstTokenMs !== null && (
        <span data-tip="Until the first token">
          first <Duration milliseconds={trace.firstTokenMs} />
        </span>
      )}
      {tokens > 0 && (
        <span data-tip={`${formatCount(trace.inputTokens)} in, ${formatCount(trace.outputTokens)} out`}>{formatCount(tokens)} tokens</span>
      )}
      {trace.models.length > 0 && (
        <span>
          <Money usd={trace.costUsd} reason={`Unknown: no price is known for ${trace.models.join(', ')}`} />
          {lowerBound(trace) && <span data-tip={lowerBound(trace)}>+</span>}
        </span>
      )}
      <span className="ml-auto">
        <TraceLink project={project} traceId={trace.traceId}>
          {trace.name || 'unnamed'}
        </TraceLink>
      </span>
    </header>
  )
}

function Messages({ messages, raw, side }: { messages: readonly Message[]; raw: boolean; side: Side }) {
  if (messages.length === 0) return null
  return (
    <Box side={side}>
      {messages.map((message, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages of a turn never move.
        <MessageView key={at} message={message} raw={raw} />
      ))}
    </Box>
  )
}

function Value({ value, side, label }: { value: Json; side: Side; label: string }) {
  return (
    <Box side={side}>
      <section aria-label={label} className="px-2.5 py-2">
        <JsonTree value={value} openDepth={2} />
      </section>
    </Box>
  )
}

type CutProps = { project: string; traceId: string; spanId: string; bytes: number; preview: string; side: Side }
/** What is too long to be shown among others. */
function Cut({ preview, bytes, side, ...where }: CutProps) {
  return (
    <Box side={side}>
      <p className="px-2.5 py-2 break-words">
        {preview}… <TraceLink {...where}>all of {formatBytes(bytes)} in the trace</TraceLink>
      </p>
    </Box>
  )
}
