import { expect, test } from 'vitest'
import { answered, asked } from './said.ts'

test.each([
  ['one question', { model: 'm', temperature: 0, messages: [{ role: 'user', content: 'Where?' }] }, 'Where?'],
  ['as recorded text', '{"messages":[{"role":"user","content":"Where?"}]}', 'Where?'],
  [
    'a conversation',
    { system: 'Be kind.', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
    [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hi' },
    ],
  ],
  ['of Gemini', { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }, 'Hi'],
  ['what is no conversation', { documents: 3 }, { documents: 3 }],
  ['plain text', 'What now?', 'What now?'],
  ['nothing', '', undefined],
])('asked: %s', (_, recorded, expected) => expect(asked(recorded)).toEqual(expected))

test('a picture is kept with all that was recorded', () => {
  const payload = { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }] }] }
  expect(asked(payload)).toEqual(payload)
})

test.each([
  ['chat', { choices: [{ message: { role: 'assistant', content: 'There.' } }], usage: {} }, 'There.'],
  [
    'messages',
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'There.' },
      ],
    },
    'There.',
  ],
  [
    'a tool',
    {
      choices: [
        { message: { role: 'assistant', content: null, tool_calls: [{ id: 'c', function: { name: 'find', arguments: '{"id":7}' } }] } },
      ],
    },
    { toolCalls: [{ name: 'find', arguments: { id: 7 } }] },
  ],
  ['a value', '42', '42'],
  ['no answer', { ok: true }, { ok: true }],
  ['nothing', null, undefined],
])('answered: %s', (_, recorded, expected) => expect(answered(recorded)).toEqual(expected))
