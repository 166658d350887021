import { type ClientFeatures, type Feature, PDF, PNG, SCHEMA, WAV } from './feature.ts'

const HELLO = { role: 'user', content: 'Hello' }
const tool = { type: 'function', name: 'weather', description: 'Says the weather', parameters: SCHEMA, strict: false }
const withTool = { tools: [tool] }
const parameter = (what: string, request: Feature['request'], mark = String(Object.values(request)[0])): Feature => ({
  what,
  request,
  mark,
})
const items = (...input: object[]) => ({ input })
const part = (what: string, content: object, mark: string): Feature => ({
  what,
  request: items({ role: 'user', content: [{ type: 'input_text', text: 'Hello' }, content] }),
  mark,
})
const image = { type: 'input_image', image_url: `data:image/png;base64,${PNG}` }
const call = { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Bonn"}' }
const result = (output: unknown) => ({ type: 'function_call_output', call_id: 'call_1', output })
const said = (content: object) => ({ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [content] })
const text = { type: 'output_text', text: 'Hi', annotations: [] }
const hosted = (what: string, type: string, more: object = {}): Feature => ({
  what,
  request: { tools: [{ type, ...more }] },
  mark: `"${type}"`,
})

/** OpenAI's Responses. */
export const responsesFeatures: ClientFeatures = {
  smallest: { model: 'm', input: [HELLO] },
  features: [
    parameter('`instructions`', { instructions: 'Be brief' }),
    {
      what: 'developer message in the middle',
      request: items(HELLO, { role: 'developer', content: 'Be brief' }, HELLO),
      without: items(HELLO, HELLO),
      mark: 'Be brief',
    },
    part('image as base64', image, PNG),
    part('image by URL', { type: 'input_image', image_url: 'https://example.org/a.png' }, 'https://example.org/a.png'),
    part('uploaded image by id', { type: 'input_image', file_id: 'file-1' }, 'file-1'),
    { ...part('`detail` of an image', { ...image, detail: 'low' }, '"low"'), without: part('', image, '').request },
    part('audio', { type: 'input_audio', input_audio: { data: WAV, format: 'wav' } }, WAV),
    part('file as base64', { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` }, PDF),
    part('file by URL', { type: 'input_file', file_url: 'https://example.org/a.pdf' }, 'https://example.org/a.pdf'),
    part('uploaded file by id', { type: 'input_file', file_id: 'file-1' }, 'file-1'),
    { what: 'tools', request: withTool, mark: 'Says the weather' },
    { what: '`strict` tool', request: { tools: [{ ...tool, strict: true }] }, without: withTool, mark: '"strict":true' },
    hosted('custom tool', 'custom', { name: 'shell' }),
    hosted('web search of OpenAI', 'web_search'),
    hosted('file search of OpenAI', 'file_search', { vector_store_ids: ['vs_1'] }),
    hosted('remote MCP server', 'mcp', { server_label: 'docs', server_url: 'https://example.org/mcp' }),
    hosted('image generation of OpenAI', 'image_generation'),
    { what: '`tool_choice` required', request: { ...withTool, tool_choice: 'required' }, without: withTool, mark: '"required"' },
    {
      what: '`tool_choice` of one tool',
      request: { ...withTool, tool_choice: { type: 'function', name: 'weather' } },
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
    { what: 'calls and results of tools', request: { ...withTool, ...items(HELLO, call, result('rain')) }, mark: 'rain' },
    {
      what: 'image in a result',
      request: { ...withTool, ...items(HELLO, call, result([{ type: 'input_text', text: 'rain' }, image])) },
      without: { ...withTool, ...items(HELLO, call, result([{ type: 'input_text', text: 'rain' }])) },
      mark: PNG,
    },
    {
      what: 'hosted tool calls in the history',
      request: items(
        HELLO,
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'towers' } },
        said(text),
      ),
      without: items(HELLO, said(text)),
      mark: 'towers',
    },
    {
      what: 'reasoning in the history, encrypted',
      request: items(HELLO, { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' }, said(text), HELLO),
      without: items(HELLO, said(text), HELLO),
      mark: 'gAAAA',
    },
    {
      what: 'citations in the history',
      request: items(
        HELLO,
        said({ ...text, annotations: [{ type: 'url_citation', url: 'https://example.org', title: 'T', start_index: 0, end_index: 2 }] }),
      ),
      without: items(HELLO, said(text)),
      mark: 'https://example.org',
    },
    {
      what: 'refusal in the history',
      request: items(HELLO, said({ type: 'refusal', refusal: 'I must not' }), HELLO),
      mark: 'I must not',
    },
    parameter('`item_reference`', items(HELLO, { type: 'item_reference', id: 'msg_0' }), 'msg_0'),
    parameter('`previous_response_id`', { previous_response_id: 'resp_0' }),
    parameter('`conversation`', { conversation: 'conv_1' }),
    parameter('stored `prompt`', { prompt: { id: 'pmpt_1' } }, 'pmpt_1'),
    parameter('`max_output_tokens`', { max_output_tokens: 77 }),
    parameter('`temperature`', { temperature: 0.3125 }),
    parameter('`top_p`', { top_p: 0.3125 }),
    parameter('`top_logprobs`', { top_logprobs: 3 }, '":3'),
    parameter('JSON without a schema', { text: { format: { type: 'json_object' } } }, 'json'),
    parameter('JSON of a schema', { text: { format: { type: 'json_schema', name: 'place', schema: SCHEMA, strict: true } } }, 'city'),
    parameter('`text.verbosity`', { text: { verbosity: 'low' } }, '"low"'),
    parameter('`reasoning.effort`', { reasoning: { effort: 'low' } }, '"low"'),
    parameter('`reasoning.summary`', { reasoning: { summary: 'auto' } }, '"auto"'),
    { ...parameter('`include` of encrypted reasoning', { include: ['reasoning.encrypted_content'] }, 'encrypted'), isUsual: true },
    parameter('`user`', { user: 'user-1' }),
    parameter('`safety_identifier`', { safety_identifier: 'safe-1' }),
    parameter('`metadata`', { metadata: { team: 'search' } }, 'search'),
    parameter('`service_tier`', { service_tier: 'flex' }, '"flex"'),
    parameter('`store`', { store: true }, '"store":true'),
    { ...parameter('`store: false`', { store: false }, '"store":false'), isUsual: true },
    parameter('`background`', { background: true }, '"background":true'),
    parameter('`truncation`', { truncation: 'auto' }, '"auto"'),
    parameter('`max_tool_calls`', { max_tool_calls: 4 }, '":4'),
    parameter('`prompt_cache_key`', { prompt_cache_key: 'key-1' }),
    parameter('a parameter that nobody knows', { something_new: 'x-1' }),
  ],
}
