import { PromptContent, type PromptContentInput, type SnapshotPrompt } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startWorld, type World } from '../world.case.ts'
import type { VersionOf } from './asked-versions.ts'

const version = (content: PromptContentInput, hash = 'h') => ({ hash, content: PromptContent.parse(content) })

const PROMPTS: Record<string, SnapshotPrompt> = {
  'support/refund': {
    labels: {
      latest: { version: 3 },
      production: { version: 2 },
      staging: {
        split: [
          { version: 2, weight: 1 },
          { version: 3, weight: 1 },
        ],
      },
    },
    versions: {
      2: version(
        {
          type: 'chat',
          messages: [
            { role: 'system', content: 'Policy: {{policy}}' },
            { type: 'placeholder', name: 'history', optional: true },
            { role: 'user', content: '{{question}}' },
          ],
          examples: [{ input: 'Late?', output: 'Sorry.' }],
          variants: [
            {
              name: 'claude',
              provider: 'anthropic',
              messages: [
                { role: 'system', content: '<policy>{{policy}}</policy>' },
                { role: 'user', content: '{{question}}' },
              ],
              parameters: { maxTokens: 99 },
            },
          ],
          model: { route: 'support', parameters: { temperature: 0.2, maxTokens: 500, stop: ['END'] } },
          tools: [{ name: 'find', description: 'Finds', parameters: { type: 'object', properties: {} } }],
          toolChoice: 'auto',
          output: { name: 'reply', schema: { type: 'object', properties: {}, additionalProperties: false } },
        },
        'hash2',
      ),
      3: version({ type: 'chat', messages: [{ role: 'user', content: 'Three: {{question}}' }], model: { route: 'support' } }, 'hash3'),
    },
  },
  tone: { labels: { production: { version: 1 } }, versions: { 1: version({ type: 'text', text: 'Be {{tone}}.' }, 'hash1') } },
  'liquid:one': {
    labels: { production: { version: 1 } },
    versions: { 1: version({ type: 'text', engine: 'liquid', text: 'Hi {{ name | upcase }}', model: { route: 'openai/gpt-4o' } }) },
  },
  golden: {
    labels: { production: { version: 1 } },
    versions: {
      1: version({
        type: 'chat',
        messages: [{ role: 'user', content: 'x' }],
        examples: { dataset: 'golden' },
        model: { route: 'support' },
      }),
      2: version({
        type: 'chat',
        messages: [{ role: 'system', content: 'Short.' }],
        examples: {
          dataset: 'golden',
          k: 1,
          picked: [
            { input: 'Lost my {{password}}', output: 'Reset it.' },
            { input: 'Where is my parcel?', output: 'On its way.' },
          ],
        },
        model: { route: 'support' },
      }),
    },
  },
}

let world: World
/** What the core says of versions that are not in the snapshot. */
let core: VersionOf = async () => ({ version: null })
beforeAll(async () => {
  world = await startWorld(
    (usual) => {
      const project = usual.projects.default as (typeof usual.projects)[string]
      const support = {
        strategy: 'fallback' as const,
        targets: [
          { provider: 'openai', model: 'gpt-4o' },
          { provider: 'anthropic', model: 'claude-sonnet-4-5' },
        ],
      }
      return { ...usual, projects: { default: { ...project, models: { support }, prompts: PROMPTS } } }
    },
    {},
    { promptVersion: (one) => core(one) },
  )
})
afterAll(() => world.close())
beforeEach(() => {
  world.seen.length = 0
  world.answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{}')
  }
})

const variables = { policy: '30 "days"', question: 'Why?' }
const asked = { model: 'prompt:support/refund@production', variables }
/** Sends a call and says what the provider got of it. */
async function sentBy(path: string, body: object, headers: Record<string, string> = {}) {
  const before = world.seen.length
  const got = await world.send({ path, body, headers })
  const seen = world.seen[before]
  return { got, url: seen?.url, body: seen ? JSON.parse(seen.body) : undefined, headers: seen?.headers }
}
const lastStart = async () => (await world.recorded()).starts.at(-1)

describe('a prompt as the model', () => {
  it('of chat completions: messages, examples, parameters, tools and schema', async () => {
    const { body, got, headers } = await sentBy('/v1/chat/completions', asked)
    expect(body).toEqual({
      model: 'gpt-4o',
      messages: [
        { role: 'system', content: 'Policy: 30 "days"' },
        { role: 'user', content: 'Late?' },
        { role: 'assistant', content: 'Sorry.' },
        { role: 'user', content: 'Why?' },
      ],
      tools: [{ type: 'function', function: { name: 'find', description: 'Finds', parameters: { type: 'object', properties: {} } } }],
      tool_choice: 'auto',
      temperature: 0.2,
      max_tokens: 500,
      stop: ['END'],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'reply', schema: { type: 'object', properties: {}, additionalProperties: false }, strict: true },
      },
    })
    expect(got.headers['x-signalbox-prompt']).toBe('support/refund@2')
    expect(Object.keys(headers ?? {}).filter((name) => name.startsWith('x-signalbox'))).toEqual([])
    expect(await lastStart()).toMatchObject({
      requestModel: 'support',
      prompt: {
        name: 'support/refund',
        version: 2,
        hash: 'hash2',
        label: 'production',
        variables,
        shapes: { policy: 'text 9', question: 'text 4' },
      },
    })
  })

  it('of Responses, Messages and generateContent, each in its own words', async () => {
    const responses = await sentBy('/v1/responses', asked)
    expect(responses.url).toBe('/v1/responses')
    expect(responses.body).toMatchObject({ model: 'gpt-4o', instructions: 'Policy: 30 "days"', max_output_tokens: 500, temperature: 0.2 })
    expect(responses.body.input).toHaveLength(3)
    expect(responses.body.text.format).toMatchObject({ type: 'json_schema', name: 'reply' })

    const messages = await sentBy('/v1/messages', { ...asked, model: 'anthropic/claude-sonnet-4-5', prompt: 'support/refund' })
    expect(messages.url).toBe('/v1/messages')
    expect(messages.body).toMatchObject({ model: 'claude-sonnet-4-5', system: '<policy>30 "days"</policy>', max_tokens: 99 })
    expect(messages.body).not.toHaveProperty('prompt')
    expect(messages.body).not.toHaveProperty('variables')

    const gemini = await sentBy('/v1beta/models/google%2Fgemini-2.5-pro:generateContent', { prompt: 'support/refund', variables })
    expect(gemini.url).toBe('/v1beta/models/gemini-2.5-pro:generateContent')
    expect(gemini.body).toMatchObject({
      systemInstruction: { parts: [{ text: 'Policy: 30 "days"' }] },
      generationConfig: { temperature: 0.2, maxOutputTokens: 500 },
    })
    expect(gemini.body.contents).toHaveLength(3)
    const named = await sentBy(`/v1beta/models/${encodeURIComponent('prompt:support/refund@production')}:generateContent`, { variables })
    expect(named.body).toMatchObject({ model: 'gpt-4o', messages: [{ role: 'system' }, {}, {}, {}] })
  })

  it('by version, and an engine that is loaded when it is needed', async () => {
    expect((await sentBy('/v1/chat/completions', { model: 'prompt:support/refund@3', variables })).body.messages).toEqual([
      { role: 'user', content: 'Three: Why?' },
    ])
    expect((await sentBy('/v1/chat/completions', { model: 'prompt:liquid:one', variables: { name: 'Ada' } })).body.messages).toEqual([
      { role: 'user', content: 'Hi ADA' },
    ])
  })
})

describe('a prompt beside a body', () => {
  const own = { model: 'gpt-4o', messages: [{ role: 'user', content: 'And now?' }], temperature: 1, max_completion_tokens: 7 }

  it('by a field: its messages come first, and the body has the last word on parameters', async () => {
    const { body } = await sentBy('/v1/chat/completions', {
      ...own,
      model: 'openai/gpt-4o-mini',
      prompt: 'support/refund@production',
      variables,
    })
    expect(body).toMatchObject({ model: 'gpt-4o-mini', temperature: 1, max_completion_tokens: 7, stop: ['END'] })
    expect(body).not.toHaveProperty('max_tokens')
    expect(body.messages.map(({ content }: { content: string }) => content)).toEqual([
      'Policy: 30 "days"',
      'Late?',
      'Sorry.',
      'Why?',
      'And now?',
    ])
  })

  it('by headers, as a system text where there are messages', async () => {
    const headers = { 'x-signalbox-prompt': 'tone', 'x-signalbox-variables': '{"tone":"warm"}' }
    const { body } = await sentBy('/v1/chat/completions', { ...own, model: 'openai/gpt-4o' }, headers)
    expect(body.messages).toEqual([{ role: 'system', content: 'Be warm.' }, ...own.messages])
    const responses = await sentBy('/v1/responses', { model: 'openai/gpt-4o', input: 'Hi', instructions: 'Short.' }, headers)
    expect(responses.body).toEqual({ model: 'gpt-4o', input: [{ role: 'user', content: 'Hi' }], instructions: 'Be warm.\n\nShort.' })
    const anthropic = await sentBy(
      '/v1/messages',
      {
        model: 'anthropic/claude-sonnet-4-5',
        max_tokens: 5,
        system: [{ type: 'text', text: 'Short.' }],
        messages: [{ role: 'user', content: 'Hi' }],
      },
      headers,
    )
    expect(anthropic.body).toMatchObject({
      max_tokens: 5,
      system: [
        { type: 'text', text: 'Be warm.' },
        { type: 'text', text: 'Short.' },
      ],
    })
    const gemini = await sentBy(
      '/v1beta/models/google%2Fgemini-2.5-pro:generateContent',
      { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], system_instruction: { parts: [{ text: 'Short.' }] } },
      headers,
    )
    expect(gemini.body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      systemInstruction: { parts: [{ text: 'Be warm.' }, { text: 'Short.' }] },
    })
  })

  it('with messages for its placeholder, in its own words or in those of the dialect', async () => {
    const history = [
      { role: 'user', content: 'Before' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'find', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'c', content: '{{policy}}' },
    ]
    const { body } = await sentBy('/v1/chat/completions', { ...asked, variables: { ...variables, history } })
    expect(body.messages.slice(1, 4)).toEqual(history)
    expect(body.messages.at(-1)).toEqual({ role: 'user', content: 'Why?' })
  })
})

describe('the variant of a target', () => {
  it('is rendered for the one that is tried', async () => {
    world.answer = (request, response) => {
      const isFirst = request.url?.startsWith('/v1/chat')
      response.writeHead(isFirst ? 500 : 200, { 'content-type': 'application/json' })
      response.end(
        isFirst
          ? '{"error":{"message":"no"}}'
          : '{"id":"m","type":"message","role":"assistant","content":[{"type":"text","text":"ok"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}',
      )
    }
    const got = await world.send({ path: '/v1/chat/completions', body: asked })
    expect(got.status).toBe(200)
    const [first, ...rest] = world.seen.map(({ url, body }) => ({ url, body: JSON.parse(body) }))
    expect(first?.body.messages[0]).toEqual({ role: 'system', content: 'Policy: 30 "days"' })
    const last = rest.at(-1)
    expect(last?.url).toBe('/v1/messages')
    expect(last?.body).toMatchObject({ system: '<policy>30 "days"</policy>', max_tokens: 99, messages: [{}, {}, { role: 'user' }] })
  })
})

describe('a split label', () => {
  const textOf = async (headers: Record<string, string>) => {
    const { body } = await sentBy('/v1/chat/completions', { ...asked, model: 'prompt:support/refund@staging' }, headers)
    return body.messages.at(-1).content as string
  }
  it('gives a session, else a user, always the same version, and others the other one', async () => {
    for (const name of ['x-signalbox-session', 'x-signalbox-user']) {
      const by = new Map<string, string>()
      for (let at = 0; at < 12; at++) by.set(`s${at}`, await textOf({ [name]: `s${at}` }))
      expect(new Set(by.values()).size).toBe(2)
      for (const [session, text] of by) expect(await textOf({ [name]: session })).toBe(text)
    }
  })
})

describe('a version by its number', () => {
  it('that no label points to comes from the core', async () => {
    core = async ({ projectId, name, version: number }) => ({
      version: version(
        {
          type: 'chat',
          messages: [{ role: 'user', content: `${projectId} ${name} ${number}: {{question}}` }],
          model: { route: 'support' },
        },
        'old',
      ),
    })
    const { body } = await sentBy('/v1/chat/completions', { ...asked, model: 'prompt:support/refund@1' })
    expect(body.messages).toEqual([{ role: 'user', content: 'default support/refund 1: Why?' }])
    expect((await lastStart())?.prompt).toMatchObject({ name: 'support/refund', version: 1, hash: 'old' })
    core = async () => ({ version: null })
  })

  it('is not asked of the core where the snapshot has it, or knows no such prompt', async () => {
    let questions = 0
    core = async () => {
      questions++
      return { version: null }
    }
    expect((await sentBy('/v1/chat/completions', { ...asked, model: 'prompt:support/refund@3' })).got.status).toBe(200)
    expect((await sentBy('/v1/chat/completions', { ...asked, model: 'prompt:nothing@3' })).got.status).toBe(404)
    expect(questions).toBe(0)
    core = async () => ({ version: null })
  })

  it('says what is at hand where the core cannot be asked', async () => {
    core = async () => undefined
    const { got } = await sentBy('/v1/chat/completions', { ...asked, model: 'prompt:support/refund@1' })
    expect(got.status).toBe(404)
    expect(JSON.parse(got.text).error).toMatchObject({
      message: expect.stringContaining('Version 1 of the prompt "support/refund" is not at hand here.'),
      hint: expect.stringContaining('At hand are 2, 3.'),
    })
    core = async () => ({ version: null })
  })
})

describe('examples of a dataset', () => {
  it('resemble what the client asks, and stand as they are in front of it', async () => {
    const messages = [{ role: 'user', content: 'Is my parcel lost?' }]
    const { body } = await sentBy('/v1/chat/completions', { model: 'prompt:golden@2', messages })
    expect(body.messages).toEqual([
      { role: 'system', content: 'Short.' },
      { role: 'user', content: 'Where is my parcel?' },
      { role: 'assistant', content: 'On its way.' },
      ...messages,
    ])
    const other = await sentBy('/v1/messages', {
      model: 'prompt:golden@2',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'My password' }],
    })
    expect(JSON.stringify(other.body.messages)).toContain('Lost my {{password}}')
  })
})

describe('what cannot be rendered', () => {
  const refusal = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const { got, body: sent } = await sentBy(path, body, headers)
    expect(sent).toBeUndefined()
    return { status: got.status, body: JSON.parse(got.text) }
  }
  it.each([
    [{ model: 'prompt:support/refunds' }, 404, 'There is no prompt "support/refunds" in this project.', 'There are support/refund'],
    [{ model: 'prompt:support/refund@canary' }, 404, 'has no label "canary"', 'It has latest, production, staging.'],
    [{ model: 'prompt:support/refund@1' }, 404, 'has no version 1', 'on its page'],
    [{ model: 'prompt:constructor' }, 404, 'There is no prompt "constructor"', ''],
    [{ model: 'prompt:support/refund@__proto__' }, 404, 'has no label', ''],
    [{ model: 'prompt:support/refund', variables: { policy: 'x' } }, 400, 'The variable "question" is missing', 'Send it in `variables`'],
    [{ model: 'prompt:support/refund', variables: 'x' }, 400, '`variables` must be an object', ''],
    [
      { model: 'prompt:tone', variables: { tone: 'warm' } },
      400,
      'The prompt tone (version 1) names no model.',
      'Give the prompt a model route',
    ],
    [{ model: 'prompt:tone', prompt: 'support/refund', variables }, 400, 'asks for two prompts', ''],
    [{ model: 'prompt:golden' }, 400, 'there is no such dataset', ''],
    [{ model: 'prompt:support/refund', variables: { ...variables, history: 'x' } }, 400, '"history" must be a list', ''],
  ])('%j is said so in the words of the dialect', async (body, status, message, hint) => {
    const refused = await refusal('/v1/chat/completions', body)
    expect(refused.status).toBe(status)
    expect(refused.body.error.message).toContain(message)
    expect(refused.body.error.hint).toContain(hint)
  })

  it('in the shape of Anthropic and of Google', async () => {
    const anthropic = await refusal('/v1/messages', { model: 'prompt:nothing', messages: [] })
    expect(anthropic).toMatchObject({ status: 404, body: { type: 'error', error: { type: 'not_found_error' } } })
    const gemini = await refusal('/v1beta/models/prompt%3Anothing:generateContent', {})
    expect(gemini).toMatchObject({ status: 404, body: { error: { code: 404, status: 'NOT_FOUND' } } })
  })

  it('nor with variables in a header that are no JSON', async () => {
    const headers = { 'x-signalbox-prompt': 'tone', 'x-signalbox-variables': '{' }
    expect((await refusal('/v1/chat/completions', { model: 'support', messages: [] }, headers)).status).toBe(400)
  })

  it('nor where no chat is', async () => {
    const embeddings = await refusal('/v1/embeddings', { model: 'openai/e', input: 'x' }, { 'x-signalbox-prompt': 'tone' })
    expect(embeddings.body.error.message).toContain('A prompt cannot be used with embeddings')
    const completions = await refusal('/v1/completions', { model: 'prompt:tone', prompt: 'Once' })
    expect(completions).toMatchObject({ status: 404, body: { error: { hint: expect.stringContaining('dialects of chat') } } })
  })

  it('but for what is missing, where that is asked for', async () => {
    const { body } = await sentBy('/v1/chat/completions', { model: 'prompt:support/refund' }, { 'x-signalbox-prompt-mode': 'compatible' })
    expect(body.messages[0]).toEqual({ role: 'system', content: 'Policy: ' })
  })
})

describe('fields that are of others', () => {
  it.each([
    ['/v1/completions', { model: 'openai/gpt-3.5-turbo-instruct', prompt: 'support/refund', variables: { a: 1 } }],
    ['/v1/responses', { model: 'openai/gpt-4o', prompt: { id: 'pmpt_1', variables: { a: '1' } }, input: 'x' }],
    ['/v1/chat/completions', { model: 'openai/gpt-4o', messages: [], variables: { a: 1 } }],
    ['/v1/chat/completions', { model: 'openai/gpt-4o', messages: [], prompt: { id: 'x' } }],
  ])('pass through %s as they are: %j', async (path, body) => {
    const sent = { ...body, model: body.model.replace('openai/', '') }
    expect((await sentBy(path, body)).body).toEqual(sent)
    expect(await lastStart()).not.toHaveProperty('prompt')
  })
})

it('tokens of a prompt can be counted', async () => {
  const { url, body } = await sentBy('/v1/messages/count_tokens', {
    model: 'anthropic/claude-sonnet-4-5',
    prompt: 'support/refund',
    variables,
  })
  expect(url).toBe('/v1/messages/count_tokens')
  expect(body.system).toBe('<policy>30 "days"</policy>')
})
