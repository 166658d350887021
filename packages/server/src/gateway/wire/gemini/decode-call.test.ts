import { AppError } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { decodeCall } from './decode-call.ts'
import { json } from './transcripts.case.ts'

const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }]
const decode = (body: object, address = {}) => decodeCall({ contents, ...body }, { model: 'gemini-2.5-flash', ...address })

test('a request with all that there is, in both spellings', () => {
  expect(decodeCall(json('request.json'), { model: 'models/gemini-2.5-pro', stream: true, alt: 'sse' })).toEqual({
    dialect: 'gemini',
    model: 'gemini-2.5-pro',
    stream: true,
    system: [{ type: 'text', text: 'Answer briefly.' }],
    turns: [
      {
        role: 'user',
        blocks: [
          { type: 'text', text: 'What is in these?' },
          { type: 'image', source: { kind: 'base64', mediaType: 'image/jpeg', data: '/9j/4AAQ' } },
          {
            type: 'file',
            source: { kind: 'url', url: 'https://generativelanguage.googleapis.com/v1beta/files/abc-123', mediaType: 'application/pdf' },
          },
          {
            type: 'file',
            source: { kind: 'url', url: 'https://www.youtube.com/watch?v=9hE5-98ZeCg' },
            native: { dialect: 'gemini', value: { videoMetadata: { startOffset: '10s' } } },
          },
        ],
      },
      {
        role: 'assistant',
        blocks: [
          { type: 'reasoning', text: 'Thinking of it.', isSummary: true, signature: 'AAAA', origin: 'gemini' },
          { type: 'text', text: 'Let me look.' },
          { type: 'tool-call', id: 'call_1', name: 'look', arguments: '{"at":"sky"}', signature: { dialect: 'gemini', value: 'BBBB' } },
          { type: 'tool-call', id: 'call_2', name: 'look', arguments: '{"at":"sea"}' },
        ],
      },
      {
        role: 'user',
        blocks: [
          { type: 'tool-result', callId: 'call_1', name: 'look', blocks: [{ type: 'text', text: 'blue' }] },
          { type: 'tool-result', callId: 'call_2', name: 'look', blocks: [{ type: 'text', text: 'too dark' }], isError: true },
        ],
      },
      {
        role: 'assistant',
        blocks: [
          {
            type: 'opaque',
            dialect: 'gemini',
            what: 'executableCode',
            value: { executableCode: { language: 'PYTHON', code: 'print(1)' } },
          },
          {
            type: 'opaque',
            dialect: 'gemini',
            what: 'codeExecutionResult',
            value: { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1\n' } },
          },
          { type: 'text', text: 'Blue.' },
          { type: 'reasoning', text: '', signature: 'CCCC', origin: 'gemini' },
        ],
      },
      { role: 'user', blocks: [{ type: 'text', text: 'And now?' }] },
    ],
    tools: [
      {
        name: 'look',
        description: 'Looks somewhere.',
        parameters: {
          type: 'object',
          properties: {
            at: { type: ['string', 'null'], enum: ['sky', 'sea', null] },
            times: { type: 'array', items: { type: 'integer' }, minItems: 1 },
          },
          required: ['at'],
        },
      },
      {
        name: 'listen',
        parameters: { type: 'object', properties: { some_name: { type: 'string' } } },
        native: { dialect: 'gemini', value: { response: { type: 'STRING' } } },
      },
    ],
    serverTools: [{ dialect: 'gemini', name: 'googleSearch', value: {} }],
    toolChoice: { type: 'required' },
    temperature: 0.2,
    topP: 0.9,
    topK: 40,
    choices: 2,
    maxTokens: 500,
    stop: ['END'],
    seed: 7,
    presencePenalty: 0.1,
    frequencyPenalty: 0.2,
    logprobs: 3,
    format: { type: 'json-schema', name: 'response', schema: { type: 'object', properties: { answer: { type: 'string' } } } },
    reasoning: { budgetTokens: 1024, summary: true },
    extras: {
      'toolConfig.functionCallingConfig.allowedFunctionNames': ['look', 'listen'],
      'generationConfig.mediaResolution': 'MEDIA_RESOLUTION_LOW',
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
      cachedContent: 'cachedContents/xyz',
    },
  })
})

test.each([
  [{ stream: true, alt: 'sse' }, undefined],
  [{ stream: true, alt: 'json' }, { framing: 'json-list' }],
  [{ stream: true, alt: '' }, { framing: 'json-list' }],
  [{ stream: true }, undefined],
  [{ stream: false, alt: '' }, undefined],
])('the framing of %j is %j', (address, notes) => {
  expect(decode({}, address).notes).toEqual(notes)
})

test.each([
  [{ mode: 'AUTO' }, { type: 'auto' }, {}],
  [{ mode: 'none' }, { type: 'none' }, {}],
  [{ mode: 'ANY' }, { type: 'required' }, {}],
  [{ mode: 'ANY', allowedFunctionNames: ['f'] }, { type: 'tool', name: 'f' }, {}],
  [{ mode: 'VALIDATED' }, undefined, { 'toolConfig.functionCallingConfig.mode': 'VALIDATED' }],
])('functionCallingConfig %j', (functionCallingConfig, toolChoice, extras) => {
  const call = decode({ toolConfig: { functionCallingConfig } })
  expect(call.toolChoice).toEqual(toolChoice)
  expect(call.extras).toEqual(extras)
})

test.each([
  [{ thinkingBudget: 0 }, { effort: 'none' }, {}],
  [{ thinkingBudget: -1, includeThoughts: true }, { summary: true }, { 'generationConfig.thinkingConfig.thinkingBudget': -1 }],
  [{ thinking_level: 'low' }, { effort: 'low' }, {}],
  [{ thinkingLevel: 'EXTREME' }, undefined, { 'generationConfig.thinkingConfig.thinkingLevel': 'EXTREME' }],
])('thinkingConfig %j', (thinkingConfig, reasoning, extras) => {
  const call = decode({ generationConfig: { thinkingConfig } })
  expect(call.reasoning).toEqual(reasoning)
  expect(call.extras).toEqual(extras)
})

test.each([
  [{ responseMimeType: 'application/json' }, { type: 'json' }, {}],
  [{ responseMimeType: 'text/plain' }, { type: 'text' }, {}],
  [
    { responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } },
    { type: 'json-schema', name: 'response', schema: { type: 'object' } },
    {},
  ],
  [
    { responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING', enum: ['a'] } },
    undefined,
    { 'generationConfig.responseMimeType': 'text/x.enum', 'generationConfig.responseSchema': { type: 'STRING', enum: ['a'] } },
  ],
])('the format %j', (generationConfig, format, extras) => {
  const call = decode({ generationConfig })
  expect(call.format).toEqual(format)
  expect(call.extras).toEqual(extras)
})

test('ids that the client gave keep their pairs, ids that are made do not meet them', () => {
  const call = decode({
    contents: [
      { role: 'model', parts: [{ functionCall: { name: 'f', id: 'call_1' } }, { functionCall: { name: 'f' } }] },
      {
        role: 'function',
        parts: [{ functionResponse: { name: 'f', id: 'call_1', response: { a: 1 } } }, { functionResponse: { name: 'f', response: {} } }],
      },
    ],
  })
  expect(call.turns.map(({ blocks }) => blocks.map((block) => ('callId' in block ? block.callId : 'id' in block && block.id)))).toEqual([
    ['call_1', 'call_2'],
    ['call_1', 'call_2'],
  ])
})

describe('what is not of the dialect names the field', () => {
  test.each([
    [{ contents: undefined }, 'contents'],
    [{ contents: [] }, 'contents'],
    [{ contents: 'Hi' }, 'contents'],
    [{ contents: [7] }, 'contents[0]'],
    [{ contents: [{ role: 'system', parts: [] }] }, 'contents[0].role'],
    [{ contents: [{ parts: [{ text: 7 }] }] }, 'contents[0].parts[0].text'],
    [{ contents: [{ parts: [{}] }] }, 'contents[0].parts[0]'],
    [{ contents: [{ parts: [{ inline_data: { mime_type: 'image/png' } }] }] }, 'contents[0].parts[0].inlineData.data'],
    [{ contents: [{ parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
    [{ systemInstruction: { parts: [{ inlineData: {} }] } }, 'systemInstruction.parts[0]'],
    [{ tools: 'x' }, 'tools'],
    [{ tools: [{ functionDeclarations: [{}] }] }, 'tools[0].functionDeclarations[0].name'],
    [{ generationConfig: [] }, 'generationConfig'],
    [{ generationConfig: { temperature: 'hot' } }, 'generationConfig.temperature'],
    [{ generationConfig: { stopSequences: 'END' } }, 'generationConfig.stopSequences'],
    [{ generationConfig: { thinkingConfig: { includeThoughts: 'yes' } } }, 'generationConfig.thinkingConfig.includeThoughts'],
    [{ toolConfig: { functionCallingConfig: { mode: 1 } } }, 'toolConfig.functionCallingConfig.mode'],
  ])('%j', (body, param) => {
    const thrown = (() => {
      try {
        return decode(body)
      } catch (error) {
        return error
      }
    })()
    expect(thrown).toBeInstanceOf(AppError)
    expect(thrown).toMatchObject({ code: 'invalid-request', data: { param } })
  })
  test('a path without a model', () => {
    expect(() => decodeCall({ contents }, {})).toThrow(/name a model/)
  })
})
