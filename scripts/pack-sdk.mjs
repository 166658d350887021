// Builds what is published of the SDK: `node scripts/pack-sdk.mjs [folder]`. Inside this repository its source is used; a foreign project
// gets plain JavaScript modules with types, and nothing that is private here. Prints how large each entry is.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { argv } from 'node:process'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { root } from './lib/root.mjs'
import { run, runMain } from './lib/run.mjs'

const sdk = join(root, 'packages/sdk')
const ENTRIES = {
  index: 'index',
  'tracing/index': 'tracing',
  'feedback/index': 'feedback',
  'prompts/index': 'prompts',
  'prompts/node': 'prompts/node',
  'evaluate/index': 'evaluate',
  'evaluate/vitest': 'evaluate/vitest',
}

await runMain(async () => {
  const output = resolve(argv[2] ?? join(sdk, 'dist'))
  rmSync(output, { recursive: true, force: true })
  mkdirSync(output, { recursive: true })
  const own = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'))
  const schema = JSON.parse(readFileSync(join(root, 'packages/schema/package.json'), 'utf8'))
  const { '@signalbox/schema': _, ...dependencies } = { ...own.dependencies, ...schema.dependencies }

  await build({
    entryPoints: Object.keys(ENTRIES).map((entry) => join(sdk, 'src', `${entry}.ts`)),
    outbase: join(sdk, 'src'),
    outdir: output,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    conditions: ['source'],
    external: [...Object.keys(dependencies), 'node:*'],
    logLevel: 'warning',
  })
  await declarations(output)
  const exports = Object.fromEntries(
    Object.entries(ENTRIES).map(([file, name]) => [
      name === 'index' ? '.' : `./${name}`,
      { types: `./types/sdk/src/${file}.d.ts`, default: `./${file}.js` },
    ]),
  )
  const { name, version, license, type, sideEffects } = own
  const published = { name, version, license, type, sideEffects, engines: { node: '>=22.15' }, exports, dependencies }
  writeFileSync(join(output, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  cpSync(join(root, 'LICENSE'), join(output, 'LICENSE'))
  cpSync(join(root, 'docs/guide/sdk.md'), join(output, 'README.md'))
  for (const file of Object.keys(ENTRIES)) {
    const bytes = gzipSync(withImports(join(output, `${file}.js`))).length
    console.log(`${file}.js: ${(bytes / 1024).toFixed(1)} KB compressed, without its dependencies`)
  }
})

/** The types of the SDK, and of the schema that they are made of, as one tree that names no private package. */
async function declarations(output) {
  const types = join(output, 'types')
  const config = join(output, 'tsconfig.json')
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.base.json'),
      compilerOptions: {
        lib: ['ES2024', 'DOM', 'DOM.AsyncIterable'],
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        outDir: types,
        rootDir: join(root, 'packages'),
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
      },
      // Each file of the schema is named, because nothing is written of what is found through node_modules.
      files: [
        ...Object.keys(ENTRIES).map((entry) => join(sdk, 'src', `${entry}.ts`)),
        ...filesOf(join(root, 'packages/schema/src')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')),
      ],
    }),
  )
  await run(process.execPath, [join(root, 'node_modules/typescript-native/bin/tsc'), '-p', config])
  rmSync(config)
  for (const file of filesOf(types)) {
    const toSchema = relative(dirname(file), join(types, 'schema/src'))
    const text = readFileSync(file, 'utf8')
      .replace(
        /(['"])@signalbox\/schema(?:\/([\w-]+))?\1/g,
        (_, __, file = 'index') => `'${toSchema.startsWith('.') ? toSchema : `./${toSchema}`}/${file}.js'`,
      )
      .replace(/(from |import\()(['"])(\.[^'"]*)\.ts\2/g, '$1$2$3.js$2')
    writeFileSync(file, text)
  }
}

/** A module with the pieces that it shares with others: what a page loads for it. */
function withImports(file, seen = new Set()) {
  if (seen.has(file)) return ''
  seen.add(file)
  const text = readFileSync(file, 'utf8')
  const shared = [...text.matchAll(/from\s*["'](\.[^"']+)["']|import\s*["'](\.[^"']+)["']/g)].map(([, one, other]) =>
    join(dirname(file), one ?? other),
  )
  return text + shared.map((one) => withImports(one, seen)).join('')
}

function filesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesOf(path) : [path]
  })
}
