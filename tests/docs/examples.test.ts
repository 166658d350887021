import { execFile } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parseConfig } from '../../packages/server/src/config/load.ts'
import { COMMAND, PROGRAM, type Signalbox, startSignalbox } from '../signalbox.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

type Example = { page: string; language: string; text: string }
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })].sort()
/** Their examples are run by tests of their own. */
const ELSEWHERE = ['docs/providers.md', 'docs/how-to/add-a-provider.md', 'docs/how-to/add-an-evaluator.md']
const withExamples = pages.filter((page) => !ELSEWHERE.includes(page))
const examples: Example[] = withExamples.flatMap((page) =>
  [...readFileSync(join(ROOT, page), 'utf8').matchAll(/^( *)```(\w+)\n(.*?)^ *```$/gms)].map(
    ([, indent = '', language = '', text = '']) => ({
      page,
      language,
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  ),
)
const inLanguage = (...languages: string[]) => examples.filter(({ language }) => languages.includes(language))

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox()
})
afterAll(() => signalbox?.stop())

const local = (text: string) => text.replaceAll('http://localhost:7500', signalbox.url)

it('finds the examples', () => {
  expect(inLanguage('ts').length).toBeGreaterThan(0)
  expect(inLanguage('yaml').length).toBeGreaterThan(0)
  expect(inLanguage('sh').filter(({ text }) => text.includes('curl')).length).toBeGreaterThan(0)
})

/** Likewise with their programs. */
const PROGRAMS_ELSEWHERE = ['docs/guide/sdk.md', 'docs/guide/feedback.md', 'docs/guide/prompts-in-your-app.md', 'docs/guide/evaluation.md']

it.each(inLanguage('ts').filter(({ page }) => !PROGRAMS_ELSEWHERE.includes(page)))('runs the TypeScript of $page', async ({ text }) => {
  // Beside the packages that it imports.
  const file = join(ROOT, '.cache', `example-${process.pid}.ts`)
  await run('mkdir', ['-p', dirname(file)])
  writeFileSync(file, local(text))
  const { stdout } = await run(process.execPath, [file], { env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey } })
  await run('rm', [file])
  expect(stdout.trimEnd()).toBe('Hello, Signalbox')
})

/** What their calls answer, where it is no list of traces. */
const ANSWERS: Record<string, string> = {
  'docs/guide/datasets.md': '"added":2',
  'docs/guide/experiments.md': '"variants":["plain","polite"]',
  'docs/guide/evaluators.md': '"version":1',
  'docs/guide/prompt-templates.md': 'Hello Ada',
}
/** Their calls are run by tests of their own, which know what is answered. */
const CALLED_ELSEWHERE = [
  'README.md',
  'docs/gateway.md',
  'docs/guide/traffic.md',
  'docs/guide/query.md',
  'docs/guide/ingest.md',
  'docs/guide/retention.md',
  'docs/guide/repricing.md',
  'docs/guide/sessions.md',
  'docs/guide/reading.md',
  'docs/guide/dashboards.md',
  'docs/guide/overview.md',
  'docs/guide/feedback.md',
  'docs/guide/prompts.md',
  'docs/guide/reading-experiments.md',
  ...globSync('docs/move-from-*.md', { cwd: ROOT }),
]

it.each(inLanguage('sh').filter(({ page, text }) => text.includes('curl ') && !CALLED_ELSEWHERE.includes(page)))(
  'runs the curl of $page',
  async ({ page, text }) => {
    const script = `set -eu\n${local(text).replaceAll('curl -s', 'curl -sf')}`
    const { stdout } = await run('bash', ['-c', script], { env: { ...process.env, SIGNALBOX_KEY: signalbox.secretKey } })
    expect(stdout).toContain(ANSWERS[page] ?? '"traces":[')
  },
)

/** Files of another kind. */
const FILES_ELSEWHERE = ['docs/guide/prompts-in-git.md', 'docs/guide/evaluation.md', 'docs/guide/guardrails.md']

it.each(inLanguage('yaml').filter(({ page }) => !FILES_ELSEWHERE.includes(page)))('accepts the configuration of $page', ({ text }) => {
  const config = parseConfig(text, {
    name: 'signalbox.yaml',
    variables: { OPENAI_API_KEY: 'sk-test', OPENAI_API_KEY_2: 'sk-other', ANTHROPIC_API_KEY: 'sk-ant' },
  })
  expect(config.warnings).toEqual([])
})

it('names only commands that there are', async () => {
  const { stdout } = await run(process.execPath, [...PROGRAM, '--help'])
  const known = new Set([...stdout.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name))
  const named = pages.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/(?:npx |`)signalbox ([a-z]+)/g)].map(([, name]) => `${page}: ${name}`),
  )
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((line) => !known.has(line.split(': ')[1]))).toEqual([])
})

it('links only to what is there', () => {
  const broken = pages.flatMap((page) =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)]
      .map(([, target = '']) => resolve(ROOT, dirname(page), target))
      .filter((target) => !globSync(target).length)
      .map((target) => `${page} → ${target}`),
  )
  expect(broken).toEqual([])
})

it('makes and restores a backup by the commands of the operations page', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'operations-'))
  const script = inLanguage('sh').find(({ text }) => text.includes('npx signalbox backup'))?.text ?? 'exit 1'
  const text = `set -eu\n${script.replaceAll('npx signalbox', COMMAND)}`
  const { stdout } = await run('bash', ['-c', text], {
    cwd: folder,
    env: { ...process.env, SIGNALBOX_DATA: signalbox.data, SIGNALBOX_PORT: String(signalbox.port) },
  })
  expect(stdout).toMatch(/read back and complete[\s\S]*Restored into/)
})
