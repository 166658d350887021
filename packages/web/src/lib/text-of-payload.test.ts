import { describe, expect, it } from 'vitest'
import { parametersOf, textOfPayload, toolName } from './text-of-payload.ts'

const call = { role: 'user', always: true } as const

describe('a payload as one text', () => {
  it('is the conversation, with calls and results of tools', () =>
    expect(
      textOfPayload(
        {
          messages: [
            { role: 'user', content: 'Where is it?' },
            { role: 'assistant', content: null, tool_calls: [{ id: '1', function: { name: 'find', arguments: '{"b":1,"a":2}' } }] },
            { role: 'tool', tool_call_id: '1', content: 'in Bern' },
          ],
        },
        call,
      ),
    ).toBe('user:\nWhere is it?\n\nassistant:\nfind({\n  "a": 2,\n  "b": 1\n})\n\ntool:\ntool → in Bern'))

  it('is the JSON with its fields in order, where it is no conversation', () =>
    expect(textOfPayload({ b: [{ y: 1, x: 2 }], a: null }, { role: 'user', always: false })).toBe(
      JSON.stringify({ a: null, b: [{ x: 2, y: 1 }] }, null, 2),
    ))

  it('is nothing for nothing', () => expect([textOfPayload(null, call), textOfPayload('', call)]).toEqual(['', '']))
})

it('the parameters of a call are what is set, flat, and the names of its tools', () => {
  const body = {
    model: 'gpt-4o',
    temperature: 0.2,
    messages: [],
    response_format: { type: 'json_schema', json_schema: { strict: true } },
    stop: ['a', 'b'],
    tools: [{ type: 'function', function: { name: 'find' } }, { name: 'search' }, { type: 'web_search' }],
  }
  expect([...parametersOf(body)]).toEqual([
    ['model', 'gpt-4o'],
    ['temperature', '0.2'],
    ['response_format.type', 'json_schema'],
    ['response_format.json_schema.strict', 'true'],
    ['stop', '["a","b"]'],
    ['tools', 'find, search, web_search'],
  ])
  expect([...parametersOf('text'), ...parametersOf(null)]).toEqual([])
  expect(toolName('x')).toBe('tool')
})
