import { readFileSync, readlinkSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Report } from './private/driver.ts'
import { openNamespace } from './private/namespace.ts'

const namespace = openNamespace()
if ('missing' in namespace) {
  console.warn(`skipped: private deployment: ${namespace.missing}`)
  describe.skip(`private deployment (${namespace.missing})`, () => it('keeps everything inside', () => {}))
} else {
  const { run, close } = namespace
  afterAll(close)
  it('keeps calls, traces and idle work inside, in a network that counts every attempt to leave', async () => {
    const driver = new URL('./private/driver.ts', import.meta.url).pathname
    const env = { ...withoutProxies(), GUIDE_COMMAND: commandOfTheGuide() }
    const printed = await run(process.execPath, ['--conditions=source', driver], env)
    expectAllInside(JSON.parse(printed) as Report)
  })
}

function expectAllInside({ namespaces, answers, spans, contentPolicy, before, quiet, controls, guide }: Report): void {
  // Everything ran in that network, and not in this one.
  expect(new Set(Object.values(namespaces))).toEqual(new Set([namespaces.driver]))
  expect(namespaces.driver).not.toBe(readlinkSync('/proc/self/ns/net'))
  expect(before).toEqual({ devices: { lo: { sent: 0, received: 0 } }, requests: 0, noRoutes: 0, discards: 0, datagrams: 0 })

  // It did real work.
  const calls = ['openai', 'openai stream', 'anthropic', 'anthropic stream']
  for (const name of calls) {
    expect(answers[name], name).toMatchObject({ status: 200, text: expect.stringContaining('leaves') as string })
    expect(spans[name], name).toEqual({ source: 'gateway', provider: 'local', status: 'ok' })
  }
  expect(answers['openai stream']?.text).toMatch(/data: \[DONE\]\s*$/)
  expect(answers['anthropic stream']?.text).toContain('event: message_stop')
  expect(answers.otlp?.status).toBe(200)
  expect(spans.otlp).toMatchObject({ source: 'otlp' })

  // What was sent was received here, and nobody asked for a way out or for a name.
  expect(Object.keys(quiet.devices)).toEqual(['lo'])
  expect(quiet.requests).toBeGreaterThan(100)
  expect(quiet.devices.lo).toEqual({ sent: quiet.requests, received: quiet.requests })
  expect({ noRoutes: quiet.noRoutes, discards: quiet.discards, datagrams: quiet.datagrams }).toEqual({
    noRoutes: 0,
    discards: 0,
    datagrams: 0,
  })
  // A browser loads and sends nothing elsewhere either.
  expect(contentPolicy).toContain("default-src 'self'")
  expect(contentPolicy).not.toMatch(/https?:|\*/)

  // The same counters see each attempt that is made on purpose.
  const tried = controls.map(({ attempt }) => attempt)
  expect(tried).toEqual(expect.arrayContaining(Object.keys(OUTCOMES).filter((attempt) => !attempt.includes('IPv6'))))
  for (const [at, { attempt, outcome, counters }] of controls.entries()) {
    expect(outcome, attempt).toMatch(OUTCOMES[attempt] ?? /^$/)
    expect(counters.noRoutes, attempt).toBeGreaterThan(controls[at - 1]?.counters.noRoutes ?? 0)
    expect(Object.keys(counters.devices)).toEqual(['lo'])
  }
  // So does the command that the guide gives.
  expect(guide.quiet).toBe('OutNoRoutes 0\n')
  expect(guide.end).toMatch(/^OutNoRoutes [1-9]\d*\n$/)
}

/** How each deliberate attempt ends where there is no way out. IPv6 is tried where the kernel has it. */
const OUTCOMES: Record<string, RegExp> = {
  'a connection': /^ENETUNREACH$/,
  'a connection over IPv6': /^ENETUNREACH$/,
  'a name': /^(EAI_AGAIN|ENOTFOUND)$/,
  'a call of a provider outside': /^502 .*ENETUNREACH/,
}

/** A proxy outside would be reached instead of the model inside. */
function withoutProxies(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name)))
}

/** The block of the guide that reads the counters. */
function commandOfTheGuide(): string {
  const page = readFileSync(new URL('../docs/guide/private-deployment.md', import.meta.url), 'utf8')
  const blocks = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text).filter((text) => text.includes('/net/snmp'))
  expect(blocks).toHaveLength(1)
  return blocks[0] ?? ''
}
