import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { always } from './upstream.ts'
import { user, type World } from './world.ts'

/** What stands between client and provider must not be noticed by either. */
export function bytes(world: () => World): void {
  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${world().signalbox.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world().signalbox.secretKey}`, 'content-type': 'application/json', ...headers },
      body: new Uint8Array(Buffer.from(body)),
    })

  describe('what the provider receives', () => {
    test('every byte but the name of the model', async () => {
      world().upstream.reply = always('{"choices":[]}')
      const body = (model: string) =>
        `{ "temperature":1.0,\n\t"unknown_parameter" : {"b":1e400,"a":[ 12345678901234567890, null ]}, "messages":[{"role":"user","content":"caf\\u00e9 \\"model\\":\\"x\\" \u{1F600}", "odd":0.10}],\r\n "model" : "${model}" , "x":{"model":"own/m"} } `
      await post(body('own/m'))
      expect(world().upstream.last().body.toString()).toBe(body('m'))
    })

    test('unknown parameters of the official client', async () => {
      world().upstream.reply = always('{"choices":[]}')
      const params = { model: 'own/m', messages: [user('x')], reasoning_effort: 'ultra', provider: { order: ['a', 'b'] }, seed: 7 }
      await world().openai.chat.completions.create(params as never)
      expect(JSON.parse(world().upstream.last().body.toString())).toEqual({ ...params, model: 'm' })
    })

    test('the key of the provider, never the one of the client, and no header of ours', async () => {
      world().upstream.reply = always('{"choices":[]}')
      await post('{"model":"own/m","messages":[]}', {
        'x-signalbox-user': 'u',
        cookie: 'a=b',
        'x-custom': 'kept',
        'openai-beta': 'assistants=v2',
        'idempotency-key': 'k1',
      })
      const { headers, path } = world().upstream.last()
      expect(path).toBe('/v1/chat/completions')
      expect(headers).toMatchObject({
        authorization: 'Bearer upstream-secret',
        'x-team': 'blue',
        'x-custom': 'kept',
        'openai-beta': 'assistants=v2',
        'idempotency-key': 'k1',
      })
      expect(Object.keys(headers).filter((name) => name.startsWith('x-signalbox') || name === 'cookie')).toEqual([])
      expect(JSON.stringify(headers)).not.toContain('sk-sb-')
    })

    test('8 MB of image, untouched', async () => {
      world().upstream.reply = (response, received) =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            choices: [
              {
                index: 0,
                message: { role: 'assistant', content: createHash('sha256').update(received.body).digest('hex') },
                finish_reason: 'stop',
              },
            ],
          }),
        )
      const image = Buffer.alloc(6 * 1024 * 1024, 7).toString('base64')
      const messages = [
        { role: 'user' as const, content: [{ type: 'image_url' as const, image_url: { url: `data:image/jpeg;base64,${image}` } }] },
      ]
      const { data, response } = await world().openai.chat.completions.create({ model: 'own/m', messages }).withResponse()
      const sent = JSON.stringify({ model: 'm', messages })
      expect(sent.length).toBeGreaterThan(8 * 1024 * 1024)
      expect(data.choices[0]?.message.content).toBe(createHash('sha256').update(sent).digest('hex'))
      expect((await world().traceOf(response)).span.status).toBe('ok')
    })

    test('a body over the limit is refused with the limit in words, before it is sent', async () => {
      const { hostname, port } = new URL(world().signalbox.url)
      const call = request({
        hostname,
        port,
        path: '/v1/chat/completions',
        method: 'POST',
        headers: { authorization: `Bearer ${world().signalbox.secretKey}`, 'content-length': 33_554_433 },
      })
      call.on('error', () => {})
      call.write('{"model":"own/m"')
      const [response] = (await once(call, 'response')) as [IncomingMessage]
      expect(response.statusCode).toBe(413)
      expect(JSON.parse(await text(response))).toMatchObject({
        error: { message: expect.stringContaining('33554432'), type: 'invalid_request_error', code: 'payload_too_large' },
      })
      call.destroy()
    })

    test('usage is asked for on a stream, beside what the client set', async () => {
      world().upstream.reply = always('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n', {
        'content-type': 'text/event-stream',
      })
      await (await post('{"model":"own/m","stream":true,"messages":[],"stream_options":{"include_obfuscation":false}}')).text()
      expect(JSON.parse(world().upstream.last().body.toString())).toEqual({
        model: 'm',
        stream: true,
        messages: [],
        stream_options: { include_obfuscation: false, include_usage: true },
      })
    })
  })

  describe('what the client receives', () => {
    test('a whole answer, byte for byte, with the headers of the provider', async () => {
      const answer =
        '{ "id":"x",\n"unknown":{"z":1.10,"a":[]}, "choices":[{"index":0,"message":{"role":"assistant","content":"h\\u00e9","new_field":true},"finish_reason":"stop"}] }\n'
      world().upstream.reply = always(answer, {
        'content-type': 'application/json',
        'x-request-id': 'req_1',
        'x-ratelimit-remaining-requests': '9',
        connection: 'keep-alive',
        'keep-alive': 'timeout=120',
      })
      const response = await post('{"model":"own/m","messages":[]}')
      expect(await response.text()).toBe(answer)
      expect(response.headers.get('x-request-id')).toBe('req_1')
      expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9')
      expect(response.headers.get('keep-alive')).not.toBe('timeout=120')
      expect(response.headers.get('x-signalbox-trace-id')).toMatch(/^[0-9a-f]{32}$/)
    })

    const CHUNK =
      'data: {"id":"c", "object":"chat.completion.chunk","model":"m-1","choices":[{"index":0,"delta":{"content":"Grüße 😀","new":[1.0]},"finish_reason":null}],"vendor":{"x":1.50}}\n\n'
    const ODD = ': keep-alive\n\nevent: vendor.progress\nid: 7\nretry: 10\ndata: {"percent":\ndata: 50}\n\ndata:{"id":"c","choices":[]}\n\n'
    const FINISH = 'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    const USAGE = 'data: {"id":"c","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}}\n\n'
    const DONE = 'data: [DONE]\n\n'

    test.each([
      ['asked for', ',"stream_options":{"include_usage":true}', CHUNK + ODD + FINISH + USAGE + DONE],
      ['not asked for', '', CHUNK + ODD + FINISH + DONE],
    ])('a stream, byte for byte, usage %s', async (_, options, expected) => {
      const sent = Buffer.from(CHUNK + ODD + FINISH + USAGE + DONE)
      // In pieces that cut events, names and letters in two.
      world().upstream.reply = async (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (let at = 0; at < sent.length; at += 37) {
          response.write(sent.subarray(at, at + 37))
          await sleep(1)
        }
        response.end()
      }
      const response = await post(`{"model":"own/m","stream":true,"messages":[]${options}}`)
      expect(await response.text()).toBe(expected)
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/)
      const { span } = await world().traceOf(response)
      expect(span).toMatchObject({ inputTokens: 9, outputTokens: 4, usageSource: 'provider', model: 'm-1', costUsd: '0.000087' })
    })

    test('CRLF line ends stay as they are', async () => {
      const sent = (CHUNK + FINISH + DONE).replaceAll('\n', '\r\n')
      world().upstream.reply = always(sent, { 'content-type': 'text/event-stream' })
      expect(await (await post('{"model":"own/m","stream":true,"messages":[]}')).text()).toBe(sent)
    })

    test('usage beside content is content: it passes, and it counts', async () => {
      const sent = CHUNK + FINISH.replace('}]}', '}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}') + DONE
      world().upstream.reply = always(sent, { 'content-type': 'text/event-stream' })
      const response = await post('{"model":"own/m","stream":true,"messages":[]}')
      expect(await response.text()).toBe(sent)
      expect((await world().traceOf(response)).span).toMatchObject({ inputTokens: 3, outputTokens: 2, usageSource: 'provider' })
    })

    test('a provider that leaves [DONE] out ends cleanly when it said why', async () => {
      world().upstream.reply = always(CHUNK + FINISH, { 'content-type': 'text/event-stream' })
      const response = await post('{"model":"own/m","stream":true,"messages":[]}')
      expect(await response.text()).toBe(CHUNK + FINISH)
      expect((await world().traceOf(response)).span).toMatchObject({ status: 'ok', finishReason: 'stop' })
    })

    test('an end without a reason is an error event', async () => {
      world().upstream.reply = always(CHUNK, { 'content-type': 'text/event-stream' })
      const response = await post('{"model":"own/m","stream":true,"messages":[]}')
      const text = await response.text()
      expect(text.startsWith(CHUNK)).toBe(true)
      expect(JSON.parse(text.slice(CHUNK.length).replace('data: ', ''))).toMatchObject({ error: { type: 'server_error' } })
      expect((await world().traceOf(response)).span.status).toBe('error')
    })

    test('an error of the provider, byte for byte', async () => {
      const error = '{"error":{"message":"no such thing","type":"invalid_request_error","param":"x","code":"odd_code","inner":{"a":1.0}}}'
      world().upstream.reply = (response) => void response.writeHead(422, { 'content-type': 'application/json' }).end(error)
      const response = await post('{"model":"own/m","messages":[]}')
      expect(response.status).toBe(422)
      expect(await response.text()).toBe(error)
    })
  })
}
