import { type Plugin, parseAst } from 'vite'

/**
 * Lets the build leave out the schemas that a page has no use for. Everything at the top of a file of `packages/schema` defines something
 * and does nothing else, but to a bundler a call is a call: here it is told so, by a function that is marked as pure around each.
 */
export function pureSchemas(): Plugin {
  return {
    name: 'signalbox-pure-schemas',
    apply: 'build',
    enforce: 'post',
    transform(code, id) {
      if (!/\/packages\/schema\/src\/[\w-]+\.ts$/.test(id)) return undefined
      let pure = code
      for (const { start, end } of definitions(code).toReversed())
        pure = `${pure.slice(0, start)}/* @__PURE__ */ (() => (${pure.slice(start, end)}))()${pure.slice(end)}`
      return { code: pure, map: null }
    },
  }
}

type Node = { type: string; start: number; end: number; declaration?: Node | null; declarations?: { init: Node | null }[] }

/** What top-level constants are set to, where that takes a call. */
function definitions(code: string): Node[] {
  return (parseAst(code).body as unknown as Node[])
    .map((statement) => (statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement))
    .flatMap((statement) => (statement?.type === 'VariableDeclaration' ? (statement.declarations ?? []) : []))
    .flatMap(({ init }) => (init && ['CallExpression', 'NewExpression'].includes(init.type) ? [init] : []))
}
