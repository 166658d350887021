// `npm test`: sets up what is missing, then runs every test. Arguments go to vitest: `npm test -- packages/server/src/cli`.
import { argv } from 'node:process'
import { pinnedNode } from './lib/root.mjs'
import { run, runMain } from './lib/run.mjs'
import { installSystemPackages } from './lib/system-packages.mjs'
import { prepare } from './prepare.mjs'

await runMain(async () => {
  await prepare()
  await installSystemPackages()
  await run(pinnedNode, ['node_modules/vitest/vitest.mjs', 'run', ...argv.slice(2)])
})
