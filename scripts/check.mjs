// `npm run check`: format and lint, types, import arrows, unused code. All of them run; the exit code says whether all are content.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { install, isInstalled } from './lib/install.mjs'
import { pinnedNode, root } from './lib/root.mjs'
import { run, runMain } from './lib/run.mjs'
import { say } from './lib/say.mjs'
import { withLock } from './lib/with-lock.mjs'

const packages = readdirSync(join(root, 'packages')).filter((name) => existsSync(join(root, 'packages', name, 'tsconfig.json')))

/** Each one: its name, and what the pinned Node runs. */
const CHECKS = [
  ['format and lint', ['node_modules/@biomejs/biome/bin/biome', 'check']],
  ...packages.map((name) => [`types of ${name}`, ['node_modules/typescript-native/bin/tsc', '-p', `packages/${name}`]]),
  ['lock file', ['scripts/complete-lock.mjs', '--check']],
  ['import arrows', ['node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', 'packages', '--output-type', 'err']],
  ['unused code and dependencies', ['node_modules/knip/bin/knip.js']],
]

await runMain(async () => {
  if (!isInstalled()) await withLock(install)
  const failed = []
  for (const [name, command] of CHECKS) {
    say(`— ${name}`)
    await run(pinnedNode, command).catch(() => failed.push(name))
  }
  if (failed.length > 0) {
    say(`Not in order: ${failed.join(', ')}.`)
    process.exitCode = 1
  } else say('All in order.')
})
