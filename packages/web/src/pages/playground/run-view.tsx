import { AppError } from '@signalbox/sdk'
import { type Message, type Part, parseJson } from '@signalbox/sdk/conversation'
import { Ban } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { classNames } from '../../lib/class-names.ts'
import { Button } from '../../ui/button.tsx'
import { Tick } from '../../ui/checkbox.tsx'
import { ErrorNote } from '../../ui/error-note.tsx'
import { inputStyle } from '../../ui/input.tsx'
import type { Answer, ToolCall } from './answer.ts'
import type { RunState, Step } from './run.ts'
import { nextAsk } from './use-runs.ts'

const MessageView = lazy(() => import('../trace/message-view.tsx').then(({ MessageView }) => ({ default: MessageView })))

type Props = { letter: string; state: RunState; onAnswer: (call: ToolCall, text: string, keep: boolean) => void }

/** What came of a run, as it comes: answers, calls of tools and their results, and what went wrong. */
export function RunView({ letter, state, onAnswer }: Props) {
  const { steps, status, error } = state
  const ask = nextAsk(state)
  return (
    <>
      <div aria-live="polite" aria-busy={status === 'running'}>
        {steps.map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps only follow each other.
          <StepView key={at} step={step} isGrowing={status === 'running' && at === steps.length - 1} isOver={status === 'done'} />
        ))}
        {status === 'stopped' && (
          <p className="flex items-center gap-1.5 px-2.5 py-2 text-warning">
            <Ban size={14} aria-hidden /> Stopped
          </p>
        )}
      </div>
      {ask && <AskForResult key={ask.id} letter={letter} call={ask} onAnswer={(text, keep) => onAnswer(ask, text, keep)} />}
      {status === 'failed' && <ErrorNote error={inWords(error)} className="m-2" />}
    </>
  )
}

function StepView({ step, isGrowing, isOver }: { step: Step; isGrowing: boolean; isOver: boolean }) {
  const message = toMessage(step.answer)
  const results = step.answer.toolCalls.filter(({ id }) => Object.hasOwn(step.results, id))
  if (message.parts.length === 0) {
    const says = isGrowing ? 'Waiting for the first token…' : isOver ? 'The answer holds no text.' : null
    return says && <p className="px-2.5 py-2 text-faint">{says}</p>
  }
  return (
    <Suspense fallback={<p className="px-2.5 py-2 whitespace-pre-wrap">{step.answer.text}</p>}>
      {/* Markdown that is half there jumps about: it is rendered when it is whole. */}
      <MessageView message={message} raw={isGrowing} />
      {results.map((call) => (
        <MessageView key={call.id} raw={false} message={resultMessage(call, step.results[call.id] ?? '')} />
      ))}
    </Suspense>
  )
}

const toMessage = ({ text, reasoning, refusal, toolCalls, finishReason }: Answer): Message => ({
  role: 'assistant',
  name: null,
  note: finishReason === 'tool_calls' ? null : finishReason,
  parts: [
    ...(reasoning ? [{ type: 'reasoning', text: reasoning } satisfies Part] : []),
    ...(text ? [{ type: 'text', text } satisfies Part] : []),
    ...(refusal ? [{ type: 'refusal', text: refusal } satisfies Part] : []),
    ...toolCalls.map(({ id, name, arguments: given }): Part => ({ type: 'tool-call', id, name, arguments: parseJson(given) })),
  ],
})
const resultMessage = ({ id, name }: ToolCall, text: string): Message => ({
  role: 'tool',
  name: null,
  note: null,
  parts: [{ type: 'tool-result', id, name, content: parseJson(text), failed: false }],
})

type AskProps = { letter: string; call: ToolCall; onAnswer: (text: string, keep: boolean) => void }
/** A tool was called that has no mock: what does it answer? */
function AskForResult({ letter, call, onAnswer }: AskProps) {
  const [text, setText] = useState('')
  const [keep, setKeep] = useState(true)
  return (
    <form
      aria-label={`${letter}: result of ${call.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        onAnswer(text, keep)
      }}
      className="m-2 flex flex-col gap-2 rounded-md border border-line-strong p-2.5"
    >
      <p className="break-words">
        The model calls{' '}
        <span className="font-mono text-sm">
          {call.name}({call.arguments})
        </span>
        . What does it answer?
      </p>
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the run waits for exactly this.
        autoFocus
        aria-label={`Result of ${call.name}`}
        rows={2}
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
          event.preventDefault()
          event.stopPropagation()
          onAnswer(text, keep)
        }}
        spellCheck={false}
        className={classNames(
          inputStyle,
          'field-sizing-content h-auto max-h-60 w-full resize-none py-1.5 font-mono text-sm leading-[19px]',
        )}
      />
      <div className="flex items-center justify-between gap-2">
        <Tick checked={keep} onChange={setKeep}>
          Answer so from now on
        </Tick>
        <Button size="small" kind="primary" type="submit">
          Answer
        </Button>
      </div>
    </form>
  )
}

/** What is wrong with what was written is said as such; what the network or the gateway said stays as it is. */
const inWords = (error: unknown): unknown =>
  error instanceof AppError || error instanceof TypeError || !(error instanceof Error)
    ? error
    : new AppError('invalid-request', error.message, { hint: 'Correct the column and run it again.' })
