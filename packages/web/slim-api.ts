import { pathToFileURL } from 'node:url'
import type { Api } from '@signalbox/schema'
import type { Plugin } from 'vite'

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
      const routes = Object.fromEntries(Object.entries(api).map(([name, { method, path }]) => [name, { method, path }]))
      return `export const api = ${JSON.stringify(routes)}`
    },
  }
}
