import { createServer, type Server } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import type { AppError } from '@signalbox/schema'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { guardedUrl } from '../lib/guarded-url.ts'
import { kinds } from '../providers/kinds.ts'
import { specOf } from '../providers/spec.ts'
import { Upstream } from './upstream.ts'

let server: Server
let port: number
const heard: string[] = []
beforeAll(async () => {
  server = createServer((request, response) => {
    heard.push(request.url ?? '')
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end()
    else response.end('hello')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

/** Every name leads to this machine, as the DNS of an attacker would say. */
const toHere: LookupFunction = (_host, options, done) => {
  if (options.all)
    done(null, [
      { address: '93.184.216.34', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ])
  else done(null, '127.0.0.1', 4)
}

/** DNS that says something public first, and this machine when the connection is made. */
function changing(): LookupFunction {
  let asked = 0
  return (host, options, done) => {
    asked += 1
    if (asked > 1) toHere(host, options, done)
    else done(null, [{ address: '93.184.216.34', family: 4 }])
  }
}

function send(upstream: Upstream, url: string): Promise<number | AppError> {
  return new Promise((resolve) => {
    upstream.send(
      { url, headers: [], body: [Buffer.from('{}')], firstByteMs: 5000, connectMs: 5000 },
      { head: (status) => resolve(status), data: () => {}, end: () => {}, fail: resolve },
    )
  })
}

it('reaches this machine where the provider may point anywhere', async () => {
  const upstream = new Upstream({})
  expect(await send(upstream, `http://127.0.0.1:${port}/free`)).toBe(200)
  await upstream.close()
})

it.each(['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]', 'rebound.test'])(
  'does not connect to %s where it may not, and says which provider that is',
  async (host) => {
    const upstream = new Upstream({}, toHere)
    heard.length = 0
    const answer = await send(upstream, guardedUrl(`http://${host}:${port}/guarded`, 'mine'))
    expect(answer).toMatchObject({
      code: 'provider-not-configured',
      retryable: false,
      message: expect.stringContaining('provider mine') as string,
    })
    expect((answer as AppError).message).not.toContain('127.0.0.1')
    expect(heard).toEqual([])
    await upstream.close()
  },
)

it.each(Object.keys(kinds))('is guarded by the addresses of a guarded provider of kind %s, for every operation', async (kind) => {
  const settings = { project: 'p', location: 'global', region: 'r', apiVersion: '1', accessKeyId: 'A', secretAccessKey: 'S' }
  const provider = { name: 'mine', kind, apiKey: null, headers: {}, settings, from: 'project', problem: null } as const
  const upstream = new Upstream({}, toHere)
  for (const baseUrl of ['http://rebound.test', 'http://rebound.test/v1']) {
    const spec = specOf({ ...provider, baseUrl, guarded: true })
    for (const path of ['/chat/completions', '/responses', '/v1/messages', '/v1beta/models/x:generateContent', '/model/x/converse']) {
      const answer = await send(upstream, spec.address(path, { model: 'claude-x', stream: false }))
      expect(answer, path).toMatchObject({ code: 'provider-not-configured' })
    }
  }
  await upstream.close()
})

it('refuses what goes past the proxy by the address that it connects to', async () => {
  const upstream = new Upstream({ HTTPS_PROXY: 'http://proxy.test' }, changing())
  const answer = await send(upstream, guardedUrl(`http://rebound.test:${port}/guarded`, 'mine'))
  expect(answer).toMatchObject({ code: 'provider-not-configured' })
  await upstream.close()
})

it('does not use a connection that another provider opened to the same address', async () => {
  const upstream = new Upstream({})
  expect(await send(upstream, `http://127.0.0.1:${port}/free`)).toBe(200)
  expect(await send(upstream, guardedUrl(`http://127.0.0.1:${port}/guarded`, 'mine'))).toMatchObject({ code: 'provider-not-configured' })
  await upstream.close()
})

it('refuses before it asks a proxy', async () => {
  const upstream = new Upstream({ HTTPS_PROXY: `http://127.0.0.1:${port}` }, toHere)
  heard.length = 0
  expect(await send(upstream, guardedUrl('http://rebound.test/guarded', 'mine'))).toMatchObject({ code: 'provider-not-configured' })
  expect(heard).toEqual([])
  await upstream.close()
})

it('gives a redirect back and does not follow it', async () => {
  const upstream = new Upstream({})
  heard.length = 0
  expect(await send(upstream, `http://127.0.0.1:${port}/moved`)).toBe(302)
  expect(heard).toEqual(['/moved'])
  await upstream.close()
})
