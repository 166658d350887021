import { existsSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import colors from 'picocolors'
import { diagnose, type Finding } from '../app/doctor.ts'
import { paths, readEnvironment } from '../environment.ts'
import { readClusterToken } from './cluster-token.ts'
import { localUrl } from './connection.ts'
import { folderHolder, lockFolder } from './folder-lock.ts'
import { printJson } from './print.ts'

/** `signalbox doctor`: 0 when nothing failed, 1 when something did. */
export async function doctor(options: { data?: string; json?: boolean }): Promise<number> {
  const environment = readEnvironment({ ...process.env, ...(options.data && { SIGNALBOX_DATA: options.data }) })
  const holder = folderHolder(environment.data)
  // The engines are opened: nobody may start meanwhile.
  if (!holder && existsSync(environment.data)) await lockFolder(environment.data, { what: 'core', say: (line) => console.error(line) })
  const here = addressOf(localUrl())
  const core = environment.coreUrl
    ? addressOf(environment.coreUrl)
    : holder?.what === 'core'
      ? here
      : { socketPath: paths(environment.data).socket }
  const token = environment.clusterToken ?? readClusterToken(environment.data) ?? ''
  const ask = {
    edge: () => statusOf({ ...here, path: '/readyz?role=edge' }),
    core: () => statusOf({ ...core, path: '/internal/ready', headers: { authorization: `Bearer ${token}` } }),
  }
  const findings = await diagnose({ environment, running: holder, ask }, options.json ? () => {} : print)
  const failed = findings.filter(({ status }) => status === 'fail').length
  if (options.json) printJson({ ok: failed === 0, findings })
  else console.log(failed > 0 ? `\n${failed} of ${findings.length} checks failed.` : '\nNothing is in the way.')
  return failed > 0 ? 1 : 0
}

const MARKS = { ok: colors.green('ok  '), warn: colors.yellow('warn'), fail: colors.red('fail'), skip: colors.dim('–   ') }

function print({ check, status, message, hint }: Finding) {
  console.log(`${MARKS[status]}  ${check.padEnd(13)} ${message}`)
  if (hint) console.log(`${' '.repeat(20)}→ ${hint}`)
}

/** Options of `http.request` for a URL. */
function addressOf(url: string): { protocol: string; host: string; port: string } {
  const { protocol, hostname, port } = new URL(url)
  return { protocol, host: hostname.replace(/^\[|\]$/g, ''), port }
}

type Where = { socketPath: string } | ReturnType<typeof addressOf>

function statusOf(where: Where & { path: string; headers?: Record<string, string> }): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>()
  const request = 'protocol' in where && where.protocol === 'https:' ? httpsRequest : httpRequest
  const asking = request({ ...where, timeout: 5000 }, (response) => {
    response.resume()
    resolve(response.statusCode)
  })
  asking.on('timeout', () => asking.destroy())
  asking.on('error', () => resolve(undefined))
  asking.end()
  return promise
}
