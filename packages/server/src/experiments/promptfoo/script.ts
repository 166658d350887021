import { AppError } from '@signalbox/schema/errors'
import type { QuickJSWASMModule } from 'quickjs-emscripten-core'
import type { newEngine } from '../../evaluators/code/engine.ts'
import type { runRow } from '../../evaluators/code/run-row.ts'

const LIMITS = { timeoutMs: 1_000, memoryMb: 64, outputCharacters: 16_000_000, logCharacters: 4_000 }
type Tools = { newEngine: typeof newEngine; runRow: typeof runRow }

/**
 * Runs JavaScript that stands in a configuration: in the interpreter of the evaluator `code`, which has no network, no files and no process to
 * reach, with limits of time and memory. What goes in and comes out is JSON. In this thread, since a transform is waited for by everything.
 */
export class Scripts {
  readonly #tools: Tools
  #engine: QuickJSWASMModule

  private constructor(tools: Tools, engine: QuickJSWASMModule) {
    this.#tools = tools
    this.#engine = engine
  }

  static async load(): Promise<Scripts> {
    const [{ newEngine }, { runRow }] = await Promise.all([
      import('../../evaluators/code/engine.ts'),
      import('../../evaluators/code/run-row.ts'),
    ])
    return new Scripts({ newEngine, runRow }, await newEngine())
  }

  /** One line is an expression, several are the body of a function; `names` are what it can see. */
  run(code: string, names: Record<string, unknown>): unknown {
    const body = isBody(code) ? code : `return (${code.trim().replace(/;$/, '')}\n)`
    const list = Object.keys(names).join(', ')
    const source = `export default ({ ${list} }) => {
const value = ((${list}) => { ${body}
})(${list})
return { value: typeof value === 'function' ? value(${list}) : value } }`
    const { left, ...answer } = this.#tools.runRow(this.#engine, source, JSON.stringify([names, null]), LIMITS)
    // What could not be cleaned up stays in the memory of this engine: later scripts get another one.
    if (left) void this.#tools.newEngine().then((engine) => (this.#engine = engine))
    if ('error' in answer) throw new Error(answer.error)
    return (JSON.parse(answer.result) as { value?: unknown }).value
  }
}

/** As promptfoo tells them apart: with a line break or a `return` it is a body. */
const isBody = (code: string): boolean =>
  code.trim().includes('\n') || /^\s*(return|const|let|var|if|for|while|try|switch|throw)\b/.test(code)

/** A function of a file that the user keeps beside the configuration: it is the user's own program, and runs as such. */
export async function functionOf(path: string, name: string | undefined): Promise<(...input: unknown[]) => unknown> {
  let file: Record<string, unknown>
  try {
    file = (await import(path)) as Record<string, unknown>
  } catch (cause) {
    throw new AppError('invalid-request', `${path} cannot be loaded: ${(cause as Error).message}`, { cause })
  }
  const inner = file.default as Record<string, unknown> | undefined
  const found =
    name === undefined ? (typeof inner === 'function' ? inner : (inner?.default ?? file.default)) : (file[name] ?? inner?.[name])
  if (typeof found !== 'function')
    throw new AppError('invalid-request', `${path} has no function ${name === undefined ? 'as its default export' : `"${name}"`}.`)
  return found as (...input: unknown[]) => unknown
}
