// Sets the clone up: dependencies and build. Does nothing, quickly, when both are there. Runs on any Node from 20 on, without dependencies.
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { install, isInstalled } from './lib/install.mjs'
import { pinnedNode } from './lib/root.mjs'
import { run, runMain } from './lib/run.mjs'
import { timed } from './lib/say.mjs'
import { isBuilt, partNames } from './lib/stamp.mjs'
import { withLock } from './lib/with-lock.mjs'

const stale = () => partNames.filter((part) => !isBuilt(part))
const isReady = () => isInstalled() && stale().length === 0

/** Installs and builds what is missing or out of date. */
export async function prepare() {
  if (isReady()) return
  await withLock(async () => {
    if (!isInstalled()) await install()
    const parts = stale()
    if (parts.length > 0) await timed(`Building the ${parts.join(' and the ')}`, () => run(pinnedNode, ['scripts/build.mjs', ...parts]))
  })
}

if (argv[1] === fileURLToPath(import.meta.url)) await runMain(prepare)
