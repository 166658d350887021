import { fileURLToPath } from 'node:url'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { precompress } from './precompress.ts'
import { preloads } from './preloads.ts'
import { pureSchemas } from './pure-schemas.ts'
import { slimApi } from './slim-api.ts'
import { slimZod } from './slim-zod.ts'

/** Where `npm run dev -w packages/web` finds a running server. */
const server = process.env.SIGNALBOX_URL ?? 'http://127.0.0.1:7500'
const proxied = { target: server, changeOrigin: false }

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react(), tailwindcss(), slimApi(), slimZod(), pureSchemas(), preloads(), precompress()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  server: { proxy: { '/api': proxied, '/v1': proxied, '/openapi.json': proxied } },
  build: {
    target: 'es2023',
    // The content security policy allows fonts and scripts from this origin only, so nothing may become a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What nearly every page needs travels as one: in many small files it would be compressed each on its own, some 6 KB more a page.
        // zod stays by itself, because main.tsx sets it up before any schema is loaded.
        codeSplitting: {
          groups: [
            { name: 'zod', test: /node_modules.zod[^?]*$/, priority: 2 },
            // Some hundred bytes each: a request for every one takes longer than all together. Those of few pages stay with them.
            { name: 'icons', test: /node_modules.lucide-react/, minShareCount: 2, priority: 2 },
            // What menus, dialogs and fields of nearly every page are made of: together it compresses better than in eight files.
            { name: 'popups', test: /node_modules.(@base-ui|@floating-ui)/, minShareCount: 20, priority: 2 },
            // How a trace is read, what is known of prompts, and differences have many users: all of them load theirs when one is opened.
            {
              name: 'common',
              test: /web.src.(data.(?!prompts|prompt-|access-queries|calls|demo|views|experiments|reviews|datasets|dataset-|evaluators|review-)|lib.(?!csv|conversation|langchain|message-parts|span-tree|text-of|.*-diff))/,
              minShareCount: 4,
              priority: 1,
            },
          ],
        },
      },
    },
  },
})
