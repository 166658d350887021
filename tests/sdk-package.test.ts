import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'signalbox-sdk-'))
const project = join(folder, 'foreign')
const run = promisify(execFile)

/** A project that knows nothing of this repository: the packed SDK, and beside it what the SDK says it needs. */
beforeAll(async () => {
  const built = join(folder, 'built')
  await run(process.execPath, [join(ROOT, 'scripts/pack-sdk.mjs'), built], { cwd: ROOT })
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--offline', '--pack-destination', folder], { cwd: built })
  const packed = JSON.parse(stdout) as Record<string, { filename: string }> | { filename: string }[]
  const [{ filename } = { filename: '' }] = Object.values(packed)
  const installed = join(project, 'node_modules/@signalbox/sdk')
  mkdirSync(installed, { recursive: true })
  await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1'])
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
  mkdirSync(join(project, 'node_modules/@opentelemetry'))
  for (const name of Object.keys(dependencies)) symlinkSync(join(ROOT, 'node_modules', name), join(project, 'node_modules', name))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('it has no private package and no source, and runs as plain modules', async () => {
  const files = readdirSync(join(project, 'node_modules/@signalbox/sdk'), { recursive: true, encoding: 'utf8' })
  expect(files).toEqual(
    expect.arrayContaining([
      'README.md',
      'LICENSE',
      'index.js',
      'tracing/index.js',
      'feedback/index.js',
      'prompts/index.js',
      'prompts/node.js',
      'evaluate/index.js',
      'evaluate/vitest.js',
    ]),
  )
  for (const file of files.filter((name) => /\.(js|d\.ts)$/.test(name))) {
    const text = readFileSync(join(project, 'node_modules/@signalbox/sdk', file), 'utf8')
    expect(text, file).not.toMatch(/@signalbox\/schema|from ['"]\.[^'"]*\.ts['"]/)
  }
  writeFileSync(
    join(project, 'run.mjs'),
    `import { createClient, AppError } from '@signalbox/sdk'
import { init, observe, withSession, wrapOpenAI, flush } from '@signalbox/sdk/tracing'
import { sendFeedback, FeedbackError } from '@signalbox/sdk/feedback'
import { createPrompts } from '@signalbox/sdk/prompts'
import { fileStore } from '@signalbox/sdk/prompts/node'
import { Eval } from '@signalbox/sdk/evaluate'
import { evalMatchers } from '@signalbox/sdk/evaluate/vitest'
const content = { type: 'text', engine: 'liquid', text: 'Hi {{ name }}' }
const lock = { lockfileVersion: 1, prompts: { greet: { labels: { production: { version: 1 } }, versions: { 1: { hash: 'h', content } } } } }
const prompts = createPrompts({ url: 'http://127.0.0.1:9', lock, store: fileStore('none.json'), onWarning() {} })
console.log((await prompts.get('greet')).compile({ name: 'Ada' }).text)
const add = observe('add', (a, b) => a + b)
console.log(JSON.stringify({ sum: withSession('s', () => add(1, 2)), client: typeof createClient({ baseUrl: 'http://x' }).traces.list }))
const refused = await sendFeedback({ traceId: 't', thumbs: 'up' }, { url: 'http://127.0.0.1:9', publicKey: 'pk' }).catch((error) => error)
console.log(refused instanceof FeedbackError, refused.status)
const rows = [{ input: 'a', expected: 'A' }]
const result = await Eval('upper', { data: rows, task: (text) => text.toUpperCase(), scores: [({ output, expected }) => output === expected] }, { reporter: false })
console.log(result.passed, evalMatchers.toPassGate(result).pass)
`,
  )
  const { stdout } = await run(process.execPath, ['run.mjs'], { cwd: project })
  expect(stdout.trim().split('\n')).toEqual(['Hi Ada', '{"sum":3,"client":"function"}', 'true 0', 'true true'])
})

test('its types are whole', async () => {
  writeFileSync(
    join(project, 'types.ts'),
    `import { createClient } from '@signalbox/sdk'
import { observe, score } from '@signalbox/sdk/tracing'
import type { Feedback } from '@signalbox/sdk/feedback'
import { createPrompts } from '@signalbox/sdk/prompts'
import { Eval } from '@signalbox/sdk/evaluate'
export const evaluated = Eval('x', { data: [{ input: 1, expected: 'a' }], task: (input) => String(input satisfies number), scores: [({ output }) => output === 'a'] })
export const means = evaluated.then(({ summary, report }) => [summary.scores.x?.score satisfies number | null | undefined, report.gate.exitCode satisfies number])
export const version = createPrompts().get('x').then((prompt) => prompt.version satisfies number)
const add = observe('add', (a: number, b: number) => a + b)
export const sum: number = add(1, 2)
export const listed = createClient({ baseUrl: '' }).traces.list({ limit: 1 }).then(({ traces }) => traces[0]?.costUsd satisfies string | null | undefined)
export const said: Feedback = { traceId: 't', thumbs: 'down' }
// @ts-expect-error: a word is no number.
add('a', 'b')
// @ts-expect-error: there is no such thumb.
export const wrong: Feedback = { thumbs: 'sideways' }
// @ts-expect-error: a score has a name.
void score({ value: 1 })
`,
  )
  const flags = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--types', '']
  const { stdout } = await run(process.execPath, [join(ROOT, 'node_modules/typescript-native/bin/tsc'), ...flags, 'types.ts'], {
    cwd: project,
  }).catch((error: { stdout: string }) => ({ stdout: error.stdout }))
  expect(stdout).toBe('')
})

test('what a page loads for feedback is small, and has nothing of OpenTelemetry in it', async () => {
  const file = join(project, 'node_modules/@signalbox/sdk/feedback/index.js')
  expect(existsSync(file)).toBe(true)
  const { build } = await import('esbuild')
  const { outputFiles } = await build({ entryPoints: [file], bundle: true, minify: true, format: 'esm', write: false })
  expect(outputFiles[0]?.text).not.toMatch(/opentelemetry|zod/)
  expect(outputFiles[0]?.contents.length).toBeLessThan(3000)
})
