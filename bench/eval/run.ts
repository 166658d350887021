// What an evaluation without a server costs: CPU and memory of `signalbox eval` over 1, 10,000 and 100,000 rows with three deterministic
// evaluators against the simulator in its own process, of a file of promptfoo with 10,000 tests, and of going on with a finished run.
// Flags: --quick (no 100,000 rows, nothing written down).
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeMeasurement } from '../lib/measurements.ts'
import { cpuMicros, peakRssBytes, processTree } from '../lib/process-use.ts'
import { figure, table } from '../lib/table.ts'
import { judge, type Verdict, verdictTable } from '../lib/verdicts.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean' } } })
const MAIN = resolve(import.meta.dirname, '../../packages/server/dist/main.js')
const folder = mkdtempSync(join(tmpdir(), 'bench-eval-'))

type Use = { cpuSeconds: number; peakMb: number; seconds: number; processes: number }

async function evaluated(config: string): Promise<Use> {
  const start = performance.now()
  // A shell between: its `times` adds up all that it waited for.
  const shell = spawn(
    'bash',
    [
      '-c',
      `cd '${folder}' && '${process.execPath}' '${MAIN}' eval -c '${config}' --no-progress -o report.json >/dev/null; echo "exit $?"; times`,
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let peak = 0
  let most = 0
  const looking = setInterval(() => {
    const tree = processTree(shell.pid ?? 0).filter(({ pid }) => pid !== shell.pid)
    most = Math.max(most, tree.length)
    peak = Math.max(
      peak,
      tree.reduce((sum, { pid }) => sum + (cpuMicros(pid) > 0 ? peakRssBytes(pid) : 0), 0),
    )
  }, 20)
  let out = ''
  shell.stdout.on('data', (text) => {
    out += text
  })
  await new Promise((done) => shell.once('close', done))
  clearInterval(looking)
  if (!out.includes('exit 0')) throw new Error(`signalbox eval ended otherwise: ${out}`)
  const times = [...(out.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  )
  return {
    cpuSeconds: times.reduce((sum, value) => sum + value, 0),
    peakMb: peak / 1e6,
    seconds: (performance.now() - start) / 1000,
    processes: most,
  }
}

function files(rows: number): string {
  const line = (n: number) => `What is the leave policy for person number ${n}? Please answer in one sentence.`
  writeFileSync(
    join(folder, `rows-${rows}.jsonl`),
    Array.from({ length: rows }, (_, n) => JSON.stringify({ id: `r${n}`, input: line(n), expected: line(n) })).join('\n'),
  )
  const config = `eval-${rows}.yaml`
  writeFileSync(
    join(folder, config),
    `name: bench-${rows}\ndataset: rows-${rows}.jsonl\nmodels: [simulator/echo]\nevaluators:\n  - equals\n  - { id: contains, params: { value: leave } }\n  - { id: regex, params: { pattern: 'number \\d+' } }\n`,
  )
  return config
}

function promptfooFile(rows: number): string {
  const test = (n: number) => ({
    vars: { q: `leave policy for person number ${n}` },
    assert: [
      { type: 'contains', value: 'leave' },
      { type: 'regex', value: 'number \\d+' },
      { type: 'icontains', value: 'POLICY' },
    ],
  })
  writeFileSync(join(folder, 'tests.jsonl'), Array.from({ length: rows }, (_, n) => JSON.stringify(test(n))).join('\n'))
  writeFileSync(join(folder, 'promptfooconfig.yaml'), "prompts: ['Tell {{q}}']\nproviders: [echo]\ntests: file://tests.jsonl\n")
  return 'promptfooconfig.yaml'
}

try {
  const rounds: [string, string, number][] = [
    ['1 row', files(1), 0.4],
    ['10,000 rows × 3', files(10_000), 3],
    ['the same command again', 'eval-10000.yaml', Number.NaN],
    ['promptfoo, 10,000 tests × 3', promptfooFile(10_000), 3],
    ...(values.quick ? [] : [['100,000 rows × 3', files(100_000), Number.NaN] as [string, string, number]]),
  ]
  const verdicts: Verdict[] = []
  const lines: string[][] = []
  for (const [name, config, cpu] of rounds) {
    const use = await evaluated(config)
    lines.push([name, figure(use.cpuSeconds), figure(use.peakMb), figure(use.seconds), String(use.processes)])
    if (!Number.isNaN(cpu)) verdicts.push(...judge(`${name}: CPU`, use.cpuSeconds, { limit: cpu, unit: 's' }))
    verdicts.push(...judge(`${name}: memory`, use.peakMb, { limit: 200, unit: 'MB' }))
  }
  const text = [
    `\`signalbox eval\` without a server, three deterministic evaluators, the simulator in the same process at 0 ms, every row in the journal, a report in JSON (${cpus().length} CPUs with a load of ${loadavg()[0]?.toFixed(1)} by this and others).`,
    '',
    table(['what', 'CPU s', 'peak MB', 'wall s', 'processes'], lines),
    '',
    verdictTable(verdicts),
  ].join('\n')
  console.log(text)
  if (!values.quick) writeMeasurement('Evaluation without a server', text)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
