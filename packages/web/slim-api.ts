import { pathToFileURL } from 'node:url'
import type { Api } from '@signalbox/schema'
import type { Plugin } from 'vite'

const START = '/api/v1/'

/**
 * Puts the API table into the build without its schemas: a client needs method and path of a route, and its types are gone
 * by then. What only the table spoke of goes with them, which is a good part of what a page would have to load first.
 */
export function slimApi(): Plugin {
  return {
    name: 'signalbox-slim-api',
    apply: 'build',
    async load(id) {
      if (!id.endsWith('/packages/schema/src/api.ts')) return undefined
      const { api } = (await import(pathToFileURL(id).href)) as { api: Api }
      const rows = Object.entries(api).map(([name, { method, path }]) => `${name} ${method} ${path.replace(START, '')}`)
      // As one text, which is smaller than as an object, also compressed.
      return `export const api = /* @__PURE__ */ Object.fromEntries(${JSON.stringify(rows.join('|'))}.split('|').map((row) => {
  const [name, method, path] = row.split(' ')
  return [name, { method, path: path[0] === '/' ? path : '${START}' + path }]
}))`
    },
  }
}
