import { type ClientFeatures, type Feature, PNG, SCHEMA } from './feature.ts'

const HELLO = { role: 'user', content: 'Hello' }
const tool = { type: 'function', function: { name: 'weather', description: 'Says the weather', parameters: SCHEMA } }
const withTool = { tools: [tool] }
const parameter = (what: string, request: Feature['request'], mark = String(Object.values(request)[0])): Feature => ({
  what,
  request,
  mark,
})
const image = (more: object = {}, url = `data:image/png;base64,${PNG}`) => ({
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Hello' },
        { type: 'image_url', image_url: { url, ...more } },
      ],
    },
  ],
})
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bonn"}' } }
const called = (result: unknown, more: object = {}) => ({
  ...withTool,
  messages: [HELLO, { role: 'assistant', tool_calls: [call], ...more }, { role: 'tool', tool_call_id: 'call_1', content: result }],
})
const history = (message: object) => ({ messages: [HELLO, { role: 'assistant', ...message }, HELLO] })
const text = { type: 'text', text: 'Hi' }

/** Cohere's chat, version 2. */
export const cohereFeatures: ClientFeatures = {
  smallest: { model: 'm', messages: [HELLO] },
  features: [
    { what: 'system message', request: { messages: [{ role: 'system', content: 'Be brief' }, HELLO] }, mark: 'Be brief' },
    { what: 'image as base64', request: image(), mark: PNG },
    { what: 'image by URL', request: image({}, 'https://example.org/a.png'), mark: 'https://example.org/a.png' },
    { what: '`detail` of an image', request: image({ detail: 'low' }), without: image(), mark: '"low"' },
    {
      what: '`documents`',
      request: { documents: [{ id: 'doc-1', data: { title: 'Facts', snippet: 'Grass is green' } }] },
      mark: 'Grass is green',
    },
    { what: 'tools', request: withTool, mark: 'Says the weather' },
    { what: '`strict_tools`', request: { ...withTool, strict_tools: true }, without: withTool, mark: '"strict_tools":true' },
    { what: '`tool_choice` REQUIRED', request: { ...withTool, tool_choice: 'REQUIRED' }, without: withTool, mark: '"REQUIRED"' },
    { what: '`tool_choice` NONE', request: { ...withTool, tool_choice: 'NONE' }, without: withTool, mark: '"NONE"' },
    { what: 'calls and results of tools', request: called('rain'), mark: 'rain' },
    { what: 'documents in a result', request: called([{ type: 'document', document: { data: { sky: 'rain' } } }]), mark: 'rain' },
    {
      what: '`tool_plan` in the history',
      request: called('rain', { tool_plan: 'I will look' }),
      without: called('rain'),
      mark: 'I will look',
    },
    {
      what: 'thinking in the history',
      request: history({ content: [{ type: 'thinking', thinking: 'pondering' }, text] }),
      without: history({ content: [text] }),
      mark: 'pondering',
    },
    {
      what: 'citations in the history',
      request: history({ content: [text], citations: [{ start: 0, end: 2, text: 'Hi', sources: [{ type: 'document', id: 'doc-1' }] }] }),
      without: history({ content: [text] }),
      mark: 'doc-1',
    },
    parameter('`max_tokens`', { max_tokens: 77 }),
    parameter('`temperature`', { temperature: 0.3125 }),
    parameter('`p`', { p: 0.3125 }),
    parameter('`k`', { k: 33 }),
    parameter('`seed`', { seed: 4711 }),
    parameter('`presence_penalty`', { presence_penalty: 0.625 }),
    parameter('`frequency_penalty`', { frequency_penalty: 0.625 }),
    parameter('`stop_sequences`', { stop_sequences: ['###'] }, '###'),
    parameter('`logprobs`', { logprobs: true }, '"logprobs":true'),
    parameter('`thinking` with a budget', { max_tokens: 4000, thinking: { type: 'enabled', token_budget: 1500 } }, '1500'),
    parameter('`thinking` without one', { thinking: { type: 'enabled' } }, '"enabled"'),
    { ...parameter('`thinking` disabled', { thinking: { type: 'disabled' } }, '"disabled"'), isUsual: true },
    parameter('JSON', { response_format: { type: 'json_object' } }, '"json_object"'),
    parameter('JSON of a schema', { response_format: { type: 'json_object', json_schema: SCHEMA } }, 'city'),
    parameter('`citation_options`', { citation_options: { mode: 'FAST' } }, '"FAST"'),
    parameter('`safety_mode`', { safety_mode: 'STRICT' }, '"STRICT"'),
    parameter('`priority`', { priority: 7 }, '"priority":7'),
    parameter('a parameter that nobody knows', { something_new: 'x-1' }),
  ],
}
