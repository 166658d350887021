import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)
const page = readFileSync(join(ROOT, 'docs/how-to/add-an-evaluator.md'), 'utf8')
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text)

it('a file and a row in a copy of the program are an evaluator that scores', async () => {
  const [[file, row, ...more], [command, ...others]] = [blocks('ts'), blocks('sh')]
  expect([file, row, more, others]).toEqual([expect.stringContaining("id: 'exclaims'"), expect.stringContaining('import('), [], []])
  // Inside of the clone, where its packages are found.
  const copy = join(ROOT, `.cache/add-an-evaluator-${process.pid}/packages/server`)
  try {
    const from = join(ROOT, 'packages/server')
    mkdirSync(copy, { recursive: true })
    cpSync(join(from, 'src'), join(copy, 'src'), { recursive: true, filter: (file) => !/\.(test|case)\.ts$|__fixtures__/.test(file) })
    cpSync(join(from, 'package.json'), join(copy, 'package.json'))
    symlinkSync(join(from, 'node_modules'), join(copy, 'node_modules'))
    const path = page.match(/`packages\/server\/(src\/evaluators\/[\w/-]+\.ts)`\. It says/)?.[1] ?? ''
    writeFileSync(join(copy, path), file ?? '')
    const registry = join(copy, 'src/evaluators/registry.ts')
    const before = readFileSync(registry, 'utf8')
    const after = before.replace(/^(const EVALUATORS = \{\n)/m, (head: string) => head + row)
    expect(after).not.toBe(before)
    writeFileSync(registry, after)
    const main = join(copy, 'src/main.ts')
    const script = (command ?? '').replaceAll('npx signalbox', `"${process.execPath}" --conditions=source "${main}"`)
    const { stdout } = await run('bash', ['-c', `set -eu\n${script}`])
    expect(JSON.parse(stdout)).toEqual({
      id: 1,
      status: 'scored',
      score: 0,
      pass: false,
      reason: '4 exclamation marks.',
      sub: { marks: 4 },
    })
  } finally {
    rmSync(resolve(copy, '../..'), { recursive: true, force: true })
  }
})
