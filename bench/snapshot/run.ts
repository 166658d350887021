// How long a configuration of 10,000 keys and 1,000 routes takes to reach an edge, and what calls notice of it: latencies of a steady load
// with nothing going on, while everything changes, while keys come and go, and while the core is killed and sends everything anew.
// Flags: --quick (1,000 keys, shorter), --keys N, --routes N.
import { randomBytes } from 'node:crypto'
import { Agent, request as httpRequest } from 'node:http'
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Snapshot } from '@signalbox/schema'
import { linesOf, partsOf } from '../../packages/server/src/app/snapshot-parts.ts'
import { SnapshotState } from '../../packages/server/src/app/snapshot-state.ts'
import { parseConfig } from '../../packages/server/src/config/load.ts'
import { paths } from '../../packages/server/src/environment.ts'
import { migrate } from '../../packages/server/src/store/sql/migrate.ts'
import { openPglite } from '../../packages/server/src/store/sql/pglite.ts'
import { writeMeasurement } from '../lib/measurements.ts'
import { type Program, SECRET_KEY, startProgram } from '../lib/start-program.ts'
import { median, percentile, sum } from '../lib/statistics.ts'
import { table } from '../lib/table.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, keys: { type: 'string' }, routes: { type: 'string' } } })
const KEYS = Number(values.keys ?? (values.quick ? 1000 : 10_000))
const ROUTES = Number(values.routes ?? 1000)
const SECONDS = values.quick ? 3 : 8
const CALLS_PER_SECOND = 100

type Seen = { name: string; latencies: number[]; failures: number; stallMs: number; applyMs: number }

const yaml = (generation: number) => {
  const routes = Array.from({ length: ROUTES }, (_, index) => {
    const targets = ['echo', 'script', 'faults'].map(
      (model, at) => `{ provider: simulator, model: ${model}, weight: ${at === 0 ? 90 : 5 + generation} }`,
    )
    return `  route-${index}: { targets: [${targets.join(', ')}], retries: { attempts: 2 }, timeouts: { totalMs: ${60_000 + generation} } }`
  })
  return `version: 1\nmodels:\n${routes.join('\n')}\n  generation-${generation}: { targets: [{ provider: simulator, model: echo }] }\n`
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })
/** One call; its status and how long it took. */
function call(program: Program, { model = 'route-0', secret = SECRET_KEY } = {}): Promise<{ status: number; ms: number }> {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hello' }] })
  const began = performance.now()
  return new Promise((resolve) => {
    const failed = () => resolve({ status: 0, ms: performance.now() - began })
    const sent = httpRequest(`${program.url}/v1/chat/completions`, {
      agent,
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    })
    sent.on('error', failed)
    sent.on('response', (response) => {
      response.on('error', failed)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - began }))
      response.resume()
    })
    sent.end(body)
  })
}

/** Calls at a steady rate, whether answers come or not, while something goes on. */
async function under(program: Program, name: string, work: () => Promise<void>): Promise<Seen> {
  await program.metric('signalbox_edge_stall_max_seconds')
  const latencies: number[] = []
  let failures = 0
  let working = true
  const open = new Set<Promise<void>>()
  const load = (async () => {
    for (let next = performance.now(); working; next += 1000 / CALLS_PER_SECOND) {
      const wait = next - performance.now()
      if (wait > 0) await sleep(wait)
      const one = call(program).then(({ status, ms }) => {
        latencies.push(ms)
        if (status !== 200) failures++
        open.delete(one)
      })
      open.add(one)
    }
  })()
  await work()
  working = false
  await load
  await Promise.all(open)
  const [stall = Number.NaN, apply = Number.NaN] = await program.metric(
    'signalbox_edge_stall_max_seconds',
    'signalbox_edge_config_apply_seconds',
  )
  return { name, latencies, failures, stallMs: stall * 1000, applyMs: apply * 1000 }
}

const until = async (what: () => Promise<boolean>): Promise<number> => {
  const began = performance.now()
  while (!(await what())) {
    if (performance.now() - began > 60_000) throw new Error('it did not happen within a minute')
    await sleep(5)
  }
  return performance.now() - began
}
const put = async (program: Program, text: string): Promise<number> => {
  const began = performance.now()
  const response = await fetch(`${program.url}/api/v1/config`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  })
  if (!response.ok) throw new Error(await response.text())
  await response.arrayBuffer()
  return performance.now() - began
}
type Key = { id: string; secretKey: string }
const makeKey = (program: Program) => program.api<Key>('/api/v1/keys', { name: `bench ${randomBytes(4).toString('hex')}` })
/** Keys as an installation has them after a while: in the database before the program starts. */
async function seedKeys(data: string): Promise<void> {
  const sql = await openPglite(paths(data).sql)
  await migrate(sql)
  await sql.exec(`INSERT INTO projects (id, name, created_at) VALUES ('default', 'Default', now());
    INSERT INTO keys (id, project_id, name, public_key, secret_sha256, secret_hint, scopes, source, created_at)
    SELECT 'key_' || md5(n::text), 'default', 'service ' || n, 'pk-sb-' || md5('p' || n), encode(sha256(convert_to('s' || n, 'utf8')), 'hex'), '0000',
      '["gateway:call", "traces:write", "traces:read", "scores:write"]', 'api', now() FROM generate_series(1, ${KEYS}) n`)
  await sql[Symbol.asyncDispose]()
}

/** What taking in everything costs an edge by itself: all pieces one after the other, the best of ten rounds. */
function ownWork(): { pieces: number; bytes: number; totalMs: number; longestMs: number; projectMs: number } {
  const { models, prices, capture, budgets, currency, splits } =
    parseConfig(yaml(0), { name: 'signalbox.yaml', variables: {} }).projects.default ?? fail()
  const keys = Array.from({ length: KEYS }, (_, n) => {
    const secretSha256 = randomBytes(32).toString('hex')
    const scopes = ['gateway:call', 'traces:write', 'traces:read', 'scores:write']
    return {
      id: `key_${n}_${secretSha256.slice(0, 20)}`,
      name: `service ${n}`,
      projectId: 'default',
      publicKey: `pk-sb-${n}`,
      secretSha256,
      scopes,
      expiresAt: null,
    }
  })
  const project = { id: 'default', providers: {}, models, prices, capture, budgets, currency, splits }
  const snapshot = Snapshot.parse({ version: 1, projects: { default: project }, keys, limits: { maxBodyBytes: 1 } })
  const set = [...partsOf(snapshot)].map(([name, value]) => [name, JSON.stringify(value)] as const)
  const lines = [...linesOf({ version: 1, full: true, set })]
  const rounds = Array.from({ length: 10 }, () => {
    const state = new SnapshotState()
    const times = lines.map((line) => timed(() => state.take(JSON.parse(line))))
    return { totalMs: sum(times), longestMs: Math.max(...times), projectMs: timed(() => state.projectOf('default')) }
  })
  const best = (name: 'totalMs' | 'longestMs' | 'projectMs') => Math.min(...rounds.map((round) => round[name]))
  const bytes = lines.reduce((total, line) => total + line.length + 1, 0)
  return { pieces: lines.length, bytes, totalMs: best('totalMs'), longestMs: best('longestMs'), projectMs: best('projectMs') }
}
const timed = (work: () => unknown): number => {
  const began = performance.now()
  work()
  return performance.now() - began
}
const fail = (): never => {
  throw new Error('the configuration has no project')
}

const own = ownWork()
const program = await startProgram({ yaml: yaml(0), prepare: seedKeys })
try {
  for (let i = 0; i < 200; i++) await call(program)

  const seen: Seen[] = [await under(program, 'nothing', () => sleep(SECONDS * 1000))]

  const applies: number[] = []
  const reached: number[] = []
  seen.push(
    await under(program, `all ${ROUTES} routes change, again and again`, async () => {
      for (let generation = 1; generation <= (values.quick ? 3 : 8); generation++) {
        applies.push(await put(program, yaml(generation)))
        reached.push(await until(async () => (await call(program, { model: `generation-${generation}` })).status === 200))
        await sleep(300)
      }
    }),
  )

  const revoked: number[] = []
  seen.push(
    await under(program, 'keys come and go', async () => {
      for (let i = 0; i < (values.quick ? 3 : 8); i++) {
        const { id, secretKey } = await makeKey(program)
        await until(async () => (await call(program, { secret: secretKey })).status === 200)
        const at = performance.now()
        const gone = until(async () => (await call(program, { secret: secretKey })).status === 401)
        const response = await fetch(`${program.url}/api/v1/keys/${id}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${SECRET_KEY}` },
        })
        await response.arrayBuffer()
        await gone
        revoked.push(performance.now() - at)
      }
    }),
  )

  let longest = 0
  const [version = 0] = await program.metric('signalbox_edge_config_version')
  seen.push(
    await under(program, `a new core sends all ${KEYS} keys and ${ROUTES} routes`, async () => {
      process.kill(program.pidOf('core'), 'SIGKILL')
      // Reading the stall begins it anew, so the longest of all readings counts.
      await until(async () => {
        const [now = 0, stall = 0] = await program.metric('signalbox_edge_config_version', 'signalbox_edge_stall_max_seconds')
        longest = Math.max(longest, stall)
        return now > version
      })
      await sleep(1000)
    }),
  )

  const last = seen.at(-1)
  if (last) last.stallMs = Math.max(last.stallMs, longest * 1000)
  const ms = (value: number) => `${value.toFixed(value < 10 ? 1 : 0)} ms`
  const rows = seen.map(({ name, latencies, failures, stallMs, applyMs }, index) => [
    name,
    String(latencies.length),
    String(failures),
    ms(median(latencies)),
    ms(percentile(latencies, 0.99)),
    ms(Math.max(...latencies)),
    ms(stallMs),
    index === 0 ? '' : ms(applyMs),
  ])
  const text = [
    `${KEYS} keys and ${ROUTES} routes of three targets in one project, ${CALLS_PER_SECOND} calls a second to the built-in simulator (${program.form}; ${cpus().length} CPUs with a load of ${loadavg()[0]?.toFixed(1)} by this and others).`,
    '',
    table(['meanwhile', 'calls', 'failed', 'p50', 'p99', 'max', 'longest stall of the edge', 'first piece → in effect (last)'], rows),
    '',
    `- Work of the edge for all of it, alone: ${(own.bytes / 1e6).toFixed(1)} MB in ${own.pieces} pieces, ${ms(own.totalMs)} together, at most ${ms(own.longestMs)} for one; calls get their turn every 2 ms. Putting the project together for its first call: ${ms(own.projectMs)}.`,
    `- A file that changes every route: checked, written and in effect at the core in ${ms(median(applies))} (at most ${ms(Math.max(...applies))}), called through the edge ${ms(median(reached))} later (at most ${ms(Math.max(...reached))}).`,
    `- A revoked key was refused ${ms(median(revoked))} after the request to revoke it began (at most ${ms(Math.max(...revoked))}).`,
  ].join('\n')
  console.log(text)
  if (!values.quick) writeMeasurement('Configuration of 10,000 keys and 1,000 routes', text)
} finally {
  await program.stop()
  agent.destroy()
}
