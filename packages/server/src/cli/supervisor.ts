import { type ChildProcess, spawn } from 'node:child_process'

export type Role = 'core' | 'edge'
/** What a role says over the IPC channel. `fatal` = starting again would end the same way, so the supervisor gives up. */
export type RoleMessage =
  | { type: 'ready' }
  | { type: 'login-link'; url: string }
  | { type: 'first-key'; secretKey: string }
  | { type: 'fatal'; exitCode: number }

export type SupervisorOptions = {
  /** What a role is started with, in the order of starting; they are stopped in the opposite order. */
  roles: readonly { role: Role; command: readonly [string, ...string[]] }[]
  env: NodeJS.ProcessEnv
  /** Each message of a role, and its pid. */
  onMessage: (role: Role, message: RoleMessage) => void
  /** One line for people: a role ended, a role is started again. */
  say: (line: string) => void
  timing?: Partial<typeof TIMING>
}
export type Supervisor = {
  pidOf(role: Role): number | undefined
  /** SIGTERM to each role, SIGKILL when the time for draining is over. */
  stop(): void
  /** SIGKILL to each role, now. */
  kill(): void
  /** The exit code for the whole program, when every role has ended. */
  done: Promise<number>
}

/** Milliseconds. */
const TIMING = {
  /** Before the 1st, 2nd, … new start in a row; the last one stays. */
  backoff: [100, 250, 500, 900, 2000, 5000, 10_000, 30_000],
  /** Index of the longest wait for a role that became ready before it ended: such a one is always back within a second. */
  lastAfterReady: 3,
  runsWell: 60_000,
  drain: 30_000,
}

type Watched = {
  role: Role
  command: readonly [string, ...string[]]
  child?: ChildProcess
  timer?: NodeJS.Timeout
  /** How many starts in a row ended badly. */
  failures: number
  ready: boolean
  wasReady: boolean
  toldToStop: boolean
}

/** Keeps the roles running until `stop`. Imports nothing heavy: this process only waits, so it should weigh nothing. */
export function supervise(options: SupervisorOptions): Supervisor {
  const timing = { ...TIMING, ...options.timing }
  const all: Watched[] = options.roles.map((role) => ({ ...role, failures: 0, ready: false, wasReady: false, toldToStop: false }))
  let stopping = false
  let exitCode = 0
  const { promise: done, resolve } = Promise.withResolvers<number>()

  function start(watched: Watched) {
    const [command, ...args] = watched.command
    const startedAt = performance.now()
    watched.ready = false
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: options.env })
    watched.child = child
    child.on('message', (message: RoleMessage) => hear(watched, message))
    child.on('error', (error) => child.pid === undefined && ended(`could not be started (${error.message})`))
    child.on('exit', (code, signal) => {
      if (stopping && code) exitCode ||= 1
      ended(signal ? `was ended by ${signal}` : `ended with code ${code}`)
    })

    function ended(how: string) {
      delete watched.child
      if (stopping) return stopNext()
      if (performance.now() - startedAt >= timing.runsWell) watched.failures = 0
      const last = Math.min(watched.ready ? timing.lastAfterReady : Number.POSITIVE_INFINITY, timing.backoff.length - 1)
      const delay = timing.backoff[Math.min(watched.failures++, last)] ?? 0
      options.say(`signalbox ${watched.role} ${how} and is started again in ${delay / 1000} s.`)
      watched.timer = setTimeout(start, delay, watched)
    }
  }

  function hear(watched: Watched, message: RoleMessage) {
    if (message.type === 'ready') watched.ready = watched.wasReady = true
    // Once it has run, a role that cannot start is no reason to take the other one down.
    if (message.type === 'fatal' && !watched.wasReady) {
      exitCode = message.exitCode
      stop()
    }
    options.onMessage(watched.role, message)
  }

  function stop() {
    if (stopping) return
    stopping = true
    for (const { timer } of all) clearTimeout(timer)
    stopNext()
  }

  /** One after the other: the edge first, so that what it still holds can reach the core. */
  function stopNext() {
    const next = all.findLast(({ child }) => child)
    if (!next?.child) return resolve(exitCode)
    if (next.toldToStop) return
    next.toldToStop = true
    const { role, child } = next
    const timer = setTimeout(() => {
      options.say(`signalbox ${role} did not end within ${timing.drain / 1000} s and is killed.`)
      exitCode ||= 1
      child.kill('SIGKILL')
    }, timing.drain)
    child.once('exit', () => clearTimeout(timer))
    child.kill('SIGTERM')
  }

  function kill() {
    stop()
    for (const { child } of all) child?.kill('SIGKILL')
  }

  for (const watched of all) start(watched)
  return { pidOf: (role) => all.find((watched) => watched.role === role)?.child?.pid, stop, kill, done }
}
