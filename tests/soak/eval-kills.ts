import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const MAIN = resolve(import.meta.dirname, '../../packages/server/src/main.ts')
const CONCURRENCY = 16

type Report = {
  rows: { reached: number; total: number; failed: number; errors: number; damaged: number }
  metrics: unknown
  gate: { outcome: string }
}

/**
 * `signalbox eval` killed with SIGKILL at a random point of its work, then run again until it is done. Who is asked counts how often each
 * row comes: never less than once, and twice only what was under way when it was killed. What it reports is what a run says that nobody killed.
 */
export async function killEval({ rounds, rows }: { rounds: number; rows: number }) {
  const asked = new Map<string, number>()
  const server = createServer((request, response) => {
    const row = new URL(request.url ?? '/', 'http://x').searchParams.get('row') ?? ''
    asked.set(row, (asked.get(row) ?? 0) + 1)
    request.resume()
    setTimeout(() => response.end(JSON.stringify({ answer: Number(row) % 7 === 0 ? 'no' : 'yes' })), 2)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const problems: string[] = []
  let [kills, twice] = [0, 0]
  try {
    const whole = await finish(prepare(address, rows))
    const wanted = JSON.stringify([whole.metrics, whole.gate.outcome])
    for (let round = 1; round <= rounds; round++) {
      asked.clear()
      const folder = prepare(address, rows)
      const limit = Math.floor(Math.random() * rows)
      const child = start(folder)
      // By what was asked and not by the clock: a busy machine is not killed before it began.
      while (asked.size < limit && child.exitCode === null) await sleep(1)
      await sleep(Math.random() * 20)
      if (child.exitCode === null) kills++
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const report = await finish(folder)
      const again = [...asked.values()].filter((count) => count > 1)
      twice += again.length
      const say = (what: string) => problems.push(`round ${round}, killed after ${limit} rows: ${what}`)
      if (asked.size !== rows) say(`${rows - asked.size} rows were never asked`)
      if (report.rows.reached !== rows || report.rows.errors > 0 || report.rows.damaged > 0)
        say(`the report has ${JSON.stringify(report.rows)}`)
      if (again.length > CONCURRENCY || again.some((count) => count > 2))
        say(`${again.length} rows were asked again, one up to ${Math.max(...again)} times`)
      if (JSON.stringify([report.metrics, report.gate.outcome]) !== wanted) say('the report is not that of a run that nobody killed')
      rmSync(folder, { recursive: true, force: true })
    }
  } finally {
    await new Promise((done) => server.close(done))
  }
  return { figures: `${rounds} rounds of ${rows} rows, ${kills} killed; ${twice} rows asked again, ${CONCURRENCY} at once`, problems }
}

function prepare(address: string, rows: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'eval-kills-'))
  const lines = Array.from({ length: rows }, (_, index) => JSON.stringify({ id: `r${index}`, n: index, expected: 'yes' }))
  writeFileSync(join(folder, 'rows.jsonl'), `${lines.join('\n')}\n`)
  writeFileSync(
    join(folder, 'signalbox.eval.yaml'),
    `name: kills
dataset: rows.jsonl
task: { http: { url: "${address}/?row={{n}}", method: POST, body: {}, output: answer } }
variants: [{ id: only }]
evaluators: [equals]
limits: { concurrency: ${CONCURRENCY} }
gate: { rules: [{ metric: equals, rule: min, value: 0.8 }] }
`,
  )
  return folder
}

const start = (folder: string): ChildProcess =>
  spawn(process.execPath, ['--conditions=source', MAIN, 'eval', '-c', 'signalbox.eval.yaml', '-o', 'report.json', '--no-progress'], {
    cwd: folder,
    stdio: 'ignore',
  })

async function finish(folder: string): Promise<Report> {
  const child = start(folder)
  await once(child, 'exit')
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as Report
}
