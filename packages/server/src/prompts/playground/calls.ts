import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@signalbox/schema'

export type PlaygroundCallRooms = {
  /** Where the gateway of this installation answers. */
  url: string
  /** The key of an account; `fresh`: an edge may not have heard of it yet. */
  secretFor(whose: { projectId: string; accountId: string }): Promise<{ secret: string; fresh: boolean }>
}
export type PlaygroundCall = {
  projectId: string
  accountId: string
  operation: PlaygroundOperation
  body: Buffer
  /** Those of the page; only what a call may say about itself goes on. */
  headers: Readonly<Record<string, string | string[] | undefined>>
  signal: AbortSignal
}
/** What the gateway said first, then its body as it comes. */
export type PlaygroundAnswer = { status: number; headers: Record<string, string>; body: AsyncIterable<Buffer> }

/** What can be asked, and where at the gateway. */
const PATHS = { chat: '/v1/chat/completions', embeddings: '/v1/embeddings' } as const
export type PlaygroundOperation = keyof typeof PATHS

const PASSED = ['traceparent', 'x-signalbox-strict', 'x-signalbox-tags', 'x-signalbox-metadata', 'x-signalbox-session'] as const
/** How long an edge may take to hear of a key that was just made. */
const HEARD_MS = 5000
const PAUSE_MS = 50

/**
 * Makes calls for people who are logged in: through the gateway, like anybody's, with a key of theirs that no page ever sees. So a call of a
 * playground is limited, budgeted, guarded and traced as all others are, and is told apart by its environment, `playground`. What is kept
 * for others is neither given nor made: who tries something out wants an answer to this very question.
 */
export function createPlaygroundCalls({ url, secretFor }: PlaygroundCallRooms) {
  return async function call({ projectId, accountId, operation, body, headers, signal }: PlaygroundCall): Promise<PlaygroundAnswer> {
    const { secret, fresh } = await secretFor({ projectId, accountId })
    const sent = {
      ...Object.fromEntries(PASSED.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : []))),
      authorization: `Bearer ${secret}`,
      'content-type': 'application/json',
      'content-length': String(body.length),
      'x-signalbox-environment': 'playground',
      'x-signalbox-cache': 'no-store',
    }
    const deadline = Date.now() + (fresh ? HEARD_MS : 0)
    for (;;) {
      const answer = await ask(`${url}${PATHS[operation]}`, sent, body, signal)
      if (answer.statusCode !== 401 || Date.now() >= deadline)
        return { status: answer.statusCode ?? 502, headers: ours(answer.headers), body: answer }
      answer.resume()
      await sleep(PAUSE_MS, undefined, { signal })
    }
  }
}

function ask(address: string, headers: Record<string, string>, body: Buffer, signal: AbortSignal): Promise<IncomingMessage> {
  const url = new URL(address)
  const open = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const request = open(url, { method: 'POST', headers, signal }, resolve)
    request.on('error', (cause) =>
      reject(
        signal.aborted
          ? cause
          : new AppError('unavailable', 'The gateway of this installation does not answer.', {
              hint: `The core asks it at ${url.origin}. Where that is not right, set SIGNALBOX_PUBLIC_URL.`,
              cause,
            }),
      ),
    )
    request.end(body)
  })
}

/** What the gateway says about the call; a page is told nothing else of the answer. */
const ours = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && (name.startsWith('x-signalbox-') || name === 'retry-after' || name === 'content-type')
        ? [[name, value]]
        : [],
    ),
  )
