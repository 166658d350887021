// Builds the server bundle and the web UI: `node scripts/build.mjs [server] [web]`. Needs the dependencies; see prepare.mjs.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { argv } from 'node:process'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { emptyDatabase } from './lib/empty-database.mjs'
import { keepPlaces } from './lib/keep-places.mjs'
import { root } from './lib/root.mjs'
import { run, runMain } from './lib/run.mjs'
import { fingerprintOf, outputOf, partNames, writeStamp } from './lib/stamp.mjs'

const server = join(root, 'packages/server')
const source = join(server, 'src')
/**
 * Packages that read files of their own at run time (native code, WebAssembly, tables), are large and rarely needed, or are CommonJS
 * and imported when needed: of those the bundle would have a default export only.
 */
const EXTERNAL = ['chdb', '@electric-sql/pglite', '@node-rs/argon2', '@aws-sdk/*', 'gpt-tokenizer', 'tar-stream', '@jitl/*']

/** Builds beside the old output and swaps, so that a program that starts meanwhile finds one or the other, whole. */
async function replace(part, builder) {
  const output = outputOf(part)
  const [next, old] = [`${output}.next`, `${output}.old`]
  for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true })
  const fingerprint = fingerprintOf(part)
  await builder(next)
  writeStamp(next, fingerprint)
  if (existsSync(output)) renameSync(output, old)
  renameSync(next, output)
  rmSync(old, { recursive: true, force: true })
}

async function buildServer(output) {
  const files = filesOf(source)
  const { plugin, entryPoints } = keepPlaces(source, files)
  await build({
    entryPoints: { main: join(source, 'main.ts'), ...entryPoints },
    outdir: output,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22.12',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    external: EXTERNAL,
    conditions: ['source'],
    banner: { js: REQUIRE },
    plugins: [plugin],
  })
  for (const file of files.filter((name) => !name.endsWith('.ts'))) {
    const target = join(output, relative(source, file))
    mkdirSync(dirname(target), { recursive: true })
    cpSync(file, target)
  }
  const database = await emptyDatabase()
  cpSync(database, join(output, basename(database)))
}

async function buildWeb(output) {
  const flags = ['--outDir', output, '--emptyOutDir', '--logLevel', 'warn']
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', 'packages/web', ...flags])
  await buildWidget(join(output, 'widget.js'))
}

/** What foreign pages load for a button for feedback: one script without imports. */
async function buildWidget(outfile) {
  await build({
    entryPoints: [join(root, 'packages/sdk/src/feedback/widget.ts')],
    outfile,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'warning',
  })
  const script = readFileSync(outfile)
  writeFileSync(`${outfile}.gz`, gzipSync(script, { level: 9 }))
  writeFileSync(`${outfile}.br`, brotliCompressSync(script))
}

/** CommonJS packages inside the bundle ask for Node's modules by `require`. */
const REQUIRE = `import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);`

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name.startsWith('__') ? [] : filesOf(path)
    return [path]
  })
}

const builders = { server: buildServer, web: buildWeb }

await runMain(async () => {
  const parts = argv.slice(2).length > 0 ? argv.slice(2) : partNames
  for (const part of parts) {
    if (!builders[part]) throw new Error(`There is no part "${part}"; choose from ${partNames.join(', ')}.`)
    await replace(part, builders[part])
  }
})
