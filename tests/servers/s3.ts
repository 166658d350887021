import { createHash, createHmac, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const KEY = { id: 'AKIDTESTS', secret: 'a/secret+with=signs' }
const REGION = 'us-east-1'

/**
 * A bucket called `tests` for tests: put, get and delete of whole objects over a folder, path style. It checks signatures
 * with its own code, from https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, so that a client
 * which signs wrongly fails here as it would there.
 */
export async function startS3(): Promise<{ url: string; wrongSecretUrl: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-s3-'))
  await mkdir(join(folder, 'tests'))
  const server = createServer((request, response) => {
    answer(folder, request, response).catch((error) => refuse(response, 500, 'InternalError', String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('No address.')
  const urlWith = (secret: string) => `http://${KEY.id}:${encodeURIComponent(secret)}@127.0.0.1:${address.port}/tests`
  return {
    url: urlWith(KEY.secret),
    wrongSecretUrl: urlWith('wrong'),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await bodyOf(request)
  const wrong = wrongSignature(request, body)
  if (wrong) return refuse(response, 403, 'SignatureDoesNotMatch', wrong)
  const [, bucket, ...key] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/').map(decodeURIComponent)
  if (bucket !== 'tests') return refuse(response, 404, 'NoSuchBucket', 'The specified bucket does not exist')
  // One flat file per key, as a bucket has no folders.
  const file = join(folder, 'tests', createHash('sha256').update(key.join('/')).digest('hex'))
  if (request.method === 'PUT') {
    // As a whole or not at all, as S3 does.
    const draft = `${file}.${randomUUID()}`
    await writeFile(draft, body)
    await rename(draft, file)
    response.writeHead(200, { etag: `"${createHash('md5').update(body).digest('hex')}"` }).end()
  } else if (request.method === 'GET') {
    const found = await readFile(file).catch(() => undefined)
    if (!found) return refuse(response, 404, 'NoSuchKey', 'The specified key does not exist.')
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': found.length }).end(found)
  } else if (request.method === 'DELETE') {
    await rm(file, { force: true })
    response.writeHead(204).end()
  } else refuse(response, 405, 'MethodNotAllowed', 'Not in this test server')
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`)
}

/** What is wrong with the signature of a request; undefined when nothing is. */
function wrongSignature(request: IncomingMessage, body: Buffer): string | undefined {
  const header =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w{64})$/.exec(
      request.headers.authorization ?? '',
    )
  if (!header) return `no AWS4-HMAC-SHA256 authorization: ${request.headers.authorization}`
  const [, id, day = '', region, names = '', signature] = header
  if (id !== KEY.id || region !== REGION) return `unknown key or region: ${id}, ${region}`
  const time = String(request.headers['x-amz-date'])
  if (!time.startsWith(day)) return 'the date is not that of the credential'
  const signed = names.split(';')
  const unsigned = Object.keys(request.headers).filter((name) => name.startsWith('x-amz-') && !signed.includes(name))
  if (!signed.includes('host') || unsigned.length) return `not signed: host or ${unsigned}`
  const bodyHash = String(request.headers['x-amz-content-sha256'])
  if (bodyHash !== createHash('sha256').update(body).digest('hex')) return 'the hash of the body is wrong'
  const url = new URL(request.url ?? '/', 'http://localhost')
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort()
  const canonical = [
    request.method,
    url.pathname
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    query.join('&'),
    ...signed.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    names,
    bodyHash,
  ].join('\n')
  const scope = `${day}/${region}/s3/aws4_request`
  const text = ['AWS4-HMAC-SHA256', time, scope, createHash('sha256').update(canonical).digest('hex')].join('\n')
  const key = [day, REGION, 's3', 'aws4_request'].reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${KEY.secret}`)
  return hmac(key, text).toString('hex') === signature ? undefined : 'the signature is wrong'
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
