import { existsSync, readdirSync } from 'node:fs'
import { run } from './run.mjs'
import { say, timed } from './say.mjs'

/** What the tests use beside npm packages: real servers to run the store contracts on, and a browser for the UI. */
const NEEDED = [
  { name: 'postgresql', for: 'the contract of the Sql port on Postgres', present: () => hasAny('/usr/lib/postgresql', 'bin/postgres') },
  { name: 'redis-server', for: 'the contract of the KeyValue port on Redis', present: () => existsSync('/usr/bin/redis-server') },
  { name: 'chromium', for: 'the browser tests', present: () => existsSync('/usr/bin/chromium') },
  { name: 'fonts-dejavu-core', for: 'readable text in the browser tests', present: () => existsSync('/usr/share/fonts/truetype/dejavu') },
]

/** Installs what is missing through apt-get where that is possible, and otherwise says what will be skipped and why. */
export async function installSystemPackages() {
  const missing = NEEDED.filter(({ present }) => !present())
  if (missing.length === 0) return
  const obstacle = obstacleToInstalling()
  if (obstacle) return skip(missing, obstacle)
  const names = missing.map(({ name }) => name)
  try {
    await timed(`Installing ${names.join(', ')} through apt-get`, () => aptInstall(names))
  } catch (error) {
    skip(missing, error.message)
  }
}

async function aptInstall(names) {
  // RUNLEVEL=1: the tests start their own servers, so the packages need not start theirs.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] }
  await run('apt-get', ['update', '-qq'], quiet)
  await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...names], quiet)
}

function obstacleToInstalling() {
  if (!existsSync('/usr/bin/apt-get')) return 'this is not Debian'
  if (process.getuid?.() !== 0) return `only root can install it: sudo apt-get install ${NEEDED.map(({ name }) => name).join(' ')}`
  return undefined
}

function skip(missing, reason) {
  for (const { name, for: purpose } of missing) say(`Skipped: ${purpose} (${name} is missing, and ${reason}).`)
}

const hasAny = (folder, path) => existsSync(folder) && readdirSync(folder).some((version) => existsSync(`${folder}/${version}/${path}`))
