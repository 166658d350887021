import { z } from 'zod'
import { readResult } from '../code/read-result.ts'
import { evaluator } from '../evaluator.ts'
import { failed } from '../outcome.ts'

const MOST_CHARACTERS = 256_000

/** A service of the user's that is sent the row and answers the score. */
export const http = evaluator({
  id: 'http',
  title: 'A service of your own that scores a row',
  kind: 'remote',
  scale: 'raw',
  higherIsBetter: true,
  needs: [],
  deterministic: false,
  costed: true,
  revision: 1,
  params: z.strictObject({
    url: z.url({ protocol: /^https?$/ }).meta({
      description: 'Gets POST { row, config }; answers a number, true or false, null, or { score, pass, reason, sub }.',
    }),
    headers: z.record(z.string(), z.string()).default({}),
    config: z.unknown().optional(),
    timeoutMs: z.int().min(10).max(300_000).default(10_000),
    retries: z.int().min(0).max(5).default(1).meta({ description: 'Of calls that found nobody, or 429, 502, 503 and 504.' }),
  }),
  prepare: ({ url, headers, config, timeoutMs, retries }) => ({
    async evaluate(row, { fetch, signal }) {
      if (!fetch) return failed('This place may not call addresses.')
      const body = JSON.stringify({ row, config: config ?? null })
      for (let tried = 0; ; tried++) {
        const limit = AbortSignal.timeout(timeoutMs)
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body,
          // A redirect could lead where the address itself may not.
          redirect: 'error',
          signal: signal ? AbortSignal.any([signal, limit]) : limit,
        }).catch((error: Error) => error)
        const again = tried < retries && !signal?.aborted
        if (response instanceof Error) {
          if (again) continue
          return failed(`${url} cannot be reached: ${response.cause instanceof Error ? response.cause.message : response.message}`)
        }
        if (again && [429, 502, 503, 504].includes(response.status)) {
          await response.body?.cancel()
          continue
        }
        return readAnswer(url, response)
      }
    },
  }),
})

async function readAnswer(url: string, response: Response) {
  const text = await limited(response)
  if (!response.ok) return failed(`${url} answered ${response.status}: ${text.slice(0, 300)}`)
  if (text.length > MOST_CHARACTERS) return failed(`${url} answered more than ${MOST_CHARACTERS} characters.`)
  try {
    return readResult(JSON.parse(text))
  } catch {
    return failed(`${url} answered no JSON: ${text.slice(0, 300)}`)
  }
}

/** The answer, or the start of one that is too long. */
async function limited(response: Response): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true })
    if (text.length > MOST_CHARACTERS) break
  }
  return text
}
