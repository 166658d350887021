import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { startSimulator } from '../../packages/server/src/providers/simulator/server.ts'

export type Heard = { path: string; headers: IncomingHttpHeaders; model: string }
export type ProviderFront = {
  /** `http://127.0.0.1:PORT` */
  origin: string
  /** Every request so far, with the model that was asked for. */
  heard: Heard[]
  close(): Promise<void>
}

/** Any provider with any model: passes each call on to a simulator, under the name of the one model that it has. */
export async function startProviderFront(): Promise<ProviderFront> {
  const simulator = await startSimulator()
  const behind = new URL(simulator.url).origin
  const heard: Heard[] = []
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    const body = (await buffer(request)).toString()
    const [, before = '', inPath, after = ''] = /^(.*\/models?\/)([^/:]+)(.*)$/.exec(path) ?? []
    const inBody = /"model":\s*"([^"]*)"/.exec(body)?.[1]
    heard.push({ path, headers: request.headers, model: inBody ?? decodeURIComponent(inPath ?? '') })
    // Vertex AI has Claude's model in the path, and all else as Anthropic has it.
    const behindIt =
      after === ':rawPredict'
        ? { path: '/v1/messages', body: body.replace('{', '{"model":"echo",') }
        : { path: inPath ? `${before}echo${after}` : versioned(path), body: body.replace(/"model":\s*"[^"]*"/, '"model":"echo"') }
    const answer = await fetch(behind + behindIt.path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: behindIt.body,
    })
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await simulator.close()
    },
  }
}

/** The simulator has OpenAI's paths below `/v1` alone; providers have them in many places. */
const versioned = (path: string): string => path.replace(/^.*?(?=\/(chat\/completions|responses|completions)$)/, '/v1')
