import type { Plugin, Rolldown } from 'vite'

type Chunk = Rolldown.OutputChunk & { viteMetadata?: { importedCss: Set<string> } }
/** What a page will ask for next, so that it need not find out step by step. */
type Preloads = { styles: string[]; start: string[]; shell: string[]; pages: Record<string, string[]> }

const START = /web\/src\/start\.tsx$/
const SHELL = /web\/src\/shell\/shell\.tsx$/
/** `/p/PROJECT/traces` is what `pages/traces/traces-page.tsx` shows. */
const PAGE = /web\/src\/pages\/([\w-]+)\/\1-page\.tsx$/
/** Pages that draw a chart as soon as they have numbers. */
const CHARTED = new Set(['overview'])
const CHART = /web\/src\/ui\/chart\/time-chart\.tsx$/

/**
 * Writes `preloads.json`: the scripts of the program, of its frame and of each page with everything that they import. The server names them
 * in the head of the page that it sends (`page-html.ts`), where a browser would else see the next ones only when it has read the ones before.
 */
export function preloads(): Plugin {
  return {
    name: 'signalbox-preloads',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((one): one is Chunk => one.type === 'chunk')
      const found = (name: RegExp) => chunks.filter(({ facadeModuleId }) => name.test(facadeModuleId ?? ''))
      const known = new Set<string>()
      const imported = (from: readonly Chunk[], seen: Set<string>): string[] =>
        from.flatMap((chunk) => {
          if (seen.has(chunk.fileName)) return []
          seen.add(chunk.fileName)
          const next = chunk.imports.flatMap((name) => chunks.find(({ fileName }) => fileName === name) ?? [])
          return [`/${chunk.fileName}`, ...imported(next, seen)]
        })
      const entry = chunks.filter(({ isEntry }) => isEntry)
      imported(entry, known)
      const [start, shell] = [imported(found(START), known), imported(found(SHELL), known)]
      const pages = found(PAGE).map((chunk) => {
        const page = PAGE.exec(chunk.facadeModuleId ?? '')?.[1] ?? ''
        return [page, imported([chunk, ...(CHARTED.has(page) ? found(CHART) : [])], new Set(known))] as const
      })
      const styles = found(START).flatMap((chunk) => [...(chunk.viteMetadata?.importedCss ?? [])].map((name) => `/${name}`))
      const written: Preloads = { styles, start, shell, pages: Object.fromEntries(pages) }
      if (start.length === 0 || shell.length === 0 || pages.length < 5) this.error('The pages are not where preloads.ts looks for them.')
      this.emitFile({ type: 'asset', fileName: 'preloads.json', source: JSON.stringify(written) })
    },
  }
}
