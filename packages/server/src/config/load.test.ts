import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { configHandlers } from './handlers.ts'
import { configJsonSchema } from './json-schema.ts'
import { type LoadedConfig, loadConfig, parseConfig } from './load.ts'
import { createProjectProviders } from './project-providers.ts'
import { createStoredProviders } from './stored-providers.ts'

const read = (text: string, variables: Record<string, string> = {}): LoadedConfig =>
  parseConfig(text, { name: 'signalbox.yaml', variables })
const refusal = (text: string, variables: Record<string, string> = {}): string => {
  try {
    read(text, variables)
  } catch (error) {
    if (error instanceof AppError) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

/** As in the contract, word for word. */
const CONTRACT = `version: 1
providers:
  openai:  { kind: openai, apiKey: \${OPENAI_API_KEY} }
  claude:  { kind: anthropic, apiKey: \${ANTHROPIC_API_KEY} }
  local:   { kind: openai-compatible, baseUrl: http://127.0.0.1:8000/v1 }
models:                       # the name an app asks for → where it goes
  support:
    strategy: fallback        # fallback | weighted | latency | least-busy | cost | complexity | sticky | affinity | rules
    targets:
      - { provider: openai, model: gpt-4o, weight: 90 }
      - { provider: claude, model: claude-sonnet-4-5, weight: 10 }
    retries: { attempts: 2 }
    timeouts: { firstTokenMs: 15000, totalMs: 120000 }
    cache: { mode: exact, ttlSeconds: 3600 }
    guardrails: [default]
`

describe('a file that is right', () => {
  test('the example of the contract starts, and says what has no effect', () => {
    const config = read(CONTRACT, { OPENAI_API_KEY: 'sk-real' })
    expect(config.defaultProject).toBe('default')
    const { providers, models } = config.projects.default ?? config.base
    expect(providers.openai).toMatchObject({ apiKey: 'sk-real', baseUrl: 'https://api.openai.com/v1', from: 'file', problem: null })
    expect(providers.claude).toMatchObject({ kind: 'anthropic', problem: 'ANTHROPIC_API_KEY is not set' })
    expect(providers.local).toMatchObject({ apiKey: null, baseUrl: 'http://127.0.0.1:8000/v1', problem: null })
    expect(providers.simulator).toMatchObject({ kind: 'simulator', from: 'built-in', problem: null })
    expect(models.support).toEqual({
      strategy: 'fallback',
      targets: [
        { provider: 'openai', model: 'gpt-4o', weight: 90 },
        { provider: 'claude', model: 'claude-sonnet-4-5', weight: 10 },
      ],
      timeouts: { firstTokenMs: 15000, totalMs: 120000 },
    })
    expect(config.warnings).toEqual([
      'signalbox.yaml:4:3 providers.claude is not configured: ANTHROPIC_API_KEY is not set.',
      'signalbox.yaml:11:9 models.support.targets[1] is skipped: claude is not configured (ANTHROPIC_API_KEY is not set).',
      'signalbox.yaml:12:5 models.support.retries is not supported by this version yet and has no effect.',
      'signalbox.yaml:13:17 models.support.timeouts.firstTokenMs is not supported by this version yet and has no effect.',
      'signalbox.yaml:13:38 models.support.timeouts.totalMs is not supported by this version yet and has no effect.',
      'signalbox.yaml:14:5 models.support.cache is not supported by this version yet and has no effect.',
      'signalbox.yaml:15:5 models.support.guardrails is not supported by this version yet and has no effect.',
    ])
  })

  test('a variable that is not set leaves its provider unconfigured, with a warning', () => {
    const config = read(CONTRACT)
    expect(config.projects.default?.providers.openai).toMatchObject({ problem: 'OPENAI_API_KEY is not set', apiKey: null })
    expect(config.warnings[0]).toBe('signalbox.yaml:3:3 providers.openai is not configured: OPENAI_API_KEY is not set.')
    expect(config.warnings[2]).toBe(
      'signalbox.yaml:10:9 models.support.targets[0] is skipped: openai is not configured (OPENAI_API_KEY is not set).',
    )
  })

  test('without a file there are the environment, the simulator and defaults', async () => {
    const config = await loadConfig({ file: '/nowhere/signalbox.yaml', variables: { GROQ_API_KEY: 'g' } })
    expect(config.warnings).toEqual([])
    expect(config.limits.maxBodyBytes).toBe(33_554_432)
    expect(Object.keys(config.projects)).toEqual(['default'])
    expect(Object.keys(config.projects.default?.providers ?? {})).toEqual(['groq', 'simulator'])
    expect(Object.keys(config.projects.default?.models ?? {})).toEqual(['simulator/echo', 'simulator/script', 'simulator/faults'])
    expect(config.projects.default?.capture).toEqual({ content: true, maxBytes: 8_388_608 })
    expect(config.projects.default?.prices).toEqual([])
  })

  test('a file that was asked for by name and is not there is refused', async () => {
    const loading = loadConfig({ file: '/nowhere/x.yaml', variables: { SIGNALBOX_CONFIG: '/nowhere/x.yaml' } })
    await expect(loading).rejects.toThrow('The configuration file /nowhere/x.yaml does not exist.')
  })

  test('messages name the file as it is called', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'config-')), 'team.yaml')
    await writeFile(file, 'version: 2\n')
    await expect(loadConfig({ file, variables: {} })).rejects.toThrow('team.yaml:1:10 version must be 1, not 2.')
  })

  test('several projects, each with the providers of the environment', () => {
    const config = read(
      `version: 1
projects:
  web:
    providers: { groq: { kind: openai-compatible, baseUrl: http://cache:1/v1 } }
  batch:
    models: { fast: { targets: [{ provider: groq, model: llama }] } }
    retention: { days: 3 }
`,
      { GROQ_API_KEY: 'g' },
    )
    expect(config.defaultProject).toBe('web')
    expect(config.projects.web?.providers.groq).toMatchObject({ baseUrl: 'http://cache:1/v1', apiKey: null, from: 'file' })
    expect(config.projects.batch?.providers.groq).toMatchObject({ apiKey: 'g', from: 'environment' })
    expect(config.warnings).toEqual(['signalbox.yaml:7:5 projects.batch.retention is not supported by this version yet and has no effect.'])
  })

  test.each([
    ['a default', 'http://${HOST:-10.0.0.1:80}/v1', {}, 'http://10.0.0.1:80/v1'],
    ['an empty variable counts as unset', 'http://${HOST:-h}/v1', { HOST: '' }, 'http://h/v1'],
    ['a value', 'http://${HOST:-h}/v1', { HOST: 'real' }, 'http://real/v1'],
    ['one that is needed and there', '"http://${HOST:?where is it}/v1"', { HOST: 'real' }, 'http://real/v1'],
  ])('variables: %s', (_, baseUrl, variables, expected) => {
    const config = read(`version: 1\nproviders: { p: { kind: openai-compatible, baseUrl: ${baseUrl} } }`, variables)
    expect(config.projects.default?.providers.p?.baseUrl).toBe(expected)
  })

  test('a variable in a comment means nothing, and $${ is a plain ${', () => {
    const config = read('version: 1 # ${NOPE:?}\nproviders: { p: { kind: openai, apiKey: k, headers: { x: "$${y}" } } }')
    expect(config.projects.default?.providers.p?.headers).toEqual({ x: '${y}' })
  })

  test('numbers and switches may come from variables', () => {
    const config = read('version: 1\nlimits: { maxBodyBytes: ${MAX} }\ncapture: { content: ${KEEP:-false} }', { MAX: '1000' })
    expect(config.limits.maxBodyBytes).toBe(1000)
    expect(config.projects.default?.capture.content).toBe(false)
  })

  test('a section with nothing below it is empty', () => {
    expect(read('version: 1\nproviders:\nmodels:\n').projects.default?.providers.simulator).toBeDefined()
  })

  test('the usual key of a kind is used at its usual address only', () => {
    const variables = { OPENAI_API_KEY: 'secret' }
    const text = 'version: 1\nproviders:\n  a: { kind: openai }\n  b: { kind: openai, baseUrl: https://elsewhere.test/v1 }'
    const providers = read(text, variables).projects.default?.providers
    expect(providers?.a?.apiKey).toBe('secret')
    expect(providers?.b?.apiKey).toBe(null)
    expect(read(text).projects.default?.providers.a?.problem).toBe('OPENAI_API_KEY is not set')
  })

  test('a simulator under another name has its price, after those of the file', () => {
    const text =
      'version: 1\nprices: [{ model: m, input: 1.5, output: 2 }]\nproviders: { twin: { kind: simulator, baseUrl: http://127.0.0.1:9/v1 } }'
    const { prices, providers } = read(text).projects.default ?? read(text).base
    expect(prices.map((price) => [price.provider, price.model, price.input])).toEqual([
      [undefined, 'm', 1.5],
      ['twin', '*', 1],
    ])
    expect(providers.twin).toMatchObject({ kind: 'simulator', baseUrl: 'http://127.0.0.1:9/v1', problem: null })
  })

  test('a strategy that does nothing yet is a warning', () => {
    const { warnings } = read('version: 1\nmodels: { a: { strategy: latency, targets: [{ provider: simulator, model: echo }] } }')
    expect(warnings).toEqual([
      'signalbox.yaml:2:26 models.a.strategy: latency is not supported by this version yet; the first target that can be used is taken.',
    ])
  })
})

describe('a file that is wrong says where and what', () => {
  test.each<[what: string, text: string, message: string]>([
    ['nothing', '', 'version is missing; it must be 1.'],
    ['no mapping', 'hello', '1:1 The file must be a mapping, not "hello".'],
    ['other version', 'version: 2', '1:10 version must be 1, not 2.'],
    ['unknown key', 'version: 1\nprovider: {}', '2:1 provider is not a known key. Did you mean `providers`?'],
    [
      'unknown key of a provider',
      'version: 1\nproviders:\n  local:\n    kind: openai-compatible\n    baseURL: http://x/v1',
      '5:5 providers.local.baseURL is not a known key. Did you mean `baseUrl`?',
    ],
    [
      'unknown key near one of later',
      'version: 1\nmodels: { a: { retry: {}, targets: [{ provider: simulator, model: echo }] } }',
      '2:16 models.a.retry is not a known key. Did you mean `retries`?',
    ],
    ['unknown key like nothing', 'version: 1\ncapture: { zzz: 1 }', '2:12 capture.zzz is not a known key. Known here: content, maxBytes.'],
    ['wrong type', 'version: 1\nlimits: { maxBodyBytes: big }', '2:25 limits.maxBodyBytes must be a number, not "big".'],
    ['no whole number', 'version: 1\nlimits: { maxBodyBytes: 1.5 }', '2:25 limits.maxBodyBytes must be a whole number, not 1.5.'],
    ['too small', 'version: 1\nlimits: { maxBodyBytes: 0 }', '2:25 limits.maxBodyBytes must be more than 0, not 0.'],
    [
      'unknown kind',
      'version: 1\nproviders: { a: { kind: opnai } }',
      '2:25 providers.a.kind must be one of openai, openai-compatible, azure, mistral, anthropic, google, vertex, bedrock, cohere, simulator, not "opnai". Did you mean `openai`?',
    ],
    [
      'missing kind',
      'version: 1\nproviders:\n  a: { apiKey: k }',
      '3:3 providers.a.kind is missing; it must be one of openai, openai-compatible, azure, mistral, anthropic, google, vertex, bedrock, cohere, simulator.',
    ],
    [
      'bad address',
      'version: 1\nproviders:\n  a: { kind: openai, baseUrl: "ftp://x" }',
      '3:31 providers.a.baseUrl must be an address that starts with http:// or https://, not "ftp://x".',
    ],
    [
      'an operation as address',
      'version: 1\nproviders:\n  a: { kind: openai, baseUrl: http://x/v1/chat/completions }',
      '3:31 providers.a.baseUrl names one operation. Leave its end off: http://x/v1.',
    ],
    [
      'no address',
      'version: 1\nproviders:\n  a: { kind: openai-compatible }',
      '3:3 providers.a needs baseUrl, for example http://127.0.0.1:8000/v1.',
    ],
    [
      'bad provider name',
      'version: 1\nproviders: { "a b": { kind: openai } }',
      '2:14 providers.a b is not a usable name: letters, digits, - and _, at most 40.',
    ],
    [
      'the name of the simulator',
      'version: 1\nproviders: { simulator: { kind: openai } }',
      '2:33 providers.simulator is the name of the built-in simulator. Choose another name for this provider.',
    ],
    [
      'unknown provider of a target',
      'version: 1\nproviders: { local: { kind: openai } }\nmodels: { a: { targets: [{ provider: lokal, model: m }] } }',
      '3:38 models.a.targets[0].provider is "lokal", which is no provider of this project. Did you mean `local`?',
    ],
    ['no targets', 'version: 1\nmodels: { a: { targets: [] } }', '2:25 models.a.targets must have at least one entry.'],
    [
      'unknown strategy',
      'version: 1\nmodels: { a: { strategy: fallbak, targets: [{ provider: simulator, model: echo }] } }',
      '2:26 models.a.strategy must be one of fallback, weighted, latency, least-busy, cost, complexity, sticky, affinity, rules, not "fallbak". Did you mean `fallback`?',
    ],
    [
      'kept names',
      'version: 1\nmodels: { "prompt:a": { targets: [{ provider: simulator, model: echo }] } }',
      '2:11 models.prompt:a: names that start with "prompt:" are kept for prompts.',
    ],
    [
      'a variable that is needed',
      'version: 1\nproviders: { a: { kind: openai, apiKey: ${KEY:?ask Kim} } }',
      '2:41 KEY is not set: ask Kim. Set it and start again.',
    ],
    [
      'a variable outside providers',
      'version: 1\nlimits: { maxBodyBytes: ${MAX} }',
      '2:25 limits.maxBodyBytes needs MAX, which is not set. Set it, or give a default: ${MAX:-…}.',
    ],
    [
      'an unknown form of variable',
      'version: 1\nproviders:\n  a:\n    kind: openai\n    apiKey: ${KEY:+x}',
      '5:13 ${KEY:+x} is not understood. Write ${NAME}, ${NAME:-default} or ${NAME:?message}, and $${ for a plain ${.',
    ],
    [
      'both ways of naming projects',
      'version: 1\nmodels: {}\nprojects: { a: {} }',
      '2:1 models stands beside projects. Write it inside each project, or leave projects out.',
    ],
    [
      'bad project name',
      'version: 1\nproject: My Project',
      '2:10 project must be lower-case letters, digits and -, at most 40, not "My Project".',
    ],
    [
      'a secret is not repeated',
      'version: 1\nkeys: [{ name: a, publicKey: pk-sb-1, secretKey: hunter2 }]',
      '2:50 keys[0].secretKey must be text that starts with sk-sb-, not what stands there.',
    ],
    [
      'the same key twice',
      'version: 1\nkeys:\n  - { name: a, publicKey: pk-sb-1, secretKey: sk-sb-1 }\n  - { name: b, publicKey: pk-sb-1, secretKey: sk-sb-2 }',
      '4:27 keys[1].publicKey is the same as keys[0].publicKey. Each pair needs its own.',
    ],
    ['a key of the file twice', 'version: 1\nversion: 1', '2:1 Map keys must be unique'],
    ['an unknown tag', 'version: 1\nlimits: { maxBodyBytes: !env X }', '2:25 Unresolved tag: !env'],
    ['bad YAML', 'version: 1\nmodels: [ a', '2:12 Flow sequence in block collection must be'],
  ])('%s', (_, text, message) => {
    const found = refusal(text)
    expect(found.startsWith('signalbox.yaml:'), found).toBe(true)
    expect(found).toContain(message)
  })

  test('all problems are listed, in the order of the file', () => {
    const text =
      'version: 1\nproviders:\n  a: { kind: opnai, apikey: 1 }\nmodels:\n  m: { targets: [{ provider: nobody, model: 5 }] }\nextra: 1\n'
    expect(refusal(text).split('\n')).toEqual([
      'signalbox.yaml has 5 problems:',
      'signalbox.yaml:3:14 providers.a.kind must be one of openai, openai-compatible, azure, mistral, anthropic, google, vertex, bedrock, cohere, simulator, not "opnai". Did you mean `openai`?',
      'signalbox.yaml:3:21 providers.a.apikey is not a known key. Did you mean `apiKey`?',
      'signalbox.yaml:5:30 models.m.targets[0].provider is "nobody", which is no provider of this project. Known: a, simulator.',
      'signalbox.yaml:5:45 models.m.targets[0].model must be text, not 5.',
      expect.stringMatching(/^signalbox\.yaml:6:1 extra is not a known key\. Known here: /),
    ])
  })

  test('what a variable holds is never printed', () => {
    const found = refusal('version: 1\nproviders: { a: { kind: openai, baseUrl: ${KEY} } }', { KEY: 'sk-very-secret' })
    expect(found).toBe(
      'signalbox.yaml:2:42 providers.a.baseUrl must be an address that starts with http:// or https://, not what the variable holds.',
    )
  })
})

test('whatever stands in the file, it is read or refused with a place', () => {
  const splice = fc.record({
    at: fc.nat(CONTRACT.length),
    drop: fc.nat(12),
    put: fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom(...SNIPPETS)),
  })
  fc.assert(
    fc.property(fc.array(splice, { maxLength: 4 }), (splices) => {
      const text = splices.reduce((sum, { at, drop, put }) => sum.slice(0, at) + put + sum.slice(at + drop), CONTRACT)
      try {
        read(text)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
        expect((error as AppError).message).toMatch(/signalbox\.yaml:\d+:\d+ ./)
      }
    }),
    { numRuns: 500 },
  )
})
const SNIPPETS = [
  '&a ',
  '*a',
  '<<: *a',
  '? ',
  ': ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '\t',
  '\n',
  '#',
  '!!set ',
  '!!binary x',
  '"',
  "'",
  '|',
  '%YAML 1.1',
  '---\n',
  '~',
  '__proto__: 1',
  '${',
  '${A:?b}',
  '1e9',
  'constructor',
]

describe('what the API shows', () => {
  const config = () => read(CONTRACT, { OPENAI_API_KEY: 'sk-real' })
  const none = async () => []
  const stored = createStoredProviders({
    sql: {
      query: none,
      exec: async () => {},
      transaction: (work) => work({ query: none, exec: async () => {} }),
      engine: 'none',
      [Symbol.asyncDispose]: async () => {},
    },
    masterKey: 'key',
    allowPrivate: false,
    taken: () => undefined,
    changed: () => {},
  })
  const handlers = configHandlers({
    config,
    stored,
    providers: createProjectProviders({ config, stored }),
    test: () => expect.unreachable(),
  })
  const context = (projectId: string) => ({
    caller: { projectId, permissions: ['*'] },
    ip: '',
    sessionToken: undefined,
    setSession: () => {},
  })

  test('providers, without their keys', async () => {
    const answer = await handlers['providers.list']({}, context('default'))
    expect(answer.providers.map((provider) => [provider.name, provider.configured, provider.hasKey])).toEqual([
      ['openai', true, true],
      ['simulator', true, false],
      ['claude', false, false],
      ['local', true, false],
    ])
    expect(JSON.stringify(answer)).not.toContain('sk-real')
  })

  test('models, with what can be used of them', async () => {
    const { models } = await handlers['models.list']({}, context('default'))
    expect(models.map((model) => [model.name, model.from, model.targets.map((target) => target.usable)])).toEqual([
      ['simulator/echo', 'built-in', [true]],
      ['simulator/script', 'built-in', [true]],
      ['simulator/faults', 'built-in', [true]],
      ['support', 'file', [true, false]],
    ])
  })

  test('a project that the file does not name has the built-in ones', async () => {
    const { providers } = await handlers['providers.list']({}, context('made-in-the-ui'))
    expect(providers.map((provider) => provider.name)).toContain('simulator')
  })
})

test('the JSON Schema names what is known, what comes later, and lets variables stand for numbers', () => {
  const schema = JSON.parse(JSON.stringify(configJsonSchema())) as Record<string, unknown>
  const text = JSON.stringify(schema)
  expect(schema).toMatchObject({ type: 'object', additionalProperties: false, required: ['version'] })
  for (const key of ['providers', 'projects', 'retention', 'budgets', 'maxBodyBytes', 'retries', 'anthropic'])
    expect(text).toContain(`"${key}"`)
  expect(schema).toHaveProperty('properties.limits.properties.maxBodyBytes.anyOf.1.pattern')
  expect(schema).toHaveProperty('properties.projects.additionalProperties.properties.models.additionalProperties.properties.cache')
})

test('a setting of another kind is refused; a kind that needs one says which', () => {
  expect(refusal('version: 1\nproviders:\n  a: { kind: openai, apiKey: k, region: x }\n')).toContain(
    'providers.a.region is only for kind bedrock. Leave it out.',
  )
  const { projects } = read(
    'version: 1\nproviders:\n  a: { kind: bedrock, region: eu-west-1 }\n  v: { kind: vertex, project: p, location: global, apiKey: t }\n',
  )
  expect(projects.default?.providers).toMatchObject({
    a: { problem: 'AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (or AWS_BEARER_TOKEN_BEDROCK) is not set' },
    v: { problem: null, baseUrl: 'https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google' },
  })
})
