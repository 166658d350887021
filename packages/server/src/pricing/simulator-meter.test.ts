import { inputTokens, outputTokens } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../providers/simulator/server.ts'
import { simulatorMeter } from './simulator-meter.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

type Sum = { inputTokens: number; outputTokens: number }
const count = async (): Promise<Sum> => (await (await fetch(simulator.url.replace('/v1', '/count'))).json()) as Sum

const tools = [
  { name: 'weather', arguments: { city: 'Zürich', days: 3 } },
  { name: 'clock', arguments: {} },
]
const declared = tools.map(({ name }) => ({ type: 'function', function: { name, parameters: { type: 'object' } } }))

test.each<[string, object, object]>([
  ['a whole answer', { text: 'one two three' }, {}],
  ['a whole answer without usage', { text: 'one two three', usage: null }, {}],
  ['a stream that tells no usage', { text: 'one two three four five' }, { stream: true }],
  ['text beyond the basic plane', { text: '😀 𝒜𝒷 é 漢字 👩‍👩‍👧' }, { stream: true }],
  ['several choices', { text: 'one two three' }, { stream: true, n: 3 }],
  ['reasoning', { text: 'yes', reasoning: 'let me think about that' }, { stream: true }],
  ['calls of tools', { tools }, { stream: true, tools: declared }],
  ['calls of tools, whole', { tools, usage: null }, { tools: declared }],
  ['nothing', { text: '' }, { stream: true }],
  ['a stream cut before its first piece', { text: 'one two three', fault: 'cut', at: 0 }, { stream: true }],
  ['a stream cut in the middle', { text: 'one two three four', fault: 'cut', at: 3 }, { stream: true }],
  ['several choices cut in the middle', { text: 'one two three four', fault: 'cut', at: 2 }, { stream: true, n: 2 }],
  ['an error in the middle', { text: 'one two three four', fault: 500, at: 2 }, { stream: true }],
  ['garbage in the middle', { text: 'one two three four', fault: 'garbage', at: 2 }, { stream: true }],
  ['a slow stream', { text: 'one two', fault: 'slow', chunkMs: 1, delayMs: 1 }, { stream: true }],
  ['a wrong type instead of a stream', { text: 'one two', fault: 'wrong-type' }, { stream: true }],
  ['a whole answer that is cut', { text: 'one two three four', fault: 'cut' }, {}],
  ['garbage instead of an answer', { text: 'one two three four', fault: 'garbage' }, {}],
  ['a wrong type instead of an answer', { text: 'one two', fault: 'wrong-type' }, {}],
  ['a refusal', { text: 'one two', fault: 429 }, {}],
  ['no answer', { text: 'one two', fault: 'refuse' }, { stream: true }],
])('%s is counted as the simulator counts it', async (_, script, more) => {
  const messages = [
    { role: 'system', content: 'Be brief. ✓' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,' } },
      ],
    },
    { role: 'user', content: JSON.stringify(script) },
  ]
  const body = JSON.stringify({ model: 'faults', messages, ...more })
  const meter = simulatorMeter([Buffer.from(body)])
  const before = await count()
  try {
    const response = await fetch(`${simulator.url}/chat/completions`, { method: 'POST', body })
    meter.head(response.status, Object.fromEntries(response.headers))
    for await (const chunk of response.body ?? []) meter.data(Buffer.from(chunk))
  } catch {
    // It broke off, as it should.
  }
  const after = await count()
  const used = meter.used()
  expect({ input: inputTokens(used), output: outputTokens(used) }).toEqual({
    input: after.inputTokens - before.inputTokens,
    output: after.outputTokens - before.outputTokens,
  })
})
