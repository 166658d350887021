import { stripTypeScriptTypes } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { newEngine } from './engine.ts'
import { runRow } from './run-row.ts'
import type { FromSandbox, SandboxLimits, ToSandbox } from './sandbox.ts'

/**
 * Runs a user's code in QuickJS, an interpreter inside WebAssembly, inside this thread. The code sees the language and nothing else: there
 * is no module but itself, no network, no file, no process and no timer that it could reach, since none was ever put there. Each row
 * gets an interpreter of its own, so that nothing is left of the row before.
 */
const { source, limits } = workerData as { source: string; limits: SandboxLimits }
// Types are stripped by Node itself, which says on standard error of every process that this is new.
process.removeAllListeners('warning')

const send = (message: FromSandbox): void => parentPort?.postMessage(message)

try {
  const code = withoutTypes(source)
  let engine = await newEngine()
  parentPort?.on('message', async ({ id, args }: ToSandbox) => {
    const { left, ...answer } = runRow(engine, code, args, limits)
    send({ id, ...answer })
    // What could not be cleaned up stays in the memory of this engine: the next row gets another one.
    if (left) engine = await newEngine()
  })
  send({ ready: true })
} catch (error) {
  send({ ready: false, error: error instanceof Error ? error.message : String(error) })
}

/** A function alone is a module that exports it; what cannot be read so is a module. */
function withoutTypes(text: string): string {
  try {
    return stripTypeScriptTypes(`export default (${text}\n)`)
  } catch {
    return stripTypeScriptTypes(text)
  }
}
