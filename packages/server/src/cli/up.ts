import { fileURLToPath } from 'node:url'
import { assertDataVersion } from '../app/data-version.ts'
import { type Environment, readEnvironment } from '../environment.ts'
import { writeClusterToken } from './cluster-token.ts'
import { printFailure, toFailure } from './failure.ts'
import { lockFolder } from './folder-lock.ts'
import { applyStartOptions } from './start-options.ts'
import { type Role, type RoleMessage, type Supervisor, supervise } from './supervisor.ts'
import { welcome } from './welcome.ts'

/** `signalbox up`: one edge and one core under a supervisor, until a signal. Returns the exit code. */
export async function up(args: readonly string[], main: URL): Promise<number> {
  try {
    applyStartOptions(args)
    const environment = readEnvironment()
    assertDataVersion(environment.data)
    await lockFolder(environment.data, { what: 'up', say: (line) => console.error(line) })
    const supervisor = start(environment, fileURLToPath(main))
    stopOnSignal(supervisor)
    return await supervisor.done
  } catch (error) {
    const failure = toFailure(error)
    printFailure(failure)
    return failure.exitCode
  }
}

/**
 * How V8 runs each role. Left alone it lets the space for new objects grow to 134 MB under load; 8 MB (edge) and 16 MB (core)
 * per half cost no measurable time. The core runs Postgres in WebAssembly: compiled by the base tier only, it takes 50 MB less and
 * no peak of 500 MB at the start.
 */
const FLAGS: Record<Role, readonly string[]> = {
  core: ['--liftoff-only', '--max-semi-space-size=16'],
  edge: ['--max-semi-space-size=8'],
}

/** `MALLOC_ARENA_MAX`: by default glibc keeps up to 8 heaps per core, 80 MB of which the event store never gives back after a burst. */
function start(environment: Environment, main: string): Supervisor {
  const told: RoleMessage[] = []
  const ready = new Set<Role>()
  let welcomed = false
  return supervise({
    roles: (['core', 'edge'] as const).map((role) => ({
      role,
      command: [process.execPath, ...process.execArgv, ...FLAGS[role], main, role, '--supervised'],
    })),
    env: { MALLOC_ARENA_MAX: '2', ...process.env, SIGNALBOX_CLUSTER_TOKEN: writeClusterToken(environment.data, environment.clusterToken) },
    say: (line) => console.error(line),
    onMessage: (role, message) => {
      if (message.type === 'ready') ready.add(role)
      else told.push(message)
      if (welcomed || ready.size < 2) return
      welcomed = true
      console.log(welcome(environment, told))
    },
  })
}

/** A second Ctrl-C, more than a second later, ends everything at once. (npm passes each Ctrl-C on, so it comes twice.) */
function stopOnSignal(supervisor: Supervisor) {
  let first = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first && signal === 'SIGINT' && Date.now() - first > 1000) return supervisor.kill()
      if (first) return
      first = Date.now()
      if (signal === 'SIGINT') console.log('\nStopping: open answers are finished first. Ctrl-C again ends them.')
      supervisor.stop()
    })
  }
}
