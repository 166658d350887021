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

/** `npm ci`, with the npm and the Node that started us: the pinned Node is among what it replaces. */
export async function install() {
  await timed('Installing dependencies (once; a minute or two)', async () => {
    const args = ['ci', '--include=dev', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error']
    const { npm_execpath: npm, npm_node_execpath: node } = process.env
    const env = { ...process.env, PATH: withoutOwnBinaries(process.env.PATH ?? '') }
    if (npm && node && existsSync(node) && !node.startsWith(root)) await run(node, [npm, ...args], { env })
    else await run('npm', args, { env })
  })
  if (!existsSync(pinnedNode)) {
    throw new Error(`npm did not install ${pinnedNode}. Its install script was skipped: run "npm rebuild node" and start again.`)
  }
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
