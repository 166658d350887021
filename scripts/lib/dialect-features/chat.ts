import { type ClientFeatures, type Feature, PDF, PNG, SCHEMA, WAV } from './feature.ts'

const HELLO = { role: 'user', content: 'Hello' }
const tool = { type: 'function', function: { name: 'weather', description: 'Says the weather', parameters: SCHEMA } }
const withTool = { tools: [tool] }
const part = (what: string, content: object, mark: string): Feature => ({
  what,
  request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }, content] }] },
  mark,
})
const parameter = (what: string, request: Feature['request'], mark = String(Object.values(request)[0])): Feature => ({
  what,
  request,
  mark,
})
const image = (url: string, more: object = {}) => ({ type: 'image_url', image_url: { url, ...more } })
const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bonn"}' } }
const called = (result: unknown, ...calls: object[]) => ({
  ...withTool,
  messages: [
    HELLO,
    { role: 'assistant', content: null, tool_calls: [call, ...calls] },
    { role: 'tool', tool_call_id: 'call_1', content: result },
  ],
})
const history = (message: object) => ({ messages: [HELLO, { role: 'assistant', ...message }, HELLO] })

/** OpenAI's chat completions, with what other servers added to them. */
export const chatFeatures: ClientFeatures = {
  smallest: { model: 'm', messages: [HELLO] },
  features: [
    { what: 'system message', request: { messages: [{ role: 'system', content: 'Be brief' }, HELLO] }, mark: 'Be brief' },
    {
      what: 'system message in the middle',
      request: { messages: [HELLO, { role: 'system', content: 'Be brief' }, HELLO] },
      without: { messages: [HELLO, HELLO] },
      mark: 'Be brief',
    },
    { what: 'name of a speaker', request: { messages: [{ ...HELLO, name: 'ada' }] }, mark: '"ada"' },
    part('image as base64', image(`data:image/png;base64,${PNG}`), PNG),
    part('image by URL', image('https://example.org/a.png'), 'https://example.org/a.png'),
    {
      ...part('`detail` of an image', image(`data:image/png;base64,${PNG}`, { detail: 'low' }), '"low"'),
      without: part('', image(`data:image/png;base64,${PNG}`), '').request,
    },
    part('audio', { type: 'input_audio', input_audio: { data: WAV, format: 'wav' } }, WAV),
    part('file as base64', { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` } }, PDF),
    part('uploaded file by id', { type: 'file', file: { file_id: 'file-1' } }, 'file-1'),
    {
      what: 'cache mark on a text',
      request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }] }] },
      mark: '"ephemeral"',
    },
    { what: 'tools', request: withTool, mark: 'Says the weather' },
    {
      what: '`strict` tool',
      request: { tools: [{ ...tool, function: { ...tool.function, strict: true } }] },
      without: withTool,
      mark: '"strict":true',
    },
    { what: 'custom tool', request: { tools: [{ type: 'custom', custom: { name: 'shell' } }] }, mark: '"shell"' },
    { what: '`tool_choice` required', request: { ...withTool, tool_choice: 'required' }, without: withTool, mark: '"required"' },
    {
      what: '`tool_choice` of one tool',
      request: { ...withTool, tool_choice: { type: 'function', function: { name: 'weather' } } },
      without: withTool,
      mark: '"weather"}',
    },
    { what: '`tool_choice` none', request: { ...withTool, tool_choice: 'none' }, without: withTool, mark: '"none"' },
    {
      what: '`parallel_tool_calls: false`',
      request: { ...withTool, parallel_tool_calls: false },
      without: withTool,
      mark: '"parallel_tool_calls":false',
    },
    { what: 'calls and results of tools', request: called('rain'), mark: 'rain' },
    {
      what: 'several calls at once',
      request: called('rain', { ...call, id: 'call_2', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }),
      without: called('rain'),
      mark: 'Oslo',
    },
    {
      what: 'image in a result',
      request: called([{ type: 'text', text: 'rain' }, image(`data:image/png;base64,${PNG}`)]),
      without: called([{ type: 'text', text: 'rain' }]),
      mark: PNG,
    },
    { what: 'refusal in the history', request: history({ refusal: 'I must not' }), mark: 'I must not' },
    {
      what: 'reasoning in the history (`reasoning_content`)',
      request: history({ content: 'Hi', reasoning_content: 'pondering' }),
      without: history({ content: 'Hi' }),
      mark: 'pondering',
    },
    parameter('`max_tokens`', { max_tokens: 77 }),
    parameter('`temperature`', { temperature: 0.3125 }),
    parameter('`temperature` above 1', { temperature: 1.5 }),
    parameter('`top_p`', { top_p: 0.3125 }),
    parameter('`top_k`', { top_k: 33 }),
    parameter('`stop`', { stop: ['###'] }, '###'),
    parameter('more than five `stop`', { stop: ['1#', '2#', '3#', '4#', '5#', '6#'] }, '6#'),
    parameter('`seed`', { seed: 4711 }),
    parameter('`presence_penalty`', { presence_penalty: 0.3125 }),
    parameter('`frequency_penalty`', { frequency_penalty: -0.3125 }),
    parameter('several answers (`n`)', { n: 2 }, '":2'),
    parameter('`logprobs`', { logprobs: true }, 'ogprobs'),
    { what: '`top_logprobs`', request: { logprobs: true, top_logprobs: 3 }, without: { logprobs: true }, mark: '":3' },
    parameter('`logit_bias`', { logit_bias: { 50256: -100 } }, '50256'),
    parameter('JSON without a schema', { response_format: { type: 'json_object' } }, 'json'),
    parameter(
      'JSON of a schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'place', schema: SCHEMA, strict: true } } },
      'city',
    ),
    parameter('`reasoning_effort`', { reasoning_effort: 'low' }, '"low"'),
    parameter('`user`', { user: 'user-1' }),
    parameter('`metadata`', { metadata: { team: 'search' } }, 'search'),
    parameter('`service_tier`', { service_tier: 'flex' }, '"flex"'),
    parameter('`store`', { store: true }, '"store":true'),
    { ...parameter('`store: false`', { store: false }, '"store":false'), isUsual: true },
    parameter('`verbosity`', { verbosity: 'low' }, '"low"'),
    parameter('`prompt_cache_key`', { prompt_cache_key: 'key-1' }),
    parameter('`safety_identifier`', { safety_identifier: 'safe-1' }),
    parameter('`prediction`', { prediction: { type: 'content', content: 'expected' } }, 'expected'),
    parameter(
      'spoken answers (`modalities`, `audio`)',
      { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } },
      'alloy',
    ),
    parameter('`web_search_options`', { web_search_options: { search_context_size: 'low' } }, '"low"'),
    parameter('a parameter that nobody knows', { something_new: 'x-1' }),
  ],
}
