// `npm run dev`: the server from source, started again when it changes, and Vite for the pages at http://localhost:5173.
import { spawn } from 'node:child_process'
import { install, isInstalled } from './lib/install.mjs'
import { pinnedNode, root } from './lib/root.mjs'
import { runMain } from './lib/run.mjs'
import { withLock } from './lib/with-lock.mjs'

await runMain(async () => {
  if (!isInstalled()) await withLock(install)
  const commands = [
    [
      '--watch-path=packages/server/src',
      '--watch-path=packages/schema/src',
      '--watch-preserve-output',
      'packages/server/src/main.ts',
      'up',
    ],
    ['node_modules/vite/bin/vite.js', 'dev', 'packages/web'],
  ]
  const children = commands.map((command) => spawn(pinnedNode, command, { cwd: root, stdio: 'inherit' }))
  // Ctrl-C reaches the children by itself; when one of them ends, the other has no purpose.
  process.on('SIGINT', () => {})
  await Promise.race(children.map((child) => new Promise((done) => child.once('exit', done))))
  for (const child of children) child.kill('SIGTERM')
})
