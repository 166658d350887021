import { PayloadRow, SpanRow } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { attributesOf, eventOf, mapWithScores as map, SPAN, type Value } from './map-one.case.ts'

const json = (value: unknown) => JSON.stringify(value)
type Case = [name: string, attributes: Record<string, Value>, expected: object, more?: Parameters<typeof map>[1]]

const check = (_name: string, attributes: Record<string, Value>, expected: object, more?: Parameters<typeof map>[1]) => {
  const { span, payload } = map(attributes, more)
  expect(span).toMatchObject(expected)
  expect(SpanRow.parse(span)).toEqual(span)
  expect(PayloadRow.parse(payload)).toEqual(payload)
  // Whatever was understood, everything stays.
  const raw = JSON.parse(payload.attributes).attributes
  for (const key of Object.keys(attributes)) expect(raw).toHaveProperty([key])
}

describe('the GenAI conventions', () => {
  test.each<Case>([
    [
      'buckets of today',
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.cache_read.input_tokens': 20,
        'gen_ai.usage.cache_write.input_tokens': 10,
        'gen_ai.usage.text.input_tokens': 40,
        'gen_ai.usage.image.input_tokens': 25,
        'gen_ai.usage.audio.input_tokens': 5,
        'gen_ai.usage.output_tokens': 50,
        'gen_ai.usage.reasoning.output_tokens': 30,
        'gen_ai.usage.audio.output_tokens': 4,
      },
      {
        usageInput: 40,
        usageCacheRead: 20,
        usageCacheWrite: 10,
        usageInputImage: 25,
        usageInputAudio: 5,
        usageOutput: 16,
        usageReasoning: 30,
        usageOutputAudio: 4,
      },
    ],
    [
      'cache_creation, as it was called',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 100, 'gen_ai.usage.cache_creation.input_tokens': 60 },
      { usageInput: 40, usageCacheWrite: 60 },
    ],
    [
      'a tool goes by its name',
      { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'weather' },
      { kind: 'tool', name: 'weather' },
    ],
    [
      'agent, workflow and prompt can be filtered for',
      { 'gen_ai.operation.name': 'chat', 'gen_ai.agent.name': 'helper', 'gen_ai.workflow.name': 'support', 'gen_ai.prompt.name': 'greet' },
      { metadata: { agent: 'helper', workflow: 'support', promptName: 'greet' } },
    ],
  ])('%s', check)

  test('an event that judges is a score of its span', () => {
    const { scores } = map(
      { 'gen_ai.operation.name': 'chat' },
      {
        span: {
          events: [
            eventOf('gen_ai.evaluation.result', {
              'gen_ai.evaluation.name': 'relevance',
              'gen_ai.evaluation.score.value': 0.5,
              'gen_ai.evaluation.score.label': 'so-so',
              'gen_ai.evaluation.explanation': 'half of it',
            }),
            eventOf('gen_ai.evaluation.result', { 'gen_ai.evaluation.name': 'tone', 'gen_ai.evaluation.score.label': 'kind' }),
            eventOf('gen_ai.evaluation.result', { 'gen_ai.evaluation.score.value': 1 }),
          ],
        },
      },
    )
    expect(scores).toMatchObject([
      { spanId: SPAN, name: 'relevance', type: 'numeric', value: 0.5, text: 'so-so', comment: 'half of it', source: 'eval' },
      { spanId: SPAN, name: 'tone', type: 'categorical', value: null, text: 'kind' },
    ])
  })
})

describe('OpenInference', () => {
  const LLM = { 'openinference.span.kind': 'LLM', 'llm.model_name': 'own' }

  test('messages with several contents and tool calls, in order', () => {
    const { payload } = map({
      ...LLM,
      'input.value': '{"raw":true}',
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.contents.0.message_content.type': 'text',
      'llm.input_messages.0.message.contents.0.message_content.text': 'What is this?',
      'llm.input_messages.0.message.contents.1.message_content.type': 'image',
      'llm.input_messages.0.message.contents.1.message_content.image.image.url': 'https://x/y.png',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.tool_calls.0.tool_call.id': 'c1',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'look',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"a":1}',
    })
    expect(JSON.parse(payload.input)).toEqual([
      {
        role: 'user',
        contents: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', image: { image: { url: 'https://x/y.png' } } },
        ],
      },
    ])
    expect(JSON.parse(payload.output)).toEqual([
      { role: 'assistant', tool_calls: [{ id: 'c1', function: { name: 'look', arguments: '{"a":1}' } }] },
    ])
  })

  test('documents, what a reranker was given, texts without their vectors', () => {
    const retriever = map({
      'openinference.span.kind': 'RETRIEVER',
      'input.value': 'railways',
      'output.value': 'two documents',
      'retrieval.documents.0.document.id': '7',
      'retrieval.documents.0.document.content': 'Rails',
      'retrieval.documents.0.document.score': 0.5,
    })
    expect(JSON.parse(retriever.payload.output)).toEqual([{ id: '7', content: 'Rails', score: 0.5 }])
    const reranker = map({
      'openinference.span.kind': 'RERANKER',
      'reranker.query': 'railways',
      'reranker.model_name': 'rank-1',
      'reranker.input_documents.0.document.content': 'Cars',
      'reranker.input_documents.1.document.content': 'Rails',
      'reranker.output_documents.0.document.content': 'Rails',
    })
    expect(reranker.span).toMatchObject({ kind: 'reranker', model: 'rank-1' })
    expect(JSON.parse(reranker.payload.input)).toEqual({ query: 'railways', documents: [{ content: 'Cars' }, { content: 'Rails' }] })
    expect(JSON.parse(reranker.payload.output)).toEqual([{ content: 'Rails' }])
    const embedding = map({
      'openinference.span.kind': 'EMBEDDING',
      'embedding.model_name': 'embed-1',
      'embedding.embeddings.0.embedding.text': 'hello',
      'embedding.embeddings.0.embedding.vector': [0.5, 0.25],
    })
    expect(embedding.span).toMatchObject({ kind: 'embedding', model: 'embed-1' })
    expect(JSON.parse(embedding.payload.input)).toEqual([{ text: 'hello' }])
    expect(embedding.payload.attributes).toContain('"embedding.embeddings.0.embedding.vector":[0.5,0.25]')
  })

  test.each<Case>([
    [
      'prompts and choices of a completion',
      { ...LLM, 'llm.prompts.0.prompt.text': 'Once', 'llm.choices.0.completion.text': 'upon' },
      { inputPreview: 'Once', outputPreview: 'upon' },
    ],
    [
      'costs, of which details are parts',
      {
        ...LLM,
        'llm.token_count.prompt': 100,
        'llm.token_count.prompt_details.cache_read': 50,
        'llm.token_count.completion': 10,
        'llm.cost.prompt': 0.003,
        'llm.cost.prompt_details.cache_read': 0.001,
        'llm.cost.completion': 0.002,
        'llm.cost.total': 0.005,
      },
      {
        usageInput: 50,
        usageCacheRead: 50,
        cost: 5_000_000,
        costParts: { input: 2_000_000, cacheRead: 1_000_000, output: 2_000_000 },
        priceVersion: 'provided',
      },
    ],
    [
      'the whole state of a step, of which a library flattens one message out',
      {
        'openinference.span.kind': 'CHAIN',
        'input.value': json({
          messages: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Where?' },
          ],
        }),
        'llm.input_messages.0.message.role': 'system',
        'llm.input_messages.0.message.content': 'Be brief.',
      },
      { kind: 'chain', inputPreview: 'Where?' },
    ],
    ['costs without a total', { ...LLM, 'llm.cost.prompt': 0.001, 'llm.cost.completion': 0.002 }, { cost: 3_000_000 }],
    [
      'the version of a prompt, the place in a graph, the project',
      { ...LLM, 'llm.prompt_template.version': '3', 'graph.node.id': 'n1', 'graph.node.parent_id': 'n0', 'agent.name': 'helper' },
      { metadata: { promptVersion: '3', graphNodeId: 'n1', graphNodeParentId: 'n0', agent: 'helper', project: 'shop' } },
      { resource: { 'openinference.project.name': 'shop' } },
    ],
    [
      'the project of a header',
      { ...LLM },
      { metadata: { project: 'from the header' } },
      { context: { clientProject: 'from the header' } },
    ],
    ['a tool', { 'openinference.span.kind': 'TOOL', 'tool.name': 'weather' }, { kind: 'tool', name: 'weather' }],
  ])('%s', check)

  test('annotations are scores of the span, evaluations of what is linked', () => {
    const annotated = map({
      ...LLM,
      'session.id': 's-1',
      'annotations.0.annotation.name': 'hallucination',
      'annotations.0.annotation.score': -1,
      'annotations.0.annotation.label': 'none',
      'annotations.0.annotation.annotator_kind': 'HUMAN',
      'annotations.0.annotation.metadata': '{"rubric":"2"}',
      'annotations.999999999.annotation.name': 'tone',
      'annotations.999999999.annotation.explanation': 'kind',
      'trace.annotations.0.annotation.name': 'whole',
      'trace.annotations.0.annotation.score': 1,
      'session.annotations.0.annotation.name': 'solved',
      'session.annotations.0.annotation.label': 'yes',
    })
    expect(annotated.scores).toMatchObject([
      { name: 'hallucination', type: 'numeric', value: -1, text: 'none', source: 'annotation', spanId: SPAN, metadata: { rubric: '2' } },
      { name: 'tone', type: 'text', text: 'kind', comment: 'kind' },
      { name: 'whole', spanId: '', traceId: annotated.span.traceId },
      { name: 'solved', traceId: '', spanId: '', sessionId: 's-1', text: 'yes' },
    ])
    const target = { traceId: '80f198ee56343ba864fe8b2a57d3eff7', spanId: 'e457b5a2e4d86bd1' }
    const evaluation = { 'openinference.span.kind': 'EVALUATOR', 'evaluations.0.evaluation.name': 'h', 'evaluations.0.evaluation.score': 1 }
    expect(map(evaluation, { span: { links: [target] } }).scores).toMatchObject([{ ...target, value: 1, source: 'eval' }])
    expect(map(evaluation).scores).toMatchObject([{ spanId: SPAN }])
  })

  test('the same judgement, sent again, is the same score', () => {
    const attributes = { ...LLM, 'annotations.0.annotation.name': 'a', 'annotations.0.annotation.score': 1 }
    const [first] = map(attributes).scores
    expect(map(attributes, { context: { receivedAt: 1_731_925_999_000_000 } }).scores[0]?.id).toBe(first?.id)
    const named = { ...attributes, 'annotations.0.annotation.identifier': 'judge-2' }
    expect(map(named).scores[0]?.id).not.toBe(first?.id)
  })
})

describe('OpenLLMetry', () => {
  test.each<Case>([
    [
      'an entity goes by its name',
      { 'traceloop.span.kind': 'task', 'traceloop.entity.name': 'summarise', 'traceloop.entity.input': '{"a":1}' },
      { kind: 'chain', name: 'summarise', inputPreview: '{"a":1}' },
    ],
    [
      'user, session and prompt',
      {
        'traceloop.association.properties.user_id': 'u',
        'traceloop.association.properties.session_id': 's',
        'traceloop.prompt.key': 'greet',
        'traceloop.prompt.version': 2,
        'traceloop.workflow.name': 'support',
      },
      {
        userId: 'u',
        sessionId: 's',
        promptName: 'greet',
        promptVersion: '2',
        metadata: { promptName: 'greet', promptVersion: '2', workflow: 'support' },
      },
    ],
    [
      'older token counts',
      {
        'llm.request.type': 'chat',
        'gen_ai.usage.prompt_tokens': 100,
        'gen_ai.usage.cache_read_input_tokens': 40,
        'gen_ai.usage.completion_tokens': 5,
      },
      { kind: 'llm', usageInput: 60, usageCacheRead: 40, usageOutput: 5 },
    ],
  ])('%s', check)
})

describe('the AI SDK', () => {
  test.each<Case>([
    [
      'a function of the application names its steps',
      {
        'ai.operationId': 'ai.generateText',
        'ai.telemetry.functionId': 'support',
        'ai.telemetry.metadata.userId': 'u',
        'ai.telemetry.metadata.tags': ['a'],
      },
      { name: 'support:ai.generateText', kind: 'agent', userId: 'u', tags: ['a'] },
    ],
    [
      'details of inputs and outputs',
      {
        'ai.operationId': 'ai.generateText.doGenerate',
        'ai.usage.inputTokens': 100,
        'ai.usage.inputTokenDetails.noCacheTokens': 30,
        'ai.usage.inputTokenDetails.cacheReadTokens': 60,
        'ai.usage.inputTokenDetails.cacheWriteTokens': 10,
        'ai.usage.outputTokens': 20,
        'ai.usage.outputTokenDetails.textTokens': 5,
        'ai.usage.outputTokenDetails.reasoningTokens': 15,
        'ai.usage.totalTokens': 120,
        'gen_ai.usage.input_tokens': 100,
        'gen_ai.usage.output_tokens': 20,
      },
      { usageInput: 30, usageCacheRead: 60, usageCacheWrite: 10, usageOutput: 5, usageReasoning: 15 },
    ],
  ])('%s', check)

  test('text, thoughts and calls of one answer stay together', () => {
    const { payload, span } = map({
      'ai.operationId': 'ai.streamText.doStream',
      'ai.response.text': 'Let me look.',
      'ai.response.reasoning': 'Hm.',
      'ai.response.toolCalls': json([{ toolCallId: 'c1', toolName: 'weather', input: '{"city":"Pune"}' }]),
    })
    expect(JSON.parse(payload.output)).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Hm.' },
          { type: 'text', content: 'Let me look.' },
          { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Pune' } },
        ],
      },
    ])
    expect(span.outputPreview).toContain('Let me look.')
  })
})

describe('Langfuse', () => {
  const GENERATION = { 'langfuse.observation.type': 'generation', 'langfuse.observation.model.name': 'gpt-4o' }
  test.each<Case>([
    [
      'usage and costs, whose buckets exclude each other',
      {
        ...GENERATION,
        'langfuse.observation.usage_details': json({ input: 10, input_cached_tokens: 90, output: 5, total: 105 }),
        'langfuse.observation.cost_details': json({ input: 0.001, input_cached_tokens: 0.0005, output: 0.002, total: 0.0035 }),
      },
      {
        kind: 'llm',
        model: 'gpt-4o',
        requestModel: 'gpt-4o',
        usageInput: 10,
        usageCacheRead: 90,
        usageOutput: 5,
        cost: 3_500_000,
        costParts: { input: 1_000_000, cacheRead: 500_000, output: 2_000_000 },
      },
    ],
    [
      'what was asked, answered, and when that began',
      {
        ...GENERATION,
        'langfuse.observation.input': json([{ role: 'user', content: 'Hi' }]),
        'langfuse.observation.output': 'Hello',
        'langfuse.observation.completion_start_time': '"2024-11-18T10:29:20.250Z"',
      },
      { inputPreview: 'Hi', outputPreview: 'Hello', firstTokenMs: 250, stream: 1 },
    ],
    [
      'an error by its level, with its message',
      { 'langfuse.observation.level': 'ERROR', 'langfuse.observation.status_message': 'too slow' },
      { status: 'error', statusMessage: 'too slow', metadata: {} },
    ],
    ['another level can be filtered for', { 'langfuse.observation.level': 'WARNING' }, { status: 'ok', metadata: { level: 'WARNING' } }],
    [
      'the trace on each of its spans',
      {
        'langfuse.trace.name': 'checkout',
        'langfuse.trace.tags': ['a', 'b'],
        'langfuse.trace.metadata.tenant': 'acme',
        'langfuse.observation.metadata': '{"step":2}',
        'langfuse.observation.prompt.name': 'greet',
        'langfuse.observation.prompt.version': 3,
        'langfuse.environment': 'staging',
        'langfuse.release': 'r1',
        'langfuse.version': 'v2',
        'user.id': 'u',
        'session.id': 's',
      },
      {
        entry: 0,
        name: 'step',
        tags: ['a', 'b'],
        metadata: { tenant: 'acme', step: '2', promptName: 'greet', promptVersion: '3', version: 'v2', traceName: 'checkout' },
        environment: 'staging',
        release: 'r1',
        userId: 'u',
        sessionId: 's',
      },
      { span: { parentSpanId: '00f067aa0ba902b7' } },
    ],
    [
      'the first span of an application is an entry, and goes by the name of its trace',
      { 'langfuse.internal.is_app_root': true, 'langfuse.trace.name': 'checkout' },
      { entry: 1, name: 'checkout', parentId: '00f067aa0ba902b7' },
      { span: { parentSpanId: '00f067aa0ba902b7' } },
    ],
    [
      'metadata of a client in Python, which writes each value as JSON',
      {
        'langfuse.trace.metadata.plan': '"pro"',
        'langfuse.observation.metadata.said': '"a \\"word\\""',
        'langfuse.observation.metadata.deep': '{"a":1}',
        'langfuse.observation.metadata.plain': 'half" a "quote"',
      },
      { metadata: { plan: 'pro', said: 'a "word"', deep: '{"a":1}', plain: 'half" a "quote"' } },
    ],
    ['as_root', { 'langfuse.internal.as_root': 'true' }, { entry: 1 }, { span: { parentSpanId: '00f067aa0ba902b7' } }],
    [
      'what was asked of the whole trace',
      { 'langfuse.trace.input': 'Hi', 'langfuse.trace.output': 'Hello' },
      { inputPreview: 'Hi', outputPreview: 'Hello' },
    ],
    [
      'a cost of 0 of a model that has a price is ours',
      {
        ...GENERATION,
        'langfuse.observation.usage_details': '{"input":1000}',
        'langfuse.observation.cost_details': '{"total":0}',
        'gen_ai.provider.name': 'openai',
      },
      { cost: 2_500_000 },
    ],
    ['a cost of 0 of one that has none', { 'gen_ai.request.model': 'own', 'gen_ai.usage.cost': 0 }, { cost: 0, priceVersion: 'provided' }],
    ['broken JSON', { ...GENERATION, 'langfuse.observation.usage_details': '{"input":' }, { usageSource: 'none', cost: null }],
  ])('%s', check)
})

describe('LangSmith', () => {
  test.each<Case>([
    [
      'a run',
      {
        'langsmith.span.kind': 'llm',
        'langsmith.trace.name': 'answer',
        'langsmith.metadata.ls_provider': 'openai',
        'langsmith.metadata.ls_model_name': 'gpt-4o',
        'langsmith.metadata.thread_id': 't-1',
        'langsmith.span.tags': 'a, b',
        'langsmith.usage_metadata': json({
          input_tokens: 100,
          output_tokens: 10,
          total_tokens: 110,
          input_token_details: { cache_read: 60 },
        }),
        'gen_ai.prompt': 'Hi',
        'gen_ai.completion': 'Hello',
      },
      {
        kind: 'llm',
        name: 'answer',
        provider: 'openai',
        requestModel: 'gpt-4o',
        sessionId: 't-1',
        tags: ['a', 'b'],
        usageInput: 40,
        usageCacheRead: 60,
        usageOutput: 10,
        inputPreview: 'Hi',
        outputPreview: 'Hello',
      },
    ],
    [
      'a chain in a project',
      { 'langsmith.span.kind': 'chain', 'langsmith.trace.session_name': 'shop' },
      { kind: 'chain', metadata: { project: 'shop' } },
    ],
    [
      'a cost of its own',
      { 'langsmith.span.kind': 'llm', 'langsmith.usage_metadata': json({ input_tokens: 1, output_tokens: 1, total_cost: 0.25 }) },
      { cost: 250_000_000 },
    ],
  ])('%s', check)
})

describe('others', () => {
  test.each<Case>([
    [
      'MLflow',
      {
        'mlflow.spanType': '"CHAT_MODEL"',
        'mlflow.spanInputs': '{"messages":[{"role":"user","content":"Hi"}]}',
        'mlflow.spanOutputs': '"Hello"',
      },
      { kind: 'llm', inputPreview: 'Hi' },
    ],
    [
      'Pydantic AI',
      {
        'gen_ai.operation.name': 'invoke_agent',
        'pydantic_ai.all_messages': json([{ role: 'user', parts: [{ type: 'text', content: 'Hi' }] }]),
        final_result: 'Hello',
      },
      { kind: 'agent', inputPreview: 'Hi', outputPreview: 'Hello' },
    ],
    ['Genkit', { 'genkit:metadata:subtype': 'flow', 'genkit:input': '"Hi"', 'genkit:output': '"Hello"' }, { kind: 'workflow' }],
    [
      'the Agent Development Kit',
      { 'gcp.vertex.agent.llm_request': '{"contents":[]}', 'gcp.vertex.agent.session_id': 's' },
      { sessionId: 's', inputPreview: '{"contents":[]}' },
    ],
    ['LiveKit', { 'lk.function_tool.name': 'weather', 'lk.function_tool.arguments': '{"city":"Pune"}' }, { kind: 'tool', name: 'weather' }],
    ['user and session among the metadata', { metadata: '{"user_id":"u","thread_id":"t"}' }, { userId: 'u', sessionId: 't' }],
  ])('%s', check)
})

test('what the provider called its answer', () => {
  expect(map({ 'gen_ai.response.id': 'chatcmpl-12345678' }).responseId).toBe('chatcmpl-12345678')
  expect(
    map({ 'openinference.span.kind': 'LLM', 'llm.model_name': 'm', 'output.value': '{"id":"chatcmpl-12345678","choices":[]}' }).responseId,
  ).toBe('chatcmpl-12345678')
  expect(map({ 'openinference.span.kind': 'CHAIN', 'output.value': '{"id":"chatcmpl-12345678"}' }).responseId).toBeUndefined()
})

test('a million and more of an index allocates nothing', () => {
  const { payload } = map({ 'llm.input_messages.999999999.message.role': 'user', 'llm.input_messages.999999999.message.content': 'Hi' })
  expect(JSON.parse(payload.input)).toEqual([{ role: 'user', content: 'Hi' }])
})

test('attributes of events do not become those of the span', () => {
  const { span } = map({}, { span: { events: [{ name: 'e', timeUnixNano: '1', attributes: attributesOf({ 'user.id': 'u' }) }] } })
  expect(span.userId).toBe('')
})
