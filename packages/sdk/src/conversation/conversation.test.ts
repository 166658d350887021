import { describe, expect, it, test } from 'vitest'
import { isMessageList, type Json, messageLength, readConversation } from './index.ts'

const PNG = 'data:image/png;base64,iVBORw0KGgo='

describe('OpenAI chat', () => {
  it('reads a request with system, text, image and a tool round', () => {
    const conversation = readConversation(
      {
        model: 'gpt-4o',
        tools: [{ type: 'function', function: { name: 'weather' } }],
        messages: [
          { role: 'system', content: 'Be short.' },
          {
            role: 'user',
            name: 'eva',
            content: [
              { type: 'text', text: 'What is this?' },
              { type: 'image_url', image_url: { url: PNG } },
            ],
          },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }],
          },
          { role: 'tool', tool_call_id: 'c1', content: '{"celsius":4}' },
        ],
      },
      'user',
    )
    expect(conversation?.tools).toHaveLength(1)
    expect(conversation?.messages).toEqual([
      { role: 'system', name: null, note: null, parts: [{ type: 'text', text: 'Be short.' }] },
      {
        role: 'user',
        name: 'eva',
        note: null,
        parts: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', source: PNG, address: PNG },
        ],
      },
      { role: 'assistant', name: null, note: null, parts: [{ type: 'tool-call', id: 'c1', name: 'weather', arguments: { city: 'Oslo' } }] },
      {
        role: 'tool',
        name: null,
        note: null,
        parts: [{ type: 'tool-result', id: 'c1', name: null, content: { celsius: 4 }, failed: false }],
      },
    ])
  })

  it('reads every choice of an answer with its finish reason', () => {
    const conversation = readConversation(
      {
        choices: [
          { index: 0, message: { role: 'assistant', content: 'One', reasoning_content: 'Hm.' }, finish_reason: 'stop' },
          { index: 1, message: { role: 'assistant', content: null, refusal: 'No.' }, finish_reason: 'content_filter' },
        ],
      },
      'assistant',
    )
    expect(conversation?.messages.map((message) => [message.note, message.parts])).toEqual([
      [
        'stop',
        [
          { type: 'reasoning', text: 'Hm.' },
          { type: 'text', text: 'One' },
        ],
      ],
      ['content_filter', [{ type: 'refusal', text: 'No.' }]],
    ])
  })

  it('never offers an image for display that would be loaded from elsewhere', () => {
    const remote = 'https://example.com/a.png?secret=1'
    for (const url of [remote, 'javascript:alert(1)', 'data:text/html;base64,AAAA', 'data:image/svg+xml;base64,AAAA']) {
      const conversation = readConversation([{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }], 'user')
      expect(conversation?.messages[0]?.parts).toEqual([{ type: 'image', source: null, address: url }])
    }
  })

  it('keeps arguments that are no JSON as they are', () => {
    const conversation = readConversation(
      [{ role: 'assistant', tool_calls: [{ id: 'x', function: { name: 'f', arguments: '{"half":' } }] }],
      'user',
    )
    expect(conversation?.messages[0]?.parts[0]).toMatchObject({ arguments: '{"half":' })
  })
})

describe('other dialects', () => {
  it('reads OpenTelemetry GenAI messages with parts', () => {
    const conversation = readConversation(
      [
        { role: 'user', parts: [{ type: 'text', content: 'Weather?' }] },
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'Ask.' },
            { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Oslo' } },
          ],
          finish_reason: 'tool_call',
        },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'rainy' }] },
      ],
      'user',
    )
    expect(conversation?.messages.map(({ role, note, parts }) => ({ role, note, types: parts.map((part) => part.type) }))).toEqual([
      { role: 'user', note: null, types: ['text'] },
      { role: 'assistant', note: 'tool_call', types: ['reasoning', 'tool-call'] },
      { role: 'tool', note: null, types: ['tool-result'] },
    ])
  })

  it('reads Anthropic blocks', () => {
    const conversation = readConversation(
      {
        system: 'Be kind.',
        messages: [
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'Hm.' },
              { type: 'tool_use', id: 't1', name: 'search', input: { q: 'x' } },
            ],
          },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'none', is_error: true }] },
        ],
      },
      'user',
    )
    expect(conversation?.messages.map((message) => message.role)).toEqual(['system', 'assistant', 'user'])
    expect(conversation?.messages[2]?.parts[0]).toEqual({ type: 'tool-result', id: 't1', name: null, content: 'none', failed: true })
  })

  it('reads the Responses API', () => {
    const conversation = readConversation(
      {
        output: [
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Thought.' }] },
          { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done' }] },
        ],
      },
      'assistant',
    )
    expect(conversation?.messages.flatMap((message) => message.parts)).toEqual([
      { type: 'reasoning', text: 'Thought.' },
      { type: 'tool-call', id: 'c1', name: 'f', arguments: {} },
      { type: 'text', text: 'Done' },
    ])
  })

  it('reads plain text, lists of text and a single message', () => {
    expect(readConversation('hello', 'user')?.messages).toEqual([
      { role: 'user', name: null, note: null, parts: [{ type: 'text', text: 'hello' }] },
    ])
    expect(readConversation({ model: 'e', input: ['a', 'b'] }, 'user')?.messages).toHaveLength(2)
    expect(readConversation({ role: 'assistant', content: 'x' }, 'assistant')?.messages[0]?.role).toBe('assistant')
  })

  it.each<[string, Json | undefined]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 3],
    ['an empty list', []],
    ['a list of numbers', [1, 2]],
    ['other JSON', { city: 'Oslo' }],
    ['mixed rows', [{ role: 'user', content: 'x' }, { other: 1 }]],
  ])('hands %s back to be shown raw', (_, payload) => expect(readConversation(payload, 'user')).toBeNull())

  it('tells messages from other JSON that a tool may have read', () => {
    expect(isMessageList([{ role: 'user', parts: [] }])).toBe(true)
    expect(isMessageList({ messages: [{ role: 'user', content: 'x' }] })).toBe(true)
    expect(isMessageList({ input: 'x' })).toBe(false)
    expect(isMessageList([{ role: 'admin' }])).toBe(false)
    expect(isMessageList([])).toBe(false)
  })

  it('keeps blocks it does not know', () => {
    const block = { type: 'hologram', input_audio: { data: 'AAAA' } }
    const conversation = readConversation([{ role: 'user', content: [block] }], 'user')
    expect(conversation?.messages[0]?.parts).toEqual([{ type: 'other', value: block }])
    expect(messageLength(conversation?.messages[0] as never)).toBeGreaterThan(10)
  })
})

test('Gemini: contents and candidates', () => {
  const request = {
    systemInstruction: { parts: [{ text: 'Be brief' }] },
    contents: [
      { role: 'user', parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
      { role: 'model', parts: [{ functionCall: { name: 'look', args: { a: 1 } } }] },
      { role: 'user', parts: [{ functionResponse: { name: 'look', response: { b: 2 } } }] },
    ],
  }
  expect(readConversation(request, 'user')?.messages).toMatchObject([
    { role: 'system', parts: [{ type: 'text', text: 'Be brief' }] },
    { role: 'user', parts: [{ text: 'Hi' }, { type: 'image', source: 'data:image/png;base64,AAAA' }] },
    { role: 'assistant', parts: [{ type: 'tool-call', name: 'look', arguments: { a: 1 } }] },
    { role: 'user', parts: [{ type: 'tool-result', name: 'look', content: { b: 2 } }] },
  ])
  const answer = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hm', thought: true }, { text: 'Hello' }] }, finishReason: 'STOP' }],
  }
  expect(readConversation(answer, 'assistant')?.messages).toEqual([
    {
      role: 'assistant',
      name: null,
      parts: [
        { type: 'reasoning', text: 'Hm' },
        { type: 'text', text: 'Hello' },
      ],
      note: 'STOP',
    },
  ])
})

test('Cohere: a plan with its tools, their results as documents, and the answer with its reason', () => {
  const asked = readConversation(
    {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          tool_plan: 'I will look.',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: [{ type: 'document', document: { data: { sky: 'blue' } } }] },
      ],
    },
    'user',
  )
  expect(asked?.messages.map(({ role, parts }) => [role, parts.map(({ type }) => type)])).toEqual([
    ['user', ['text']],
    ['assistant', ['reasoning', 'tool-call']],
    ['tool', ['tool-result']],
  ])
  const content = [
    { type: 'thinking', thinking: 'Hm' },
    { type: 'text', text: 'Blue.' },
  ]
  expect(readConversation({ id: 'x', message: { role: 'assistant', content }, finish_reason: 'COMPLETE' }, 'assistant')?.messages).toEqual([
    {
      role: 'assistant',
      name: null,
      note: 'COMPLETE',
      parts: [
        { type: 'reasoning', text: 'Hm' },
        { type: 'text', text: 'Blue.' },
      ],
    },
  ])
  expect(readConversation({ id: 'x', message: 'too many requests' }, 'assistant')).toBeNull()
})

describe('files', () => {
  const read = (block: Json) => readConversation([{ role: 'user', content: [block] }], 'user')?.messages[0]?.parts[0]
  const file = { type: 'file', mime: null, name: null, source: null, mediaId: null, address: '', said: null }

  it.each<[string, Json, object]>([
    [
      'sound of OpenAI',
      { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
      { mime: 'audio/mp3', address: 'data:audio/mp3;base64,AAAA', source: 'data:audio/mp3;base64,AAAA' },
    ],
    [
      'a file of OpenAI',
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
      { name: 'a.pdf', mime: 'application/pdf', address: 'data:application/pdf;base64,AAAA' },
    ],
    [
      'a document of Anthropic',
      { type: 'document', title: 'Terms', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
      { name: 'Terms', mime: 'application/pdf', address: 'data:application/pdf;base64,AAAA' },
    ],
    [
      'a document that is text',
      { type: 'document', source: { type: 'text', data: 'All sales are final.' } },
      { said: 'All sales are final.' },
    ],
    ['a file elsewhere', { type: 'input_file', file_url: 'https://x.example/a.pdf' }, { address: 'https://x.example/a.pdf' }],
    [
      'a file of the AI SDK',
      { type: 'file', mediaType: 'audio/wav', data: 'AAAA' },
      { mime: 'audio/wav', address: 'data:audio/wav;base64,AAAA', source: 'data:audio/wav;base64,AAAA' },
    ],
    [
      'a picture that was sent here on its own',
      { type: 'image_url', image_url: { url: '@@@langfuseMedia:type=image/png|id=ab_C-1|source=base64_data_uri@@@' } },
      { mime: 'image/png', mediaId: 'ab_C-1', address: '@@@langfuseMedia:type=image/png|id=ab_C-1|source=base64_data_uri@@@' },
    ],
  ])('%s', (_, block, expected) => expect(read(block)).toEqual({ ...file, ...expected }))

  it('sound of Gemini, and pictures of the AI SDK', () => {
    const gemini = readConversation(
      {
        contents: [
          {
            role: 'user',
            parts: [{ inlineData: { mimeType: 'audio/ogg', data: 'AAAA' } }, { fileData: { mimeType: 'video/mp4', fileUri: 'gs://a/b' } }],
          },
        ],
      },
      'user',
    )
    expect(gemini?.messages[0]?.parts).toMatchObject([
      { type: 'file', mime: 'audio/ogg', source: 'data:audio/ogg;base64,AAAA' },
      { type: 'file', mime: 'video/mp4', source: null, address: 'gs://a/b' },
    ])
    expect(read({ type: 'image', image: 'AAAA', mediaType: 'image/webp' })).toMatchObject({
      type: 'image',
      source: 'data:image/webp;base64,AAAA',
    })
    expect(read({ type: 'image', image: 'https://x.example/a.png' })).toEqual({
      type: 'image',
      source: null,
      address: 'https://x.example/a.png',
    })
  })

  it.each(['data:image/svg+xml;base64,AAAA', 'javascript:alert(1)', 'data:text/html;base64,AAAA'])('%s is never shown', (url) =>
    expect(read({ type: 'image_url', image_url: { url } })).toMatchObject({ type: 'image', source: null }),
  )
})

describe('LangChain and the AI SDK', () => {
  it('reads messages as constructors, in lists of lists, with calls and results of tools', () => {
    const lc = (name: string, kwargs: Json): Json => ({ lc: 1, type: 'constructor', id: ['langchain_core', 'messages', name], kwargs })
    const conversation = readConversation(
      {
        messages: [
          [
            lc('SystemMessage', { content: 'Be short.' }),
            lc('HumanMessage', { content: [{ type: 'text', text: 'Where?' }] }),
            lc('AIMessage', { content: '', tool_calls: [{ id: '1', name: 'find', args: { a: 1 }, type: 'tool_call' }] }),
            lc('ToolMessage', { content: 'in Bern', tool_call_id: '1', name: 'find' }),
          ],
        ],
      },
      'user',
    )
    expect(conversation?.messages.map(({ role, parts }) => [role, ...parts.map((part) => part.type)])).toEqual([
      ['system', 'text'],
      ['user', 'text'],
      ['assistant', 'tool-call'],
      ['tool', 'tool-result'],
    ])
    expect(conversation?.messages[2]?.parts[0]).toEqual({ type: 'tool-call', id: '1', name: 'find', arguments: { a: 1 } })
  })

  it.each<[string, Json, string]>([
    ['a dump', [{ type: 'human', content: 'hi', additional_kwargs: {} }], 'user hi'],
    ['a dump with its data inside', { messages: [{ type: 'ai', data: { content: 'hello' } }] }, 'assistant hello'],
    [
      'generations',
      { generations: [[{ text: 'hello', message: { lc: 1, type: 'constructor', id: ['x', 'AIMessage'], kwargs: { content: 'hello' } } }]] },
      'assistant hello',
    ],
    ['generations of plain text', { generations: [[{ text: 'hello' }]], llm_output: null }, 'assistant hello'],
    ['an answer of the AI SDK', { text: 'hello', finishReason: 'stop', usage: {} }, 'assistant hello'],
  ])('reads %s', (_, payload, said) => {
    const { messages = [] } = readConversation(payload, 'assistant') ?? {}
    expect(messages.map(({ role, parts }) => `${role} ${parts.map((part) => ('text' in part ? part.text : part.type)).join()}`)).toEqual([
      said,
    ])
  })

  it('reads calls and results of tools of the AI SDK', () => {
    const answer = readConversation(
      { text: '', toolCalls: [{ toolCallId: '1', toolName: 'find', input: { a: 1 } }], finishReason: 'tool-calls' },
      'assistant',
    )
    expect(answer?.messages).toEqual([
      { role: 'assistant', name: null, note: 'tool-calls', parts: [{ type: 'tool-call', id: '1', name: 'find', arguments: { a: 1 } }] },
    ])
    const prompt = readConversation(
      [{ role: 'tool', content: [{ type: 'tool-result', toolCallId: '1', toolName: 'find', output: { type: 'json', value: { b: 2 } } }] }],
      'user',
    )
    expect(prompt?.messages[0]?.parts).toEqual([{ type: 'tool-result', id: '1', name: 'find', content: { b: 2 }, failed: false }])
  })

  it('leaves alone what only looks alike', () => {
    expect(isMessageList([{ type: 'human', age: 3 }])).toBe(false)
    expect(isMessageList([{ type: 'human', content: 'hi' }])).toBe(true)
  })
})
