import { AppError } from '@signalbox/schema/errors'
import type { QuickJSContext, QuickJSSyncVariant, QuickJSWASMModule } from 'quickjs-emscripten-core'

const MEMORY_BYTES = 64 * 1024 * 1024
const TIME_MS = 1000

/**
 * Runs JavaScript that stands in a configuration in an engine of its own (QuickJS on WebAssembly), which has no network, no files and no
 * process to reach, with limits of time and memory. What goes in and comes out is JSON.
 */
export class Scripts {
  readonly #module: QuickJSWASMModule

  private constructor(module: QuickJSWASMModule) {
    this.#module = module
  }

  static async load(): Promise<Scripts> {
    const [{ newQuickJSWASMModuleFromVariant }, variant] = await Promise.all([
      import('quickjs-emscripten-core'),
      import('@jitl/quickjs-wasmfile-release-sync'),
    ])
    // Under CommonJS rules the variant stands one level deeper.
    const inner = variant.default as unknown as { default?: QuickJSSyncVariant }
    return new Scripts(await newQuickJSWASMModuleFromVariant(inner.default ?? (variant.default as unknown as QuickJSSyncVariant)))
  }

  /** One line is an expression, several are the body of a function; `names` are what it can see. */
  run(code: string, names: Record<string, unknown>): unknown {
    const runtime = this.#module.newRuntime()
    runtime.setMemoryLimit(MEMORY_BYTES)
    runtime.setMaxStackSize(512 * 1024)
    const end = Date.now() + TIME_MS
    runtime.setInterruptHandler(() => Date.now() > end)
    const context = runtime.newContext()
    try {
      return runIn(context, code, names)
    } finally {
      context.dispose()
      runtime.dispose()
    }
  }
}

function runIn(context: QuickJSContext, code: string, names: Record<string, unknown>): unknown {
  const given = context.newString(JSON.stringify(names))
  context.setProp(context.global, '__given', given)
  given.dispose()
  const body = isBody(code) ? code : `return (${code.trim().replace(/;$/, '')}\n)`
  const list = Object.keys(names).join(', ')
  const source = `(() => { const { ${list} } = JSON.parse(__given); delete globalThis.__given;
const result = ((${list}) => { ${body}
})(${list})
if (typeof result === 'function') return JSON.stringify({ value: result(${list}) })
return JSON.stringify({ value: result }) })()`
  const result = context.evalCode(source)
  if (result.error) {
    const error = context.dump(result.error) as { name?: string; message?: string } | string
    result.error.dispose()
    throw new Error(typeof error === 'string' ? error : `${error.name ?? 'Error'}: ${error.message ?? ''}`)
  }
  const text: unknown = context.dump(result.value)
  result.value.dispose()
  return typeof text === 'string' ? (JSON.parse(text) as { value?: unknown }).value : undefined
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
