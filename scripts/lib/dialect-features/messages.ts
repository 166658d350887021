import { type ClientFeatures, type Feature, PDF, PNG, SCHEMA } from './feature.ts'

const HELLO = { role: 'user', content: 'Hello' }
const ephemeral = { cache_control: { type: 'ephemeral' } }
const tool = { name: 'weather', description: 'Says the weather', input_schema: SCHEMA }
const withTool = { tools: [tool] }
const parameter = (what: string, request: Feature['request'], mark = String(Object.values(request)[0])): Feature => ({
  what,
  request,
  mark,
})
const content = (...blocks: object[]) => ({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }, ...blocks] }] })
const part = (what: string, block: object, mark: string): Feature => ({ what, request: content(block), mark })
const history = (...blocks: object[]) => ({ messages: [HELLO, { role: 'assistant', content: [...blocks, text] }, HELLO] })
const text = { type: 'text', text: 'Hi' }
const pdf = { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF } }
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }
const called = (result: object) => ({
  ...withTool,
  messages: [
    HELLO,
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Bonn' } }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', ...result }] },
  ],
})

/** Anthropic's messages. */
export const messagesFeatures: ClientFeatures = {
  smallest: { model: 'm', max_tokens: 1000, messages: [HELLO] },
  features: [
    parameter('`system`', { system: 'Be brief' }),
    {
      what: 'cache mark on the system text',
      request: { system: [{ type: 'text', text: 'Be brief', ...ephemeral }] },
      without: { system: 'Be brief' },
      mark: '"ephemeral"',
    },
    {
      what: 'cache mark on a text',
      request: { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello', ...ephemeral }] }] },
      mark: '"ephemeral"',
    },
    { what: 'cache mark on a tool', request: { tools: [{ ...tool, ...ephemeral }] }, without: withTool, mark: '"ephemeral"' },
    part('image as base64', image, PNG),
    part('image by URL', { type: 'image', source: { type: 'url', url: 'https://example.org/a.png' } }, 'https://example.org/a.png'),
    part('uploaded image by id', { type: 'image', source: { type: 'file', file_id: 'file_1' } }, 'file_1'),
    part('PDF as base64', pdf, PDF),
    part('PDF by URL', { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } }, 'https://example.org/a.pdf'),
    part(
      'document of text',
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Grass is green' } },
      'Grass is green',
    ),
    { what: '`title` of a document', request: content({ ...pdf, title: 'Report' }), without: content(pdf), mark: 'Report' },
    { what: '`context` of a document', request: content({ ...pdf, context: 'Internal' }), without: content(pdf), mark: 'Internal' },
    {
      what: '`citations` of a document',
      request: content({ ...pdf, citations: { enabled: true } }),
      without: content(pdf),
      mark: '"enabled":true',
    },
    part(
      '`search_result`',
      { type: 'search_result', source: 'https://example.org', title: 'Docs', content: [{ type: 'text', text: 'Press it' }] },
      'Press it',
    ),
    { what: 'tools', request: withTool, mark: 'Says the weather' },
    { what: '`strict` tool', request: { tools: [{ ...tool, strict: true }] }, without: withTool, mark: '"strict":true' },
    {
      what: 'web search of Anthropic',
      request: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
      mark: 'web_search_20250305',
    },
    { what: '`tool_choice` any', request: { ...withTool, tool_choice: { type: 'any' } }, without: withTool, mark: '"any"' },
    {
      what: '`tool_choice` of one tool',
      request: { ...withTool, tool_choice: { type: 'tool', name: 'weather' } },
      without: withTool,
      mark: '"weather"}',
    },
    { what: '`tool_choice` none', request: { ...withTool, tool_choice: { type: 'none' } }, without: withTool, mark: '"none"' },
    {
      what: '`disable_parallel_tool_use`',
      request: { ...withTool, tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      without: { ...withTool, tool_choice: { type: 'auto' } },
      mark: '"disable_parallel_tool_use":true',
    },
    { what: 'calls and results of tools', request: called({ content: 'rain' }), mark: 'rain' },
    {
      what: '`is_error` of a result',
      request: called({ content: 'rain', is_error: true }),
      without: called({ content: 'rain' }),
      mark: '"is_error":true',
    },
    {
      what: 'image in a result',
      request: called({ content: [{ type: 'text', text: 'rain' }, image] }),
      without: called({ content: [{ type: 'text', text: 'rain' }] }),
      mark: PNG,
    },
    {
      what: 'thinking in the history, with its signature',
      request: history({ type: 'thinking', thinking: 'pondering', signature: 'EqQB' }),
      without: history(),
      mark: 'EqQB',
    },
    {
      what: 'redacted thinking in the history',
      request: history({ type: 'redacted_thinking', data: 'EmwK' }),
      without: history(),
      mark: 'EmwK',
    },
    {
      what: 'citations in the history',
      request: history({
        ...text,
        citations: [
          {
            type: 'char_location',
            cited_text: 'Grass',
            document_index: 0,
            document_title: 'Facts',
            start_char_index: 0,
            end_char_index: 5,
          },
        ],
      }),
      without: history(text),
      mark: 'Grass',
    },
    {
      what: 'server tools in the history',
      request: history(
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'towers' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
      ),
      without: history(),
      mark: 'towers',
    },
    parameter('`max_tokens`', { max_tokens: 77 }),
    parameter('`temperature`', { temperature: 0.3125 }),
    parameter('`top_p`', { top_p: 0.3125 }),
    parameter('`top_k`', { top_k: 33 }),
    parameter('`stop_sequences`', { stop_sequences: ['###'] }, '###'),
    parameter('`thinking` with a budget', { max_tokens: 4000, thinking: { type: 'enabled', budget_tokens: 1500 } }, '1500'),
    parameter('`output_config.effort`', { output_config: { effort: 'low' } }, '"low"'),
    parameter('JSON of a schema', { output_config: { format: { type: 'json_schema', schema: SCHEMA } } }, 'city'),
    parameter('`metadata.user_id`', { metadata: { user_id: 'user-1' } }, 'user-1'),
    parameter('`service_tier`', { service_tier: 'standard_only' }),
    parameter('`container`', { container: 'container_1' }),
    parameter('`mcp_servers`', { mcp_servers: [{ type: 'url', url: 'https://example.org/mcp', name: 'docs' }] }, 'https://example.org/mcp'),
    parameter('`context_management`', { context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] } }, 'clear_tool_uses'),
    parameter('a parameter that nobody knows', { something_new: 'x-1' }),
  ],
}
