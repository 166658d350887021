import { Worker } from 'node:worker_threads'

export type SandboxLimits = { timeoutMs: number; memoryMb: number; outputCharacters: number; logCharacters: number }
export type ToSandbox = { id: number; args: string }
export type FromSandbox =
  | { ready: boolean; error?: string }
  | { id: number; result: string; logs: string[] }
  | { id: number; error: string }

type Waiting = { args: string; done: (answer: SandboxAnswer) => void; fail: (error: Error) => void }
export type SandboxAnswer = { result: unknown; logs: string[] }

/** Beyond its own limit of time a thread that does not answer is ended from outside. */
const GRACE_MS = 1_000
const STARTING_MS = 30_000

/** One thread for the code of one user's evaluator. Rows are run one after the other; a thread that breaks is replaced for the next. */
export class Sandbox {
  readonly #source: string
  readonly #limits: SandboxLimits
  readonly #queue: Waiting[] = []
  #worker: Promise<Worker> | undefined
  #busy = false
  #next = 0

  constructor(source: string, limits: SandboxLimits) {
    this.#source = source
    this.#limits = limits
  }

  /** Starts the thread, so that code that cannot be read is refused at once. */
  async start(): Promise<void> {
    await this.#thread()
  }

  run(row: unknown, config: unknown): Promise<SandboxAnswer> {
    return new Promise((done, fail) => {
      this.#queue.push({ args: JSON.stringify([row, config ?? null]), done, fail })
      void this.#work()
    })
  }

  async close(): Promise<void> {
    const worker = await this.#worker?.catch(() => undefined)
    this.#worker = undefined
    await worker?.terminate()
  }

  async #work(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    for (let one = this.#queue.shift(); one; one = this.#queue.shift()) {
      try {
        one.done(await this.#ask(await this.#thread(), one.args))
      } catch (error) {
        one.fail(error as Error)
      }
    }
    this.#busy = false
  }

  #thread(): Promise<Worker> {
    this.#worker ??= this.#startThread().catch((error) => {
      this.#worker = undefined
      throw error
    })
    return this.#worker
  }

  async #startThread(): Promise<Worker> {
    const { memoryMb } = this.#limits
    const worker = new Worker(new URL('./sandbox-worker.ts', import.meta.url), {
      workerData: { source: this.#source, limits: this.#limits },
      // Nothing of this process's surroundings is handed on, not even to the thread around the interpreter.
      env: {},
      execArgv: [],
      stdin: false,
      // What the interpreter says of its own end is for nobody.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: 64 + memoryMb, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
    })
    worker.unref()
    for (const stream of [worker.stdout, worker.stderr]) stream.resume()
    const first = await this.#message(worker, STARTING_MS)
    if ('ready' in first && first.ready) return worker
    await worker.terminate()
    throw new Error(`The code cannot be read: ${'error' in first ? first.error : 'no reason given'}`)
  }

  async #ask(worker: Worker, args: string): Promise<SandboxAnswer> {
    const id = this.#next++
    worker.postMessage({ id, args } satisfies ToSandbox)
    const answer = await this.#message(worker, this.#limits.timeoutMs + GRACE_MS).catch(async (error: Error) => {
      this.#worker = undefined
      await worker.terminate()
      throw error
    })
    if ('ready' in answer) throw new Error('The sandbox answered out of turn.')
    if ('error' in answer) throw new Error(answer.error)
    return { result: answer.result === 'undefined' ? undefined : JSON.parse(answer.result), logs: answer.logs }
  }

  /** The next thing that the thread says. While it is waited for, the program stays alive. */
  #message(worker: Worker, withinMs: number): Promise<FromSandbox> {
    return new Promise((done, fail) => {
      const timer = setTimeout(
        () => end(() => fail(new Error(`The code took longer than ${this.#limits.timeoutMs} ms and was ended.`))),
        withinMs,
      )
      const end = (then: () => void) => {
        clearTimeout(timer)
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        then()
      }
      const onMessage = (message: FromSandbox) => end(() => done(message))
      const onError = (error: Error) => end(() => fail(new Error(`The code broke its sandbox thread: ${error.message}`)))
      const onExit = () => end(() => fail(new Error('The thread of the sandbox ended.')))
      worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    })
  }
}
