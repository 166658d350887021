import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drained, type Json, type Served, serve } from './testing.ts'

let simulator: Served
beforeAll(async () => {
  simulator = await serve()
})
afterAll(() => simulator.close())

/** How to say one thing to a model in a dialect, and where its text and its error stand in the answer. */
type Way = {
  path(model: string, stream: boolean): string
  body(said: { model: string; text: string; results?: string[]; stream: boolean }): unknown
  text(answer: never): unknown
  error(status: number): Json
}

const chatMessages = (text: string, results: string[] = []) => [
  { role: 'user', content: text },
  ...results.map((content) => ({ role: 'tool', tool_call_id: '1', content })),
]
const openaiError = () => ({ error: { message: expect.any(String), type: expect.any(String), param: null } })
const GEMINI_STATUS: Record<number, string> = { 429: 'RESOURCE_EXHAUSTED', 500: 'INTERNAL' }

const WAYS: Record<string, Way> = {
  'openai-chat': {
    path: () => '/v1/chat/completions',
    body: ({ model, text, results, stream }) => ({ model, stream, messages: chatMessages(text, results) }),
    text: (answer: { choices: { message: { content: string } }[] }) => answer.choices[0]?.message.content,
    error: openaiError,
  },
  'openai-responses': {
    path: () => '/v1/responses',
    body: ({ model, text, results = [], stream }) => ({
      model,
      stream,
      input: [{ role: 'user', content: text }, ...results.map((output) => ({ type: 'function_call_output', call_id: '1', output }))],
    }),
    text: (answer: { output: { content: { text: string }[] }[] }) => answer.output.at(-1)?.content[0]?.text,
    error: openaiError,
  },
  completions: {
    path: () => '/v1/completions',
    body: ({ model, text, stream }) => ({ model, stream, prompt: text }),
    text: (answer: { choices: { text: string }[] }) => answer.choices[0]?.text,
    error: openaiError,
  },
  anthropic: {
    path: () => '/v1/messages',
    body: ({ model, text, results = [], stream }) => ({
      model,
      stream,
      max_tokens: 1000,
      messages: [
        { role: 'user', content: [{ type: 'text', text }] },
        ...results.map((content) => ({ role: 'user', content: [{ type: 'tool_result', tool_use_id: '1', content }] })),
      ],
    }),
    text: (answer: { content: { text: string }[] }) => answer.content[0]?.text,
    error: (status) => ({ type: 'error', error: { type: status === 429 ? 'rate_limit_error' : 'api_error', message: expect.any(String) } }),
  },
  gemini: {
    path: (model, stream) => `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: ({ text, results = [] }) => ({
      contents: [
        { role: 'user', parts: [{ text }] },
        ...results.map((result) => ({ role: 'user', parts: [{ functionResponse: { name: 'f', response: { result } } }] })),
      ],
    }),
    text: (answer: { candidates: { content: { parts: { text: string }[] } }[] }) => answer.candidates[0]?.content.parts[0]?.text,
    error: (code) => ({ error: { code, message: expect.any(String), status: GEMINI_STATUS[code] } }),
  },
  bedrock: {
    path: (model, stream) => `/model/${model}/${stream ? 'converse-stream' : 'converse'}`,
    body: ({ text, results = [] }) => ({
      messages: [
        { role: 'user', content: [{ text }] },
        ...results.map((result) => ({ role: 'user', content: [{ toolResult: { toolUseId: '1', content: [{ text: result }] } }] })),
      ],
    }),
    text: (answer: { output: { message: { content: { text: string }[] } } }) => answer.output.message.content[0]?.text,
    error: () => ({ message: expect.any(String) }),
  },
  cohere: {
    path: () => '/v2/chat',
    body: ({ model, text, results, stream }) => ({ model, stream, messages: chatMessages(text, results) }),
    text: (answer: { message: { content: { text: string }[] } }) => answer.message.content[0]?.text,
    error: () => ({ message: expect.any(String) }),
  },
}

describe.each(Object.entries(WAYS))('%s', (name, way) => {
  const say = (
    model: string,
    content: unknown,
    { stream = false, ...more }: { stream?: boolean; results?: string[] } = {},
    init: RequestInit = {},
  ) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content)
    return simulator.post(way.path(model, stream), way.body({ model, text, stream, ...more }), init)
  }
  const textOf = async (response: Response) => way.text((await response.json()) as never)

  test('echo answers the last user text, and says that it is a simulator', async () => {
    const response = await say('echo', 'hello wörld')
    expect(response.status).toBe(200)
    expect(response.headers.get('x-simulator')).toBe('signalbox')
    expect(await textOf(response)).toBe('hello wörld')
  })

  test('is counted under its name: the same tokens in every dialect', async () => {
    const before = (await simulator.count()).byDialect[name]
    await say('echo', 'eight ch')
    await (await say('echo', 'four', { stream: true })).arrayBuffer()
    const after = (await simulator.count()).byDialect[name]
    expect(after?.calls).toBe((before?.calls ?? 0) + 2)
    expect(after?.inputTokens).toBe((before?.inputTokens ?? 0) + 3)
    expect(after?.nanoUsd).toBe((before?.nanoUsd ?? 0) + 3 * 1000 + 3 * 2000)
  })

  test.skipIf(name === 'completions')('results of tools are echoed, and end the round of calls of a script', async () => {
    expect(await textOf(await say('echo', 'x', { results: ['sunny', 'cold'] }))).toBe('sunny\ncold')
    expect(await textOf(await say('script', { tools: [{ name: 'weather' }] }, { results: ['sunny'] }))).toBe('sunny')
  })

  test('reasoning is said where the dialect can say it, a signature where it has a place, and both cost the same', async () => {
    const script = { text: 'done', reasoning: 'pondering', signature: 'c2lnbmVk' }
    const before = (await simulator.count()).byDialect[name]?.outputTokens ?? 0
    for (const stream of [false, true]) {
      const body = Buffer.from(await (await say('script', script, { stream })).arrayBuffer()).toString('latin1')
      expect(body.includes('pondering')).toBe(name !== 'completions')
      expect(body.includes('c2lnbmVk')).toBe(['openai-responses', 'anthropic', 'gemini', 'bedrock'].includes(name))
      expect(body).toContain('done')
    }
    expect((await simulator.count()).byDialect[name]?.outputTokens).toBe(before + 2 * 4)
  })

  test('hang: what was sent before it is counted when the client gives up', async () => {
    const before = (await simulator.count()).byOutcome.hang?.outputTokens ?? 0
    const gone = new AbortController()
    const response = await say('faults', { text: 'four five', fault: 'hang', at: 1 }, { stream: true }, { signal: gone.signal })
    await expect(readUntil(response, 'four')).resolves.not.toContain('five')
    gone.abort()
    await expect.poll(async () => (await simulator.count()).byOutcome.hang?.outputTokens).toBe(before + 1)
  })

  test.each([429, 500])('the fault %i has the error of the dialect', async (fault) => {
    const response = await say('faults', { fault, retryAfter: 7 }, { stream: true })
    expect(response.status).toBe(fault)
    expect(response.headers.get('retry-after')).toBe('7')
    expect(response.headers.get('x-simulator')).toBe('signalbox')
    expect(await response.json()).toMatchObject(way.error(fault))
  })

  test('refuse, cut and garbage', async () => {
    await expect(say('faults', { fault: 'refuse' })).rejects.toThrow()
    const cut = await drained(await say('faults', { text: 'one two three', fault: 'cut', at: 2 }, { stream: true }))
    expect(cut.failed).toBe(true)
    expect(cut.body.toString('latin1')).toContain('two')
    expect(cut.body.toString('latin1')).not.toContain('three')
    expect(await (await say('faults', { text: 'x', fault: 'garbage' })).text()).toMatch(/^<html>/)
  })

  test('a client that hangs up is counted as far as it was served', async () => {
    const before = (await simulator.count()).byOutcome.aborted?.calls ?? 0
    const gone = new AbortController()
    const response = await say('script', { text: 'aaaa '.repeat(100), chunkMs: 10 }, { stream: true }, { signal: gone.signal })
    await response.body?.getReader().read()
    gone.abort()
    await expect.poll(async () => (await simulator.count()).byOutcome.aborted?.calls).toBe(before + 1)
  })

  test.each<[string, unknown]>([
    ['an unknown model', 'gpt-4o'],
    ['a script that is none', 'script'],
  ])('%s is refused in the shape of the dialect', async (what, model) => {
    const response = await say(String(model), 'hello')
    expect(response.status).toBe(what === 'an unknown model' ? 404 : 400)
    const shape = JSON.stringify(Object.keys((await response.json()) as Json).sort())
    expect(shape).toBe(JSON.stringify(Object.keys((await (await say('faults', { fault: 500 })).json()) as Json).sort()))
  })

  test('what is no JSON, and no conversation', async () => {
    for (const body of ['{', '[]', '{}']) {
      const response = await fetch(`${simulator.origin}${way.path('echo', false)}`, { method: 'POST', body })
      expect(response.status).toBe(400)
      expect(await response.json()).toEqual(expect.any(Object))
    }
  })

  test('GET is refused', async () => {
    expect((await fetch(`${simulator.origin}${way.path('echo', false)}`)).status).toBe(405)
  })
})

test.each(['/openai/v1/chat/completions', '/openai/deployments/echo/chat/completions?api-version=2024-10-21'])(
  "Azure's path %s",
  async (path) => {
    const response = await simulator.post(path, { model: 'echo', messages: [{ role: 'user', content: 'hi' }] })
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'hi' } }] })
  },
)

async function readUntil(response: Response, text: string): Promise<string> {
  const reader = response.body?.getReader()
  let read = ''
  while (!read.includes(text)) {
    const { value, done = true } = (await reader?.read()) ?? {}
    if (done) break
    read += Buffer.from(value ?? []).toString('latin1')
  }
  return read
}
