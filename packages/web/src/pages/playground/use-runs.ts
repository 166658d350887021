import type { PlaygroundColumn } from '@signalbox/schema'
import { useCallback, useEffect, useRef, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import type { ToolCall } from './answer.ts'
import type { ChatMessage } from './chat-request.ts'
import { type Column, isLinked } from './columns.ts'
import { playgroundCall } from './playground-call.ts'
import { type RunState, run } from './run.ts'

type Start = { column: Column; variables: Readonly<Record<string, string>> }
export type Runs = {
  states: Readonly<Record<string, RunState>>
  start(what: Start): void
  stop(key?: string): void
  /** Answers a call of a tool that waits. */
  answer(key: string, callId: string, text: string): void
}

/** The runs of a playground, by column. Who leaves the page stops them, up to the provider. */
export function useRuns(project: string): Runs {
  const [states, setStates] = useState<Record<string, RunState>>({})
  const controllers = useRef(new Map<string, AbortController>())
  const waiting = useRef(new Map<string, (text: string) => void>())
  const pending = useRef(new Map<string, RunState>())
  const frame = useRef(0)

  useEffect(
    () => () => {
      cancelAnimationFrame(frame.current)
      for (const controller of controllers.current.values()) controller.abort()
    },
    [],
  )

  /** Pieces come far more often than anybody can see. */
  const tell = useCallback((key: string, state: RunState) => {
    pending.current.set(key, state)
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0
      const told = Object.fromEntries(pending.current)
      pending.current.clear()
      setStates((before) => ({ ...before, ...told }))
    })
  }, [])

  const start = useCallback(
    ({ column, variables }: Start) => {
      const { key } = column
      controllers.current.get(key)?.abort()
      const controller = new AbortController()
      controllers.current.set(key, controller)
      const [traceId, spanId] = [randomHex(16), randomHex(8)]
      const isCurrent = () => controllers.current.get(key) === controller
      const begin = async () => {
        const { content, mocks, prompt } = column
        const linked = prompt && isLinked(column)
        // The engines come when something is rendered: until then there is nothing for them to do.
        const { typedValues } = await import('./render-content.ts')
        let messages: ChatMessage[] = []
        try {
          if (!linked) messages = await rendered(project, column, variables)
        } catch (error) {
          return { status: 'failed', traceId: '', steps: [], asks: [], error } satisfies RunState
        }
        return await run({
          // What the gateway renders itself has all the rest from the version, too.
          content: linked ? { model: { ...(content.model?.route && { route: content.model.route }) } } : content,
          ...(linked && { extra: { prompt: `${prompt.name}@${prompt.version}`, variables: typedValues(variables) } }),
          messages,
          traceId,
          mocks,
          signal: controller.signal,
          call: (request, signal) =>
            playgroundCall({ project, operation: 'chat/completions', request, signal, traceparent: `00-${traceId}-${spanId}-01` }),
          askFor: (call, signal) => asked(waiting.current, `${key} ${call.id}`, signal),
          tell: (state) => isCurrent() && tell(key, state),
        })
      }
      tell(key, { status: 'running', traceId: '', steps: [], asks: [] })
      void begin().then((state) => isCurrent() && tell(key, state))
    },
    [project, tell],
  )

  const stop = useCallback((key?: string) => {
    for (const [name, controller] of controllers.current) if (key === undefined || key === name) controller.abort()
  }, [])
  const answer = useCallback((key: string, callId: string, text: string) => waiting.current.get(`${key} ${callId}`)?.(text), [])
  return { states, start, stop, answer }
}

/** What is said to the model, by the page or, where it takes more than the page has, by the server. */
async function rendered(
  project: string,
  { content }: PlaygroundColumn,
  variables: Readonly<Record<string, string>>,
): Promise<ChatMessage[]> {
  const { messagesOf, needsServer, typedValues } = await import('./render-content.ts')
  const values = typedValues(variables)
  if (!needsServer(content)) return messagesOf(content, values)
  const { text, messages, missing } = await clientFor(project).prompts.preview({
    content,
    variables: values as never,
    ...(content.model?.route && { model: content.model.route }),
  })
  if (missing.length > 0) throw new Error(`The variable "${missing[0]}" is missing.`)
  return (messages as ChatMessage[] | null) ?? [{ role: 'user', content: text ?? '' }]
}

const asked = (waiting: Map<string, (text: string) => void>, name: string, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    waiting.set(name, (text) => {
      waiting.delete(name)
      resolve(text)
    })
    signal.addEventListener('abort', () => {
      waiting.delete(name)
      reject(signal.reason)
    })
  })

const randomHex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('')

export const isRunning = (state: RunState | undefined): boolean => state?.status === 'running' || state?.status === 'waiting'
export const nextAsk = (state: RunState): ToolCall | undefined => (state.status === 'waiting' ? state.asks[0] : undefined)
