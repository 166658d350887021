import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eventually, type Signalbox, type StartOptions, startSignalbox } from '../signalbox.ts'
import { type ProviderFront, startProviderFront } from './provider-front.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const page = readFileSync(join(ROOT, 'docs/how-to/add-a-provider.md'), 'utf8')

let front: ProviderFront
beforeAll(async () => {
  front = await startProviderFront()
})
afterAll(() => front?.close())

/** The blocks of the page in a language, with the provider where it really is. */
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) =>
    text.replaceAll('https://api.acme.example', front.origin),
  )

/** Starts the program with the key of the provider, and does what the page says next. */
async function follow(options: Pick<StartOptions, 'yaml' | 'main'>): Promise<void> {
  front.heard.length = 0
  const signalbox = await startSignalbox({ ...options, env: { ACME_API_KEY: 'key-of-acme' } })
  try {
    const printed = []
    for (const block of blocks('sh')) printed.push(await shell(block, signalbox))
    const [called, listed] = printed
    expect(called?.stdout).toBe('Hello\n')
    expect(called?.stderr).toMatch(/^provider acme · model large · tokens \d+ in, \d+ out · cost unknown · trace [0-9a-f]{32}\n$/)
    expect(front.heard).toMatchObject([{ path: '/v1/chat/completions', model: 'large', headers: { authorization: 'Bearer key-of-acme' } }])

    const traceId = called?.stderr.trim().split(' ').at(-1) ?? ''
    const client = createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
    const { spans } = await eventually(() => client.traces.get({ traceId }))
    expect(spans).toMatchObject([{ provider: 'acme', model: expect.any(String), status: 'ok', kind: 'llm' }])
    expect(listed?.stdout).toContain('"traces":[')
  } finally {
    await signalbox.stop()
  }
}

async function shell(script: string, signalbox: Signalbox): Promise<{ stdout: string; stderr: string }> {
  const main = join(ROOT, 'packages/server/src/main.ts')
  const text = script
    .replaceAll('npx signalbox', `"${process.execPath}" --conditions=source "${main}"`)
    .replaceAll('http://localhost:7500', signalbox.url)
    .replaceAll('curl -s', 'curl -sf')
  const env = { ...process.env, SIGNALBOX_URL: signalbox.url, SIGNALBOX_KEY: signalbox.secretKey }
  return run('bash', ['-c', `set -eu\n${text}`], { env })
}

it('by configuration: three lines, a call, a span', async () => {
  const [yaml, ...more] = blocks('yaml')
  expect([yaml, more]).toEqual([expect.stringContaining('acme'), []])
  await follow({ yaml: yaml ?? '' })
})

it('by a row of data: a line in the catalog of a copy of the program, a call, a span', async () => {
  const [row, ...more] = blocks('ts')
  expect([row, more]).toEqual([expect.stringContaining('hosted('), []])
  // Inside of the clone, where its packages are found.
  const copy = join(ROOT, `.cache/add-a-provider-${process.pid}/packages/server`)
  try {
    copyProgram(copy)
    const catalog = join(copy, 'src/providers/catalog.ts')
    const before = readFileSync(catalog, 'utf8')
    const after = before.replace(/^(export const catalog\b.*\[\n)/m, (head: string) => head + row)
    expect(after).not.toBe(before)
    writeFileSync(catalog, after)
    await follow({ main: join(copy, 'src/main.ts') })
  } finally {
    rmSync(resolve(copy, '../..'), { recursive: true, force: true })
  }
})

function copyProgram(to: string): void {
  const from = join(ROOT, 'packages/server')
  mkdirSync(to, { recursive: true })
  cpSync(join(from, 'src'), join(to, 'src'), { recursive: true, filter: (file) => !/\.(test|case)\.ts$|__fixtures__/.test(file) })
  cpSync(join(from, 'package.json'), join(to, 'package.json'))
  symlinkSync(join(from, 'node_modules'), join(to, 'node_modules'))
  symlinkSync(join(ROOT, 'packages/web'), resolve(to, '../web'))
}
