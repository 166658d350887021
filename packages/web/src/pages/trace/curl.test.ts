import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { curlOf } from './curl.ts'

const call = (more: Partial<Parameters<typeof curlOf>[0]> = {}) => ({
  source: 'gateway' as const,
  operation: 'chat',
  requestModel: 'support',
  stream: false,
  input: { model: 'support', messages: [{ role: 'user', content: `it's $(whoami) \`id\` "quoted"\nand more` }] },
  attributes: { dialect: 'openai-chat', truncated: false },
  ...more,
})
/** What a shell makes of the command, with a curl that only prints what it was given. */
const run = (command: string) =>
  execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], { env: { SIGNALBOX_KEY: 'sk' }, encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

describe('a call as curl', () => {
  it('says in a shell exactly what was sent, and names a key that is set there', () => {
    const [url, , key, , type, , body = ''] = run(curlOf(call(), 'https://box.example') ?? '')
    expect({ url, key, type }).toEqual({
      url: 'https://box.example/v1/chat/completions',
      key: 'Authorization: Bearer sk',
      type: 'Content-Type: application/json',
    })
    expect(JSON.parse(body)).toEqual(call().input)
  })

  it.each([
    ['anthropic', 'chat', '/v1/messages'],
    ['openai-responses', 'chat', '/v1/responses'],
    ['cohere', 'chat', '/v2/chat'],
    ['gemini', 'generate_content', '/v1beta/models/support:streamGenerateContent?alt=sse'],
    ['openai-endpoint', 'embeddings', '/v1/embeddings'],
  ])('goes where a client of %s goes for %s', (dialect, operation, path) =>
    expect(run(curlOf(call({ operation, stream: true, attributes: { dialect } }), '') ?? '')[0]).toBe(path),
  )

  it.each([
    ['a span of another program', { source: 'otlp' as const }],
    ['a call of which only the beginning is known', { attributes: { truncated: true } }],
    ['a call whose content is not kept', { input: null }],
    ['a file', { attributes: { dialect: 'openai-endpoint', requestType: 'multipart/form-data' } }],
    ['the end of a batch', { operation: 'batch_get', attributes: { dialect: 'openai-endpoint' } }],
  ])('is none for %s', (_, more) => expect(curlOf(call(more), '')).toBeNull())
})
