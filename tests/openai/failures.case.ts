import OpenAI, {
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
} from 'openai'
import { describe, expect, test } from 'vitest'
import { eventually } from '../signalbox.ts'
import { user, type World } from './world.ts'

/** Errors in the client's own classes, and calls that end early. */
export function failures(world: () => World): void {
  const chat = () => world().openai.chat.completions
  const failure = async (run: Promise<unknown>): Promise<APIError> => {
    const error = await run.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (!(error instanceof APIError)) throw new Error(`expected an error of the client, got ${String(error)}`, { cause: error })
    return error
  }
  const fault = (script: object, stream = false) =>
    chat().create({ model: 'simulator/faults', messages: [user(script)], stream } as OpenAI.ChatCompletionCreateParamsNonStreaming)

  describe('errors of the provider keep their status and class', () => {
    test.each([
      [400, BadRequestError],
      [404, NotFoundError],
      [429, RateLimitError],
      [500, InternalServerError],
      [503, InternalServerError],
    ])('%s', async (status, kind) => {
      for (const stream of [false, true]) {
        const error = await failure(fault({ fault: status }, stream))
        expect(error).toBeInstanceOf(kind)
        expect(error.status).toBe(status)
        expect(error.message).toMatch(/simulator/i)
        const { span } = await world().traceOf({ headers: error.headers ?? new Headers() })
        expect(span).toMatchObject({ status: 'error', provider: 'simulator', outputTokens: 0 })
      }
    })

    test('retry-after is kept', async () => {
      const error = await failure(fault({ fault: 429, retryAfter: 7 }))
      expect(error.headers?.get('retry-after')).toBe('7')
      expect(error.code).toBe('rate_limit_exceeded')
    })

    test('the client tries again when it may', async () => {
      let calls = 0
      world().upstream.reply = (response) => {
        calls++
        if (calls === 1)
          response.writeHead(429, { 'content-type': 'application/json', 'retry-after-ms': '20' }).end('{"error":{"message":"later"}}')
        else
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end('{"choices":[{"index":0,"message":{"role":"assistant","content":"now"}}]}')
      }
      const patient = new OpenAI({ baseURL: `${world().signalbox.url}/v1`, apiKey: world().signalbox.secretKey, maxRetries: 2 })
      const answer = await patient.chat.completions.create({ model: 'own/m', messages: [user('x')] })
      expect(answer.choices[0]?.message.content).toBe('now')
      expect(calls).toBe(2)
    })

    test('what the provider says of a bad request reaches the client', async () => {
      const error = await failure(chat().create({ model: 'simulator/echo', messages: [{ role: 'nobody' as 'user', content: 'x' }] }))
      expect(error).toBeInstanceOf(BadRequestError)
      expect(error).toMatchObject({ status: 400, param: 'messages.0.role', type: 'invalid_request_error' })
    })
  })

  describe('errors of the gateway', () => {
    test('a wrong key', async () => {
      const stranger = new OpenAI({ baseURL: `${world().signalbox.url}/v1`, apiKey: 'sk-sb-not-a-known-key-000', maxRetries: 0 })
      const error = await failure(stranger.chat.completions.create({ model: 'simulator/echo', messages: [user('x')] }))
      expect(error).toBeInstanceOf(AuthenticationError)
      expect(error.status).toBe(401)
      expect(await failure(Promise.resolve(stranger.models.list()))).toBeInstanceOf(AuthenticationError)
    })

    test('an unknown model', async () => {
      const error = await failure(chat().create({ model: 'nowhere/gpt-9', messages: [user('x')] }))
      expect(error).toBeInstanceOf(NotFoundError)
      expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
    })

    test('a provider without its key says which variable is missing', async () => {
      const error = await failure(chat().create({ model: 'keyless/gpt-4o', messages: [user('x')] }))
      expect(error.status).toBe(424)
      expect(error.message).toContain('NOT_SET_ANYWHERE is not set')
    })

    test.each([
      ['nobody listens', 'down/m', {}, 502],
      ['the connection is refused', 'simulator/faults', { fault: 'refuse' }, 502],
      ['our key is refused', 'simulator/faults', { fault: 401 }, 502],
      ['the answer is cut off', 'simulator/faults', { text: 'a b c', fault: 'cut' }, 502],
    ])('%s', async (_, model, script, status) => {
      const error = await failure(chat().create({ model, messages: [user(script)] }))
      expect(error).toBeInstanceOf(InternalServerError)
      expect(error.status).toBe(status)
      expect((await world().traceOf({ headers: error.headers ?? new Headers() })).span.status).toBe('error')
    })

    test.each([
      ['no JSON', '{"model":', 400],
      ['no object', '[]', 400],
      ['no model', '{"messages":[]}', 400],
      ['no messages', '{"model":"simulator/echo"}', 400],
    ])('a body that is %s', async (_, body, status) => {
      const response = await fetch(`${world().signalbox.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${world().signalbox.secretKey}`, 'content-type': 'application/json' },
        body,
      })
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({
        error: { message: expect.any(String), type: 'invalid_request_error', code: expect.any(String) },
      })
    })
  })

  describe('calls that end early', () => {
    test('a stream that is cut off is an error, never a clean end', async () => {
      const { data: stream, response } = await chat()
        .create({ model: 'simulator/faults', messages: [user({ text: 'a b c d e', fault: 'cut', at: 3, chunkMs: 5 })], stream: true })
        .withResponse()
      let text = ''
      const error = await failure(
        (async () => {
          for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
        })(),
      )
      expect(text).toBe('a b c')
      expect(error.message).not.toBe('')
      const { span } = await world().traceOf(response)
      expect(span).toMatchObject({ status: 'error', usageSource: 'estimated' })
      expect(span.outputTokens).toBeGreaterThan(0)
    })

    test('an error event in mid-stream reaches the client', async () => {
      const stream = await chat().create({
        model: 'simulator/faults',
        messages: [user({ text: 'a b c d', fault: 500, at: 2 })],
        stream: true,
      })
      const error = await failure(
        (async () => {
          for await (const _ of stream);
        })(),
      )
      expect(error.message).toMatch(/simulator/i)
    })

    test('an abort in mid-stream cancels the provider, and is on the trace', async () => {
      const before = (await world().simulatorCount()).length
      const { data: stream, response } = await chat()
        .create({ model: 'simulator/script', messages: [user({ text: 'word '.repeat(400), chunkMs: 20 })], stream: true })
        .withResponse()
      let chunks = 0
      for await (const _ of stream) if (++chunks === 4) break
      const line = await eventually(async () => (await world().simulatorCount())[before])
      expect(line).toMatchObject({ outcome: 'aborted', model: 'script' })
      expect(line.output).toBeLessThan(100)
      const { span } = await world().traceOf(response)
      expect(span.status).toBe('aborted')
      expect(span.outputTokens).toBeLessThan(100)
      expect(span.costUsd).not.toBe(null)
    })

    test('an abort before the first byte cancels the provider', async () => {
      const before = (await world().simulatorCount()).length
      const gone = new AbortController()
      const waiting = chat().create(
        { model: 'simulator/script', messages: [user({ text: 'late', delayMs: 20_000 })] },
        { signal: gone.signal },
      )
      // Until the provider has it.
      setTimeout(() => gone.abort(), 2000)
      expect(await failure(waiting)).toBeInstanceOf(APIUserAbortError)
      expect(await eventually(async () => (await world().simulatorCount())[before])).toMatchObject({ outcome: 'aborted' })
    })

    test('a timeout of the client cancels the provider', async () => {
      const before = (await world().simulatorCount()).length
      const waiting = chat().create({ model: 'simulator/faults', messages: [user({ fault: 'hang' })] }, { timeout: 2000 })
      expect(await failure(waiting)).toBeInstanceOf(APIConnectionTimeoutError)
      expect(await eventually(async () => (await world().simulatorCount())[before])).toMatchObject({ outcome: 'hang' })
    })
  })
}
