import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { parseEvalFile } from '../../packages/server/src/experiments/read-config.ts'
import { readYaml } from '../../packages/server/src/lib/yaml/yaml.ts'
import { COMMAND, PROGRAM } from '../signalbox.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/guide/evaluation.md'), 'utf8')
const block = (language: string): string => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(PAGE)?.[1] ?? ''

it('runs the example of the guide to evaluation as it stands there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'evaluation-'))
  writeFileSync(join(folder, 'signalbox.eval.yaml'), block('yaml'))
  const script = `set -eu\n${block('sh').replaceAll('npx signalbox', COMMAND)}`
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: folder })
  expect(stdout).toContain('10 of 10 rows, 0 failed, 0 errors')
  expect(stdout).toContain('The gate is inconclusive.')
  expect(stdout).toContain('All 1 rows that must pass did.')
  for (const file of ['report.json', 'junit.xml', 'comment.md']) expect(readFileSync(join(folder, file), 'utf8')).not.toBe('')
})

it('runs the evaluation in code as it stands there', async () => {
  const { SIGNALBOX_URL: _, SIGNALBOX_KEY: __, ...env } = process.env
  const flags = ['--conditions=source', '--input-type=module-typescript', '-e', block('ts')]
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: ROOT, env })
  expect(stdout).toContain('support: 4 of 4 rows, 0 failed, 0 errors')
  expect(stdout).toContain('The gate passed.')
})

it('accepts the gate of the guide', () => {
  const text = `dataset: [{ input: x }]\nmodels: [simulator/echo]\nevaluators: [equals]\n${block('yml')}`
  expect(parseEvalFile(text, { name: 'signalbox.eval.yaml', variables: {} }).gate?.rules).toHaveLength(2)
})

it('runs the steps of the GitHub Action: the report is kept, and the gate decides', async () => {
  const action = readYaml(readFileSync(join(ROOT, 'action/action.yml'), 'utf8'), null).value as { runs: { steps: { run: string }[] } }
  const [evaluate, , decide] = action.runs.steps
  const folder = mkdtempSync(join(tmpdir(), 'action-'))
  writeFileSync(join(folder, 'bad.yaml'), 'dataset: [{ id: a, input: x, expected: y }]\nmodels: [simulator/echo]\nevaluators: [equals]\n')
  const env = {
    ...process.env,
    ...{
      CONFIG: 'bad.yaml',
      OUTPUT: 'out',
      ARGS: '--no-progress --repeat 2',
      GITHUB_OUTPUT: join(folder, 'output'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
    },
    PROGRAM: [process.execPath, ...PROGRAM].join(' '),
  }
  await promisify(execFile)('bash', ['-e', '-c', evaluate?.run ?? ''], { cwd: folder, env })
  expect(readFileSync(join(folder, 'output'), 'utf8')).toBe('exit-code=10\n')
  expect(readFileSync(join(folder, 'summary'), 'utf8')).toContain('2 of 2 rows · 2 failed')
  const ended = async (CODE: string, INCONCLUSIVE: string) =>
    promisify(execFile)('bash', ['-e', '-c', decide?.run ?? ''], { env: { ...process.env, CODE, INCONCLUSIVE } }).then(
      () => 0,
      (error: { code: number }) => error.code,
    )
  expect([await ended('10', 'fail'), await ended('11', 'fail'), await ended('11', 'pass'), await ended('0', 'fail')]).toEqual([
    10, 11, 0, 0,
  ])
})
