import { expect, test, vi } from 'vitest'
import { MOST_STEPS, type RunOptions, type RunState, run } from './run.ts'

const HEAD = { head: { status: 200, headers: {} } }
const say = (content: string) => ({ piece: { choices: [{ delta: { content } }] } })
const callTool = (name: string, id: string) => ({
  piece: { choices: [{ delta: { tool_calls: [{ index: 0, id, function: { name, arguments: '{"city":"Rome"}' } }] } }] },
})
type Part = { piece: unknown }

/** Runs a column against answers that are written down, with a clock that goes on by 10 at each look. */
function play(answers: readonly (readonly object[])[], given: Partial<RunOptions> = {}) {
  const requests: { messages: unknown[]; [more: string]: unknown }[] = []
  const told: RunState[] = []
  let time = 0
  const running = run({
    content: { model: { route: 'support', parameters: { maxTokens: 50, temperature: 0 } } },
    messages: [{ role: 'user', content: 'Hello' }],
    traceId: 'f00d',
    mocks: {},
    async *call(request) {
      requests.push(request as never)
      for (const part of answers[requests.length - 1] ?? answers.at(-1) ?? []) yield part as Part
    },
    askFor: () => Promise.reject(new Error('nobody was to be asked')),
    tell: (state) => told.push(state),
    signal: new AbortController().signal,
    now: () => (time += 10),
    ...given,
  } as RunOptions)
  return { running, requests, told }
}

test('an answer grows as it comes, with its times', async () => {
  const { running, requests, told } = play([[HEAD, say('Four '), say('wheels.')]])
  expect(await running).toMatchObject({ status: 'done', steps: [{ answer: { text: 'Four wheels.' }, firstTokenMs: 10, ms: 20 }] })
  expect(told.map(({ steps }) => steps[0]?.answer.text)).toEqual(['', 'Four ', 'Four wheels.', 'Four wheels.', 'Four wheels.'])
  expect(requests).toEqual([
    {
      model: 'support',
      max_tokens: 50,
      temperature: 0,
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
      stream_options: { include_usage: true },
    },
  ])
})

test('a tool with a mock is answered, and the model goes on', async () => {
  const { running, requests } = play(
    [
      [HEAD, callTool('weather', 'call_1')],
      [HEAD, say('Sunny.')],
    ],
    {
      content: { model: { route: 'support' }, tools: [{ name: 'weather' }] },
      mocks: { weather: '{"sky":"clear"}' },
    },
  )
  expect(await running).toMatchObject({
    status: 'done',
    steps: [{ results: { call_1: '{"sky":"clear"}' } }, { answer: { text: 'Sunny.' } }],
  })
  expect(requests[1]?.messages).toEqual([
    { role: 'user', content: 'Hello' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Rome"}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: '{"sky":"clear"}' },
  ])
})

test('a tool without a mock waits for somebody to answer it', async () => {
  const askFor = vi.fn(async () => 'rain')
  const { running, requests, told } = play(
    [
      [HEAD, callTool('weather', 'call_1')],
      [HEAD, say('Wet.')],
    ],
    { askFor },
  )
  expect(await running).toMatchObject({ status: 'done', asks: [] })
  expect(askFor).toHaveBeenCalledOnce()
  expect(told.find(({ status }) => status === 'waiting')?.asks).toMatchObject([{ id: 'call_1', name: 'weather' }])
  expect(requests[1]?.messages.at(-1)).toMatchObject({ content: 'rain' })
})

test('a model that calls tools for ever is stopped', async () => {
  const { running, requests } = play([[HEAD, callTool('weather', 'call_1')]], { mocks: { weather: '' } })
  expect(await running).toMatchObject({ status: 'failed', error: { message: expect.stringContaining(String(MOST_STEPS)) } })
  expect(requests).toHaveLength(MOST_STEPS)
})

test('what fails stays in the column, with what was said before', async () => {
  const { running } = play([], {
    async *call() {
      yield say('Fo') as Part
      throw new Error('no money')
    },
  })
  expect(await running).toMatchObject({ status: 'failed', error: { message: 'no money' }, steps: [{ answer: { text: 'Fo' } }] })
})

test('stopping keeps what was said, also while a tool waits', async () => {
  const stop = new AbortController()
  const { running } = play([], {
    signal: stop.signal,
    async *call() {
      yield say('Fo') as Part
      stop.abort()
      throw stop.signal.reason
    },
  })
  expect(await running).toMatchObject({ status: 'stopped', steps: [{ answer: { text: 'Fo' } }] })
  const later = new AbortController()
  const waiting = play([[HEAD, callTool('weather', 'call_1')]], {
    signal: later.signal,
    askFor: (_, signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        later.abort()
      }),
  })
  expect(await waiting.running).toMatchObject({ status: 'stopped', asks: [] })
})
