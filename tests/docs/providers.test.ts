import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ProviderKind } from '@signalbox/schema'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../packages/server/src/config/load.ts'
import { readYaml } from '../../packages/server/src/lib/yaml/yaml.ts'
import { catalog } from '../../packages/server/src/providers/catalog.ts'
import { kindOf } from '../../packages/server/src/providers/kinds.ts'
import { eventually, type Signalbox, startSignalbox } from '../signalbox.ts'
import { type ProviderFront, startProviderFront } from './provider-front.ts'

const run = promisify(execFile)
type Entry = { kind: ProviderKind; baseUrl?: string; apiKey?: string | { command: string[] } }
type Section = { name: string; text: string; yaml: string; sh: string; providers: Record<string, Entry> }

const page = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8')
const block = (text: string, language: string): string => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(text)?.[1] ?? ''
const sections = page
  .split(/^## /m)
  .slice(1)
  .map((text): Section => {
    const yaml = block(text, 'yaml')
    return { name: text.slice(0, text.indexOf('\n')), text, yaml, sh: block(text, 'sh'), providers: providersIn(yaml) }
  })

describe('the page of providers', () => {
  it.each([...new Set([...ProviderKind.options, ...catalog.map(({ name }) => name)])])('has a section for %s', (name) => {
    expect(sections.filter((section) => section.name === name)).toHaveLength(1)
  })

  it.each(catalog.map((row) => [row.name, row] as const))('says of %s what the catalog says', (name, row) => {
    const section = sections.find((one) => one.name === name)
    for (const variable of [row.variable, ...(row.otherVariables ?? [])]) expect(section?.text).toContain(`\`${variable}\``)
    const entry = section?.providers[name]
    expect(entry?.kind).toBe(row.kind)
    if (typeof row.baseUrl === 'string') expect(entry?.baseUrl ?? kindOf(row.kind)?.baseUrl).toBe(row.baseUrl)
  })

  it.each(sections)('configures $name without a warning', ({ yaml }) => {
    const { warnings } = parseConfig(yaml, { name: 'signalbox.yaml', variables: variablesOf(yaml) })
    expect(warnings).toEqual([])
  })
})

/** How a provider is known to be spoken to as its kind is: the path of a call, and what says who calls. */
const KINDS: Record<ProviderKind, { path: RegExp; credential: [header: string, value: RegExp | undefined]; below: string }> = {
  openai: { path: /^\/v1\/chat\/completions$/, credential: ['authorization', /^Bearer key-of-OPENAI/], below: '/v1' },
  'openai-compatible': { path: /\/v1\/chat\/completions$/, credential: ['authorization', undefined], below: '/v1' },
  mistral: { path: /^\/v1\/chat\/completions$/, credential: ['authorization', /^Bearer key-of-MISTRAL/], below: '/v1' },
  azure: { path: /^\/openai\/v1\/chat\/completions$/, credential: ['api-key', /^key-of-AZURE/], below: '' },
  anthropic: { path: /^\/v1\/messages$/, credential: ['x-api-key', /^key-of-ANTHROPIC/], below: '' },
  google: { path: /^\/v1beta\/models\/.*:generateContent$/, credential: ['x-goog-api-key', /^key-of-GEMINI/], below: '' },
  vertex: {
    path: /^\/v1\/projects\/my-project\/.*\/publishers\/(google\/models\/gemini.*:generateContent|anthropic\/models\/claude.*:rawPredict)$/,
    credential: ['authorization', /^Bearer printed-token$/],
    below: '/v1/projects/my-project/locations/us-central1/publishers/google',
  },
  bedrock: {
    path: /^\/model\/.*\/converse$/,
    credential: ['authorization', /^AWS4-HMAC-SHA256 Credential=key-of-AWS_ACCESS_KEY_ID\/\d+\/us-east-1\/bedrock\//],
    below: '',
  },
  cohere: { path: /^\/v2\/chat$/, credential: ['authorization', /^Bearer key-of-CO/], below: '' },
  simulator: { path: /./, credential: ['authorization', undefined], below: '' },
}

describe('the examples', () => {
  let signalbox: Signalbox
  let front: ProviderFront
  const tools = mkdtempSync(join(tmpdir(), 'providers-page-'))
  beforeAll(async () => {
    front = await startProviderFront()
    // The key command of the page.
    writeFileSync(join(tools, 'gcloud'), '#!/bin/sh\n[ "$*" = "auth print-access-token" ] && echo printed-token\n')
    chmodSync(join(tools, 'gcloud'), 0o755)
    signalbox = await startSignalbox({
      // JSON is YAML.
      yaml: JSON.stringify({ version: 1, providers: Object.assign({}, ...sections.map(redirected)) }),
      env: { ...variablesOf(page), PATH: `${tools}:${process.env.PATH}` },
    })
  })
  afterAll(async () => {
    await signalbox?.stop()
    await front?.close()
    rmSync(tools, { recursive: true, force: true })
  })

  /** The providers of a section as the page has them, but at the front. */
  const redirected = ({ providers }: Section): Record<string, Entry> =>
    Object.fromEntries(
      Object.entries(providers).map(([name, entry]) => [
        name,
        entry.kind === 'simulator' ? entry : { ...entry, baseUrl: front.origin + prefixOf(entry) + KINDS[entry.kind].below },
      ]),
    )

  it.each(sections)('$name is called and answers', async ({ sh, providers }) => {
    front.heard.length = 0
    // `-i`, for the trace and the provider.
    const script = `set -eu\n${sh.replaceAll('http://localhost:7500', signalbox.url).replaceAll('curl -s', 'curl -sfi')}`
    const { stdout } = await run('bash', ['-c', script], { env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey } })
    const answered = [...stdout.matchAll(/^x-signalbox-provider: (.*)\r$/gm)].map(([, name = '']) => name)
    expect([...new Set(answered)]).toEqual(Object.keys(providers))
    expect(answered.length).toBeGreaterThanOrEqual(sh.split('curl ').length - 1)
    expect(stdout.split('"Hello"').length - 1).toBe(answered.length)

    for (const [at, name] of answered.entries()) {
      const entry = providers[name]
      if (!entry || entry.kind === 'simulator') continue
      const { path, credential } = KINDS[entry.kind]
      const heard = front.heard[at]
      expect(heard?.path.slice(prefixOf(entry).length)).toMatch(path)
      const key = /^\$\{(.*)\}$/.exec(typeof entry.apiKey === 'string' ? entry.apiKey : '')?.[1]
      expect(heard?.headers[credential[0]]).toEqual(
        credential[1] ? expect.stringMatching(credential[1]) : key ? `Bearer key-of-${key}` : undefined,
      )
      expect(JSON.stringify(heard?.headers)).not.toContain(signalbox.secretKey)
    }

    const client = createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
    for (const [at, [, traceId = '']] of [...stdout.matchAll(/^x-signalbox-trace-id: (.*)\r$/gm)].entries()) {
      const { spans } = await eventually(() => client.traces.get({ traceId }))
      expect(spans).toMatchObject([{ provider: answered[at], status: 'ok' }])
    }
  })
})

/** What a base URL of an OpenAI-compatible provider has before its version: `/openai` of Groq. */
const prefixOf = ({ kind, baseUrl }: Entry): string =>
  kind === 'openai-compatible' && baseUrl ? new URL(baseUrl).pathname.replace(/\/(v1)?$/, '') : ''

/** As they are written, with `${VARIABLE}` in its place. */
function providersIn(yaml: string): Record<string, Entry> {
  const asWritten = Object.fromEntries(Object.keys(variablesOf(yaml)).map((name) => [name, `\${${name}}`]))
  return (readYaml(yaml, asWritten).value as { providers: Record<string, Entry> }).providers
}

/** Every variable that a text names, set. */
function variablesOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `key-of-${name}`]))
}
