// `npm run bench`: every bench, one after the other. `npm run bench -- gateway --quick` runs one, with its own flags.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { pinnedNode, root } from './lib/root.mjs'
import { run, runMain } from './lib/run.mjs'
import { say, timed } from './lib/say.mjs'
import { prepare } from './prepare.mjs'

const bench = join(root, 'bench')
/** By name: the script, which says at its beginning what it measures and which flags it takes. */
const scripts = {
  gateway: 'gateway/run.ts',
  media: 'gateway/media.ts',
  idle: 'gateway/idle.ts',
  ingest: 'ingest/run.ts',
  store: 'store/run.ts',
  snapshot: 'snapshot/run.ts',
  prompts: 'prompts/store.ts',
  otlp: 'micro/otlp.ts',
  translate: 'micro/translate.ts',
  cache: 'micro/cache.ts',
  trace: 'ui/trace.ts',
  eval: 'eval/run.ts',
  guardrails: 'guardrails/run.ts',
}

await runMain(async () => {
  const [name, ...flags] = argv.slice(2)
  const names = Object.keys(scripts)
  if (name && !names.includes(name)) throw new Error(`There is no bench "${name}"; choose from ${names.join(', ')}.`)
  await prepare()
  for (const one of name ? [name] : names) {
    say(`— ${one}`)
    if (one === 'gateway') await installPeer(join(bench, 'gateway/peer'))
    await run(pinnedNode, ['--conditions=source', join('bench', scripts[one]), ...flags])
  }
})

/** What a bench is compared with has a lock file of its own, and is installed for nothing else. */
async function installPeer(cwd) {
  if (existsSync(join(cwd, 'node_modules/.package-lock.json'))) return
  const flags = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  await timed('Installing the peer', () => run('npm', flags, { cwd, stdio: ['ignore', 'ignore', 'inherit'] }))
}
