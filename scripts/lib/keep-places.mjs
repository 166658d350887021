import { readFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'

/**
 * The bundle lies flat in one folder, but a source file finds its neighbours (migrations, the web UI, package.json) from where it
 * stands. This esbuild plugin turns `import.meta.url` into the place that the file would have, and `new URL('./x.ts', import.meta.url)`,
 * which names a worker or a child process, into the output of that file, for which `entryPoints` has an entry.
 */
export function keepPlaces(source, files) {
  const flatName = (file) => relative(source, file).replace(/\.ts$/, '').replaceAll(sep, '-')
  const started = files.filter((file) => /(?<!\.(test|case))\.ts$/.test(file)).flatMap(startedFiles)
  const plugin = {
    name: 'keep-places',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(source + sep)) return undefined
        const text = readFileSync(path, 'utf8')
        if (!text.includes('import.meta.')) return undefined
        if (/import\.meta\.(dirname|filename)/.test(text))
          throw new Error(`${path}: write import.meta.url; the build does not follow other forms.`)
        const place = JSON.stringify(`./${relative(source, path).replace(/\.ts$/, '.js')}`)
        const contents = text
          .replace(STARTED, (_, target) => `new URL('./${flatName(resolve(dirname(path), target))}.js', import.meta.here)`)
          .replaceAll('import.meta.url', `new URL(${place}, import.meta.here).href`)
          .replaceAll('import.meta.here', 'import.meta.url')
        return { contents, loader: 'ts' }
      })
    },
  }
  return { plugin, entryPoints: Object.fromEntries(started.map((file) => [flatName(file), file])) }
}

const STARTED = /new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g
const startedFiles = (file) => [...readFileSync(file, 'utf8').matchAll(STARTED)].map(([, target]) => resolve(dirname(file), target))
