// What every client in JavaScript is asked to do against providers that speak another dialect, and what the traces must say
// afterwards. How a client says it stands in its own folder, as a speaker; README.md describes one.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

const { SIGNALBOX_URL: url, SIGNALBOX_KEY: key } = process.env

/** A PNG of one pixel. */
export const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** The simulator answers an image with this many tokens of input, or more. */
const IMAGE_TOKENS = 100

/** Two tools, each a name, a description and a JSON Schema. */
export const TOOLS = [
  {
    name: 'weather',
    description: 'The weather of a city.',
    schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
  },
  {
    name: 'clock',
    description: 'The time in a zone.',
    schema: { type: 'object', properties: { zone: { type: 'string' } }, required: ['zone'], additionalProperties: false },
  },
]

/** What the simulator makes of it is the smallest value that it allows. */
export const SCHEMA = {
  type: 'object',
  properties: { day: { type: 'string', format: 'date' }, sunny: { type: 'boolean' } },
  required: ['day', 'sunny'],
  additionalProperties: false,
}
const SMALLEST = { day: '2000-01-01', sunny: false }

/** Registers the tests of one speaker against each target. `slash` joins provider and model, where a slash is special to the client. */
export function converse(name, speaker, { targets, slash = '/' }) {
  for (const target of targets) {
    describe(`${name} → ${target}`, { concurrency: 4 }, () => {
      const model = (kind) => `${target}${slash}${kind}`
      const connect = (trace, as = key) => speaker.connect({ url, key: as, headers: { traceparent: trace.parent } })
      const script = (value) => JSON.stringify(value)

      test('a whole answer', async () => {
        const trace = newTrace()
        const answer = await speaker.whole(connect(trace), { model: model('echo'), text: 'Grüße, 世界', system: 'Be brief.' })
        assert.equal(answer.text, 'Grüße, 世界')
        const [span] = await trace.spans(1)
        assertPaid(span, { provider: target })
        assert.deepEqual([answer.input, answer.output], [span.inputTokens, span.outputTokens])
      })

      test('a streamed answer', async () => {
        const trace = newTrace()
        const pieces = await collect(speaker.stream(connect(trace), { model: model('echo'), text: 'one two three, 世界 five' }))
        assert.equal(pieces.join(''), 'one two three, 世界 five')
        assert.ok(pieces.filter(Boolean).length > 1, 'it came in one piece')
        const [span] = await trace.spans(1)
        assertPaid(span, { provider: target, stream: true })
      })

      for (const stream of speaker.cannotStreamTools ? [false] : [false, true]) {
        for (const count of [1, 2]) {
          test(`${count === 1 ? 'a tool call' : 'parallel tool calls'} and the round with results${stream ? ', streamed' : ''}`, async () => {
            const trace = newTrace()
            const tools = [
              { name: 'weather', arguments: { city: 'Pune' } },
              { name: 'clock', arguments: { zone: 'Asia/Kolkata' } },
            ].slice(0, count)
            const said = await speaker.tools(connect(trace), {
              model: model('script'),
              text: script({ reasoning: 'Let me see.', tools }),
              stream,
              answer: answerOf,
            })
            assert.deepEqual(said.calls, tools)
            for (const call of tools) assert.ok(said.text.includes(answerOf(call)), `${answerOf(call)} is not in ${said.text}`)
            for (const span of await trace.spans(2)) assertPaid(span, { provider: target, stream })
          })
        }
      }

      if (speaker.thoughts) {
        test('thoughts', async () => {
          const trace = newTrace()
          const text = script({ reasoning: 'Let me see.', text: 'Yes.' })
          assert.equal(await speaker.thoughts(connect(trace), { model: model('script'), text }), 'Let me see.')
          assertPaid((await trace.spans(1))[0], { provider: target })
        })
      }

      if (speaker.json) {
        test('structured output', async () => {
          const trace = newTrace()
          assert.deepEqual(await speaker.json(connect(trace), { model: model('echo'), text: 'Which day?', schema: SCHEMA }), SMALLEST)
          assertPaid((await trace.spans(1))[0], { provider: target })
        })
      }

      test('an image', async () => {
        const trace = newTrace()
        const answer = await speaker.whole(connect(trace), { model: model('echo'), text: 'What is this?', image: PIXEL })
        assert.equal(answer.text, 'What is this?')
        const [span] = await trace.spans(1)
        assertPaid(span, { provider: target })
        assert.ok(span.inputTokens >= IMAGE_TOKENS, `${span.inputTokens} tokens are too few for an image`)
        assert.equal(answer.input, span.inputTokens)
      })

      test('errors are its own', async () => {
        const fails = (status, client, said) =>
          assert.rejects(speaker.whole(client, said), (error) => {
            assert.equal(speaker.statusOf(error), status, String(error))
            const kind = speaker.errors?.[status]
            if (kind) assert.ok(error instanceof kind, `${error} is no ${kind.name}`)
            return true
          })
        await fails(401, connect(newTrace(), 'sk-sb-wrong-wrong-wrong-wrong'), { model: model('echo'), text: 'x' })
        await fails(404, connect(newTrace()), { model: `nobody${slash}nothing`, text: 'x' })
        const trace = newTrace()
        await fails(429, connect(trace), { model: model('faults'), text: script({ fault: 429, retryAfter: 1 }) })
        const [{ status, provider }] = await trace.spans(1)
        assert.deepEqual([status, provider], ['error', target])
      })

      test('an error before a stream begins', async () => {
        const trace = newTrace()
        const stream = () => collect(speaker.stream(connect(trace), { model: model('faults'), text: script({ fault: 429 }) }))
        await assert.rejects(stream, (error) => speaker.statusOf(error) === 429)
      })

      test('a stream that breaks is an error and no clean end', async () => {
        const trace = newTrace()
        const text = script({ text: 'one two three four five six', fault: 'cut', at: 3, chunkMs: 5 })
        const pieces = []
        await assert.rejects(collect(speaker.stream(connect(trace), { model: model('faults'), text }), pieces))
        assert.ok('one two three'.startsWith(pieces.join('')), pieces.join(''))
        assert.equal((await trace.spans(1))[0].status, 'error')
      })

      test('an abort of a stream reaches the provider', async () => {
        const trace = newTrace()
        const gone = new AbortController()
        const text = script({ text: 'word '.repeat(400), chunkMs: 20 })
        let pieces = 0
        try {
          for await (const piece of speaker.stream(connect(trace), { model: model('script'), text, signal: gone.signal })) {
            if (piece && ++pieces === 3) gone.abort()
          }
        } catch (error) {
          if (!gone.signal.aborted) throw error
        }
        assert.ok(pieces >= 3 && pieces < 400, `${pieces} pieces`)
        const [span] = await trace.spans(1)
        assert.equal(span.status, 'aborted')
        assert.ok(span.outputTokens < 400, `${span.outputTokens} tokens came`)
        assert.notEqual(span.costUsd, null)
      })
    })
  }
}

/** A trace of ours: what a call with its `parent` as traceparent leaves in the store. */
function newTrace() {
  const traceId = randomBytes(16).toString('hex')
  return {
    parent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
    /** Its spans, once there are so many that have ended. */
    spans: async (count) => {
      for (let round = 0; round < 200; round++) {
        const response = await fetch(`${url}/api/v1/traces/${traceId}`, { headers: { authorization: `Bearer ${key}` } })
        const { spans = [] } = await response.json()
        if (spans.length >= count) return spans
        await sleep(100)
      }
      throw new Error(`The trace ${traceId} has not ${count} spans after 20 s.`)
    },
  }
}

/** $1 and $2 for a million tokens, as the runner says in signalbox.yaml. */
function assertPaid(span, { provider, stream = false }) {
  assert.deepEqual([span.status, span.provider, span.usageSource, span.stream], ['ok', provider, 'provider', stream])
  assert.ok(span.inputTokens > 0 && span.outputTokens > 0, `${span.inputTokens} and ${span.outputTokens} tokens`)
  assert.equal(Math.round(Number(span.costUsd) * 1e6), span.inputTokens + 2 * span.outputTokens)
}

/** The result of a tool, told apart by its arguments. */
const answerOf = ({ name, arguments: given }) => `${name} says ${Object.values(given).join()} is fine`

async function collect(stream, into = []) {
  for await (const piece of stream) into.push(piece)
  return into
}
