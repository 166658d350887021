import { describe, expect, test } from 'vitest'
import { catalog, environmentProviders } from './catalog.ts'
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

  test.each(catalog.filter((row) => row.holdsKey))('$variable brings $name with its key', (row) => {
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

  test('a kind that does not stand yet says so', () => {
    expect(environmentProviders({ ANTHROPIC_API_KEY: 'x' })[0]?.problem).toBe('kind anthropic is not supported by this version yet')
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
  })
})
