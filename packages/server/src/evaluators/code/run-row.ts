import type { QuickJSContext, QuickJSHandle, QuickJSWASMModule } from 'quickjs-emscripten-core'
import type { SandboxLimits } from './sandbox.ts'

type Answer = { result: string; logs: string[] } | { error: string }

/** One row in an interpreter of its own. `left` says that something of it could not be cleaned up. */
export function runRow(engine: QuickJSWASMModule, code: string, args: string, limits: SandboxLimits): Answer & { left: boolean } {
  const runtime = engine.newRuntime()
  const deadline = Date.now() + limits.timeoutMs
  runtime.setMemoryLimit(limits.memoryMb * 1024 * 1024)
  runtime.setMaxStackSize(256 * 1024)
  runtime.setInterruptHandler(() => Date.now() > deadline)
  const vm = runtime.newContext()
  const row = new Row(vm, limits, deadline)
  let answer: Answer
  try {
    answer = row.run(code, args)
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) }
  }
  try {
    row.dispose()
    vm.dispose()
    runtime.dispose()
    return { ...answer, left: false }
  } catch {
    return { ...answer, left: true }
  }
}

class Row {
  readonly #vm: QuickJSContext
  readonly #limits: SandboxLimits
  readonly #deadline: number
  readonly #kept: QuickJSHandle[] = []
  readonly #logs: string[] = []

  constructor(vm: QuickJSContext, limits: SandboxLimits, deadline: number) {
    this.#vm = vm
    this.#limits = limits
    this.#deadline = deadline
  }

  run(code: string, args: string): { result: string; logs: string[] } {
    const vm = this.#vm
    this.#giveConsole()
    // Taken before the user's code runs, which may replace them for itself only.
    const json = this.#prop(vm.global, 'JSON')
    const [parse, stringify] = [this.#prop(json, 'parse'), this.#prop(json, 'stringify')]
    const exported = this.#settled(this.#value(vm.evalCode(code, 'evaluator.js', { type: 'module' })))
    const run = ['default', 'evaluate', 'score', 'handler']
      .map((name) => this.#prop(exported, name))
      .find((one) => vm.typeof(one) === 'function')
    if (!run) throw new Error('The code must export a function: export default (row, config) => score.')
    const given = this.#value(vm.callFunction(parse, vm.undefined, this.#keep(vm.newString(args))))
    const answer = this.#settled(this.#value(vm.callFunction(run, vm.undefined, this.#prop(given, 0), this.#prop(given, 1))))
    const text = this.#value(vm.callFunction(stringify, vm.undefined, answer))
    if (vm.typeof(text) !== 'string') return { result: 'undefined', logs: this.#logs }
    const most = this.#limits.outputCharacters
    const length = vm.getNumber(this.#prop(text, 'length'))
    if (length > most) throw new Error(`The answer of the code has ${length} characters; ${most} are allowed.`)
    return { result: vm.getString(text), logs: this.#logs }
  }

  dispose(): void {
    for (const handle of this.#kept.reverse()) if (handle.alive) handle.dispose()
  }

  #keep(handle: QuickJSHandle): QuickJSHandle {
    this.#kept.push(handle)
    return handle
  }

  #prop(of: QuickJSHandle, name: string | number): QuickJSHandle {
    return this.#keep(this.#vm.getProp(of, name))
  }

  #value(result: ReturnType<QuickJSContext['evalCode']>): QuickJSHandle {
    if (result.error) throw this.#failure(this.#keep(result.error))
    return this.#keep(result.value)
  }

  /** Of a promise what it comes to: there is nothing here that it could wait for but itself. */
  #settled(handle: QuickJSHandle): QuickJSHandle {
    const vm = this.#vm
    if (vm.typeof(handle) !== 'object') return handle
    const jobs = vm.runtime.executePendingJobs()
    if (jobs.error) throw this.#failure(this.#keep(jobs.error))
    const state = vm.getPromiseState(handle)
    if (state.type === 'fulfilled') return state.notAPromise ? state.value : this.#keep(state.value)
    if (state.type === 'rejected') throw this.#failure(this.#keep(state.error))
    throw new Error('The code waits for something that never comes: there are no timers and no network here.')
  }

  /** What was thrown, without asking the thrown thing to describe itself at length. */
  #failure(error: QuickJSHandle): Error {
    if (Date.now() > this.#deadline) return new Error(`The code took longer than ${this.#limits.timeoutMs} ms.`)
    if (this.#vm.typeof(error) !== 'object') return new Error(`The code threw ${this.#short(error, 500)}`)
    const parts = [this.#prop(error, 'name'), this.#prop(error, 'message')] as const
    // An interpreter without memory cannot even make the words of its error.
    if (parts.every((part) => this.#vm.typeof(part) === 'unknown')) return new Error('The code failed: out of memory.')
    const [name, message] = [this.#short(parts[0], 500), this.#short(parts[1], 2_000)]
    return new Error(`The code failed: ${name}: ${message}`)
  }

  /** A text of the user's code, never more of it than is asked for. */
  #short(handle: QuickJSHandle, most: number): string {
    const vm = this.#vm
    const kind = vm.typeof(handle)
    if (kind === 'number') return String(vm.getNumber(handle))
    if (kind === 'boolean') return String(vm.dump(handle))
    if (kind !== 'string') return `[${kind}]`
    const length = vm.getProp(handle, 'length')
    const tooLong = vm.getNumber(length) > most
    length.dispose()
    return tooLong ? '…' : vm.getString(handle)
  }

  /** `console.log` of the user's code, for whoever writes it; what is too much is dropped, and that is said. */
  #giveConsole(): void {
    const vm = this.#vm
    const most = this.#limits.logCharacters
    let left = most
    const log = vm.newFunction('log', (...parts) => {
      if (left <= 0) return
      const text = parts.map((part) => this.#short(part, left)).join(' ')
      left -= text.length + 1
      this.#logs.push(left <= 0 ? `${text.slice(0, most)} … (more was dropped)` : text)
    })
    const console = this.#keep(vm.newObject())
    this.#keep(log)
    for (const name of ['log', 'info', 'warn', 'error', 'debug']) vm.setProp(console, name, log)
    vm.setProp(vm.global, 'console', console)
  }
}
