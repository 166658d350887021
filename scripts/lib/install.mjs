import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pinnedNode, root } from './root.mjs'
import { run } from './run.mjs'
import { timed } from './say.mjs'

/** True when node_modules is what package-lock.json says. npm writes down what it installed, at the very end. */
export function isInstalled() {
  const wanted = packagesOf(join(root, 'package-lock.json'))
  const present = packagesOf(join(root, 'node_modules/.package-lock.json'))
  if (!present || !existsSync(pinnedNode)) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/')) return true // the workspace's own packages
    const found = present[path]
    return found ? found.version === entry.version && found.integrity === entry.integrity : entry.optional === true
  })
}

/**
 * Brings node_modules to what package-lock.json says, with the npm and the Node that started us: the pinned Node is among what is
 * replaced. What is whole but of another version is changed piece by piece, because `npm ci` removes everything first, also under
 * programs that run from it.
 */
export async function install() {
  if (existsSync(join(root, 'node_modules/.package-lock.json'))) {
    await timed('Bringing dependencies up to date', () => npm('install', '--no-save'))
  }
  if (!isInstalled()) await timed('Installing dependencies (once; a minute or two)', () => npm('ci'))
  if (!existsSync(pinnedNode)) {
    throw new Error(`npm did not install ${pinnedNode}. Its install script was skipped: run "npm rebuild node" and start again.`)
  }
}

function npm(...command) {
  const args = [...command, '--include=dev', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error']
  const { npm_execpath: ours, npm_node_execpath: node } = process.env
  const options = { env: { ...process.env, PATH: withoutOwnBinaries(process.env.PATH ?? '') }, stdio: ['ignore', 'ignore', 'inherit'] }
  if (ours && node && existsSync(node) && !node.startsWith(root)) return run(node, [ours, ...args], options)
  return run('npm', args, options)
}

const withoutOwnBinaries = (path) =>
  path
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, 'node_modules')))
    .join(delimiter)

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
