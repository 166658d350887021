import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block, CacheMark, Call } from '../language.ts'
import { bedrock } from './codec.ts'

const BARE: Call = { dialect: 'openai-chat', model: 'x', stream: false, system: [], turns: [], tools: [], serverTools: [], extras: {} }
const SONNET = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'
const OPUS = 'anthropic.claude-opus-4-7'
const NOVA = 'us.amazon.nova-2-lite-v1:0'
const LLAMA = 'meta.llama3-3-70b-instruct-v1:0'

const encode = (call: Partial<Call>, model = SONNET) => bedrock.encodeCall({ ...BARE, ...call }, { model, streamUsage: false })
const user = (...blocks: Block[]) => ({ role: 'user' as const, blocks })
const assistant = (...blocks: Block[]) => ({ role: 'assistant' as const, blocks })
const text = (value: string, cache?: CacheMark): Block => ({ type: 'text', text: value, ...(cache && { cache }) })
const asked = { turns: [user(text('Hi'))] }
const HI = { messages: [{ role: 'user', content: [{ text: 'Hi' }] }] }

test.each([
  [SONNET, false, '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse'],
  [LLAMA, true, '/model/meta.llama3-3-70b-instruct-v1%3A0/converse-stream'],
  [
    'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2',
    false,
    '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aapplication-inference-profile%2Fa1b2/converse',
  ],
])('the path of %s, streamed: %s', (model, stream, path) => {
  expect(bedrock.path({ ...BARE, stream }, model)).toBe(path)
})

test('a conversation with tools, media, thoughts and cache points', () => {
  const pdf = { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' } as const
  const { body, dropped } = encode({
    dialect: 'anthropic',
    system: [
      { type: 'text', text: 'Be brief.', cache: { ttl: '1h' } },
      { type: 'text', text: ' ' },
    ],
    turns: [
      user(
        text('Compare.'),
        { type: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: '/9j/' } },
        {
          type: 'file',
          source: pdf,
          name: 'Bericht_Über  2024.pdf',
          native: { dialect: 'anthropic', value: { citations: { enabled: true }, context: 'yearly' } },
        },
      ),
      user({ type: 'file', source: pdf, name: 'Bericht_Über 2024.pdf', cache: {} }),
      assistant(
        { type: 'reasoning', text: 'Hm.', signature: 'sig', origin: 'anthropic' },
        { type: 'reasoning', text: '', encrypted: 'c2VhbGVk', origin: 'bedrock' },
        text('I look.'),
        { type: 'tool-call', id: 'toolu_1', name: 'look', arguments: '{"at":1}' },
        { type: 'tool-call', id: 'a/b', name: 'files.read', arguments: '' },
      ),
      user(
        text('Go on.'),
        { type: 'tool-result', callId: 'toolu_1', blocks: [{ type: 'text', text: 'cat', cache: {} }] },
        {
          type: 'tool-result',
          callId: 'a/b',
          isError: true,
          blocks: [{ type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'iVBO' } }],
        },
      ),
    ],
    tools: [
      { name: 'look', description: 'Looks', parameters: { type: 'object', properties: { at: { type: 'integer' } } }, strict: true },
      { name: 'files.read', description: '', cache: {} },
    ],
    toolChoice: { type: 'tool', name: 'files.read' },
    metadata: { team: 'a' },
    serviceTier: 'flex',
  })
  expect(dropped).toEqual([])
  expect(body).toEqual({
    system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default', ttl: '1h' } }],
    messages: [
      {
        role: 'user',
        content: [
          { text: 'Compare.' },
          { image: { format: 'jpeg', source: { bytes: '/9j/' } } },
          {
            document: {
              format: 'pdf',
              name: 'Bericht ber 2024 pdf',
              source: { bytes: 'JVBE' },
              citations: { enabled: true },
              context: 'yearly',
            },
          },
          { document: { format: 'pdf', name: 'Bericht ber 2024 pdf 2', source: { bytes: 'JVBE' } } },
          { cachePoint: { type: 'default' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'sig' } } },
          { reasoningContent: { redactedContent: 'c2VhbGVk' } },
          { text: 'I look.' },
          { toolUse: { toolUseId: 'toolu_1', name: 'look', input: { at: 1 } } },
          { toolUse: { toolUseId: 'a_b', name: 'files_read', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'toolu_1', content: [{ text: 'cat' }] } },
          { cachePoint: { type: 'default' } },
          { toolResult: { toolUseId: 'a_b', content: [{ image: { format: 'png', source: { bytes: 'iVBO' } } }], status: 'error' } },
          { text: 'Go on.' },
        ],
      },
    ],
    toolConfig: {
      tools: [
        {
          toolSpec: {
            name: 'look',
            description: 'Looks',
            inputSchema: { json: { type: 'object', properties: { at: { type: 'integer' } } } },
            strict: true,
          },
        },
        { toolSpec: { name: 'files_read', inputSchema: { json: { type: 'object' } } } },
        { cachePoint: { type: 'default' } },
      ],
      toolChoice: { tool: { name: 'files_read' } },
    },
    requestMetadata: { team: 'a' },
    serviceTier: { type: 'flex' },
  })
})

const thinking = (budget: number) => ({ thinking: { type: 'enabled', budget_tokens: budget } })
const CASES: { name: string; model?: string; call: Partial<Call>; body?: Record<string, unknown>; dropped?: string[] }[] = [
  {
    name: 'parameters that Claude takes',
    call: { maxTokens: 9, temperature: 0.4, topK: 40, stop: ['END', ' '] },
    body: {
      inferenceConfig: { maxTokens: 9, temperature: 0.4, stopSequences: ['END'] },
      additionalModelRequestFields: { top_k: 40 },
      additionalModelResponseFieldPaths: ['/stop_sequence', '/delta/stop_sequence'],
    },
    dropped: ['stop'],
  },
  { name: 'a temperature above 1', call: { temperature: 1.5 }, body: { inferenceConfig: { temperature: 1 } }, dropped: ['temperature'] },
  {
    name: 'a newer Claude samples as it likes',
    model: OPUS,
    call: { temperature: 0.2, topP: 1, topK: 3 },
    dropped: ['temperature', 'top_k'],
  },
  { name: 'top_k of Nova', model: NOVA, call: { topK: 5 }, body: { additionalModelRequestFields: { inferenceConfig: { topK: 5 } } } },
  { name: 'top_k of others', model: LLAMA, call: { topK: 5, topP: 0.5 }, body: { inferenceConfig: { topP: 0.5 } }, dropped: ['top_k'] },
  {
    name: 'an effort for a model with a budget',
    call: { reasoning: { effort: 'medium' } },
    body: { additionalModelRequestFields: thinking(8192) },
  },
  {
    name: 'a budget within the limit of the answer, and what cannot stand beside it',
    call: { reasoning: { budgetTokens: 5000 }, maxTokens: 3000, temperature: 0.3, topP: 0.96, topK: 2 },
    body: { inferenceConfig: { maxTokens: 3000, topP: 0.96 }, additionalModelRequestFields: thinking(2999) },
    dropped: ['temperature', 'top_k'],
  },
  {
    name: 'no room for thoughts',
    call: { reasoning: { effort: 'high' }, maxTokens: 500 },
    body: { inferenceConfig: { maxTokens: 500 } },
    dropped: ['reasoning.effort'],
  },
  {
    name: 'a result whose call came without its thoughts',
    call: {
      reasoning: { effort: 'low' },
      tools: [{ name: 'f' }],
      turns: [assistant({ type: 'tool-call', id: 'a', name: 'f', arguments: '' }), user({ type: 'tool-result', callId: 'a', blocks: [] })],
    },
    body: {
      messages: [
        { role: 'user', content: [{ text: '.' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: {} } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: '' }] } }] },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] },
    },
    dropped: ['reasoning.effort'],
  },
  {
    name: 'thoughts and a forced tool',
    call: { reasoning: { effort: 'high' }, tools: [{ name: 'f' }], toolChoice: { type: 'required' } },
    body: { toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }], toolChoice: { any: {} } } },
    dropped: ['reasoning.effort'],
  },
  {
    name: 'a model that adapts its thoughts',
    model: OPUS,
    call: { reasoning: { effort: 'xhigh', summary: true } },
    body: { additionalModelRequestFields: { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'xhigh' } } },
  },
  {
    name: 'a model that takes both',
    model: 'anthropic.claude-opus-4-6-v1',
    call: { reasoning: { effort: 'xhigh' } },
    body: { additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } } },
  },
  {
    name: 'a model that does not think',
    model: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
    call: { reasoning: { effort: 'low' } },
    dropped: ['reasoning.effort'],
  },
  { name: 'no thoughts', call: { reasoning: { effort: 'none' } } },
  {
    name: 'a model that cannot rest',
    model: 'anthropic.claude-mythos-5',
    call: { reasoning: { effort: 'none' } },
    dropped: ['reasoning.effort'],
  },
  {
    name: 'Nova thinks',
    model: NOVA,
    call: { reasoning: { effort: 'high' }, maxTokens: 5 },
    body: {
      inferenceConfig: { maxTokens: 5 },
      additionalModelRequestFields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } },
    },
    dropped: ['reasoning.effort'],
  },
  {
    name: 'gpt-oss thinks',
    model: 'openai.gpt-oss-120b-1:0',
    call: { reasoning: { effort: 'minimal' } },
    body: { additionalModelRequestFields: { reasoning_effort: 'low' } },
  },
  { name: 'others do not', model: LLAMA, call: { reasoning: { effort: 'low' } }, dropped: ['reasoning.effort'] },
  {
    name: 'a schema',
    call: { format: { type: 'json-schema', name: 'n', schema: { type: 'object' }, description: 'd' } },
    body: {
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { schema: '{"type":"object","additionalProperties":false}', name: 'n', description: 'd' } },
        },
      },
    },
  },
  { name: 'JSON without a schema', call: { format: { type: 'json' } }, dropped: ['response_format'] },
  {
    name: 'what it has nothing for',
    call: {
      seed: 1,
      user: 'u',
      metadata: { mail: 'a,b;c' },
      choices: 2,
      presencePenalty: 1,
      frequencyPenalty: 1,
      logprobs: 0,
      parallelToolCalls: false,
      serviceTier: 'scale',
      serverTools: [{ dialect: 'anthropic', name: 'web_search', value: {} }],
      extras: { guardrailConfig: {}, logit_bias: {} },
    },
    dropped: [
      ...['seed', 'user', 'metadata', 'n', 'presence_penalty', 'frequency_penalty', 'logprobs', 'parallel_tool_calls', 'service_tier'],
      ...['web_search', 'guardrailConfig', 'logit_bias'],
    ],
  },
  {
    name: 'parameters of a client that speaks it',
    call: {
      dialect: 'bedrock',
      topK: 3,
      serverTools: [{ dialect: 'bedrock', name: 'nova_grounding', value: { systemTool: { name: 'nova_grounding' } } }],
      extras: {
        guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
        performanceConfig: { latency: 'optimized' },
        additionalModelRequestFields: { anthropic_beta: ['x'] },
      },
    },
    body: {
      guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
      performanceConfig: { latency: 'optimized' },
      additionalModelRequestFields: { top_k: 3, anthropic_beta: ['x'] },
      toolConfig: { tools: [{ systemTool: { name: 'nova_grounding' } }] },
    },
  },
  { name: 'tools that may not be used', call: { tools: [{ name: 'f' }], toolChoice: { type: 'none' } } },
  { name: 'a forced tool without tools', call: { toolChoice: { type: 'required' } }, dropped: ['tool_choice'] },
  { name: 'a cache of a model that has none', model: LLAMA, call: { turns: [user(text('Hi', {}))] }, dropped: ['cache_control'] },
  {
    name: 'a cache of Nova',
    model: NOVA,
    call: { turns: [user(text('Hi', { ttl: '1h' }))] },
    body: { messages: [{ role: 'user', content: [{ text: 'Hi' }, { cachePoint: { type: 'default' } }] }] },
  },
  {
    name: 'media that it cannot take',
    call: {
      turns: [
        user(
          text('Hi'),
          { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' }, detail: 'high' },
          { type: 'file', source: { kind: 'id', id: 'file-1' } },
          { type: 'audio', source: { kind: 'base64', mediaType: 'audio/midi', data: 'TVRo' } },
        ),
      ],
    },
    dropped: ['detail', 'image_url', 'file', 'input_audio'],
  },
  {
    name: 'media in S3, video and sound',
    call: {
      turns: [
        user(
          { type: 'image', source: { kind: 'url', url: 's3://bucket/a.jpg' } },
          { type: 'file', source: { kind: 'base64', mediaType: 'video/mp4', data: 'AAAA' } },
          { type: 'audio', source: { kind: 'base64', mediaType: '', data: 'UklG' }, format: 'wav' },
          { type: 'file', source: { kind: 'base64', mediaType: 'text/x-python; charset=utf-8', data: 'cA==' } },
        ),
      ],
    },
    body: {
      messages: [
        {
          role: 'user',
          content: [
            { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/a.jpg' } } } },
            { video: { format: 'mp4', source: { bytes: 'AAAA' } } },
            { audio: { format: 'wav', source: { bytes: 'UklG' } } },
            { document: { format: 'txt', name: 'document', source: { bytes: 'cA==' } } },
            { text: '.' },
          ],
        },
      ],
    },
  },
  {
    name: 'thoughts of another vendor, broken arguments, and a conversation that offers no tools any more',
    call: {
      turns: [
        assistant(
          { type: 'reasoning', text: 'x', encrypted: 'e', origin: 'openai-responses' },
          { type: 'tool-call', id: 'a', name: 'f', arguments: '{"a":', signature: { dialect: 'gemini', value: 's' } },
        ),
        user({ type: 'tool-result', callId: 'a', blocks: [] }),
      ],
      toolChoice: { type: 'none' },
    },
    body: {
      messages: [
        { role: 'user', content: [{ text: '.' }] },
        { role: 'assistant', content: [{ toolUse: { toolUseId: 'a', name: 'f', input: { arguments: '{"a":' } } }] },
        { role: 'user', content: [{ toolResult: { toolUseId: 'a', content: [{ text: '' }] } }] },
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }] },
    },
    dropped: ['reasoning', 'thoughtSignature', 'arguments', 'tool_choice'],
  },
  {
    name: 'an answer that is begun',
    call: { turns: [user(text('Hi')), assistant(text('Well, \n'))], stop: ['\n'] },
    model: LLAMA,
    body: {
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        { role: 'assistant', content: [{ text: 'Well,' }] },
      ],
      inferenceConfig: { stopSequences: ['\n'] },
    },
  },
  {
    name: 'citations of its own and of others',
    call: {
      turns: [
        user(text('Hi')),
        assistant(
          { type: 'text', text: 'a', citations: [{ native: { dialect: 'bedrock', value: { title: 't' } } }] },
          { type: 'text', text: 'b', citations: [{ url: 'https://example.com' }] },
        ),
      ],
    },
    body: {
      messages: [
        { role: 'user', content: [{ text: 'Hi' }] },
        { role: 'assistant', content: [{ citationsContent: { content: [{ text: 'a' }], citations: [{ title: 't' }] } }, { text: 'b' }] },
      ],
    },
    dropped: ['citations'],
  },
]

test.each(CASES)('$name', ({ call, model, body, dropped }) => {
  const encoded = encode({ ...asked, ...call }, model)
  expect(encoded.body).toEqual({ ...HI, ...body })
  expect(encoded.dropped.sort()).toEqual((dropped ?? []).sort())
})

describe('any conversation', () => {
  const word = fc.string({ maxLength: 12 })
  const id = fc.oneof(fc.string({ minLength: 1, maxLength: 90 }), fc.constantFrom('a.b', 'a/b', 'a_b', '__proto__', 'x'.repeat(70)))
  const cache = fc.option(fc.constant<CacheMark>({}), { nil: undefined })
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.tuple(word, cache).map(([value, mark]) => text(value, mark)),
    fc.tuple(id, id).map(([call, name]): Block => ({ type: 'tool-call', id: call, name, arguments: '{}' })),
    id.map((callId): Block => ({ type: 'tool-result', callId, blocks: [{ type: 'text', text: callId }] })),
    id.map((name): Block => ({ type: 'file', name, source: { kind: 'base64', mediaType: 'application/pdf', data: name } })),
  )
  const turn = fc.record({ role: fc.constantFrom('user' as const, 'assistant' as const), blocks: fc.array(block, { maxLength: 5 }) })
  const calls = fc.record({
    turns: fc.array(turn, { maxLength: 6 }),
    tools: fc.array(
      id.map((name) => ({ name })),
      { maxLength: 4 },
    ),
  })

  test('becomes one that Converse takes, with every text in its order', () => {
    fc.assert(
      fc.property(calls, (call) => {
        const { body } = encode(call)
        const messages = body.messages as { role: string; content: Record<string, Record<string, unknown>>[] }[]
        expect(messages.map(({ role }) => role)).toEqual(messages.map((_, index) => (index % 2 === 0 ? 'user' : 'assistant')))
        const blocks = messages.flatMap(({ content }) => content)
        for (const { content } of messages) expect(content.some((one) => !('cachePoint' in one))).toBe(true)
        for (const { text: value } of blocks) if (value !== undefined) expect(String(value).trim()).not.toBe('')

        // Results move before the words of their turn: what is left keeps its order.
        const texts = blocks.flatMap((one) => (typeof one.text === 'string' ? [one.text as string] : []))
        const wanted = call.turns.flatMap(({ blocks: all }) => all.flatMap((one) => (one.type === 'text' ? [one.text] : [])))
        const told = (list: string[]) => list.map((one) => one.trimEnd()).filter((one) => one !== '' && one !== '.')
        expect(told(texts)).toEqual(told(wanted))

        const names = blocks.flatMap(({ document }) => (document ? [String(document.name)] : []))
        expect(new Set(names).size).toBe(names.length)
        for (const name of names) expect(name).toMatch(/^(?!.* {2})[a-zA-Z0-9 \-()[\]]{1,200}$/)
        for (const { toolUse, toolResult } of blocks) {
          if (toolUse) expect(toolUse.name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
          if (toolUse ?? toolResult) expect((toolUse ?? toolResult)?.toolUseId).toMatch(/^[a-zA-Z0-9_.:-]{1,64}$/)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('names of tools come back as the client wrote them', () => {
    fc.assert(
      fc.property(calls, ({ turns, tools }) => {
        const call: Call = { ...BARE, turns, tools }
        const config = encode(call).body.toolConfig as { tools: { toolSpec: { name: string } }[] } | undefined
        const content = (config?.tools ?? []).map(({ toolSpec }, index) => ({
          toolUse: { toolUseId: `${index}`, name: toolSpec.name, input: {} },
        }))
        const events = bedrock.decodeAnswer(call).whole({ output: { message: { content } }, stopReason: 'tool_use' })
        const back = events.flatMap((event) => (event.type === 'block' && event.block.type === 'tool-call' ? [event.block.name] : []))
        const offered = tools.length > 0 ? tools.map(({ name }) => name) : back
        expect(back).toEqual(offered)
      }),
    )
  })
})
