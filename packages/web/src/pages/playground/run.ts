import type { PromptContent } from '@signalbox/schema'
import { type Answer, isVisible, NO_ANSWER, type ToolCall, withChunk } from './answer.ts'
import { afterTools, type ChatMessage, chatRequest } from './chat-request.ts'
import type { Head } from './playground-call.ts'

/** One call of a model and what it answered; where it called tools, what those were answered. */
export type Step = { answer: Answer; results: Record<string, string>; firstTokenMs: number | null; ms: number | null }
export type RunState = {
  status: 'running' | 'waiting' | 'done' | 'stopped' | 'failed'
  traceId: string
  steps: readonly Step[]
  /** Calls of tools that nobody has answered yet. */
  asks: readonly ToolCall[]
  error?: unknown
}

export type RunOptions = {
  content: Pick<PromptContent, 'model' | 'tools' | 'toolChoice' | 'output'>
  /** What is sent beside or in place of what the content says. */
  extra?: Readonly<Record<string, unknown>>
  messages: readonly ChatMessage[]
  traceId: string
  mocks: Readonly<Record<string, string>>
  call(request: unknown, signal: AbortSignal): AsyncIterable<{ head: Head } | { piece: unknown }>
  /** What a tool answers that has no mock. */
  askFor(call: ToolCall, signal: AbortSignal): Promise<string>
  tell(state: RunState): void
  signal: AbortSignal
  now?: () => number
}

/** Who lets a model call tools without end pays without end. */
export const MOST_STEPS = 12

/** Runs one column: a call, and while it calls tools, their answers and the next call, all in one trace. Never throws: what went wrong is told. */
export async function run({
  content,
  extra,
  messages,
  traceId,
  mocks,
  call,
  askFor,
  tell,
  signal,
  now = () => performance.now(),
}: RunOptions): Promise<RunState> {
  let state: RunState = { status: 'running', traceId, steps: [], asks: [] }
  const become = (change: Partial<RunState>) => {
    state = { ...state, ...change }
    tell(state)
  }
  const changeLast = (change: Partial<Step>) =>
    become({ steps: state.steps.map((step, at) => (at === state.steps.length - 1 ? { ...step, ...change } : step)) })
  let said = messages
  try {
    for (;;) {
      const startedAt = now()
      let answer = NO_ANSWER
      let firstTokenMs: number | null = null
      become({ status: 'running', steps: [...state.steps, { answer, results: {}, firstTokenMs, ms: null }] })
      for await (const part of call({ ...chatRequest(content, said), ...extra }, signal)) {
        if ('head' in part) continue
        answer = withChunk(answer, part.piece)
        if (firstTokenMs === null && isVisible(answer)) firstTokenMs = now() - startedAt
        changeLast({ answer, firstTokenMs })
      }
      signal.throwIfAborted()
      changeLast({ ms: now() - startedAt })
      if (answer.toolCalls.length === 0) {
        become({ status: 'done' })
        return state
      }
      if (state.steps.length >= MOST_STEPS) throw new Error(`The model called tools ${MOST_STEPS} times in a row: that is enough.`)
      const results = new Map<string, string>()
      for (const asked of answer.toolCalls) {
        const mock = mocks[asked.name]
        if (mock === undefined) become({ status: 'waiting', asks: answer.toolCalls.filter(({ id }) => !results.has(id)) })
        results.set(asked.id, mock ?? (await askFor(asked, signal)))
        changeLast({ results: Object.fromEntries(results) })
      }
      become({ asks: [] })
      said = [...said, ...afterTools(answer, results)]
    }
  } catch (error) {
    become(signal.aborted ? { status: 'stopped', asks: [] } : { status: 'failed', error, asks: [] })
    return state
  }
}
