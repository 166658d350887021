import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Simulator, startSimulator } from '../packages/server/src/providers/simulator/server.ts'
import { PROGRAM } from './signalbox.ts'

const CONCURRENCY = 4

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

function started(
  cwd: string,
  args: string[],
): { child: ChildProcess; ended: Promise<{ code: number | null; out: string; error: string }> } {
  const child = spawn(process.execPath, [...PROGRAM, 'eval', ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '' },
    stdio: 'pipe',
  })
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once('close', (code) => done(code))),
  ]).then(([out, error, code]) => ({ code, out, error }))
  return { child, ended }
}
const signalbox = (cwd: string, args: string[]) => started(cwd, args).ended

const calls = async (): Promise<number> => ((await (await fetch(new URL('/count', simulator.url))).json()) as { calls: number }).calls

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'eval-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

describe('signalbox eval without a server', () => {
  it('loses no row and pays for none twice, however often it is killed', async () => {
    const rows = Array.from({ length: 80 }, (_, n) => ({
      id: `r${n}`,
      input: JSON.stringify({ text: `answer ${n}`, delayMs: 25 }),
      expected: `answer ${n}`,
    }))
    const folder = folderWith({
      'rows.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
      'signalbox.eval.yaml': `
dataset: rows.jsonl
providers:
  here: { kind: openai-compatible, baseUrl: ${simulator.url}, apiKey: any }
models: [here/script]
evaluators: [equals]
limits: { concurrency: ${CONCURRENCY} }
`,
    })
    const before = await calls()
    let kills = 0
    for (const share of [0.1, 0.4, 0.7]) {
      const { child, ended } = started(folder, ['--no-progress'])
      // Wherever it is by then: in the middle of calls, scores or writes.
      while ((await calls()) - before < rows.length * share) await sleep(5)
      child.kill('SIGKILL')
      kills++
      expect((await ended).code).toBeNull()
    }
    const { code, out, error } = await signalbox(folder, ['--no-progress', '-o', 'report.json'])
    expect({ code, error }).toEqual({ code: 0, error: '' })
    expect(out).toContain('80 of 80 rows, 0 failed, 0 errors')
    expect((await calls()) - before).toBeLessThanOrEqual(rows.length + kills * CONCURRENCY)

    const [journal = ''] = readdirSync(join(folder, '.signalbox-eval')).filter((name) => name.endsWith('.rows.jsonl'))
    const frames = readFileSync(join(folder, '.signalbox-eval', journal), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    const answered = frames.filter(({ kind }) => kind === 'task').map((frame) => frame.case)
    expect(answered.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
    expect(report.results.map(({ id, pass }: { id: string; pass: boolean }) => [id, pass])).toEqual(rows.map(({ id }) => [id, true]))

    // The same command again asks nobody.
    const after = await calls()
    expect((await signalbox(folder, ['--no-progress'])).code).toBe(0)
    expect(await calls()).toBe(after)
  }, 240_000)

  it('tells by its exit code what became of the gate, and writes its reports', async () => {
    const folder = folderWith({
      'pass.yaml': 'dataset: [{ id: a, input: x, expected: x }]\nmodels: [simulator/echo]\nevaluators: [equals]\n',
      'fail.yaml': 'dataset: [{ id: a, input: x, expected: y }]\nmodels: [simulator/echo]\nevaluators: [equals]\n',
      'unclear.yaml':
        'dataset: [{ id: a, input: x, expected: x }]\nvariants: [{ id: a, model: simulator/echo }, { id: b, model: simulator/echo }]\nevaluators: [equals]\ngate: { vs: a }\n',
      'errors.yaml': 'dataset: [{ id: a, input: nonsense, expected: x }]\nmodels: [simulator/script]\nevaluators: [equals]\n',
      'wrong.yaml': 'dataset: [{ id: a, input: x }]\nmodels: [simulator/echo]\nevaluatrs: [equals]\n',
      'promptfooconfig.yaml':
        "prompts: ['{{q}}']\nproviders: [echo]\ntests: [{ vars: { q: x }, assert: [{ type: contains, value: y }] }]\n",
    })
    const [pass, fail, unclear, errors, wrong, promptfoo] = await Promise.all([
      signalbox(folder, ['-c', 'pass.yaml', '-o', 'out-pass']),
      signalbox(folder, ['-c', 'fail.yaml', '-o', 'out-fail', 'junit.xml', 'comment.md']),
      signalbox(folder, ['-c', 'unclear.yaml', '-o', 'out-unclear']),
      signalbox(folder, ['-c', 'errors.yaml', '-o', 'out-errors']),
      signalbox(folder, ['-c', 'wrong.yaml', '-o', 'out-wrong']),
      signalbox(folder, ['-c', 'promptfooconfig.yaml', '-o', 'out-promptfoo', '--promptfoo-exit-codes']),
    ])
    expect([pass, fail, unclear, errors, wrong, promptfoo].map(({ code }) => code)).toEqual([0, 10, 11, 12, 2, 100])
    expect(wrong.error).toContain('wrong.yaml:3:1 evaluatrs is not a known key. Did you mean `evaluators`?')
    expect(
      readdirSync(join(folder, 'out-pass'))
        .filter((name) => !name.startsWith('.') && !name.endsWith('.rows.jsonl'))
        .toSorted(),
    ).toEqual(['comment.md', 'junit.xml', 'report.html', 'report.json'])
    const junit = readFileSync(join(folder, 'junit.xml'), 'utf8')
    expect(junit).toMatch(
      /<testcase classname="simulator\/echo" name="a · equals" time="0\.000"><failure message="&quot;x&quot; is not &quot;y&quot;\."/,
    )
    expect(readFileSync(join(folder, 'comment.md'), 'utf8')).toMatch(/^<!-- signalbox-eval: eval -->\n\n### eval: ❌ failed/)
    expect(readFileSync(join(folder, 'out-errors/junit.xml'), 'utf8')).toMatch(/name="a"><error message="400: /)
  })

  it('holds a run against what was pinned', async () => {
    const config = (last: string) =>
      `dataset: rows.jsonl\nvariants: [{ id: now, model: simulator/echo, prompt: '${last}' }]\nevaluators: [equals]\n`
    const rows = Array.from({ length: 40 }, (_, n) => JSON.stringify({ id: `r${n}`, input: `x${n}`, expected: `x${n}` })).join('\n')
    const folder = folderWith({ 'rows.jsonl': rows, 'signalbox.eval.yaml': config('{{input}}') })
    expect((await signalbox(folder, ['baseline', 'pin'])).error).toContain('This file was not run yet')
    expect((await signalbox(folder, [])).code).toBe(0)
    expect((await signalbox(folder, ['baseline', 'pin', '--json'])).code).toBe(0)
    writeFileSync(join(folder, 'signalbox.eval.yaml'), config('{{input}}!'))
    const worse = await signalbox(folder, ['--json', '--no-progress'])
    expect(worse.code).toBe(10)
    expect(JSON.parse(worse.out).comparisons[0]).toMatchObject({
      baseline: 'the baseline now',
      n: 40,
      difference: -1,
      verdict: 'worse',
      worse: { count: 40 },
    })
  })
})
