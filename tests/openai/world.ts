import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Span, SpanDetail, Trace } from '@signalbox/schema'
import { type Client, createClient } from '@signalbox/sdk'
import OpenAI from 'openai'
import type { Count } from '../../packages/server/src/providers/simulator/count.ts'
import { startSimulator } from '../../packages/server/src/providers/simulator/server.ts'
import { eventually, freePort, type Signalbox, startSignalbox } from '../signalbox.ts'
import { startUpstream, type Upstream } from './upstream.ts'

/** What every case of this suite works with: the real program, the official client, and a provider of our own. */
export type World = {
  signalbox: Signalbox
  openai: OpenAI
  api: Client
  upstream: Upstream
  /** The call with this response, once it can be read. */
  traceOf(response: { headers: Headers }): Promise<{ trace: Trace; span: Span; detail: SpanDetail }>
  /** What the simulator wrote down, newest last. */
  simulatorCount(): Promise<{ model: string; input: number; output: number; nanoUsd: number; outcome: string }[]>
  /** How many calls the simulator behind `anthropic`, `google`, `bedrock` and `cohere` heard in a dialect, and how those ended. */
  callsHeard(dialect: string): Promise<number>
  outcomesHeard(): Promise<Record<string, number>>
  close(): Promise<void>
}

export async function startWorld(): Promise<World> {
  const upstream = await startUpstream()
  const foreign = await startSimulator()
  const { origin } = new URL(foreign.url)
  const yaml = `version: 1
providers:
  own: { kind: openai-compatible, baseUrl: "${upstream.url}", apiKey: "\${OWN_SECRET}", headers: { x-team: blue } }
  drawn: { kind: openai-compatible, baseUrl: "${upstream.url}" }
  down: { kind: openai-compatible, baseUrl: "http://127.0.0.1:${await freePort()}/v1" }
  keyless: { kind: openai, apiKey: "\${NOT_SET_ANYWHERE}" }
  own-claude: { kind: anthropic, baseUrl: "${new URL(upstream.url).origin}", apiKey: x }
  anthropic: { kind: anthropic, baseUrl: "${origin}", apiKey: x }
  google: { kind: google, baseUrl: "${origin}", apiKey: x }
  bedrock: { kind: bedrock, baseUrl: "${origin}", region: us-east-1, accessKeyId: x, secretAccessKey: x }
  cohere: { kind: cohere, baseUrl: "${origin}", apiKey: x }
models:
  support: { targets: [{ provider: keyless, model: gpt-4o }, { provider: own, model: real-name }] }
prices:
  - { provider: own, model: "*", input: 3, output: 15, cacheRead: 0.3 }
  - { provider: drawn, model: "*", input: 3, output: 15, image: 0.04, characters: 15, minute: 0.006 }
${['anthropic', 'google', 'bedrock', 'cohere'].map((name) => `  - { provider: ${name}, model: "*", input: 1, output: 2 }`).join('\n')}
`
  const signalbox = await startSignalbox({ yaml, env: { OWN_SECRET: 'upstream-secret' } })
  const heard = async (): Promise<Count> => (await (await fetch(`${origin}/count`)).json()) as Count
  const api = createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
  return {
    signalbox,
    upstream,
    api,
    openai: new OpenAI({ baseURL: `${signalbox.url}/v1`, apiKey: signalbox.secretKey, maxRetries: 0 }),
    traceOf: async (response) => {
      const traceId = response.headers.get('x-signalbox-trace-id')
      if (!traceId) throw new Error('the answer names no trace')
      const { trace, spans } = await eventually(async () => {
        const found = await api.traces.get({ traceId })
        return found.spans.length > 0 ? found : undefined
      })
      const [span] = spans
      if (!span) throw new Error('the trace has no span')
      const detail = await eventually(async () => {
        const found = await api.spans.get({ traceId, spanId: span.spanId })
        return found.input === null ? undefined : found
      })
      return { trace, span, detail }
    },
    simulatorCount: async () => {
      const text = await readFile(join(signalbox.data, 'simulator', 'count.jsonl'), 'utf8').catch(() => '')
      return text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    },
    callsHeard: async (dialect) => (await heard()).byDialect[dialect]?.calls ?? 0,
    outcomesHeard: async () => Object.fromEntries(Object.entries((await heard()).byOutcome).map(([name, { calls }]) => [name, calls])),
    close: async () => {
      await signalbox.stop()
      await upstream.close()
      await foreign.close()
    },
  }
}

export const user = (content: unknown) => ({
  role: 'user' as const,
  content: typeof content === 'string' ? content : JSON.stringify(content),
})
