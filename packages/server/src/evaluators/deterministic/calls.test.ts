import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { describe, expect, it } from 'vitest'
import { prepareScorer } from '../registry.ts'
import { callsIn } from './read-tool-calls.ts'

const outcome = async (id: string, row: EvaluatorRow, params: object = {}) => (await prepareScorer(id, params)).evaluate(row)
const weather = { name: 'weather', arguments: { city: 'Pune', unit: 'C' } }
const search = { name: 'search', arguments: { q: 'trains' } }

describe('calls are read from every dialect', () => {
  const args = JSON.stringify(weather.arguments)
  it.each([
    ['plain', [weather]],
    [
      'chat completions',
      { choices: [{ message: { role: 'assistant', tool_calls: [{ type: 'function', function: { name: 'weather', arguments: args } }] } }] },
    ],
    [
      'a message',
      { role: 'assistant', content: null, tool_calls: [{ id: '1', type: 'function', function: { name: 'weather', arguments: args } }] },
    ],
    ['Responses', { output: [{ type: 'reasoning' }, { type: 'function_call', name: 'weather', arguments: args }] }],
    [
      'Anthropic',
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Well' },
          { type: 'tool_use', name: 'weather', input: weather.arguments },
        ],
      },
    ],
    ['Gemini', { candidates: [{ content: { parts: [{ functionCall: { name: 'weather', args: weather.arguments } }] } }] }],
  ])('%s', (_, answer) => {
    expect(callsIn(answer)).toEqual([{ name: 'weather', args: weather.arguments }])
  })

  it('and a message that has a name is no call', () => {
    expect(callsIn({ role: 'user', name: 'asha', content: 'hello' })).toEqual([])
  })
})

describe('tool-call', () => {
  it.each([
    [[weather, search], [weather, search], {}, 1],
    [[search, weather], [weather, search], {}, 0],
    [[search, weather], [weather, search], { order: 'any' }, 1],
    [[{ name: 'weather', arguments: { city: 'Pune', unit: 'F' } }], [weather], {}, 0.5],
    [[{ name: 'weather', arguments: { city: 'Pune', unit: 'F' } }], [weather], { arguments: 'ignore' }, 1],
    [[weather], ['weather'], {}, 1],
    [[weather, search], [weather], {}, 0],
    [[], [], {}, 1],
  ])('%j against %j with %j is %d', async (output, expected, params, score) => {
    expect(await outcome('tool-call', { output, expected }, params)).toMatchObject({ status: 'scored', score, pass: score === 1 })
  })
})

describe('tool-call-f1', () => {
  const far = { name: 'weather', arguments: { city: 'Goa' } }
  it.each([
    [[weather, search], [weather, search], {}, 1],
    [[far, search], [weather, search], {}, 0.5],
    [[far, search], [weather, search], { match: 'name' }, 1],
    [[weather], ['weather', 'search'], {}, 2 / 3],
    [[weather, far], ['weather'], {}, 1],
    [[], ['weather'], {}, 0],
    [[], [], {}, 1],
  ])('%j against %j with %j is %d', async (output, expected, params, score) => {
    expect(await outcome('tool-call-f1', { output, expected }, params)).toMatchObject({
      status: 'scored',
      score: expect.closeTo(score, 10),
    })
  })
})

describe('trajectory', () => {
  const span = (name: string, more: object = {}) => ({ name, kind: 'tool', ...more })
  const spans = [{ name: 'chat', kind: 'llm' }, span('search', { input: { q: 'trains', page: 1 } }), span('read'), span('answer')]
  it.each([
    [['search', 'answer'], {}, true],
    [['answer', 'search'], {}, false],
    [['search', 'answer'], { mode: 'exact' }, false],
    [['search', 'read', 'answer'], { mode: 'exact' }, true],
    [['answer', 'read', 'search'], { mode: 'any-order' }, true],
    [['answer', 'search'], { mode: 'any-order' }, false],
    [['answer', 'search'], { mode: 'all' }, true],
    [['answer', 'search'], { mode: 'only' }, false],
    [['answer', 'search', 'read', 'other'], { mode: 'only' }, true],
    [[{ name: 'search', arguments: { q: 'trains' } }], {}, true],
    [[{ name: 'search', arguments: { q: 'trains' } }], { arguments: 'exact' }, false],
    [[{ name: 'search', arguments: { q: 'planes' } }], {}, false],
    [['chat', 'search'], { kinds: [] }, true],
    [['search'], { never: ['read'] }, false],
    [['search'], { maxSteps: 2 }, false],
  ])('%j with %j: %s', async (expected, params, pass) => {
    expect(await outcome('trajectory', { output: '', spans, expected }, params)).toMatchObject({
      status: 'scored',
      pass,
      score: pass ? 1 : 0,
    })
  })

  it('counts what failed, and needs nothing expected for it', async () => {
    const row = { output: '', spans: [span('a', { status: 'error' }), span('b', { status: 'ok' })] }
    expect(await outcome('trajectory', row, { maxErrors: 0 })).toMatchObject({ pass: false, reason: '1 spans failed, at most 0 may.' })
    expect(await outcome('trajectory', row, { maxErrors: 1 })).toMatchObject({ pass: true })
    expect(await outcome('trajectory', row)).toMatchObject({ status: 'na' })
    expect(await outcome('trajectory', { output: 'hello', expected: ['a'] })).toMatchObject({ status: 'na' })
  })
})
