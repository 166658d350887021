import { existsSync } from 'node:fs'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { background, freePort, installPackages, run, type Started, until } from './server.ts'

/** Starts a Postgres server of its own on a free port, from the newest Debian package there is, in a temporary folder. */
export async function startPostgres(): Promise<Started> {
  const programs = await findPrograms()
  if ('missing' in programs) return programs
  const user = await unprivileged()
  if ('missing' in user) return user
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-postgres-'))
  if (user.ids) await chown(folder, user.ids.uid, user.ids.gid)
  const options = { cwd: folder, ...user.ids }
  const data = join(folder, 'data')
  try {
    await run(join(programs.bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], options)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    return { missing: `initdb failed: ${String(error).split('\n')[0]}` }
  }
  const port = await freePort()
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'shared_buffers=16MB']
  const server = background(
    join(programs.bin, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...options, signal: 'INT' },
  )
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const stop = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await until(() => ping(url))
    return { url, stop }
  } catch (error) {
    await stop()
    return { missing: `postgres did not start: ${error}. ${server.said()}` }
  }
}

async function ping(url: string): Promise<void> {
  const connection = postgres(url, { max: 1, connect_timeout: 2 })
  await connection`SELECT 1`.finally(() => connection.end())
}

async function findPrograms(): Promise<{ bin: string } | { missing: string }> {
  const found = await newest()
  if (found) return { bin: found }
  const why = await installPackages(['postgresql'])
  const installed = await newest()
  return installed ? { bin: installed } : { missing: `Postgres is not installed: ${why}` }
}

async function newest(): Promise<string | undefined> {
  const root = '/usr/lib/postgresql'
  const versions = (await readdir(root).catch(() => [])).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
}

/** Postgres refuses to run as root, so there it gets the user of its package, or else nobody. */
async function unprivileged(): Promise<{ ids: { uid: number; gid: number } | undefined } | { missing: string }> {
  if (process.getuid?.() !== 0) return { ids: undefined }
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)))
      if (uid && gid) return { ids: { uid, gid } }
    } catch {}
  }
  return { missing: 'Postgres does not run as root, and there is no user "postgres" or "nobody" to run it as' }
}
