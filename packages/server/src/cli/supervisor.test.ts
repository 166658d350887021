import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { type Role, type RoleMessage, type Supervisor, type SupervisorOptions, supervise } from './supervisor.ts'

const running: Supervisor[] = []
afterEach(async () => {
  for (const supervisor of running.splice(0)) {
    supervisor.kill()
    await supervisor.done
  }
})

const READY = `process.send({ type: 'ready' });`
const STAY = `setInterval(() => {}, 1000);`
const DRAIN = `process.on('SIGTERM', () => process.exit(0));`
/** Ready comes last: from then on a role is told to stop at any moment. */
const good = STAY + DRAIN + READY

type Seen = { supervisor: Supervisor; messages: [Role, RoleMessage][]; lines: string[]; log: () => string[] }
/** Two roles made of a line of JavaScript each; both may write to the file `LOG`. */
function start(scripts: Record<Role, string>, timing: SupervisorOptions['timing'] = {}): Seen {
  const log = join(mkdtempSync(join(tmpdir(), 'supervisor-')), 'log')
  writeFileSync(log, '')
  const messages: Seen['messages'] = []
  const lines: string[] = []
  const prelude = `const log = (line) => require('node:fs').appendFileSync(process.env.LOG, line + '\\n');`
  const supervisor = supervise({
    roles: (['core', 'edge'] as const).map((role) => ({ role, command: [process.execPath, '-e', prelude + scripts[role]] })),
    env: { ...process.env, LOG: log },
    onMessage: (role, message) => messages.push([role, message]),
    say: (line) => lines.push(line),
    timing,
  })
  running.push(supervisor)
  return { supervisor, messages, lines, log: () => readFileSync(log, 'utf8').trim().split('\n') }
}

async function until(condition: () => boolean) {
  for (let round = 0; !condition(); round++) {
    if (round > 3000) throw new Error('It did not become true in a minute.')
    await sleep(20)
  }
}
const readies = ({ messages }: Seen, role: Role) => messages.filter(([from, { type }]) => from === role && type === 'ready').length

it('starts a killed role again and leaves the other one alone', async () => {
  const seen = start({ core: good, edge: good })
  await until(() => readies(seen, 'core') === 1 && readies(seen, 'edge') === 1)
  const [core, edge] = [seen.supervisor.pidOf('core'), seen.supervisor.pidOf('edge')]
  process.kill(edge ?? 0, 'SIGKILL')
  await until(() => readies(seen, 'edge') === 2)
  expect(seen.supervisor.pidOf('core')).toBe(core)
  expect(seen.supervisor.pidOf('edge')).not.toBe(edge)
  expect(seen.lines).toEqual(['signalbox edge was ended by SIGKILL and is started again in 0.1 s.'])
})

it('waits longer and longer for a role that never becomes ready', async () => {
  const seen = start({ core: good, edge: 'process.exit(1)' }, { backoff: [1, 20, 300_000], lastAfterReady: 1 })
  await until(() => seen.lines.length === 3)
  expect(seen.lines.map((line) => line.match(/in (\S+) s/)?.[1])).toEqual(['0.001', '0.02', '300'])
})

it('waits no longer than a second for one that became ready, and starts from the beginning when it ran well', async () => {
  const once = { core: good, edge: `${READY} process.disconnect()` }
  const seen = start(once, { backoff: [1, 2, 300_000], lastAfterReady: 1 })
  // It goes on and on: between two looks it may have started more than once.
  await until(() => seen.lines.length >= 4)
  expect(seen.lines.slice(0, 4).map((line) => line.match(/in (\S+) s/)?.[1])).toEqual(['0.001', '0.002', '0.002', '0.002'])
  const well = start(once, { backoff: [1, 300_000], runsWell: 0 })
  await until(() => well.lines.length >= 3)
})

it('stops the edge before the core, and both end well', async () => {
  const drain = (role: Role) =>
    `${STAY} process.on('SIGTERM', () => { log('${role} drains'); setTimeout(() => { log('${role} ends'); process.exit(0) }, 100) }); ${READY}`
  const seen = start({ core: drain('core'), edge: drain('edge') })
  await until(() => readies(seen, 'core') === 1 && readies(seen, 'edge') === 1)
  seen.supervisor.stop()
  seen.supervisor.stop()
  expect(await seen.supervisor.done).toBe(0)
  expect(seen.log()).toEqual(['edge drains', 'edge ends', 'core drains', 'core ends'])
  expect(seen.lines).toEqual([])
})

it('kills a role that does not drain, and says so by its exit code', async () => {
  const seen = start({ core: good, edge: `process.on('SIGTERM', () => {}); ${READY + STAY}` }, { drain: 200 })
  await until(() => readies(seen, 'core') === 1 && readies(seen, 'edge') === 1)
  seen.supervisor.stop()
  expect(await seen.supervisor.done).toBe(1)
  expect(seen.lines).toEqual(['signalbox edge did not end within 0.2 s and is killed.'])
})

it('does not start a role again while it waits for the next try and is stopped', async () => {
  const seen = start({ core: good, edge: `log('edge'); process.exit(1)` }, { backoff: [300_000] })
  await until(() => seen.lines.length === 1 && readies(seen, 'core') === 1)
  seen.supervisor.stop()
  expect(await seen.supervisor.done).toBe(0)
  expect(seen.log()).toEqual(['edge'])
})

it('gives up when a role says that another start would end the same way', async () => {
  const seen = start({ core: `process.send({ type: 'fatal', exitCode: 2 }, () => process.exit(2))`, edge: good })
  expect(await seen.supervisor.done).toBe(2)
})

it('does not give up when a role that once ran cannot start again', async () => {
  const seen = start(
    {
      core: `if (require('node:fs').readFileSync(process.env.LOG, 'utf8')) process.send({ type: 'fatal', exitCode: 2 }, () => process.exit(2))
             else { log('ran'); ${READY} process.disconnect() }`,
      edge: good,
    },
    { backoff: [1, 300_000] },
  )
  await until(() => seen.lines.length === 2 && readies(seen, 'edge') === 1)
  expect(seen.supervisor.pidOf('edge')).toBeDefined()
})

it('says when a role cannot be started at all', async () => {
  const lines: string[] = []
  const supervisor = supervise({
    roles: [{ role: 'core', command: ['/nowhere/node'] }],
    env: {},
    onMessage: () => {},
    say: (line) => lines.push(line),
  })
  await until(() => lines.length > 0)
  supervisor.stop()
  expect(await supervisor.done).toBe(0)
  expect(lines[0]).toMatch(/core could not be started \(spawn \/nowhere\/node ENOENT\)/)
})
