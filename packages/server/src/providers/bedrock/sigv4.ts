import { createHash, createHmac } from 'node:crypto'

/** What is to be signed. `headers` are those that the signature covers beside `host` and `x-amz-date`. */
export type SignRequest = {
  method: string
  /** The whole URL, as it is sent. */
  url: string
  headers: Record<string, string | readonly string[]>
  /** The body, or its pieces in order: they are hashed one after the other and never joined. */
  body: Buffer | readonly Buffer[]
  region: string
  service: string
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  date: Date
}

const ALGORITHM = 'AWS4-HMAC-SHA256'
/** Headers that proxies and clients change on the way, and the one that is being made. */
const UNSIGNED = new Set(['authorization', 'connection', 'expect', 'transfer-encoding', 'user-agent', 'x-amzn-trace-id'])

/**
 * The headers that sign a request for AWS, Signature Version 4: `x-amz-date`, `authorization` and, where there is a session
 * token, `x-amz-security-token`. For every service but S3, which does not normalise paths.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signV4(request: SignRequest): Record<string, string> {
  const time = timestamp(request.date)
  const added: Record<string, string> = { 'x-amz-date': time }
  if (request.sessionToken) added['x-amz-security-token'] = request.sessionToken
  const { text, signedHeaders } = canonicalRequest(request, added)
  const scope = `${time.slice(0, 8)}/${request.region}/${request.service}/aws4_request`
  const toSign = `${ALGORITHM}\n${time}\n${scope}\n${createHash('sha256').update(text).digest('hex')}`
  const signature = hmac(signingKey(request, time.slice(0, 8)), toSign).toString('hex')
  return {
    ...added,
    authorization: `${ALGORITHM} Credential=${request.accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  }
}

/** The text whose hash is signed, with the list of headers in it. `added` are the headers that the signature itself brings. */
export function canonicalRequest(request: SignRequest, added: Record<string, string>): { text: string; signedHeaders: string } {
  const { host, path, query } = partsOf(request.url)
  const headers = new Map<string, string>([['host', host]])
  for (const [name, value] of [...Object.entries(request.headers), ...Object.entries(added)]) {
    const key = name.toLowerCase()
    if (UNSIGNED.has(key)) continue
    headers.set(key, (typeof value === 'string' ? [value] : value).map((one) => one.trim().replace(/\s+/g, ' ')).join(','))
  }
  const names = [...headers.keys()].sort()
  const signedHeaders = names.join(';')
  const lines = names.map((name) => `${name}:${headers.get(name)}\n`).join('')
  const text = `${request.method.toUpperCase()}\n${canonicalPath(path)}\n${canonicalQuery(query)}\n${lines}\n${signedHeaders}\n${hashOf(request.body)}`
  return { text, signedHeaders }
}

/** Taken apart by hand: `URL` would change the very path that is signed. */
function partsOf(url: string): { host: string; path: string; query: string } {
  const [, host = '', path = '', query = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(url) ?? []
  return { host, path, query }
}

/** Dots and doubled slashes resolved, then each segment encoded again, though it may be encoded already. */
function canonicalPath(path: string): string {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop()
    else if (segment !== '' && segment !== '.') segments.push(encode(segment))
  }
  const end = segments.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${segments.join('/')}${end}`
}

function canonicalQuery(query: string): string {
  if (query === '') return ''
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)]
    })
    .map(([name = '', value = '']) => [encode(decode(name)), encode(decode(value))] as const)
    .sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/** RFC 3986: everything but the unreserved characters. */
const encode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function hashOf(body: Buffer | readonly Buffer[]): string {
  const hash = createHash('sha256')
  for (const piece of Buffer.isBuffer(body) ? [body] : body) hash.update(piece)
  return hash.digest('hex')
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

const signingKey = ({ secretAccessKey, region, service }: SignRequest, day: string): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, day), region), service), 'aws4_request')

/** `20150830T123600Z`. */
const timestamp = (date: Date): string => `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`
