import { spawn } from 'node:child_process'
import { root } from './root.mjs'

/** Runs a command in the root of the workspace and rejects when it fails. Its output goes where ours goes. */
export function run(command, args, options = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options })
    child.on('error', fail)
    child.on('exit', (code, signal) => {
      if (code === 0) done()
      else fail(new CommandFailed(`${[command, ...args].join(' ')} ended with ${signal ?? code}.`, code ?? 1))
    })
  })
}

/** The command has said why; who catches this need not print a stack. */
export class CommandFailed extends Error {
  constructor(message, exitCode) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs `main`; ends with the exit code of the command that failed. */
export async function runMain(main) {
  try {
    await main()
  } catch (error) {
    process.stderr.write(`${error instanceof CommandFailed ? error.message : (error?.stack ?? error)}\n`)
    process.exitCode = error?.exitCode ?? 1
  }
}
