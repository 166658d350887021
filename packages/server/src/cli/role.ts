import { type Environment, readEnvironment } from '../environment.ts'
import { readClusterToken, writeClusterToken } from './cluster-token.ts'
import { printFailure, toFailure } from './failure.ts'
import { lockFolder } from './folder-lock.ts'
import { applyStartOptions } from './start-options.ts'
import type { Role, RoleMessage } from './supervisor.ts'

/** Runs one role in this process: under `signalbox up`, or alone as `signalbox edge` / `signalbox core`. */
export async function runRole(role: Role, args: readonly string[]): Promise<void> {
  try {
    const { supervised } = applyStartOptions(args)
    followSignals(supervised)
    const environment = readEnvironment()
    await lockFolder(environment.data, { what: role, supervised, say: (line) => console.error(line) })
    const run = await load(role)
    await run({ ...environment, clusterToken: tokenOf(role, environment, supervised) }, { supervised })
  } catch (error) {
    const failure = toFailure(error)
    printFailure(failure)
    if (failure.final && process.send) await tell({ type: 'fatal', exitCode: failure.exitCode })
    process.exit(failure.exitCode)
  }
}

const load = async (role: Role): Promise<(environment: Environment, options: { supervised: boolean }) => Promise<void>> =>
  role === 'edge' ? (await import('../app/edge.ts')).runEdge : (await import('../app/core.ts')).runCore

function tokenOf(role: Role, { data, clusterToken, coreUrl }: Environment, supervised: boolean): string | null {
  if (supervised) return clusterToken
  if (role === 'core') return writeClusterToken(data, clusterToken)
  return clusterToken ?? (coreUrl ? null : (readClusterToken(data) ?? null))
}

/** Ctrl-C reaches every process of the group: under a supervisor it decides who stops first. Without it, a role must not live on. */
function followSignals(supervised: boolean) {
  const terminate = () => process.kill(process.pid, 'SIGTERM')
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, supervised ? () => {} : terminate)
  if (supervised) process.on('disconnect', terminate)
}

const tell = (message: RoleMessage) => new Promise<void>((done) => process.send?.(message, undefined, undefined, () => done()))
