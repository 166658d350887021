import type { IncomingHttpHeaders } from 'node:http'

/**
 * The secret key of a request, wherever its client puts it: Bearer, the password of Basic, `x-api-key` (Anthropic,
 * LangSmith), `api-key` (Azure), `x-goog-api-key` or `?key=` (Gemini). Clients of Helicone put it into `Helicone-Auth`, beside a
 * key of their provider that is of no use here.
 */
export function secretOf(headers: IncomingHttpHeaders, url = ''): string | undefined {
  const { 'helicone-auth': helicone, authorization } = headers
  if (typeof helicone === 'string' && helicone) return helicone.replace(/^bearer /i, '').trim()
  if (authorization) {
    if (/^bearer /i.test(authorization)) return authorization.slice(7).trim()
    if (/^basic /i.test(authorization)) {
      const pair = Buffer.from(authorization.slice(6), 'base64').toString('utf8')
      return pair.slice(pair.indexOf(':') + 1)
    }
    return authorization.trim()
  }
  for (const name of ['x-api-key', 'api-key', 'x-goog-api-key']) {
    const value = headers[name]
    if (typeof value === 'string' && value) return value
  }
  const query = url.indexOf('?')
  return query === -1 ? undefined : (new URLSearchParams(url.slice(query)).get('key') ?? undefined)
}
