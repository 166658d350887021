import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** As the build of the pages writes it. */
type Preloads = { styles: string[]; start: string[]; shell: string[]; pages: Record<string, string[]> }

/**
 * The page that stands for all pages, with what its program needs first: the scripts of the page that the address names, all at once, and
 * who is logged in. Without that a browser asks for one thing after the other, each when it has read the one before. Both are read anew
 * each time, since a build may have been put in their place. undefined: there is no build.
 */
export async function pageHtml(webFolder: string, path: string, session: unknown): Promise<string | undefined> {
  const [html, hints] = await Promise.all([read(join(webFolder, 'index.html')), read(join(webFolder, 'preloads.json'))])
  if (html === undefined) return undefined
  const head = [
    ...(hints === undefined ? [] : links(JSON.parse(hints) as Preloads, path)),
    ...(session === undefined ? [] : [data(session)]),
  ]
  return html.replace('</head>', () => `${head.join('')}</head>`)
}

function links({ styles, start, shell, pages }: Preloads, path: string): string[] {
  const [, page = '', below = ''] = /^\/p\/[^/]+(?:\/([\w-]+))?(\/[^/]+)?/.exec(path) ?? []
  // What lies below a list is a page of its own.
  const name = below === '' ? page : page === 'traces' ? 'trace' : ''
  const own = Object.hasOwn(pages, name) ? (pages[name] ?? []) : []
  const scripts = [...start, ...(path.startsWith('/p/') ? [...shell, ...own] : [])]
  return [
    ...styles.map((file) => `<link rel="stylesheet" crossorigin href="${file}">`),
    ...scripts.map((file) => `<link rel="modulepreload" crossorigin href="${file}">`),
  ]
}

/** Data, which nothing runs; `<` could end the element. */
const data = (session: unknown): string =>
  `<script type="application/json" id="signalbox-session">${JSON.stringify(session).replaceAll('<', '\\u003c')}</script>`

const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined)
