import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { KeySource } from '@signalbox/schema'

/** A key, or why there is none; a problem never quotes what a file holds or a command prints. */
export type ReadKey = { apiKey: string } | { problem: string }

const MAX_BYTES = 65_536
export const COMMAND_TIMEOUT_MS = 10_000

/** Reads the key of one provider. Paths are relative to `folder`, where commands run too. Never throws. */
export const readKey = (source: KeySource, folder: string, timeoutMs = COMMAND_TIMEOUT_MS): Promise<ReadKey> =>
  'file' in source ? readKeyFile(resolve(folder, source.file), source.file) : runKeyCommand(source.command, folder, timeoutMs)

async function readKeyFile(path: string, name: string): Promise<ReadKey> {
  try {
    const found = await stat(path)
    if (!found.isFile()) return { problem: `its key file ${name} is no file` }
    if (found.size > MAX_BYTES) return { problem: `its key file ${name} is larger than ${MAX_BYTES} bytes` }
    return keyIn(await readFile(path, 'utf8'), `its key file ${name} holds`)
  } catch (error) {
    return { problem: `its key file ${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})` }
  }
}

/** No shell: what stands in the list is what the program gets. It is given no input, and none of our own secrets. */
function runKeyCommand([program = '', ...parameters]: readonly string[], folder: string, timeoutMs: number): Promise<ReadKey> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SIGNALBOX_')))
  const options = { cwd: folder, env, timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_BYTES, windowsHide: true } as const
  return new Promise((done) => {
    const child = execFile(program, parameters, options, (error, output) =>
      done(error ? { problem: `its key command ${why(error)}` } : keyIn(output, 'its key command printed')),
    )
    child.stdin?.on('error', () => {}).end()
  })
}

/** The message of the error is not used: it holds the command and what it wrote. */
function why({ code, killed, signal }: Error & { code?: unknown; killed?: boolean | undefined; signal?: unknown }): string {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `printed more than ${MAX_BYTES} bytes`
  if (killed) return 'took too long'
  if (typeof code === 'number') return `failed with exit code ${code}`
  return typeof code === 'string' ? `could not be started (${code})` : `was ended by ${signal ?? 'a signal'}`
}

function keyIn(text: string, where: string): ReadKey {
  const key = text.trim()
  if (key === '') return { problem: `${where} nothing` }
  return /^[\x21-\x7e]+$/.test(key) ? { apiKey: key } : { problem: `${where} more than one word of plain ASCII` }
}
