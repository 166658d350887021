import type { Plugin } from 'vite'

const PARTS = /node_modules[\\/]zod[\\/]v4[\\/]core[\\/](?:to-json-schema|json-schema-processors)\.js$/
const EXPORTED = /^export (?:function|const) (\w+)/gm
const LATE = '\0zod-json-schema'

/**
 * Takes out of the first script how zod turns schemas into JSON Schema, a fifth of zod that few pages need. Every schema asks for it when
 * it is made and uses it when it is called, so what schemas see are stand-ins; `src/ui/json-schema.ts` brings the code they lead to.
 */
export function slimZod(): Plugin {
  const real: string[] = []
  return {
    name: 'signalbox-slim-zod',
    apply: 'build',
    enforce: 'pre',
    resolveId: (id) => (id === LATE ? id : undefined),
    async load(id) {
      if (id === LATE) return 'export const late = {}'
      if (!/[\\/]web[\\/]src[\\/]ui[\\/]json-schema\.ts$/.test(id)) return undefined
      const core = await this.resolve('zod/v4/core', id)
      if (!core) throw new Error('zod/v4/core is not where slim-zod looks for it.')
      const [steps, parts] = ['to-json-schema', 'json-schema-processors'].map((name) => core.id.replace(/index\.js$/, `${name}.js?whole`))
      return `import { late } from '${LATE}'
import * as steps from ${JSON.stringify(steps)}
import * as parts from ${JSON.stringify(parts)}
Object.assign(late, steps, parts)
export const toJSONSchema = parts.toJSONSchema`
    },
    transform(code, id) {
      if (!PARTS.test(id)) return undefined
      const names = [...code.matchAll(EXPORTED)].map(([, name = '']) => name)
      if (names.length === 0) throw new Error(`${id} exports nothing that slim-zod knows.`)
      real.push(id)
      const standIn = (name: string) =>
        name.startsWith('create')
          ? `export const ${name} = (...made) => (...given) => late.${name}(...made)(...given)`
          : `export const ${name} = (...given) => late.${name}(...given)`
      return { code: `import { late } from '${LATE}'\n${names.map(standIn).join('\n')}`, map: null }
    },
    buildEnd(error) {
      if (!error && real.length !== 2) throw new Error('zod has moved what slim-zod takes out: look at node_modules/zod/v4/core.')
    },
  }
}
