import { spawn } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Outcome } from '@signalbox/schema/evaluator'
import { failed } from '../../evaluators/outcome.ts'
import type { Asked } from './asked.ts'
import type { Files } from './files.ts'
import { graded } from './models.ts'

const TIME_MS = 30_000

type Language = { title: string; program: string; flag: string; wrapper: string; ending: RegExp; function: string }

/** What stands in the configuration is an expression, or the body of a function that returns something. */
const LANGUAGES: Record<'python' | 'ruby', Language> = {
  python: {
    title: 'Python',
    program: process.env.PROMPTFOO_PYTHON ?? 'python3',
    flag: '-c',
    ending: /\.py(?::(\w+))?$/,
    function: 'get_assert',
    wrapper: `import sys, json, importlib.util
given = json.load(sys.stdin)
if given["file"] is None:
    code = given["code"]
    body = "\\n".join("    " + line for line in code.splitlines()) if "\\n" in code.strip() or code.strip().startswith("return ") else "    return (" + code.strip() + ")"
    names = {"json": json}
    exec("import math, re\\ndef check(output, context):\\n" + body, names)
    run = names["check"]
else:
    spec = importlib.util.spec_from_file_location("assertion", given["file"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    run = getattr(module, given["name"])
print("\\n" + json.dumps({"result": run(given["output"], given["context"])}))`,
  },
  ruby: {
    title: 'Ruby',
    program: process.env.PROMPTFOO_RUBY ?? 'ruby',
    flag: '-e',
    ending: /\.rb(?::(\w+[?!]?))?$/,
    function: 'get_assert',
    wrapper: `require "json"
given = JSON.parse(STDIN.read)
output, context = given["output"], given["context"]
if given["file"].nil?
  check = eval("lambda { |output, context|\\n" + given["code"] + "\\n}")
  result = check.call(output, context)
else
  load given["file"]
  result = send(given["name"], output, context)
end
puts "\\n" + JSON.generate({ "result" => result })`,
  },
}

export type Programming = keyof typeof LANGUAGES
export const isProgram = (type: string): type is Programming => Object.hasOwn(LANGUAGES, type)

/** Python or Ruby of the user, beside the configuration or in it: their own program, in a process of its own. */
export async function runProgram(kind: Programming, code: string, { output, vars, assertion }: Asked, files: Files): Promise<Outcome> {
  const language = LANGUAGES[kind]
  const named = code.startsWith('file://') ? language.ending.exec(code) : null
  if (code.startsWith('file://') && !named) return failed(`${code} is not a file of ${language.title}.`)
  const file = named ? files.path(code.replace(/:\w+[?!]?$/, '')) : null
  const shown = file === null ? `The ${language.title} of the assertion` : basename(file)
  const child = spawn(language.program, [language.flag, language.wrapper], {
    cwd: file === null ? files.folder : dirname(file),
    stdio: 'pipe',
    timeout: TIME_MS,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<string | undefined>((done) => {
    child.once('error', (error) => done(`${language.title} cannot be started: ${error.message}`))
    child.once('close', (status, signal) =>
      done(status === 0 ? undefined : signal ? `It did not end within ${TIME_MS / 1000} s.` : `exit code ${status}`),
    )
  })
  child.stdin.on('error', () => {})
  const { env: _, ...shownVars } = vars
  const context = { vars: shownVars, config: assertion.config ?? {} }
  child.stdin.end(JSON.stringify({ file, code, name: named?.[1] ?? language.function, output, context }))
  const [said, complaint, problem] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (problem !== undefined) return failed(`${shown} failed: ${complaint.trim().split('\n').at(-1) || problem}`)
  try {
    const { result } = JSON.parse(said.trimEnd().split('\n').at(-1) ?? '') as { result: unknown }
    return graded(result, assertion.threshold)
  } catch {
    return failed(`${shown} gave no JSON.`)
  }
}
