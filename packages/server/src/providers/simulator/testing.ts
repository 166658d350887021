import { startSimulator } from './server.ts'

export type Json = { [key: string]: unknown }
export type Sum = { calls: number; inputTokens: number; outputTokens: number; nanoUsd: number }
export type Served = {
  /** `http://127.0.0.1:PORT` */
  origin: string
  post(path: string, body: unknown, init?: RequestInit): Promise<Response>
  count(): Promise<Sum & Record<'byModel' | 'byOutcome' | 'byDialect', Record<string, Sum>>>
  close(): Promise<void>
}

/** A simulator of its own for a test file. */
export async function serve(): Promise<Served> {
  const simulator = await startSimulator()
  const origin = new URL(simulator.url).origin
  return {
    origin,
    post: (path, body, init = {}) => fetch(`${origin}${path}`, { method: 'POST', body: JSON.stringify(body), ...init }),
    count: async () => (await fetch(`${origin}/count`)).json() as never,
    close: () => simulator.close(),
  }
}

/** Data of server-sent events, with the names of the events; `[DONE]` stays text. */
export function eventsIn(body: string): { name: string | null; data: unknown }[] {
  return body
    .split(/\r?\n\r?\n/)
    .filter((frame) => frame !== '')
    .map((frame) => {
      const lines = frame.split(/\r?\n/)
      const after = (field: string) => lines.find((line) => line.startsWith(field))?.slice(field.length)
      const data = after('data: ') ?? ''
      return { name: after('event: ') ?? null, data: data === '[DONE]' ? data : JSON.parse(data) }
    })
}

/** A message that reads on until its connection fails. */
export async function drained(response: Response): Promise<{ body: Buffer; failed: boolean }> {
  const parts: Uint8Array[] = []
  try {
    for await (const part of response.body ?? []) parts.push(part)
    return { body: Buffer.concat(parts), failed: false }
  } catch {
    return { body: Buffer.concat(parts), failed: true }
  }
}
