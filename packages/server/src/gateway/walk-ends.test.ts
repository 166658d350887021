import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bodyOf, clients, heard } from './clients.case.ts'
import { mocks, play } from './mock-providers.case.ts'
import { type Behaviour, errorEvents, good, json, nothing, startOf, startWalk, streamHead, type Target, type Walk } from './walk.case.ts'
import { until } from './world.case.ts'

let walk: Walk
beforeEach(async () => {
  walk = await startWalk()
})
afterEach(() => walk.close())

describe('what is the last word', () => {
  const ask = clients['openai-chat'].ask
  const failing: Behaviour = json(503, { error: { message: 'no room' } })
  const behave500 = (shouldRetry: string) => {
    walk.behave = { first: json(500, {}, { 'x-should-retry': shouldRetry }) }
  }

  test('where every target fails, the failure of the last one, and that a client need not try again', async () => {
    walk.behave = {
      first: json(500, { error: { message: 'one' } }),
      second: json(429, { error: { message: 'two' } }, { 'x-should-retry': 'true' }),
    }
    const got = await walk.world.send(ask('own-openai-chat', true))
    expect([got.status, JSON.parse(got.text)]).toEqual([429, { error: { message: 'two' } }])
    expect(got.headers).toMatchObject({ 'x-should-retry': 'false', 'x-signalbox-attempts': '2' })
    const [end] = (await walk.world.recorded()).ends
    expect(end).toMatchObject({ status: 'error', httpStatus: 429, body: got.text })
    expect(end?.attempts.map(({ failure }) => failure)).toEqual(['server', 'rate'])
  })

  test('the same for an error of ours', async () => {
    walk.behave = { first: failing }
    walk.alias('lost', [
      ['first', 'openai-chat'],
      ['gone', 'openai-chat'],
    ])
    const got = await walk.world.send(ask('lost', false))
    expect([got.status, got.headers['x-should-retry'], JSON.parse(got.text).error.code]).toEqual([502, 'false', 'provider_failed'])
  })

  test('provider/model is never tried twice, and its client may try again', async () => {
    walk.behave = { first: failing, keyed: json(401, {}) }
    const got = await walk.world.send(ask(`first-openai-chat/gpt-4o`, false))
    expect([got.status, got.headers['x-signalbox-attempts'], got.headers['x-should-retry'], walk.world.seen.length]).toEqual([
      503,
      '1',
      undefined,
      1,
    ])
    await walk.world.send(ask(`keyed-openai-chat/gpt-4o`, false))
    expect(walk.seenAt('keyed').length).toBe(1)
    // But the next call knows of the key.
    await walk.world.send(ask(`keyed-openai-chat/gpt-4o`, false))
    expect(walk.seenAt('keyed').map(({ headers }) => headers.authorization)).toEqual(['Bearer key-0', 'Bearer key-1'])
  })

  test('a bad request is nobody else’s to answer', async () => {
    walk.behave = { first: json(400, { error: { message: 'no messages', type: 'invalid_request_error' } }), second: good('openai-chat') }
    const got = await walk.world.send(ask('own-openai-chat', false))
    expect([got.status, walk.world.seen.length]).toEqual([400, 1])
  })

  test('a target that says so is not asked again', async () => {
    behave500('false')
    walk.alias('asked', [['first', 'openai-chat']], { retries: { attempts: 3, total: 8, backoffMs: 1, maxWaitMs: 5000 } })
    expect([(await walk.world.send(ask('asked', false))).status, walk.world.seen.length]).toEqual([500, 1])
    behave500('true')
    await walk.world.send(ask('asked', false))
    expect(walk.world.seen.length).toBe(5)
  })

  test('403 without money is a matter of money', async () => {
    walk.behave = { first: json(403, { error: 'Your team has used all available credits' }), second: good('openai-chat') }
    const got = await walk.world.send(ask('own-openai-chat', false))
    expect([got.status, (await walk.world.recorded()).ends[0]?.attempts[0]?.failure]).toEqual([200, 'quota'])
  })

  test('a context that is too long is', async () => {
    walk.behave = {
      first: json(400, { error: { message: 'too long', code: 'context_length_exceeded' } }),
      second: good('openai-chat'),
    }
    expect((await walk.world.send(ask('own-openai-chat', false))).status).toBe(200)
    expect((await walk.world.recorded()).ends[0]?.attempts[0]?.failure).toBe('context-length')
  })

  test('no more tries than the budget of the call', async () => {
    walk.behave = { first: failing, second: failing, third: failing }
    const targets: Target[] = [
      ['first', 'openai-chat'],
      ['second', 'openai-chat'],
      ['third', 'openai-chat'],
    ]
    walk.alias('tight', targets, { retries: { attempts: 5, total: 2, backoffMs: 0, maxWaitMs: 0 } })
    const got = await walk.world.send(ask('tight', false))
    expect([got.status, got.headers['x-signalbox-attempts'], walk.world.seen.length]).toEqual([503, '2', 2])
  })

  test('the same target again, where that may help', async () => {
    let calls = 0
    walk.behave = { first: (response, request) => (++calls < 3 ? json(500, {}) : good('openai-chat'))(response, request) }
    walk.alias('again', [['first', 'openai-chat']], { retries: { attempts: 2, total: 8, backoffMs: 1, maxWaitMs: 5000 } })
    const got = await walk.world.send(ask('again', true))
    expect([got.status, got.headers['x-signalbox-attempts'], bodyOf('openai-chat', got, true).choices?.length]).toEqual([200, '3', 1])
    expect((await walk.world.recorded()).ends[0]?.attempts.map(({ reason }) => reason)).toEqual([
      undefined,
      'again after server',
      'again after server',
    ])
  })

  test('the time of the whole call ends it, whichever try that is', async () => {
    walk.behave = { first: failing, second: nothing, third: good('openai-chat') }
    const targets: Target[] = [
      ['first', 'openai-chat'],
      ['second', 'openai-chat'],
      ['third', 'openai-chat'],
    ]
    walk.alias('brief', targets, { timeouts: { totalMs: 100 } })
    const got = await walk.world.send(ask('brief', false))
    expect([got.status, got.headers['x-signalbox-attempts'], walk.seenAt('third').length]).toEqual([504, '2', 0])
    expect(JSON.parse(got.text).error.message).toContain('time for the call')
  })

  test('a wait for the retry-after is not longer than the time of the call', async () => {
    walk.behave = { first: json(429, {}, { 'retry-after': '4' }) }
    walk.alias('short', [['first', 'openai-chat']], {
      retries: { attempts: 3, total: 8, backoffMs: 1, maxWaitMs: 60_000 },
      timeouts: { totalMs: 2000 },
    })
    const got = await walk.world.send(ask('short', false))
    expect([got.status, got.headers['retry-after'], walk.world.seen.length]).toEqual([429, '4', 1])
  })

  describe('where a breaker is open', () => {
    const guarded = (cooldownSeconds: number, more = {}) =>
      walk.alias(
        'guarded',
        [
          ['first', 'openai-chat'],
          ['second', 'openai-chat'],
        ],
        { breaker: { failures: 1, ratio: 0.1, windowSeconds: 30, cooldownSeconds }, ...more },
      )
    const send = () => walk.world.send(ask('guarded', false))
    const PATIENT = { attempts: 0, total: 8, backoffMs: 1, maxWaitMs: 60_000 }

    test('a target that is left alone is waited for when the others have failed', async () => {
      guarded(3, { retries: PATIENT })
      walk.behave = { first: failing, second: good('openai-chat') }
      await send()
      // The first is left alone now, and the second fails as well.
      walk.behave = { first: good('openai-chat'), second: failing }
      const got = await send()
      expect([got.status, got.headers['x-signalbox-provider'], got.headers['x-signalbox-attempts']]).toEqual([
        200,
        'first-openai-chat',
        '2',
      ])
      const { ends } = await walk.world.recorded()
      expect(ends[1]?.attempts).toMatchObject([
        { provider: 'second-openai-chat', failure: 'overloaded' },
        { provider: 'first-openai-chat', reason: 'after overloaded at second-openai-chat/gpt-4o' },
      ])
    })

    test('of all of them, calls wait for the first whose time is over, and one of them tries it', async () => {
      guarded(3, { retries: PATIENT })
      walk.behave = { first: failing, second: failing }
      expect((await send()).status).toBe(503)
      const asked = walk.world.seen.length
      walk.behave = { first: good('openai-chat'), second: good('openai-chat') }
      const all = await Promise.all(Array.from({ length: 8 }, send))
      expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
      expect(walk.world.seen.length).toBe(asked + 8)
      const { ends } = await walk.world.recorded()
      expect(ends.slice(1).every(({ status, attempts }) => status === 'ok' && attempts.length === 1)).toBe(true)
      expect(ends.at(-1)?.route?.reason).toContain('all are left alone')
    })

    test('of all of them for longer than a call may wait, it is told at once when to come again', async () => {
      guarded(60)
      walk.behave = { first: failing, second: failing }
      await send()
      const asked = walk.world.seen.length
      const got = await send()
      expect([got.status, walk.world.seen.length]).toEqual([503, asked])
      expect(Number(got.headers['retry-after'])).toBeGreaterThan(50)
      expect(Number(got.headers['retry-after'])).toBeLessThanOrEqual(60)
      expect(JSON.parse(got.text).error).toMatchObject({
        message: expect.stringMatching(/^Every target of guarded is left alone; .*overloaded/),
      })
      expect((await walk.world.recorded()).ends[1]).toMatchObject({
        status: 'error',
        errorType: 'unavailable',
        httpStatus: 503,
        attempts: [],
        cost: 0,
        costReason: 'No provider was asked.',
      })
    })

    test('no longer than the whole call may take', async () => {
      guarded(30, { retries: PATIENT, timeouts: { totalMs: 1000 } })
      walk.behave = { first: failing, second: failing }
      await send()
      const asked = walk.world.seen.length
      const got = await send()
      expect([got.status, walk.world.seen.length]).toEqual([503, asked])
      expect(Number(got.headers['retry-after'])).toBeGreaterThan(20)
    })

    test('a client that leaves while its call waits is recorded, and nobody is asked', async () => {
      guarded(30, { retries: PATIENT })
      walk.behave = { first: failing, second: failing }
      await send()
      const asked = walk.world.seen.length
      const started = async () => (await walk.world.recorded()).starts.length === 2
      await walk.world.send({ ...ask('guarded', false), abortWhen: until(started) })
      await until(async () => (await walk.world.recorded()).ends.length === 2)
      expect((await walk.world.recorded()).ends[1]).toMatchObject({ status: 'aborted', attempts: [], cost: 0 })
      expect(walk.world.seen.length).toBe(asked)
    })
  })

  test('a target that keeps failing is left alone, and found again', async () => {
    walk.behave = { first: failing, second: good('openai-chat') }
    walk.alias(
      'guarded',
      [
        ['first', 'openai-chat'],
        ['second', 'openai-chat'],
      ],
      {
        breaker: { failures: 3, ratio: 0.5, windowSeconds: 30, cooldownSeconds: 1 },
      },
    )
    for (let at = 0; at < 6; at++) expect((await walk.world.send(ask('guarded', false))).status).toBe(200)
    expect(walk.seenAt('first').length).toBe(3)
    walk.behave.first = good('openai-chat')
    await until(async () => (await walk.world.send(ask('guarded', false))).headers['x-signalbox-provider'] === 'first-openai-chat')
    expect(walk.seenAt('first').length).toBe(4)
  })
})

describe('a client that hangs up', () => {
  const ask = clients['openai-chat'].ask

  test.each([false, true])('reaches the target that is tried now, and no other one is: streamed %s', async (stream) => {
    const heardOf = Promise.withResolvers<void>()
    walk.behave = { first: json(500, {}), second: () => heardOf.resolve(), third: good('openai-chat') }
    const targets: Target[] = [
      ['first', 'openai-chat'],
      ['second', 'openai-chat'],
      ['third', 'openai-chat'],
    ]
    walk.alias('three', targets, { timeouts: {} })
    await walk.world.send({ ...ask('three', stream), abortWhen: heardOf.promise })
    await until(() => walk.seenAt('second')[0]?.aborted === true)
    await until(async () => (await walk.world.recorded()).ends.length === 1)
    const [end] = (await walk.world.recorded()).ends
    expect(end).toMatchObject({ status: 'aborted', httpStatus: 499, provider: 'second-openai-chat' })
    expect(end?.attempts).toMatchObject([{ status: 500, failure: 'server' }, { status: 499 }])
    expect(walk.seenAt('third').length).toBe(0)
  })

  test('ends a wait at once', async () => {
    const heardOf = Promise.withResolvers<void>()
    walk.behave = {
      first: (response, request) => {
        json(429, {}, { 'retry-after': '30' })(response, request)
        // Until it has heard of that, and waits.
        setTimeout(heardOf.resolve, 500)
      },
    }
    walk.alias('patient', [['first', 'openai-chat']], { retries: { attempts: 3, total: 8, backoffMs: 1, maxWaitMs: 60_000 } })
    await walk.world.send({ ...ask('patient', false), abortWhen: heardOf.promise })
    await until(async () => (await walk.world.recorded()).ends.length === 1)
    const [end] = (await walk.world.recorded()).ends
    expect(end).toMatchObject({ status: 'aborted', httpStatus: 499 })
    expect(end?.attempts).toMatchObject([{ status: 429, failure: 'rate' }])
    expect(walk.world.seen.length).toBe(1)
  })

  test('is not waited for where it left before anything began', async () => {
    walk.behave = { first: nothing }
    // Earlier there may be no call yet that could be recorded.
    const leaves = until(() => walk.world.seen.length === 1)
    walk.alias('slow', [['first', 'openai-chat']], { timeouts: {} })
    await walk.world.send({ ...ask('slow', true), abortWhen: leaves })
    await until(async () => (await walk.world.recorded()).ends.length === 1)
    await until(() => walk.world.seen.every(({ aborted }) => aborted))
  })
})

describe('what is held back', () => {
  test('reasoning is content: a target that thinks aloud has answered', async () => {
    const thinks =
      'data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","reasoning_content":"Hm"},"finish_reason":null}]}\n\n'
    walk.behave = {
      first: (response) => {
        streamHead(response, 'openai-chat').write(thinks)
        setTimeout(() => response.destroy(), 15)
      },
      second: good('openai-chat'),
    }
    for (const client of ['openai-chat', 'anthropic'] as const) {
      const model = client === 'anthropic' ? 'home-anthropic' : 'own-openai-chat'
      const got = await walk.world.send(clients[client].ask(model, true))
      expect([got.text.includes('Hm'), /error/.test(got.text), walk.seenAt('second').length]).toEqual([true, true, 0])
    }
  })

  test('nothing, where no other try can follow', async () => {
    const first = Promise.withResolvers<void>()
    walk.behave = { first: startOf('openai-chat', 1, (response) => void first.promise.then(() => response.destroy())) }
    walk.alias('only', [['first', 'openai-chat']], { timeouts: {} })
    for (const model of ['only', 'first-openai-chat/gpt-4o']) {
      const got = await walk.world.send({ ...clients['openai-chat'].ask(model, true), abortAfter: 10 })
      expect(got.text).toContain('"role":"assistant"')
    }
    first.resolve()
  })

  test('an answer without content is an answer, and has its prelude', async () => {
    const [start = ''] = mocks['openai-chat'].stream as string[]
    const end = `data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`
    walk.behave = { first: (response) => streamHead(response, 'openai-chat').end(start + end), second: good('openai-chat') }
    const got = await walk.world.send(clients['openai-chat'].ask('own-openai-chat', true))
    expect([got.text, got.headers['x-signalbox-attempts']]).toEqual([start + end, '1'])
  })

  test('the prelude goes out with the error where that is the last word', async () => {
    const bad = startOf('anthropic', 2, (response) => response.end(errorEvents.anthropic))
    walk.behave = { first: bad, second: bad }
    const got = await walk.world.send(clients.anthropic.ask('own-anthropic', true))
    expect(got.text).toBe(mocks.anthropic.stream.slice(0, 2).join('') + errorEvents.anthropic)
    expect(got.headers['x-signalbox-attempts']).toBe('2')
    expect((await walk.world.recorded()).ends[0]).toMatchObject({ status: 'error', body: got.text, responseBytes: got.text.length })
  })

  test('a whole answer to a client that asked for a stream reaches it as what it is', async () => {
    walk.behave = { first: (response) => play(response, 'openai-chat', { stream: false }), second: good('openai-chat') }
    const got = await walk.world.send(clients['openai-chat'].ask('own-openai-chat', true))
    expect(got.headers['content-type']).toBe('application/json')
    expect(clients['openai-chat'].read(JSON.parse(got.text))).toEqual(heard)
  })

  test('a JSON array of Gemini is one array, whichever target fails', async () => {
    walk.behave = { first: json(500, {}), second: good('anthropic') }
    for (const first of ['gemini', 'openai-chat'] as const) {
      walk.alias('array', [
        ['first', first],
        ['second', 'anthropic'],
      ])
      const path = '/v1beta/models/array:streamGenerateContent'
      const got = await walk.world.send({ ...clients.gemini.ask('array', true), path })
      expect([got.headers['content-type'], got.headers['x-signalbox-attempts']]).toEqual(['application/json', '2'])
      const events = JSON.parse(got.text) as object[]
      const folded = bodyOf('gemini', { ...got, text: events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') }, true)
      expect(clients.gemini.read(folded)).toEqual(heard)
    }
  })

  test('what the target that answered cannot carry is named, not what the others could not', async () => {
    walk.behave = { first: json(500, {}), second: good('openai-chat') }
    const asked = clients['openai-chat'].ask('x', false)
    walk.alias('drops', [
      ['first', 'anthropic'],
      ['second', 'openai-chat'],
    ])
    const got = await walk.world.send({ ...asked, body: { ...asked.body, model: 'drops', logit_bias: { 1: 1 } } })
    expect([got.status, got.headers['x-signalbox-dropped']]).toEqual([200, undefined])
    walk.behave = { first: json(500, {}), second: good('anthropic') }
    walk.alias('others', [
      ['first', 'openai-chat'],
      ['second', 'anthropic'],
    ])
    const other = await walk.world.send({ ...asked, body: { ...asked.body, model: 'others', logit_bias: { 1: 1 } } })
    expect([other.status, other.headers['x-signalbox-dropped']]).toEqual([200, 'logit_bias'])
  })

  test('what a failed try used, where it said so, stands with that try', async () => {
    walk.behave = { first: startOf('anthropic', 1, (response) => response.destroy()), second: good('anthropic') }
    await walk.world.send(clients.anthropic.ask('own-anthropic', true))
    const [end] = (await walk.world.recorded()).ends
    expect(end?.attempts[0]).toMatchObject({ failure: 'transport', usage: { input: 10, output: 1 } })
    expect(end?.attempts[0]?.cost).toBeGreaterThan(0)
    expect(end).toMatchObject({ usage: { input: 10, output: 5 } })
  })
})
