import { expect, test } from 'vitest'
import { answerIdOf } from './answer-id.ts'

const langchain = (response_metadata: object) =>
  JSON.stringify({
    generations: [[{ text: '', message: { lc: 1, id: ['langchain'], kwargs: { response_metadata, id: 'lc_run--12345678' } } }]],
  })

test.each([
  ['OpenAI', '{"id":"chatcmpl-12345678","choices":[{"message":{"tool_calls":[{"id":"call_12345678"}]}}]}', 'chatcmpl-12345678'],
  ['Anthropic, whose model may stand first', '{"model":"m","id":"msg_12345678","type":"message","content":[]}', 'msg_12345678'],
  ['Gemini', '{"candidates":[{"content":{"parts":[]}}],"usageMetadata":{"totalTokenCount":1},"responseId":"abcdefgh1"}', 'abcdefgh1'],
  ['white space', ' {\n  "object": "x",\n  "id": "chatcmpl-12345678"}', 'chatcmpl-12345678'],
  ['the id of something inside', '{"choices":[{"id":"call_12345678"}]}', ''],
  ['text', 'my "id":"chatcmpl-12345678"', ''],
  ['an id that could be anything', '{"id":"1"}', ''],
  ['LangChain', langchain({ id: 'chatcmpl-12345678' }), 'chatcmpl-12345678'],
  ['LangChain, streamed, where only its own id is left', langchain({}), ''],
  ['LangChain, broken off', langchain({ id: 'chatcmpl-12345678' }).slice(0, -20), ''],
  ['LangChain without a message', '{"generations":[[null]]}', ''],
  ['nothing', '', ''],
])('%s', (_name, json, id) => {
  expect(answerIdOf(json)).toBe(id)
})
