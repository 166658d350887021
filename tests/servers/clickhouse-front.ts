import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { Session } from 'chdb'

/**
 * For tests only: ClickHouse's HTTP interface, as far as `@clickhouse/client` uses it, over the embedded engine on a folder.
 * Queries, inserts, parameters (in the URL or as multipart), settings and errors travel as they do to a server.
 * What it cannot show is what only a server has: users, clusters, compression.
 * https://clickhouse.com/docs/interfaces/http
 */
export type ClickHouseFront = { url: string; kill(): Promise<void>; stop(): Promise<void> }

/** Starts it in a process of its own, since one process can hold only one data folder, and so that it can be killed. */
export async function startClickHouseFront(folder: string): Promise<ClickHouseFront> {
  const args = ['--conditions=source', fileURLToPath(import.meta.url), folder]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(child, 'exit')
  const port = await Promise.race([
    once(child.stdout, 'data').then(([data]) => Number(String(data))),
    gone.then(([code]) => Promise.reject(new Error(`the ClickHouse front ended with ${code}`))),
  ])
  const end = (signal: NodeJS.Signals) => async () => {
    child.kill(signal)
    await gone
  }
  return { url: `http://127.0.0.1:${port}`, kill: end('SIGKILL'), stop: end('SIGTERM') }
}

/** What is neither a setting nor a parameter in the query string. */
const OWN = new Set(['query', 'query_id', 'database', 'session_id', 'role', 'wait_end_of_query', 'send_progress_in_http_headers'])

function serve(folder: string): void {
  const sessions = new Map<string, Promise<Session>>()

  /** Settings of a request hold for that request only, as on a server: one session of the engine for each set of them. */
  function sessionFor(settings: [string, string][]): Promise<Session> {
    const key = JSON.stringify(settings.sort())
    const open = async () => {
      const session = new Session(folder)
      if (settings.length > 0) await session.queryAsync(`SET ${settings.map(([name, value]) => `${name} = ${quote(value)}`).join(', ')}`)
      return session
    }
    const found = sessions.get(key) ?? open()
    sessions.set(key, found)
    return found
  }

  async function run(request: IncomingMessage): Promise<Uint8Array> {
    const url = new URL(request.url ?? '/', 'http://front')
    if (url.pathname === '/ping') return Buffer.from('Ok.\n')
    const body = await readBody(request)
    const isForm = request.headers['content-type']?.startsWith('multipart/form-data') ?? false
    const form = isForm ? await new Response(body, { headers: { 'content-type': request.headers['content-type'] ?? '' } }).formData() : null
    const given = [...url.searchParams, ...[...(form ?? [])].map(([name, value]) => [name, String(value)] as [string, string])]
    const query = given.find(([name]) => name === 'query')?.[1]
    const sql = isForm ? (query ?? '') : query === undefined ? body.toString() : `${query}\n${body.toString()}`
    const params = given.filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice(6), readParameter(value)])
    const session = await sessionFor([...url.searchParams].filter(([name]) => !OWN.has(name) && !name.startsWith('param_')))
    const result = params.length > 0 ? session.queryBindAsync(sql, Object.fromEntries(params)) : session.queryAsync(sql)
    return (await result).bytes()
  }

  const server = createServer({ maxHeaderSize: 1_048_576 }, (request, response) => {
    run(request).then(
      (bytes) => response.writeHead(200, { 'X-ClickHouse-Summary': '{}' }).end(bytes),
      (error: Error) => {
        const code = /Code: (\d+)/.exec(error.message)?.[1] ?? '1002'
        response.writeHead(code === '60' ? 404 : 500, { 'X-ClickHouse-Exception-Code': code }).end(error.message)
      },
    )
  })
  server.listen(0, '127.0.0.1', () => process.stdout.write(String((server.address() as AddressInfo).port)))
  process.on('SIGTERM', () => process.exit(0))
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const ESCAPES: Record<string, string> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', 0: '\0' }
const plainOf = (text: string): string => text.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter)

/**
 * The value of a parameter as the client wrote it: `\N`, an array literal, else tab-separated text. The binding of the
 * engine writes it anew. A text that looks like an array would be taken for one; no test sends such a text.
 */
function readParameter(text: string): unknown {
  if (text === '\\N') return null
  if (!text.startsWith('[')) return plainOf(text)
  return [...text.matchAll(/'((?:[^'\\]|\\.)*)'|([^,[\]]+)/gs)].map(([, quoted, plain]) =>
    quoted === undefined ? Number(plain) : plainOf(quoted),
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve(process.argv[2] ?? '')
