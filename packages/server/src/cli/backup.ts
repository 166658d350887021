import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { resolve } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { AppError, ERRORS, type ErrorCode } from '@signalbox/schema/errors'
import { exportBackup } from '../app/backup.ts'
import { assertDataVersion } from '../app/data-version.ts'
import { closeStores, openStores } from '../app/open-stores.ts'
import { type ImportResult, inspectBackup } from '../app/restore.ts'
import { type Environment, paths, readEnvironment } from '../environment.ts'
import { readClusterToken } from './cluster-token.ts'
import { folderHolder, lockFolder } from './folder-lock.ts'
import { printJson } from './print.ts'

type Options = { data?: string; withMasterKey?: boolean; json?: boolean }

/** `signalbox backup FILE`: from the running core where there is one, else from the stores. What was written is read back before it counts. */
export async function backup(file: string, options: Options): Promise<number> {
  const environment = readEnvironment({ ...process.env, ...(options.data && { SIGNALBOX_DATA: options.data }) })
  if (file === '-') {
    await write(environment, options, process.stdout)
    return 0
  }
  const target = resolve(file)
  const part = `${target}.part`
  try {
    await write(environment, options, createWriteStream(part, { mode: 0o600, flush: true }))
    const content = await inspectBackup(createReadStream(part))
    await rename(part, target)
    report(content, { file: target, bytes: (await stat(target)).size, environment, json: options.json === true })
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  return 0
}

async function write(environment: Environment, { withMasterKey = false }: Options, output: Writable): Promise<void> {
  const holder = folderHolder(environment.data)
  if (holder && holder.what !== 'edge') return await pipeline(await fromCore(environment, withMasterKey), output)
  if (assertDataVersion(environment.data) === 'new') {
    throw new AppError('not-found', `There is nothing to back up in ${environment.data}.`, {
      hint: 'Name the data folder with SIGNALBOX_DATA or --data.',
    })
  }
  await lockFolder(environment.data, { what: 'core', say: (line) => console.error(line) })
  const stores = await openStores(environment)
  try {
    await pipeline(Readable.from(exportBackup({ stores, environment, withMasterKey })), output)
  } finally {
    await closeStores(stores)
  }
}

/** The core listens on a socket under `signalbox up`, and on the port when it runs alone. */
function fromCore({ data, host, port }: Environment, withMasterKey: boolean): Promise<Readable> {
  const alone = folderHolder(data)?.what === 'core'
  const { promise, resolve, reject } = Promise.withResolvers<Readable>()
  const asking = request({
    ...(alone ? { host, port } : { socketPath: paths(data).socket }),
    path: `/internal/backup?masterKey=${withMasterKey}`,
    headers: { authorization: `Bearer ${readClusterToken(data) ?? ''}` },
  })
  asking.on('response', (response) => {
    if (response.statusCode === 200) return resolve(response)
    json(response).then((body) => reject(refusalOf(body)), reject)
  })
  asking.on('error', (cause) =>
    reject(
      new AppError('core-unavailable', 'The core does not answer.', {
        cause,
        hint: 'Wait until it is ready again, or stop Signalbox and back up then.',
      }),
    ),
  )
  asking.end()
  return promise
}

function refusalOf(body: unknown): AppError {
  const { code, message, hint } = (body as { error?: { code?: string; message?: string; hint?: string } }).error ?? {}
  return new AppError(code && code in ERRORS ? (code as ErrorCode) : 'unavailable', message ?? 'The core refused.', hint ? { hint } : {})
}

type Report = { file: string; bytes: number; environment: Environment; json: boolean }

function report(content: ImportResult, { file, bytes, environment, json }: Report): void {
  const { manifest } = content
  if (json) return printJson({ file, bytes, ...content })
  const spans = content.events.spans ?? 0
  console.log(
    `${file}: ${size(bytes)}, ${spans.toLocaleString('en')} spans, ${manifest.sql.length + manifest.events.length} tables; read back and complete.`,
  )
  if (manifest.masterKey) console.log('The master key is inside: whoever has this file can read every stored secret. Keep it accordingly.')
  else if (!environment.masterKey)
    console.log(`The master key is not inside. Keep ${paths(environment.data).masterKey} in a safe place of its own.`)
  if (manifest.blobs === 'elsewhere') console.log('Blobs are in the bucket of BLOBS_URL and not inside.')
}

/** 34.2 MB. */
export function size(bytes: number): string {
  const step = bytes < 1e3 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** step).toFixed(step === 0 ? 0 : 1)} ${['B', 'kB', 'MB', 'GB', 'TB'][step]}`
}
