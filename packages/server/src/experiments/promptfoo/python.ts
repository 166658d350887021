import { spawn } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Outcome } from '@signalbox/schema/evaluator'
import { failed } from '../../evaluators/outcome.ts'
import type { Asked } from './asked.ts'
import { graded } from './models.ts'

const TIME_MS = 30_000
const WRAPPER = `import sys, json, importlib.util
given = json.load(sys.stdin)
spec = importlib.util.spec_from_file_location("assertion", given["file"])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
result = getattr(module, given["name"])(given["output"], given["context"])
print("\\n" + json.dumps({"result": result}))`

/** A function of a Python file that the user keeps beside the configuration, in a process of its own. */
export async function runPython(file: string, name: string | undefined, { output, vars, assertion }: Asked): Promise<Outcome> {
  const child = spawn(process.env.PROMPTFOO_PYTHON ?? 'python3', ['-c', WRAPPER], {
    cwd: dirname(file),
    stdio: 'pipe',
    timeout: TIME_MS,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<string | undefined>((done) => {
    child.once('error', (error) => done(`Python cannot be started: ${error.message}`))
    child.once('close', (code, signal) =>
      done(code === 0 ? undefined : signal ? `It did not end within ${TIME_MS / 1000} s.` : `exit code ${code}`),
    )
  })
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify({ file, name: name ?? 'get_assert', output, context: { vars, config: assertion.config ?? {} } }))
  const [said, complaint, problem] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (problem !== undefined) return failed(`${basename(file)} failed: ${complaint.trim().split('\n').at(-1) || problem}`)
  try {
    const { result } = JSON.parse(said.trimEnd().split('\n').at(-1) ?? '') as { result: unknown }
    return graded(result, assertion.threshold)
  } catch {
    return failed(`${basename(file)} gave no JSON.`)
  }
}
