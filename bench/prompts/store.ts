// 10,000 prompts with 100 versions each at the core: how long a list, one version and a promotion take, and what edges are given.
// Flags: --prompts N, --versions N, --rounds N.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { api, type Caller, PERMISSIONS_OF, type RouteId } from '@signalbox/schema'
import type { Context } from '../../packages/server/src/lib/handlers.ts'
import { createPrompts } from '../../packages/server/src/prompts/prompts.ts'
import { migrate } from '../../packages/server/src/store/sql/migrate.ts'
import { openPglite } from '../../packages/server/src/store/sql/pglite.ts'
import { percentile } from '../lib/statistics.ts'
import { table } from '../lib/table.ts'
import { judge, verdictTable } from '../lib/verdicts.ts'

const { values } = parseArgs({ options: { prompts: { type: 'string' }, versions: { type: 'string' }, rounds: { type: 'string' } } })
const PROMPTS = Number(values.prompts ?? 10_000)
const VERSIONS = Number(values.versions ?? 100)
const ROUNDS = Number(values.rounds ?? 200)

const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-prompts-'))
const sql = await openPglite(join(folder, 'sql'))
try {
  await migrate(sql)
  const seeded = await timed(() => seed())
  const room = createPrompts({ sql, changed: () => {}, warn: (details, what) => console.error(what, details) })
  const context = { caller: { projectId: 'default', permissions: PERMISSIONS_OF.admin, userId: 'acc_1' } as Caller } as Context
  const { handlers } = room
  const nameOf = (n: number) => `team-${n % 20}/area-${n % 200}/prompt-${n}`
  const any = () => nameOf(1 + Math.floor(Math.random() * PROMPTS))
  /** As the API does it: the handler, the table's promise, JSON. */
  const answer = async (id: RouteId, work: Promise<unknown>) => void JSON.stringify(api[id].output.parse(await work))
  const list = (given: object) => answer('prompts.list', handlers['prompts.list']({ limit: 50, archived: 'false', ...given }, context))

  const first = await timed(() => room.ofAll(['default']))
  const snapshot = (await room.ofAll(['default'])).default ?? {}
  const bytes = Object.values(snapshot).reduce((sum, prompt) => sum + JSON.stringify(prompt).length, 0)
  const measured: [name: string, times: number[]][] = [
    ['list, top', await rounds(() => list({ folder: '' }))],
    ['list, one folder', await rounds(() => list({ folder: 'team-3/area-3' }))],
    ['list, all in one', await rounds(() => list({}))],
    ['list, search', await rounds(() => list({ search: 'prompt-77' }))],
    ['list, label', await rounds(() => list({ label: 'staging' }))],
    ['get by label', await rounds(() => answer('prompts.get', handlers['prompts.get']({ name: any() }, context)))],
    [
      'get by version',
      await rounds(() =>
        answer('prompts.get', handlers['prompts.get']({ name: any(), version: 1 + Math.floor(Math.random() * VERSIONS) }, context)),
      ),
    ],
    ['versions of one', await rounds(() => answer('prompts.versions', handlers['prompts.versions']({ name: any(), limit: 100 }, context)))],
    [
      'promote',
      await rounds(() =>
        handlers['prompts.setLabel'](
          { name: any(), label: 'production', version: 1 + Math.floor(Math.random() * (VERSIONS - 1)), why: '' },
          context,
        ),
      ),
    ],
    [
      'promote, and what edges are given',
      await rounds(async () => {
        await handlers['prompts.setLabel'](
          { name: any(), label: 'production', version: 1 + Math.floor(Math.random() * (VERSIONS - 1)), why: '' },
          context,
        )
        await room.ofAll(['default'])
      }),
    ],
  ]
  console.log(
    `${PROMPTS} prompts with ${VERSIONS} versions, written in ${Math.round(seeded / 1000)} s. First snapshot in ${Math.round(first)} ms, ${(bytes / 1e6).toFixed(1)} MB.`,
  )
  console.log(
    table(
      ['ms', 'p50', 'p95'],
      measured.map(([name, times]) => [name, percentile(times, 0.5).toFixed(1), percentile(times, 0.95).toFixed(1)]),
    ),
  )
  const p95 = (name: string) => percentile(measured.find(([one]) => one === name)?.[1] ?? [], 0.95)
  console.log(
    verdictTable([
      ...['list, top', 'list, one folder', 'list, all in one', 'list, search'].flatMap((name) =>
        judge(`${name}, p95`, p95(name), { limit: 100, unit: 'ms' }),
      ),
      ...['get by label', 'get by version'].flatMap((name) => judge(`${name}, p95`, p95(name), { limit: 5, unit: 'ms' })),
      ...judge('promote, and what edges are given, p95', p95('promote, and what edges are given'), { limit: 1000, unit: 'ms' }),
    ]),
  )
} finally {
  await sql[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
}

/** As they are after some years: three labels, and every tenth one includes another. */
async function seed(): Promise<void> {
  const filler = randomBytes(600).toString('hex')
  // As a restore does it: no check per row, and the index by hash at the end. A million versions take minutes then and not hours.
  await sql.exec(`SET session_replication_role = replica; SET synchronous_commit = off; DROP INDEX prompt_versions_by_hash`)
  await sql.exec(`INSERT INTO projects (id, name, created_at) VALUES ('default', 'Default', now());
    INSERT INTO accounts (id, email, role, source, created_at) VALUES ('acc_1', 'ann@example.test', 'owner', 'api', now());
    INSERT INTO prompt_revisions VALUES ('default', 1);
    INSERT INTO prompts SELECT 'prompt_' || n, 'default', 'team-' || n % 20 || '/area-' || n % 200 || '/prompt-' || n, 'chat', 'Answers question ' || n,
      '["support"]', ${VERSIONS}, ${VERSIONS}, ${VERSIONS}, 1, NULL, now(), now(), 'acc_1' FROM generate_series(1, ${PROMPTS}) n`)
  for (let from = 1; from <= PROMPTS; from += 1000)
    await sql.exec(`INSERT INTO prompt_versions SELECT 'prompt_' || n, v, md5(n || ':' || v) || md5(v || ':' || n),
        '{"type":"chat","engine":"mustache","messages":[{"role":"system","content":"Version ' || v || ' of ' || n ||
        CASE WHEN n % 10 = 0 THEN ' {{> team-1/area-1/tone@latest}}' ELSE '' END || ' ${filler} {{policy}}"},{"role":"user","content":"{{question}}"}],"model":{"route":"support"}}',
        'better', now(), 'acc_1' FROM generate_series(${from}, ${Math.min(from + 999, PROMPTS)}) n, generate_series(1, ${VERSIONS}) v`)
  await sql.exec(`INSERT INTO prompts VALUES ('prompt_tone', 'default', 'team-1/area-1/tone', 'text', '', '[]', 1, 1, 1, 1, NULL, now(), now(), 'acc_1');
    INSERT INTO prompt_versions VALUES ('prompt_tone', 1, 'tone', '{"type":"text","engine":"mustache","text":"Be kind."}', '', now(), 'acc_1');
    INSERT INTO prompt_includes SELECT prompt_id, version, 'default', 'team-1/area-1/tone', 'latest', NULL FROM prompt_versions WHERE prompt_id LIKE '%0';
    INSERT INTO prompt_labels SELECT 'prompt_' || n, l.label, GREATEST(1, ${VERSIONS} - l.back), NULL, 1, now(), 'acc_1', 'tested' FROM generate_series(1, ${PROMPTS}) n,
      (VALUES ('production', 2), ('staging', 1)) AS l (label, back);
    CREATE UNIQUE INDEX prompt_versions_by_hash ON prompt_versions (prompt_id, hash);
    SET session_replication_role = origin; SET synchronous_commit = on;
    ANALYZE`)
}

async function rounds(work: () => Promise<unknown>): Promise<number[]> {
  for (let warm = 0; warm < 5; warm++) await work()
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) times.push(await timed(work))
  return times
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
