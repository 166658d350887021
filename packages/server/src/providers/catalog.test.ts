import { describe, expect, test } from 'vitest'
import { catalog, environmentProviders } from './catalog.ts'
import { mistralChat, openaiChat } from './chat-quirks.ts'
import { specOf } from './spec.ts'

const provider = (fields: object) => ({
  name: 'p',
  kind: 'openai-compatible',
  baseUrl: 'http://127.0.0.1:8000/v1',
  apiKey: null,
  headers: {},
  from: 'file' as const,
  problem: null,
  ...fields,
})

describe('providers of the environment', () => {
  test('nothing set, nothing there', () => expect(environmentProviders({ OPENAI_API_KEY: ' ' })).toEqual([]))

  test.each(catalog.filter((row) => row.holdsKey && typeof row.baseUrl === 'string'))('$variable brings $name with its key', (row) => {
    expect(environmentProviders({ [row.variable]: ' secret ' })).toEqual([
      expect.objectContaining({ name: row.name, baseUrl: row.baseUrl, apiKey: 'secret' }),
    ])
  })

  test.each([
    ['127.0.0.1', 'http://127.0.0.1:11434/v1'],
    ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
    ['0.0.0.0:8080', 'http://127.0.0.1:8080/v1'],
    ['[::]:8080', 'http://127.0.0.1:8080/v1'],
    [':9000', 'http://127.0.0.1:9000/v1'],
    ['box.local:11434', 'http://box.local:11434/v1'],
    ['http://box.local', 'http://box.local/v1'],
    ['https://ollama.example/base/', 'https://ollama.example/base/v1'],
    ['http://localhost:11434/v1', 'http://localhost:11434/v1'],
  ])('OLLAMA_HOST=%s is %s', (value, baseUrl) => {
    expect(environmentProviders({ OLLAMA_HOST: value })).toEqual([
      { name: 'ollama', kind: 'openai-compatible', baseUrl, apiKey: null, problem: null },
    ])
  })

  test('an address that is none says so', () => {
    expect(environmentProviders({ OLLAMA_HOST: 'a b' })[0]?.problem).toBe('OLLAMA_HOST is "a b", which is not an address')
  })

  test('Azure needs its address, Bedrock its region', () => {
    expect(environmentProviders({ AZURE_OPENAI_API_KEY: 'k' })).toMatchObject([
      { name: 'azure', apiKey: 'k', problem: 'baseUrl (or AZURE_OPENAI_ENDPOINT) is not set' },
    ])
    expect(environmentProviders({ AZURE_OPENAI_API_KEY: 'k', AZURE_OPENAI_ENDPOINT: 'https://x.openai.azure.com/' })).toMatchObject([
      { name: 'azure', baseUrl: 'https://x.openai.azure.com', problem: null },
    ])
    const aws = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 's' }
    expect(environmentProviders(aws)).toMatchObject([{ name: 'bedrock', problem: 'region (or AWS_REGION, AWS_DEFAULT_REGION) is not set' }])
    expect(environmentProviders({ ...aws, AWS_REGION: 'eu-west-1' })).toEqual([
      {
        name: 'bedrock',
        kind: 'bedrock',
        baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com',
        apiKey: null,
        settings: { region: 'eu-west-1', accessKeyId: 'a', secretAccessKey: 's' },
        problem: null,
      },
    ])
    expect(environmentProviders({ AWS_ACCESS_KEY_ID: 'a', AWS_REGION: 'r' })).toMatchObject([
      { problem: 'secretAccessKey (or AWS_SECRET_ACCESS_KEY) is not set' },
    ])
  })
})

describe('how to speak to a provider', () => {
  test('the key goes into the authorization header, extra headers win', () => {
    const spec = specOf(provider({ apiKey: 'k', headers: { 'X-Extra': '1', Authorization: 'Basic abc' } }))
    expect(spec.headers).toEqual({ 'x-extra': '1', authorization: 'Basic abc' })
    expect(specOf(provider({ apiKey: 'k' })).headers).toEqual({ authorization: 'Bearer k' })
  })

  test('no key, no header; no slash at the end', () => {
    expect(specOf(provider({ baseUrl: 'http://x/v1/' }))).toMatchObject({ headers: {}, baseUrl: 'http://x/v1' })
  })

  test('the quirks of a host hold under any name', () => {
    expect(specOf(provider({ baseUrl: 'https://api.mistral.ai/v1' })).streamUsage).toBe(false)
    expect(specOf(provider({ baseUrl: 'https://api.groq.com/openai/v1' })).streamUsage).toBe(true)
    expect(specOf(provider({ baseUrl: 'https://api.mistral.ai/v1' })).chatQuirks).toBe(mistralChat)
    expect(specOf(provider({ kind: 'mistral', baseUrl: 'https://proxy.example/v1' })).chatQuirks).toBe(mistralChat)
    expect(specOf(provider({ kind: 'azure', baseUrl: 'https://a.openai.azure.com' })).chatQuirks).toBe(openaiChat)
    expect(specOf(provider({ baseUrl: 'http://127.0.0.1:8000/v1' })).chatQuirks).toBeUndefined()
  })

  test.each([
    ['openai', {}, '/chat/completions', 'https://api.openai.com/v1/chat/completions'],
    ['anthropic', { baseUrl: 'https://api.anthropic.com' }, '/v1/messages', 'https://api.anthropic.com/v1/messages'],
    ['anthropic', { baseUrl: 'https://proxy.example/v1' }, '/v1/messages', 'https://proxy.example/v1/messages'],
    ['google', { baseUrl: 'https://g.example/v1' }, '/v1beta/models/m:generateContent', 'https://g.example/v1/models/m:generateContent'],
    [
      'vertex',
      { baseUrl: 'https://v/publishers/google' },
      '/v1beta/models/m:generateContent',
      'https://v/publishers/google/models/m:generateContent',
    ],
    ['azure', { baseUrl: 'https://x.openai.azure.com' }, '/chat/completions', 'https://x.openai.azure.com/openai/v1/chat/completions'],
    [
      'azure',
      { baseUrl: 'https://x.openai.azure.com', settings: { apiVersion: '2024-10-21' } },
      '/chat/completions',
      'https://x.openai.azure.com/openai/deployments/m/chat/completions?api-version=2024-10-21',
    ],
  ])('kind %s %o takes %s to %s', (kind, fields, path, url) => {
    expect(specOf(provider({ kind, baseUrl: 'https://api.openai.com/v1', ...fields })).address(path, { model: 'm', stream: false })).toBe(
      url,
    )
  })

  test.each([
    ['anthropic', { 'x-api-key': 'k' }],
    ['google', { 'x-goog-api-key': 'k' }],
    ['azure', { 'api-key': 'k' }],
    ['vertex', { authorization: 'Bearer k' }],
    ['bedrock', { authorization: 'Bearer k' }],
    ['cohere', { authorization: 'Bearer k' }],
    ['simulator', {}],
  ])('kind %s sends its key as %o', (kind, headers) => {
    expect(specOf(provider({ kind, apiKey: 'k' })).headers).toEqual(headers)
  })
})
