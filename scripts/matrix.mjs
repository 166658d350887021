// `npm run matrix`: clients of other people, in versions that are not the newest or not in our language, against the real program.
// Each folder of tests/clients has its own lock file and is installed by its own tool. Arguments name folders; none means all.
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { pinnedNode, root } from './lib/root.mjs'
import { run, runMain } from './lib/run.mjs'
import { say } from './lib/say.mjs'
import { freePort, KEY, startServer, startSimulator } from './lib/start-server.mjs'
import { prepare } from './prepare.mjs'

const clients = join(root, 'tests/clients')
const folders = readdirSync(clients)
  .filter((name) => statSync(join(clients, name)).isDirectory() && name !== '__pycache__')
  .sort()

await runMain(async () => {
  await prepare()
  const names = argv.slice(2).length > 0 ? argv.slice(2) : folders
  const simulator = await startSimulator()
  const grpcPort = await freePort()
  const server = await startServer({ config: everyDialect(simulator.origin), env: { SIGNALBOX_OTLP_GRPC_PORT: String(grpcPort) } })
  const failed = []
  try {
    const env = { ...process.env, SIGNALBOX_URL: server.url, SIGNALBOX_KEY: KEY, SIGNALBOX_GRPC: `127.0.0.1:${grpcPort}` }
    for (const name of names) {
      say(`— ${name}`)
      const folder = join(clients, name)
      const test = existsSync(join(folder, 'package.json')) ? testInNode : testInPython
      await test(folder, env).catch((error) => {
        say(error.message)
        failed.push(name)
      })
    }
  } finally {
    await server.stop()
    await simulator.stop()
  }
  if (failed.length > 0) throw new Error(`Failed: ${failed.join(', ')}.`)
  say(`${names.length} clients are content.`)
})

/** One provider of each dialect, all of them the simulator, at $1 and $2 for a million tokens; and `PROVIDER-MODEL` for clients to which a slash is special. */
function everyDialect(origin) {
  const providers = {
    openai: { kind: 'openai', baseUrl: `${origin}/v1`, apiKey: 'x' },
    anthropic: { kind: 'anthropic', baseUrl: origin, apiKey: 'x' },
    google: { kind: 'google', baseUrl: origin, apiKey: 'x' },
    bedrock: { kind: 'bedrock', baseUrl: origin, region: 'us-east-1', accessKeyId: 'x', secretAccessKey: 'x' },
    cohere: { kind: 'cohere', baseUrl: origin, apiKey: 'x' },
  }
  const models = Object.keys(providers).flatMap((provider) =>
    ['echo', 'script', 'faults'].map((model) => [`${provider}-${model}`, { targets: [{ provider, model }] }]),
  )
  const prices = Object.keys(providers).map((provider) => ({ provider, model: '*', input: 1, output: 2 }))
  return { version: 1, providers, models: Object.fromEntries(models), prices }
}

async function testInNode(cwd, env) {
  if (!isNewer(join(cwd, 'node_modules/.package-lock.json'), join(cwd, 'package-lock.json'))) {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd })
  }
  await run(pinnedNode, ['--test', '--test-reporter=dot'], { cwd, env })
}

async function testInPython(cwd, env) {
  const python = join(cwd, '.venv/bin/python')
  if (!isNewer(join(cwd, '.venv/.complete'), join(cwd, 'requirements.txt'))) {
    const missing = await run('python3', ['-c', 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'], {
      stdio: 'ignore',
    }).then(
      () => undefined,
      () => true,
    )
    if (missing) return say('Skipped: python3, 3.11 or newer, with its venv module is missing (on Debian: apt-get install python3-venv).')
    await run('python3', ['-m', 'venv', '--clear', '.venv'], { cwd })
    // The list names every package there is to be, so nothing is looked for beyond it.
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '-r', 'requirements.txt'], { cwd })
    await run('touch', ['.venv/.complete'], { cwd })
  }
  await run(python, ['-W', 'ignore', '-m', 'unittest', '-q'], { cwd, env: { ...env, PYTHONPATH: clients } })
}

/** Whether what was installed is there, and not older than the list that it was installed from. */
function isNewer(installed, list) {
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(list).mtimeMs
}
