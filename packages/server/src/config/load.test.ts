import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Sql } from '../store/ports.ts'
import { providerHandlers } from './handlers.ts'
import { configJsonSchema } from './json-schema.ts'
import { type LoadedConfig, loadConfig, parseConfig } from './load.ts'
import { createProjectProviders } from './project-providers.ts'
import { createProjectRoutes } from './project-routes.ts'
import { routeHandlers } from './route-handlers.ts'
import { createStoredEntries } from './stored-entries.ts'
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
      retries: { attempts: 2, total: 8, backoffMs: 200, maxWaitMs: 5000 },
      timeouts: { firstTokenMs: 15000, totalMs: 120000 },
      cache: { mode: 'exact', ttlSeconds: 3600, similarity: 0.95 },
    })
    expect(config.warnings).toEqual([
      'signalbox.yaml:4:3 providers.claude is not configured: ANTHROPIC_API_KEY is not set.',
      'signalbox.yaml:11:9 models.support.targets[1] is skipped: claude is not configured (ANTHROPIC_API_KEY is not set).',
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
    dashboards: [{ name: costs }]
`,
      { GROQ_API_KEY: 'g' },
    )
    expect(config.defaultProject).toBe('web')
    expect(config.projects.web?.providers.groq).toMatchObject({ baseUrl: 'http://cache:1/v1', apiKey: null, from: 'file' })
    expect(config.projects.batch?.providers.groq).toMatchObject({ apiKey: 'g', from: 'environment' })
    expect(config.projects.batch?.dashboards).toMatchObject([{ name: 'costs', panels: [] }])
    expect(config.projects.web?.dashboards).toEqual([])
    expect(config.warnings).toEqual([])
  })

  test('what is wrong with a dashboard names its panel and field', () => {
    const text = `version: 1
dashboards:
  - name: Cost
    panels:
      - { id: a, kind: number, query: { measures: [calls, errors] } }
      - { id: b, kind: lines, query: { measures: [call] } }
  - { name: cost!, variables: [{ name: m, field: modell }] }
`
    expect(() => read(text)).toThrow(
      /5:\d+ dashboards\[0\]\.panels\[0\]\.query\.measures is not right: a panel of kind number takes exactly 1 measure/,
    )
    expect(() => read(text)).toThrow(/6:\d+ dashboards\[0\]\.panels\[1\]\.kind must be one of line, .* Did you mean `line`/)
    expect(() => read(text)).toThrow(/dashboards\[0\]\.panels\[1\]\.query\.measures\[0\] .*must be one of calls, /)
    expect(() => read(text)).toThrow(/7:\d+ dashboards\[1\]\.variables\[0\]\.field /)
    expect(() => read('version: 1\ndashboards: [{ name: Cost }, { name: cost! }]')).toThrow(
      'dashboards[1].name has the same letters and digits as dashboards[0].name: each needs its own.',
    )
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

  test.each([
    ['lokal', 'Did you mean `local`?'],
    ['mine', 'Known: simulator, local.'],
    ['constructor', 'Known: simulator, local.'],
  ])('a target at the provider %s, which may be added to the project later, is a warning', (provider, hint) => {
    const text = `version: 1\nproviders: { local: { kind: openai, apiKey: k } }\nmodels: { a: { targets: [{ provider: ${provider}, model: m }] } }`
    const { warnings, projects } = read(text)
    expect(projects.default?.models.a?.targets).toEqual([{ provider, model: 'm' }])
    expect(warnings).toEqual([
      `signalbox.yaml:3:38 models.a.targets[0].provider is "${provider}": no provider of this name in the file or the environment; it must be added to the project. ${hint}`,
    ])
  })

  test('all problems are listed, in the order of the file', () => {
    const text =
      'version: 1\nproviders:\n  a: { kind: opnai, apikey: 1 }\nmodels:\n  m: { targets: [{ provider: nobody, model: 5 }] }\nextra: 1\n'
    expect(refusal(text).split('\n')).toEqual([
      'signalbox.yaml has 4 problems:',
      'signalbox.yaml:3:14 providers.a.kind must be one of openai, openai-compatible, azure, mistral, anthropic, google, vertex, bedrock, cohere, simulator, not "opnai". Did you mean `openai`?',
      'signalbox.yaml:3:21 providers.a.apikey is not a known key. Did you mean `apiKey`?',
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
  const nothing: Sql = {
    query: none,
    exec: async () => {},
    transaction: (work) => work({ query: none, exec: async () => {} }),
    engine: 'none',
    [Symbol.asyncDispose]: async () => {},
  }
  const stored = createStoredProviders({
    sql: nothing,
    masterKey: 'key',
    allowPrivate: false,
    taken: () => undefined,
    changed: () => {},
  })
  const rooms = { stored, providers: createProjectProviders({ config, stored }), test: () => expect.unreachable() }
  const handlers = providerHandlers(rooms)
  const storedModels = createStoredEntries('model', { sql: nothing, changed: () => {} })
  const storedSplits = createStoredEntries('split', { sql: nothing, changed: () => {} })
  const routes = createProjectRoutes({ config, models: storedModels, splits: storedSplits })
  const aliases = routeHandlers({ config, providers: rooms.providers, routes, storedModels, storedSplits })
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

  test('of several keys only how many there are; one whose variable is not set is left out, and the others stay', async () => {
    const loaded = read('version: 1\nproviders: { a: { kind: openai, apiKey: k-one, moreKeys: ["${TWO}", "${UNSET}", k-one] } }\n', {
      TWO: 'k-two',
    })
    expect(loaded.projects.default?.providers.a).toMatchObject({ apiKey: 'k-one', moreKeys: ['k-two'], problem: null })
    expect(loaded.warnings).toEqual([expect.stringContaining('providers.a.moreKeys[1] is left out: UNSET is not set.')])
    const providers = createProjectProviders({ config: () => loaded, stored })
    const answer = await providerHandlers({ ...rooms, providers })['providers.list']({}, context('default'))
    expect(answer.providers.find(({ name }) => name === 'a')).toMatchObject({ hasKey: true, keyCount: 2 })
    expect(JSON.stringify(answer)).not.toContain('k-')
    expect(refusal('version: 1\nproviders: { a: { kind: openai, moreKeys: "k-secret" } }\n')).not.toContain('k-secret')
  })

  test('models, with what can be used of them', async () => {
    const { models } = await aliases['models.list']({}, context('default'))
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
    'version: 1\nproviders:\n  a: { kind: bedrock, region: eu-west-1 }\n  v: { kind: vertex, project: p, location: global, apiKey: t }\n  w: { kind: vertex, project: p }\n',
  )
  expect(projects.default?.providers).toMatchObject({
    a: { problem: 'AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY (or AWS_BEARER_TOKEN_BEDROCK) is not set' },
    v: { problem: null, baseUrl: 'https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google' },
    w: { problem: 'apiKey: { command: [gcloud, auth, print-access-token] } (or VERTEX_ACCESS_TOKEN) is not set' },
  })
})
