import { type ClientFeatures, type Feature, PDF, PNG, SCHEMA, WAV } from './feature.ts'

const user = (...parts: object[]) => ({ role: 'user', parts })
const model = (...parts: object[]) => ({ role: 'model', parts })
const HELLO = { text: 'Hello' }
const part = (what: string, added: object, mark: string): Feature => ({ what, request: { contents: [user(HELLO, added)] }, mark })
const parameter = (what: string, request: Feature['request'], mark = String(Object.values(request)[0])): Feature => ({
  what,
  request,
  mark,
})
const config = (what: string, generationConfig: object, mark = String(Object.values(generationConfig)[0])): Feature => ({
  what,
  request: { generationConfig },
  mark,
})
const declaration = {
  name: 'weather',
  description: 'Says the weather',
  parameters: { type: 'OBJECT', properties: { city: { type: 'STRING' } } },
}
const withTool = { tools: [{ functionDeclarations: [declaration] }] }
const calling = (functionCallingConfig: object) => ({ ...withTool, toolConfig: { functionCallingConfig } })
const hosted = (what: string, name: string): Feature => ({ what, request: { tools: [{ [name]: {} }] }, mark: `"${name}"` })
const history = (...parts: object[]) => ({ contents: [user(HELLO), model(...parts), user(HELLO)] })
const call = { functionCall: { name: 'weather', args: { city: 'Bonn' } } }
const called = (before: object, response: object) => ({
  ...withTool,
  contents: [user(HELLO), model(before), user({ functionResponse: { name: 'weather', response } })],
})

/** Google's `generateContent`. */
export const geminiFeatures: ClientFeatures = {
  smallest: { contents: [user(HELLO)] },
  features: [
    parameter('`systemInstruction`', { systemInstruction: { parts: [{ text: 'Be brief' }] } }, 'Be brief'),
    part('image as base64', { inlineData: { mimeType: 'image/png', data: PNG } }, PNG),
    part('audio', { inlineData: { mimeType: 'audio/wav', data: WAV } }, WAV),
    part('video as base64', { inlineData: { mimeType: 'video/mp4', data: 'AAAAIGZ0' } }, 'AAAAIGZ0'),
    part('PDF as base64', { inlineData: { mimeType: 'application/pdf', data: PDF } }, PDF),
    part('image by URL', { fileData: { mimeType: 'image/png', fileUri: 'https://example.org/a.png' } }, 'https://example.org/a.png'),
    part(
      'uploaded file of Google',
      { fileData: { mimeType: 'application/pdf', fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
      'files/abc',
    ),
    part('video of YouTube', { fileData: { fileUri: 'https://www.youtube.com/watch?v=9hE5-98ZeCg' } }, '9hE5-98ZeCg'),
    parameter('tools', withTool, 'Says the weather'),
    hosted('Google search', 'googleSearch'),
    hosted('code execution of Google', 'codeExecution'),
    hosted('URL context of Google', 'urlContext'),
    { what: 'function calling ANY', request: calling({ mode: 'ANY' }), without: withTool, mark: '"ANY"' },
    {
      what: 'function calling ANY of one',
      request: calling({ mode: 'ANY', allowedFunctionNames: ['weather'] }),
      without: withTool,
      mark: '"weather"]',
    },
    {
      what: '`allowedFunctionNames` of several',
      request: calling({ mode: 'ANY', allowedFunctionNames: ['weather', 'time'] }),
      without: calling({ mode: 'ANY' }),
      mark: '"time"',
    },
    { what: 'function calling NONE', request: calling({ mode: 'NONE' }), without: withTool, mark: '"NONE"' },
    { what: 'calls and results of functions', request: called(call, { output: 'rain' }), mark: 'rain' },
    {
      what: 'image in a result',
      request: {
        ...withTool,
        contents: [
          user(HELLO),
          model(call),
          user({
            functionResponse: {
              name: 'weather',
              response: { output: 'rain' },
              parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }],
            },
          }),
        ],
      },
      without: called(call, { output: 'rain' }),
      mark: PNG,
    },
    {
      what: 'signature of a call',
      request: called({ ...call, thoughtSignature: 'c2lnbmVk' }, { output: 'rain' }),
      without: called(call, { output: 'rain' }),
      mark: 'c2lnbmVk',
    },
    {
      what: 'thoughts in the history, with their signature',
      request: history({ text: 'pondering', thought: true, thoughtSignature: 'c2lnbmVk' }, { text: 'Hi' }),
      without: history({ text: 'Hi' }),
      mark: 'c2lnbmVk',
    },
    {
      what: 'executed code in the history',
      request: history({ executableCode: { language: 'PYTHON', code: 'print(1)' } }, { text: 'Hi' }),
      without: history({ text: 'Hi' }),
      mark: 'print(1)',
    },
    config('`maxOutputTokens`', { maxOutputTokens: 77 }),
    config('`temperature`', { temperature: 0.3125 }),
    config('`topP`', { topP: 0.3125 }),
    config('`topK`', { topK: 33 }),
    config('several answers (`candidateCount`)', { candidateCount: 2 }, '":2'),
    config('`stopSequences`', { stopSequences: ['###'] }, '###'),
    config('`seed`', { seed: 4711 }),
    config('`presencePenalty`', { presencePenalty: 0.3125 }),
    config('`frequencyPenalty`', { frequencyPenalty: -0.3125 }),
    config('`responseLogprobs`', { responseLogprobs: true }, 'ogprobs'),
    {
      what: '`logprobs`',
      request: { generationConfig: { responseLogprobs: true, logprobs: 3 } },
      without: { generationConfig: { responseLogprobs: true } },
      mark: '":3',
    },
    config('JSON without a schema', { responseMimeType: 'application/json' }, 'json'),
    config('JSON of a schema', { responseMimeType: 'application/json', responseJsonSchema: SCHEMA }, 'city'),
    config('`thinkingBudget`', { thinkingConfig: { thinkingBudget: 1500 } }, '1500'),
    config('`thinkingLevel`', { thinkingConfig: { thinkingLevel: 'low' } }, 'low'),
    config('`includeThoughts`', { thinkingConfig: { includeThoughts: true } }, '"includeThoughts":true'),
    config('`mediaResolution`', { mediaResolution: 'MEDIA_RESOLUTION_LOW' }),
    config(
      'spoken answers (`responseModalities`, `speechConfig`)',
      { responseModalities: ['AUDIO'], speechConfig: { languageCode: 'de-DE' } },
      'de-DE',
    ),
    parameter('`safetySettings`', { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] }, 'BLOCK_NONE'),
    parameter('`cachedContent`', { cachedContent: 'cachedContents/xyz' }),
    parameter('`labels`', { labels: { team: 'search' } }, 'search'),
    parameter('`serviceTier`', { serviceTier: 'flex' }, '"flex"'),
    parameter('a parameter that nobody knows', { somethingNew: 'x-1' }),
  ],
}
